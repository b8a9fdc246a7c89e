// `eventually` under weak fairness: each test draws the smallest graph on which a wrong definition gives the wrong verdict.
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "sim/explore/check.hpp"
#include "tests/explore/models.hpp"

namespace lastcall::explore::test {
namespace {

using edge = graph_model::edge;

// From the initial state on, `goal` is reached.
claim_result reaches(const graph_model& model, std::uint32_t goal, const options& chosen = {}) {
  const auto claim = eventually("reaches", [](std::uint32_t s) { return s == 0; }, [=](std::uint32_t s) { return s == goal; });
  return check(model, std::tuple{claim}, chosen)["reaches"];
}

std::string path_of(const claim_result& claim) { return claim.counterexample ? to_string(*claim.counterexample) : "none"; }

// First way to be wrong: to take only deadlocks for stops.

TEST(explore_liveness, a_state_with_only_unfair_actions_may_be_rested_in) {
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 1}).add(1, {.target = 2});
  const claim_result claim = reaches(model, 2);
  EXPECT_EQ(claim.verdict, verdict::violated);
  EXPECT_EQ(path_of(claim), "0");
  EXPECT_TRUE(claim.counterexample->stops);
}

TEST(explore_liveness, a_deadlock_before_the_goal_is_a_stop) {
  graph_model model(3);
  model.add(0, {.target = 2, .fair = 1}).add(0, {.target = 1, .fair = 2});
  const claim_result claim = reaches(model, 2);
  EXPECT_EQ(claim.verdict, verdict::violated);
  EXPECT_EQ(path_of(claim), "1");
  EXPECT_TRUE(claim.counterexample->stops);
}

TEST(explore_liveness, a_fair_action_forces_the_run_on) {
  graph_model model(2);
  model.add(0, {.target = 1, .fair = 1});
  EXPECT_EQ(reaches(model, 1).verdict, verdict::holds);
}

TEST(explore_liveness, an_unfair_loop_beside_a_fair_exit_is_not_a_violation) {
  graph_model model(2);
  model.add(0, {.target = 0}).add(0, {.target = 1, .fair = 1});
  EXPECT_EQ(reaches(model, 1).verdict, verdict::holds);
}

// Second way to be wrong: to demand that a fair loop takes each constraint.

TEST(explore_liveness, a_loop_that_disables_the_exit_somewhere_is_fair) {
  // The exit is enabled in 0 only; going 0 -> 1 -> 0 it is never enabled for ever.
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 2}).add(0, {.target = 2, .fair = 1}).add(1, {.target = 0, .fair = 2});
  const claim_result claim = reaches(model, 2);
  EXPECT_EQ(claim.verdict, verdict::violated);
  EXPECT_EQ(path_of(claim), "(0/0)");
  EXPECT_FALSE(claim.counterexample->stops);
}

TEST(explore_liveness, a_loop_that_neither_takes_nor_disables_the_exit_is_not_fair) {
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 2}).add(0, {.target = 2, .fair = 1});
  model.add(1, {.target = 0, .fair = 2}).add(1, {.target = 2, .fair = 1});
  EXPECT_EQ(reaches(model, 2).verdict, verdict::holds);
}

TEST(explore_liveness, a_loop_that_takes_an_action_of_the_constraint_serves_it) {
  // The exit belongs to the same constraint as the loop, which therefore is treated fairly without ever exiting.
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 1}).add(0, {.target = 2, .fair = 1}).add(1, {.target = 0, .fair = 1});
  EXPECT_EQ(reaches(model, 2).verdict, verdict::violated);
}

// Third way to be wrong: to count a timer by its name and not by its arming.

TEST(explore_liveness, a_loop_that_rearms_a_timer_starves_it_fairly) {
  // The timer (bit 0) is armed in every state and its expiry is the goal; a chatty peer (bit 1) re-arms it on every round.
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 2, .restarted = 1}).add(0, {.target = 2, .fair = 1});
  model.add(1, {.target = 0, .fair = 2}).add(1, {.target = 2, .fair = 1});
  const claim_result claim = reaches(model, 2);
  EXPECT_EQ(claim.verdict, verdict::violated);
  EXPECT_EQ(path_of(claim), "(0/0)");
}

TEST(explore_liveness, a_loop_that_leaves_the_timer_armed_must_let_it_expire) {
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 2}).add(0, {.target = 2, .fair = 1});
  model.add(1, {.target = 0, .fair = 2}).add(1, {.target = 2, .fair = 1});
  EXPECT_EQ(reaches(model, 2).verdict, verdict::holds);
}

