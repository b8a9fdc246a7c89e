// The checker against SPIN 6.5.2 on one protocol: tests/bench/spin/drain.pml and its copy for `explore`.
//
// SPIN's numbers are those of `spin -a` with the sizes and switches of each row, compiled with -DSAFETY -DNOFAIR -DNOREDUCE; its
// liveness verdicts those of -DLIVE, -DNFAIR=3, `pan -A -a -f` and, without fairness, `pan -A -a`. SPIN counts more, by the same
// for every size and every switch, as `init` is a process of its protocol and none of ours: the three states of the listener
// before `init` has run, the listener's two steps between them, `init` run from each of the three, and the initial state, which
// SPIN counts as a transition.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "sim/explore/check.hpp"
#include "tests/bench/drain_model.hpp"

namespace lastcall::explore::test {
namespace {

using bench::drain_model;
using bench::drain_switches;

constexpr std::uint64_t states_of_init = 3;
constexpr std::uint64_t transitions_of_init = 6;

struct spin_row {
  drain_switches switches;
  std::uint64_t states;
  std::uint64_t transitions;
  bool drains;
};

template <unsigned C, unsigned S, unsigned Cap>
void expect_as_spin(const spin_row& row, const options& chosen = {}) {
  SCOPED_TRACE(testing::Message() << C << "x" << S << ", capacity " << Cap << ", no_ping " << row.switches.no_ping
                                  << ", no_reconnect " << row.switches.no_reconnect << ", no_deadline "
                                  << row.switches.no_deadline << ", bug_goaway " << row.switches.bug_goaway);
  const drain_model<C, S, Cap> model(row.switches);
  const report safety = check(model, model.safety_claims(), chosen);
  EXPECT_TRUE(safety.explored.complete);
  EXPECT_EQ(safety.explored.states + states_of_init, row.states);
  EXPECT_EQ(safety.explored.transitions + transitions_of_init, row.transitions);
  for (const claim_result& claim : safety.claims) {
    const bool planted = row.switches.bug_goaway && claim.name == "no_handler_begins_above_the_goaway_id";
    EXPECT_EQ(claim.verdict, planted ? verdict::violated : verdict::holds) << claim.name;
  }
  const report liveness = check(model, model.drains(), chosen);
  EXPECT_EQ(liveness.explored.states, safety.explored.states);
  EXPECT_EQ(liveness.explored.transitions, safety.explored.transitions);
  EXPECT_EQ(liveness["drains"].verdict, row.drains ? verdict::holds : verdict::violated);
}

TEST(explore_drain, counts_and_verdicts_equal_those_of_spin_for_every_size) {
  expect_as_spin<1, 1, 1>({{}, 381, 1115, true});
  expect_as_spin<1, 1, 2>({{}, 1047, 3689, true});
  expect_as_spin<1, 2, 2>({{}, 6403, 24818, true});
  expect_as_spin<1, 2, 3>({{}, 20490, 86757, true});
  expect_as_spin<1, 3, 2>({{}, 37877, 156478, true});
  expect_as_spin<2, 1, 1>({{}, 56655, 305846, true});
}

TEST(explore_drain, counts_and_verdicts_equal_those_of_spin_for_every_switch) {
  const drain_switches no_ping{.no_ping = true}, no_reconnect{.no_reconnect = true}, no_deadline{.no_deadline = true};
  expect_as_spin<2, 1, 1>({no_ping, 39435, 198394, true});
  expect_as_spin<2, 1, 1>({no_reconnect, 57414, 308066, true});
  expect_as_spin<2, 1, 1>({no_deadline, 50649, 240292, false});
  expect_as_spin<2, 1, 1>({{.no_ping = true, .no_reconnect = true}, 40090, 200202, true});
  expect_as_spin<2, 1, 1>({{.no_ping = true, .no_deadline = true}, 33429, 148707, true});
  expect_as_spin<2, 1, 1>({{.no_reconnect = true, .no_deadline = true}, 51252, 241800, false});
  expect_as_spin<2, 1, 1>({{.no_ping = true, .no_reconnect = true, .no_deadline = true}, 33928, 149885, true});
  expect_as_spin<2, 1, 1>({{.bug_goaway = true}, 55587, 300179, true});
  expect_as_spin<1, 2, 2>({no_ping, 4161, 15087, true});
  expect_as_spin<1, 2, 2>({no_reconnect, 6406, 24820, true});
  expect_as_spin<1, 2, 2>({no_deadline, 5769, 18761, false});
  expect_as_spin<1, 2, 2>({{.bug_goaway = true}, 8229, 32291, true});
}

TEST(explore_drain, depth_first_counts_the_same) {
  options depth_first;
  depth_first.order = search_order::depth_first;
  expect_as_spin<1, 2, 2>({{}, 6403, 24818, true}, depth_first);
  expect_as_spin<2, 1, 1>({{.no_deadline = true}, 50649, 240292, false}, depth_first);
}

// What `pan -a` without -f assumes: some process moves as long as one can.
struct unfair_drain_model : drain_model<2, 1, 1> {
  using drain_model::drain_model;
  std::uint64_t fair_sets(const state&, const action&) const { return 1; }
};

TEST(explore_drain, without_fairness_between_processes_pings_alone_keep_it_from_draining) {
  const auto verdict_of = [](const drain_switches& switches) {
    const unfair_drain_model model(switches);
    return check(model, model.drains())["drains"].verdict;
  };
  EXPECT_EQ(verdict_of({}), verdict::violated);
  EXPECT_EQ(verdict_of({.no_reconnect = true}), verdict::violated);
  EXPECT_EQ(verdict_of({.no_ping = true}), verdict::holds);
  EXPECT_EQ(verdict_of({.no_ping = true, .no_deadline = true}), verdict::holds);
}

TEST(explore_drain, without_a_deadline_a_session_may_read_pings_for_ever) {
  using model_type = drain_model<2, 1, 1>;
  const model_type model({.no_deadline = true});
  const claim_result claim = check(model, model.drains())["drains"];
  ASSERT_EQ(claim.verdict, verdict::violated);
  ASSERT_FALSE(claim.counterexample->loop.empty());

  const std::size_t stem = claim.counterexample->stem.size();
  std::size_t step = 0;
  std::size_t pings_sent = 0;
  std::size_t pings_read = 0;
  bool might_send_goaway = false;
  const auto on_step = [&](const model_type::state& before, const model_type::action& taken, const auto&, const auto&) {
    if (step++ < stem) {
      return;
    }
    EXPECT_EQ(before.phase, model_type::closing);
    pings_sent += taken.what == model_type::client_pings ? 1 : 0;
    if (taken.what == model_type::session_reads) {
      EXPECT_EQ(model_type::next_for_server(before, taken.connection), model_type::ping);
      ++pings_read;
    }
    model.actions(before, [&](const model_type::action& offered) {
      might_send_goaway = might_send_goaway || offered.what == model_type::session_sends_goaway;
    });
  };
  EXPECT_FALSE(replay(model, choices(*claim.counterexample), on_step));
  EXPECT_EQ(pings_sent + pings_read, claim.counterexample->loop.size());
  EXPECT_GE(pings_read, 1U);
  EXPECT_TRUE(might_send_goaway);
}

TEST(explore_drain, a_server_that_forgets_its_goaway_is_refuted_by_a_run_that_ends_in_a_late_handler) {
  using model_type = drain_model<1, 1, 1>;
  const model_type model({.bug_goaway = true});
  const claim_result claim = check(model, model.safety_claims())["no_handler_begins_above_the_goaway_id"];
  ASSERT_EQ(claim.verdict, verdict::violated);
  model_type::action last{};
  std::uint8_t broken = 0;
  EXPECT_FALSE(replay(model, choices(*claim.counterexample), [&](const auto&, const auto& taken, const auto& seen, const auto&) {
    last = taken;
    broken = seen.broken;
  }));
  EXPECT_EQ(last.what, model_type::session_reads);
  EXPECT_EQ(broken, model_type::observation::goaway_kept);
}

TEST(explore_drain, a_decoded_state_is_the_one_that_was_encoded) {
  using model_type = drain_model<1, 2, 2>;
  const model_type model;
  const auto survives = [&](const model_type::state& s) {
    std::byte bytes[model_type::encoded_size()];
    model_type::state copy{};
    model.encode(s, bytes);
    model.decode(bytes, copy);
    return copy == s;
  };
  EXPECT_EQ(check(model, std::tuple{always("survives", survives)})["survives"].verdict, verdict::holds);
}

}  // namespace
}  // namespace lastcall::explore::test
