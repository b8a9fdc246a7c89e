// The worked example of docs/EXPLORE.md, word for word between the markers; a test compares the two.
// [example]
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <tuple>

#include "sim/explore/check.hpp"

namespace ex = lastcall::explore;

// A server with one job. Closing waits for the job; a drain timer ends the wait; the peer may send more work, which re-arms it.
struct drain_model {
  enum action_kind : std::uint8_t { call_close, job_done, more_work, timer_fires };
  struct state {
    bool closing = false, busy = true, closed = false;
    bool operator==(const state&) const = default;
  };
  using action = action_kind;
  struct observation {};
  bool job_must_finish, rearm;

  state initial() const { return {}; }
  void actions(const state& s, auto&& visit) const {
    if (!s.closing) visit(call_close);
    if (s.busy) visit(job_done);
    if (s.busy && !s.closed) visit(more_work);
    if (s.closing && !s.closed) visit(timer_fires);
  }
  void apply(const state& before, action taken, state& after, observation&) const {
    after = before;
    if (taken == call_close) after.closing = true;
    if (taken == job_done) after.busy = false;
    after.closed = before.closed || taken == timer_fires || (after.closing && !after.busy);
  }
  std::size_t encoded_size() const { return 1; }
  void encode(const state& s, std::byte* bytes) const { *bytes = std::byte(s.closing | s.busy << 1 | s.closed << 2); }
  void decode(const std::byte* bytes, state& s) const {
    const int bits = std::to_integer<int>(*bytes);
    s = {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
  }
  std::uint64_t fair_sets(const state&, action taken) const {
    return taken == timer_fires ? 1 : taken == job_done && job_must_finish ? 2 : 0;
  }
  std::uint64_t restarted(const state& s, action taken, const observation&, const state&) const {
    return rearm && s.closing && taken == more_work ? 1 : 0;
  }
};

ex::claim_result check_close(const drain_model& model) {
  const auto claims = std::tuple{
      ex::sometimes("close_is_called", [](const drain_model::state& s) { return s.closing; }),
      ex::eventually("close_terminates", [](const drain_model::state& s) { return s.closing; },
                     [](const drain_model::state& s) { return s.closed; })};
  const ex::report report = ex::check(model, claims);
  for (const ex::claim_result& claim : report.claims) {
    std::cout << claim.name << ' ' << to_string(claim.verdict);
    if (claim.counterexample) std::cout << " by the run " << to_string(*claim.counterexample);
    std::cout << '\n';
  }
  return report["close_terminates"];
}
// [example]

#include <gtest/gtest.h>

namespace lastcall::explore::test {
namespace {

TEST(explore_worked_example, a_drain_timer_that_is_left_alone_closes) {
  EXPECT_EQ(check_close({.job_must_finish = false, .rearm = false}).verdict, verdict::holds);
}

TEST(explore_worked_example, a_drain_timer_that_work_rearms_never_needs_to_fire) {
  const claim_result claim = check_close({.job_must_finish = false, .rearm = true});
  EXPECT_EQ(claim.verdict, verdict::violated);
  EXPECT_EQ(to_string(*claim.counterexample), "0/(1)");
}

TEST(explore_worked_example, a_job_that_must_finish_closes_without_help_from_the_timer) {
  EXPECT_EQ(check_close({.job_must_finish = true, .rearm = true}).verdict, verdict::holds);
}

}  // namespace
}  // namespace lastcall::explore::test