TEST(explore_liveness, a_rearm_outside_the_loop_does_not_excuse_it) {
  graph_model model(3);
  model.add(0, {.target = 1, .restarted = 1}).add(0, {.target = 2, .fair = 1});
  model.add(1, {.target = 1}).add(1, {.target = 2, .fair = 1});
  EXPECT_EQ(reaches(model, 2).verdict, verdict::holds);
}

// The region that a claim speaks of.

TEST(explore_liveness, a_goal_state_inside_a_cycle_cuts_it) {
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 1}).add(1, {.target = 2, .fair = 1}).add(2, {.target = 0, .fair = 1});
  EXPECT_EQ(reaches(model, 1).verdict, verdict::holds);
  EXPECT_EQ(reaches(model, 2).verdict, verdict::holds);
}

TEST(explore_liveness, what_lies_beyond_the_goal_does_not_matter) {
  // 0 -> goal 1 -> deadlock 2: the deadlock is reached through the goal only.
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 1}).add(1, {.target = 2, .fair = 1});
  EXPECT_EQ(reaches(model, 1).verdict, verdict::holds);
}

TEST(explore_liveness, a_run_that_never_triggers_owes_nothing) {
  graph_model model(4);
  model.add(0, {.target = 1, .fair = 1}).add(0, {.target = 2, .fair = 1}).add(2, {.target = 3, .fair = 1});
  const auto claim = eventually("leads", [](std::uint32_t s) { return s == 2; }, [](std::uint32_t s) { return s == 3; });
  EXPECT_EQ(check(model, std::tuple{claim})["leads"].verdict, verdict::holds);
}

TEST(explore_liveness, a_triggered_state_that_is_a_goal_is_fulfilled_at_once) {
  graph_model model(1);
  EXPECT_EQ(reaches(model, 0).verdict, verdict::holds);
}

TEST(explore_liveness, the_stem_passes_through_the_trigger) {
  // The stop 3 is one step from the start, but only the longer way to it is triggered.
  graph_model model(4);
  model.add(0, {.target = 3, .fair = 1}).add(0, {.target = 1, .fair = 1});
  model.add(1, {.target = 2, .fair = 1}).add(2, {.target = 3, .fair = 1});
  for (const search_order order : {search_order::breadth_first, search_order::depth_first}) {
    options chosen;
    chosen.order = order;
    const auto claim = eventually("leads", [](std::uint32_t s) { return s == 1; }, [](std::uint32_t) { return false; });
    EXPECT_EQ(path_of(check(model, std::tuple{claim}, chosen)["leads"]), "1/0/0");
  }
}

TEST(explore_liveness, the_shorter_of_stop_and_loop_is_reported) {
  // A fair self-loop in 1 (length 1 + 1) and a stop in 3 (length 3).
  graph_model near_loop(4);
  near_loop.add(0, {.target = 1, .fair = 1}).add(1, {.target = 1, .fair = 1}).add(1, {.target = 2, .fair = 1});
  near_loop.add(2, {.target = 3, .fair = 1});
  EXPECT_EQ(path_of(reaches(near_loop, 9)), "0/(0)");
  // The stop in 2 (length 2) is as short as the loop, and simpler.
  graph_model near_stop(3);
  near_stop.add(0, {.target = 1, .fair = 1}).add(1, {.target = 1, .fair = 1}).add(1, {.target = 2, .fair = 1});
  const claim_result claim = reaches(near_stop, 9);
  EXPECT_EQ(path_of(claim), "0/1");
  EXPECT_TRUE(claim.counterexample->stops);
}

TEST(explore_liveness, the_nearest_of_several_fair_components_is_reported) {
  // A chain of self-loops; the algorithm closes the far components first.
  graph_model model(4);
  model.add(0, {.target = 1, .fair = 1});
  for (std::uint32_t i = 1; i < 4; ++i) {
    model.add(i, {.target = i, .fair = 1});
  }
  model.add(1, {.target = 2, .fair = 1}).add(2, {.target = 3, .fair = 1});
  EXPECT_EQ(path_of(reaches(model, 9)), "0/(0)");
}

TEST(explore_liveness, the_nearest_of_several_stops_is_reported) {
  graph_model model(4);
  model.add(0, {.target = 1, .fair = 1}).add(0, {.target = 3, .fair = 1}).add(1, {.target = 2, .fair = 1});
  EXPECT_EQ(path_of(reaches(model, 9)), "1");
}

