// The planted defects, after bugs of the field: each is found, by the claim that the bug broke, in the environment where
// it broke; and the server it was made from does not break that claim there. A checker that finds none of them, or that
// finds them everywhere, is worth nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "sim/explore/replay.hpp"
#include "tests/properties/environments.hpp"

namespace lastcall::properties::test {
namespace {

struct planted {
  const char* mutant;
  const char* made_from;
  const char* peer;
  const char* handler;
  const char* claim;
  properties::form form;
  std::size_t steps;  ///< of the shortest run that shows it, its loop included
  std::uint32_t streams = 1;
};

using enum form;

const planted table[] = {
    // Without a deadline only peers that keep the rules can be expected to let the server end.
    {"mutant-sweep-before-stop", "node-24.21.0", "cooperative", "finishing", "close_terminates", unbounded, 8},
    {"mutant-late-session-served", "rfc9113", "cooperative", "finishing", "close_terminates", unbounded, 7},
    {"mutant-idle-when-handlers-done", "rfc9113", "any", "any", "no_loss", safety, 9},
    {"mutant-deadline-spares-announced", "rfc9113", "any", "any", "close_terminates", bounded, 6},
    {"mutant-serves-above-last-id", "rfc9113", "any", "any", "no_new_after_final_goaway", safety, 7},
    {"mutant-second-phase-by-ack-only", "rfc9113", "any", "any", "close_terminates", unbounded, 4},
    {"mutant-second-phase-by-next-headers", "rfc9113", "any", "any", "close_terminates", unbounded, 4},
    {"mutant-control-frames-rearm-deadline", "rfc9113", "any", "any", "close_terminates", unbounded, 8},
    {"mutant-farewell-awaited", "rfc9113", "any", "any", "close_terminates", unbounded, 5},
    {"mutant-final-goaway-clears-deadline", "rfc9113", "any", "any", "close_terminates", unbounded, 6},
    {"mutant-error-after-goaway-unheeded", "rfc9113", "breaking", "any", "escalation_shortens", safety, 7},
    {"mutant-preface-unbounded", "rfc9113", "any", "any", "close_terminates", bounded, 3},
    {"mutant-waits-for-peer-to-leave", "rfc9113", "silent", "finishing", "close_terminates", unbounded, 5},
    {"mutant-waits-for-peers-end", "rfc9113", "silent", "finishing", "close_terminates", unbounded, 5},
    {"mutant-notice-ends-idle-session", "rfc9113", "any", "any", "final_goaway_before_fin", safety, 6},
    {"mutant-last-id-zero", "rfc9113", "any", "any", "honest_last_stream_id", safety, 8},
    {"mutant-headers-above-last-id-are-errors", "rfc9113", "any", "any", "no_loss", safety, 10, 2},
    {"mutant-frames-above-last-id-are-errors", "rfc9113", "any", "any", "no_loss", safety, 12, 2},
    {"mutant-late-frames-are-errors", "rfc9113", "any", "any", "no_loss", safety, 12, 2},
    {"mutant-peer-goaway-fails-streams", "rfc9113", "any", "any", "no_loss", safety, 8},
    {"mutant-discarded-data-keeps-window", "rfc9113", "any", "any", "window_conserved", safety, 9},
    {"mutant-submit-runs-pump", "rfc9113", "any", "any", "no_reentrancy", safety, 8},
    {"mutant-reset-behind-data", "rfc9113", "breaking", "any", "only_data_waits", safety, 10},
    {"mutant-limit-counts-handlers", "rfc9113-one-stream", "any", "any", "refuses_within_reason", safety, 10, 2},
    {"mutant-limit-counts-streams", "rfc9113-one-stream", "any", "any", "handlers_bounded", safety, 10, 2},
    {"mutant-waiting-requests-parked", "rfc9113-one-stream", "any", "any", "no_request_parked", safety, 7, 2},
    {"mutant-reset-never-counted", "rfc9113", "any", "any", "counts_exact", safety, 8},
    {"mutant-reset-counted-twice", "rfc9113", "any", "any", "counts_exact", safety, 8},
    {"mutant-closes-with-unread-input", "rfc9113", "any", "any", "ordered_close", safety, 6},
    {"mutant-committed-skips-listeners", "rfc9113", "any", "any", "one_terminal_event", safety, 11},
    {"mutant-late-close-forgotten", "rfc9113", "any", "any", "close_callback_once", safety, 2},
};

class mutant : public testing::TestWithParam<planted> {};

TEST_P(mutant, is_found_by_the_claim_its_bug_broke) {
  const planted& given = GetParam();
  const auto found = check(environment(given.mutant, given.peer, given.handler, 1, given.streams));
  const claim_verdict* claim = found.find(given.claim, given.form);
  ASSERT_NE(claim, nullptr);
  ASSERT_EQ(claim->verdict, verdict::violated);
  ASSERT_TRUE(claim->counterexample.has_value());
  const auto path = explore::choices(*claim->counterexample);
  std::printf("%-42s %-24s %-9s %6llu states, %2zu steps\n", given.mutant, given.claim, name_of(given.form).c_str(),
              static_cast<unsigned long long>(found.explored.states), path.size());
  EXPECT_EQ(path.size(), given.steps) << explore::to_string(*claim->counterexample);
  const sim::world<1> world(found.world);
  EXPECT_FALSE(explore::replay(world, path, [](const auto&...) {})) << "a counterexample that cannot be replayed";
}

TEST_P(mutant, differs_from_its_origin_which_keeps_that_claim) {
  const planted& given = GetParam();
  const auto found = check(environment(given.made_from, given.peer, given.handler, 1, given.streams));
  EXPECT_EQ(found.find(given.claim, given.form)->verdict, verdict::holds);
}

INSTANTIATE_TEST_SUITE_P(planted, mutant, testing::ValuesIn(table), [](const auto& each) {
  std::string name(each.param.mutant + std::string("mutant-").size());
  std::ranges::replace(name, '-', '_');
  return name;
});

/// Those of other protocols have tables of their own.
TEST(mutants, are_all_in_the_table) {
  std::size_t count = 0;
  for (const model::profile& each : model::mutants()) {
    if (!each.speaks.has(model::protocol::http2)) continue;
    ++count;
    EXPECT_TRUE(std::ranges::any_of(table, [&](const planted& row) { return row.mutant == each.name; })) << each.name;
  }
  EXPECT_EQ(std::size(table), count);
}

/// A deadline that does not hold breaks its claim in both forms: no run of bounded length, and a fair run that never ends.
TEST(mutants, that_break_the_bounded_form_break_the_unbounded_one) {
  for (const model::profile& each : model::mutants()) {
    if (!each.speaks.has(model::protocol::http2)) continue;
    // A write inside close() may end the server in the very step that arms its deadline.
    if (each.send_pump == model::send_pump::inside_submit) continue;
    const auto found = check(environment(each.name, "any", "any"));
    if (found.find("close_terminates", bounded)->verdict != verdict::violated) continue;
    EXPECT_EQ(found.find("close_terminates", unbounded)->verdict, verdict::violated) << each.name;
  }
}

/// No mutant is caught by accident: what else it breaks is listed. Guards are left out.
TEST(mutants, break_nothing_but_what_their_defect_explains) {
  const std::map<std::string_view, std::string> expected{
      {"mutant-idle-when-handlers-done", "no_loss, one_terminal_event"},
      {"mutant-deadline-spares-announced", "close_terminates, close_terminates, waits_are_bounded"},
      {"mutant-serves-above-last-id", "no_new_after_final_goaway"},
      {"mutant-second-phase-by-ack-only", "close_terminates, close_terminates, waits_are_bounded"},
      {"mutant-second-phase-by-next-headers", "close_terminates, close_terminates, waits_are_bounded"},
      {"mutant-control-frames-rearm-deadline", "close_terminates, close_terminates"},
      {"mutant-farewell-awaited", "close_terminates, close_terminates, waits_are_bounded"},
      {"mutant-final-goaway-clears-deadline", "close_terminates, close_terminates, waits_are_bounded"},
      {"mutant-reset-counted-twice", "counts_exact"},
      {"mutant-closes-with-unread-input", "ordered_close"},
      {"mutant-committed-skips-listeners", "one_terminal_event"},
      {"mutant-late-close-forgotten", "close_callback_once"},
      {"mutant-preface-unbounded", "close_terminates, close_terminates, waits_are_bounded"},
      {"mutant-notice-ends-idle-session", "final_goaway_before_fin"},
      {"mutant-last-id-zero", "honest_last_stream_id"},
      // An error that the server finds by itself closes the socket before the peer has ended.
      {"mutant-headers-above-last-id-are-errors", "ordered_close"},
      {"mutant-frames-above-last-id-are-errors", "ordered_close"},
      {"mutant-late-frames-are-errors", "ordered_close"},
      {"mutant-peer-goaway-fails-streams", "no_loss"},
      {"mutant-discarded-data-keeps-window", "window_conserved"},
      // Where the peer has ended, a write inside close() ends the server in the step that arms the deadline.
      {"mutant-submit-runs-pump", "no_reentrancy"},
      {"mutant-reset-never-counted", "counts_exact"},
  };
  for (const auto& [name, claims] : expected) {
    std::string broken;
    for (const auto& each : check(environment(name, "any", "any")).claims)
      if (each.verdict == verdict::violated && each.claim->form != sometimes)
        broken += (broken.empty() ? "" : ", ") + std::string(each.claim->name);
    EXPECT_EQ(broken, claims) << name;
  }
}

}  // namespace
}  // namespace lastcall::properties::test