TEST(explore_liveness, each_claim_has_its_own_trigger_and_goal) {
  // The goal of one claim is a state in which another one still waits.
  graph_model model(3);
  model.add(0, {.target = 1, .fair = 1}).add(1, {.target = 2, .fair = 1});
  const auto at = [](std::uint32_t wanted) { return [=](std::uint32_t s) { return s == wanted; }; };
  const auto claims = std::tuple{eventually("first", at(0), at(1)), eventually("second", at(0), at(2)),
                                 eventually("back", at(1), at(0)), eventually("never_triggered", at(7), at(8))};
  const report result = check(model, claims);
  EXPECT_EQ(result["first"].verdict, verdict::holds);
  EXPECT_EQ(result["second"].verdict, verdict::holds);
  EXPECT_EQ(result["never_triggered"].verdict, verdict::holds);
  ASSERT_EQ(result["back"].verdict, verdict::violated);
  EXPECT_EQ(path_of(result["back"]), "0/0");
}

TEST(explore_liveness, the_loop_visits_every_obligation_and_returns) {
  // A ring of five; constraints 0 and 1 are taken on opposite sides, constraint 2 is enabled everywhere but in state 3.
  graph_model model(6);
  for (std::uint32_t i = 0; i < 5; ++i) {
    model.add(i, {.target = (i + 1) % 5, .fair = i == 1 ? 1U : i == 4 ? 2U : 0U});
    if (i != 3) {
      model.add(i, {.target = 5, .fair = 4});
    }
    model.add(i, {.target = 5, .fair = 3});
  }
  const claim_result claim = reaches(model, 5);
  ASSERT_EQ(claim.verdict, verdict::violated);
  EXPECT_EQ(path_of(claim), "(0/0/0/0/0)");
}

TEST(explore_liveness, peterson_lets_every_waiting_process_enter) {
  const auto claims = std::tuple{
      eventually("first_enters", [](const peterson::state& s) { return s.at[0] == peterson::waiting; },
                 [](const peterson::state& s) { return s.at[0] == peterson::critical; }),
      eventually("idle_wants", [](const peterson::state& s) { return s.at[0] == peterson::idle; },
                 [](const peterson::state& s) { return s.at[0] == peterson::wants; }),
  };
  const report result = check(peterson{}, claims);
  EXPECT_EQ(result["first_enters"].verdict, verdict::holds);
  // Nobody is obliged to want.
  EXPECT_EQ(result["idle_wants"].verdict, verdict::violated);
  EXPECT_EQ(path_of(result["idle_wants"]), "-");
}

TEST(explore_liveness, philosophers_deadlock_with_one_fork_each) {
  const auto claims = std::tuple{eventually("first_eats", [](const philosophers::state&) { return true; },
                                            [](const philosophers::state& s) { return s[0] == philosophers::eating; })};
  const claim_result claim = check(philosophers{}, claims)["first_eats"];
  ASSERT_EQ(claim.verdict, verdict::violated);
  EXPECT_TRUE(claim.counterexample->stops);
  // Once the first holds a fork its neighbour blocks it, so the last one is the second choice offered.
  EXPECT_EQ(path_of(claim), "0/1/1");
}

TEST(explore_liveness, a_model_without_fairness_may_rest_anywhere) {
  const auto claims = std::tuple{eventually("turns", [](const counters::state&) { return true; },
                                            [](const counters::state& s) { return s[0] == 1; })};
  const claim_result claim = check(counters{1, 3}, claims)["turns"];
  EXPECT_EQ(claim.verdict, verdict::violated);
  EXPECT_EQ(path_of(claim), "-");
  EXPECT_TRUE(claim.counterexample->stops);
}

TEST(explore_liveness, a_chain_of_a_million_states_needs_no_recursion) {
  constexpr std::uint32_t length = 1'000'000;
  graph_model model(length);
  for (std::uint32_t i = 0; i + 1 < length; ++i) {
    model.add(i, {.target = i + 1, .fair = 1});
  }
  model.add(length - 1, {.target = length - 2, .fair = 1});
  const claim_result claim = reaches(model, length);
  ASSERT_EQ(claim.verdict, verdict::violated);
  EXPECT_EQ(claim.counterexample->stem.size(), length - 2);
  EXPECT_EQ(claim.counterexample->loop.size(), 2U);
}

}  // namespace
}  // namespace lastcall::explore::test
