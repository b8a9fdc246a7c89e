// The search itself: what it visits, in which order, how it stops, and what it says of states and steps.
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "sim/explore/check.hpp"
#include "tests/explore/models.hpp"

namespace lastcall::explore::test {
namespace {

constexpr auto anything = [](const auto&) { return true; };

options depth_first() {
  options chosen;
  chosen.order = search_order::depth_first;
  return chosen;
}

const auto mutual_exclusion = always("mutual_exclusion", [](const peterson::state& s) {
  return s.at[0] != peterson::critical || s.at[1] != peterson::critical;
});

TEST(explore_search, peterson_has_its_pinned_counts_and_excludes) {
  const report result = check(peterson{}, std::tuple{mutual_exclusion});
  EXPECT_EQ(result.explored.states, 20U);
  EXPECT_EQ(result.explored.transitions, 34U);
  EXPECT_TRUE(result.explored.complete);
  EXPECT_EQ(result.explored.stopped_by, "");
  EXPECT_EQ(result.explored.storage, "exact");
  EXPECT_EQ(result["mutual_exclusion"].verdict, verdict::holds);
  EXPECT_FALSE(result["mutual_exclusion"].counterexample.has_value());
}

TEST(explore_search, peterson_without_waiting_for_the_flag_is_refuted_by_a_shortest_run) {
  const peterson broken{.with_turn = false};
  const report result = check(broken, std::tuple{mutual_exclusion});
  const claim_result& claim = result["mutual_exclusion"];
  ASSERT_EQ(claim.verdict, verdict::violated);
  // Three steps for each process, and none can be spared.
  EXPECT_EQ(claim.counterexample->stem.size(), 6U);
  EXPECT_TRUE(claim.counterexample->loop.empty());
  EXPECT_FALSE(claim.counterexample->stops);
  peterson::state last{};
  const auto record = [&](const auto&, auto, const auto&, const auto& after) { last = after; };
  EXPECT_FALSE(replay(broken, claim.counterexample->stem, record));
  EXPECT_FALSE(mutual_exclusion.predicate(last));
}

TEST(explore_search, philosophers_have_their_pinned_counts) {
  const report result = check(philosophers{}, std::tuple{always("any", anything)});
  EXPECT_EQ(result.explored.states, 14U);
  EXPECT_EQ(result.explored.transitions, 27U);
}

TEST(explore_search, counters_count_to_the_product_of_their_sizes) {
  const report result = check(counters{4, 10}, std::tuple{always("any", anything)});
  EXPECT_EQ(result.explored.states, 10000U);
  EXPECT_EQ(result.explored.transitions, 40000U);
  EXPECT_EQ(result.explored.depth, 36U);
}

TEST(explore_search, growth_beyond_several_chunks_loses_no_state) {
  const report result = check(counters{5, 14}, std::tuple{always("any", anything)});
  EXPECT_EQ(result.explored.states, 537824U);
  EXPECT_EQ(result.explored.transitions, 5U * 537824U);
}

TEST(explore_search, depth_first_agrees_with_breadth_first_on_counts_and_verdicts) {
  const auto claims = std::tuple{
      always("small", [](const counters::state& s) { return s[0] < 7; }),
      sometimes("all_six", [](const counters::state& s) { return s[0] == 6 && s[1] == 6 && s[2] == 6; }),
      acyclic("first_wheel", [](const counters::state&, std::uint8_t wheel) { return wheel == 0; }),
  };
  const report wide = check(counters{3, 7}, claims);
  const report deep = check(counters{3, 7}, claims, depth_first());
  EXPECT_EQ(wide.explored.states, 343U);
  EXPECT_EQ(deep.explored.states, 343U);
  EXPECT_EQ(deep.explored.transitions, wide.explored.transitions);
  EXPECT_GT(deep.explored.depth, wide.explored.depth);
  for (std::size_t i = 0; i < wide.claims.size(); ++i) {
    EXPECT_EQ(deep.claims[i].verdict, wide.claims[i].verdict) << wide.claims[i].name;
  }
}

TEST(explore_search, sometimes_shows_a_shortest_witness) {
  const auto claims = std::tuple{sometimes("both_three", [](const counters::state& s) { return s[0] == 3 && s[1] == 3; }),
                                 sometimes("five", [](const counters::state& s) { return s[0] == 5; })};
  const report result = check(counters{2, 5}, claims);
  ASSERT_EQ(result["both_three"].verdict, verdict::holds);
  EXPECT_EQ(result["both_three"].witness->stem.size(), 6U);
  EXPECT_FALSE(result["both_three"].counterexample.has_value());
  EXPECT_EQ(result["five"].verdict, verdict::violated);
  EXPECT_FALSE(result["five"].witness.has_value());
  EXPECT_FALSE(result["five"].counterexample.has_value());
}

TEST(explore_search, a_violation_in_the_initial_state_has_the_empty_path) {
  const report result = check(counters{2, 5}, std::tuple{always("moved", [](const counters::state& s) { return s[0] > 0; })});
  ASSERT_EQ(result["moved"].verdict, verdict::violated);
  EXPECT_EQ(*result["moved"].counterexample, counterexample{});
}

TEST(explore_search, step_claims_see_before_action_observation_and_after) {
  const auto claims = std::tuple{
      always_step("one_moves",
                  [](const peterson::state& before, std::uint8_t self, const auto&, const peterson::state& after) {
                    return before.at[1 - self] == after.at[1 - self] && before.at[self] != after.at[self];
                  }),
      always_step("never_enters", [](const auto&, std::uint8_t, const auto& seen, const auto&) { return !seen.entered; }),
      sometimes_step("second_enters_while_first_waits",
                     [](const auto&, std::uint8_t self, const auto& seen, const peterson::state& after) {
                       return seen.entered && self == 1 && after.at[0] == peterson::waiting;
                     }),
  };
  const report result = check(peterson{}, claims);
  EXPECT_EQ(result["one_moves"].verdict, verdict::holds);
  ASSERT_EQ(result["never_enters"].verdict, verdict::violated);
  EXPECT_EQ(result["never_enters"].counterexample->stem, (std::vector<std::uint32_t>{0, 0, 0}));
  ASSERT_EQ(result["second_enters_while_first_waits"].verdict, verdict::holds);
  EXPECT_EQ(result["second_enters_while_first_waits"].witness->stem.size(), 5U);
}

TEST(explore_search, a_step_claim_names_the_choice_that_settled_it) {
  const auto claims = std::tuple{always_step("third_rests", [](const auto&, std::uint8_t wheel, const auto&, const auto&) {
    return wheel != 2;
  })};
  EXPECT_EQ(to_string(*check(counters{4, 3}, claims)["third_rests"].counterexample), "2");
}

TEST(explore_search, the_search_goes_on_after_a_violation) {
  const auto claims = std::tuple{always("not_one", [](const counters::state& s) { return s[0] != 1; }),
                                 always("not_four", [](const counters::state& s) { return s[0] != 4; })};
  const report result = check(counters{1, 5}, claims);
  EXPECT_EQ(result["not_one"].counterexample->stem.size(), 1U);
  EXPECT_EQ(result["not_four"].counterexample->stem.size(), 4U);
  EXPECT_TRUE(result.explored.complete);
}

TEST(explore_search, acyclic_reports_the_stem_and_a_shortest_loop) {
  // 0 -> 1 -> 2 -> 1 internally, and 2 -> 0 by an outside step.
  using edge = graph_model::edge;
  graph_model model(3);
  model.add(0, {.target = 1, .internal = true}).add(1, {.target = 2, .internal = true});
  model.add(2, {.target = 0}).add(2, {.target = 1, .internal = true});
  const auto claims = std::tuple{acyclic("no_spin", [](std::uint32_t, const edge& e) { return e.internal; }),
                                 acyclic("no_outside_spin", [](std::uint32_t, const edge& e) { return !e.internal; })};
  const report result = check(model, claims);
  ASSERT_EQ(result["no_spin"].verdict, verdict::violated);
  EXPECT_EQ(to_string(*result["no_spin"].counterexample), "0/(0/1)");
  EXPECT_FALSE(result["no_spin"].counterexample->stops);
  EXPECT_EQ(result["no_outside_spin"].verdict, verdict::holds);
}

TEST(explore_search, the_memory_limit_makes_open_claims_unknown) {
  const auto claims = std::tuple{
      always("small", [](const counters::state& s) { return s[0] < 40; }),
      always("not_two", [](const counters::state& s) { return s[0] != 2; }),
      sometimes("two", [](const counters::state& s) { return s[0] == 2; }),
      sometimes("never", [](const counters::state& s) { return s[0] == 40; }),
      eventually("returns", [](const counters::state& s) { return s[0] == 1; },
                 [](const counters::state& s) { return s[0] == 39; }),
      acyclic("nothing", [](const counters::state&, std::uint8_t) { return false; }),
  };
  options small;
  small.memory_limit_bytes = 16U << 20;
  const report result = check(counters{5, 40}, claims, small);
  EXPECT_FALSE(result.explored.complete);
  EXPECT_NE(result.explored.stopped_by.find("memory limit"), std::string::npos);
  EXPECT_LE(result.explored.bytes, small.memory_limit_bytes);
  EXPECT_GT(result.explored.states, 10000U);
  EXPECT_EQ(result["small"].verdict, verdict::unknown);
  EXPECT_EQ(result["not_two"].verdict, verdict::violated);
  EXPECT_EQ(result["two"].verdict, verdict::holds);
  EXPECT_EQ(result["never"].verdict, verdict::unknown);
  EXPECT_EQ(result["nothing"].verdict, verdict::unknown);
  // No action is fair, so a triggered state that was expanded is a stop: a violation even though the search is incomplete.
  EXPECT_EQ(result["returns"].verdict, verdict::violated);
}

TEST(explore_search, the_state_limit_is_exact_and_equal_size_is_complete) {
  options limited;
  limited.state_limit = 343;
  EXPECT_TRUE(check(counters{3, 7}, std::tuple{always("any", anything)}, limited).explored.complete);
  limited.state_limit = 342;
  const report result = check(counters{3, 7}, std::tuple{always("any", anything)}, limited);
  EXPECT_FALSE(result.explored.complete);
  EXPECT_EQ(result.explored.states, 342U);
  EXPECT_EQ(result["any"].verdict, verdict::unknown);
}

TEST(explore_search, states_beyond_a_limit_are_not_taken_for_stops) {
  // A fair chain that reaches its goal; cut short, its last state has no known successor, yet it is not a stop.
  graph_model model(10);
  for (std::uint32_t i = 0; i + 1 < 10; ++i) {
    model.add(i, {.target = i + 1, .fair = 1});
  }
  options limited;
  limited.state_limit = 5;
  const auto claims = std::tuple{eventually("ends", anything, [](std::uint32_t s) { return s == 9; })};
  EXPECT_EQ(check(model, claims, limited)["ends"].verdict, verdict::unknown);
  EXPECT_EQ(check(model, claims)["ends"].verdict, verdict::holds);
}

TEST(explore_search, too_many_kinds_of_transition_stop_the_search) {
  graph_model model(2);
  for (std::uint64_t kind = 0; kind < 70000; ++kind) {
    model.add(0, {.target = 1, .fair = kind});
  }
  const report result = check(model, std::tuple{eventually("never", anything, [](std::uint32_t) { return false; })});
  EXPECT_FALSE(result.explored.complete);
  EXPECT_NE(result.explored.stopped_by.find("kinds of transition"), std::string::npos);
  EXPECT_EQ(result["never"].verdict, verdict::unknown);
}

TEST(explore_search, a_state_whose_transitions_find_no_label_is_not_taken_for_a_stop) {
  graph_model model(3);
  for (std::uint64_t kind = 0; kind < label_table::max_labels; ++kind) {
    model.add(0, {.target = 1, .fair = kind});
  }
  model.add(1, {.target = 2, .fair = 1, .restarted = 1});
  const auto claims = std::tuple{eventually("ends", anything, [](std::uint32_t s) { return s == 2; })};
  EXPECT_EQ(check(model, claims)["ends"].verdict, verdict::unknown);
  model.edges[0].pop_back();
  EXPECT_EQ(check(model, claims)["ends"].verdict, verdict::holds);
}

TEST(explore_search, each_acyclic_claim_looks_at_its_own_actions) {
  graph_model model(2);
  model.add(0, {.target = 1, .internal = true}).add(1, {.target = 0});
  const auto claims = std::tuple{acyclic("internal", [](std::uint32_t, const graph_model::edge& e) { return e.internal; }),
                                 acyclic("any", [](std::uint32_t, const graph_model::edge&) { return true; }),
                                 acyclic("outside", [](std::uint32_t, const graph_model::edge& e) { return !e.internal; })};
  const report result = check(model, claims);
  EXPECT_EQ(result["internal"].verdict, verdict::holds);
  EXPECT_EQ(result["any"].verdict, verdict::violated);
  EXPECT_EQ(result["outside"].verdict, verdict::holds);
}

TEST(explore_search, a_state_with_more_successors_than_a_batch_is_expanded_whole) {
  graph_model model(5000);
  for (std::uint32_t target = 1; target < 5000; ++target) {
    model.add(0, {.target = target, .fair = 1});
  }
  const auto claims = std::tuple{sometimes("last", [](std::uint32_t s) { return s == 4999; })};
  const report result = check(model, claims);
  EXPECT_EQ(result.explored.states, 5000U);
  EXPECT_EQ(to_string(*result["last"].witness), "4998");
  options limited;
  limited.state_limit = 300;
  EXPECT_EQ(check(model, claims, limited).explored.transitions, 299U);
}

TEST(explore_search, progress_counts_up_to_the_result) {
  std::vector<progress> seen;
  options chosen;
  chosen.progress_interval = 100;
  chosen.on_progress = [&](const progress& now) { seen.push_back(now); };
  const report result = check(counters{3, 10}, std::tuple{always("any", anything)}, chosen);
  ASSERT_EQ(seen.size(), 10U);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_GE(seen[i].states, seen[i - 1].states);
    EXPECT_GE(seen[i].transitions, seen[i - 1].transitions);
    EXPECT_GE(seen[i].depth, seen[i - 1].depth);
    EXPECT_GE(seen[i].seconds, seen[i - 1].seconds);
  }
  EXPECT_EQ(seen.back().frontier, 0U);
  EXPECT_EQ(seen.back().depth, result.explored.depth);
  EXPECT_GT(seen.back().bytes, 0U);
}

TEST(explore_search, two_runs_find_the_same_counterexample) {
  const auto claims = std::tuple{always("not_full", [](const counters::state& s) { return s[0] + s[1] + s[2] < 15; })};
  const report one = check(counters{3, 6}, claims);
  const report two = check(counters{3, 6}, claims);
  EXPECT_EQ(one["not_full"].counterexample, two["not_full"].counterexample);
}

TEST(explore_search, an_unknown_claim_name_is_an_error) {
  const report result = check(counters{1, 2}, std::tuple{always("any", anything)});
  EXPECT_THROW(result["none"], std::out_of_range);
}

TEST(explore_visited_set, tells_apart_states_of_any_size_and_finds_each_again) {
  for (const std::size_t size : {1U, 3U, 7U, 8U, 9U, 15U, 16U, 23U, 40U}) {
    visited_set set(size);
    std::vector<std::byte> bytes(size);
    const auto insert = [&] {
      set.reserve(1);
      return set.insert(set.hash(bytes.data()), bytes.data());
    };
    EXPECT_TRUE(insert().is_new);
    std::set<std::uint64_t> hashes{set.hash(bytes.data())};
    for (std::size_t at = 0; at < size; ++at) {
      for (int value = 1; value < 256; ++value) {
        bytes.assign(size, std::byte{0});
        bytes[at] = static_cast<std::byte>(value);
        EXPECT_TRUE(hashes.insert(set.hash(bytes.data())).second) << "every byte counts in the hash";
        EXPECT_TRUE(insert().is_new);
        EXPECT_FALSE(insert().is_new);
        EXPECT_EQ(set[set.size() - 1][at], static_cast<std::byte>(value));
      }
    }
    EXPECT_EQ(set.size(), 1 + size * 255);
    bytes.assign(size, std::byte{0});
    EXPECT_EQ(insert().index, 0U);
  }
}

TEST(explore_visited_set, equal_hashes_do_not_hide_a_state) {
  visited_set set(2);
  const std::byte one[]{std::byte{1}, std::byte{0}};
  const std::byte two[]{std::byte{2}, std::byte{0}};
  constexpr std::uint64_t same_hash = 0x0123'4567'89ab'cdefU;
  EXPECT_EQ(set.insert(same_hash, one).index, 0U);
  EXPECT_EQ(set.insert(same_hash, two).index, 1U);
  EXPECT_EQ(set.insert(same_hash, one).index, 0U);
  EXPECT_EQ(set.insert(same_hash, two).index, 1U);
}

}  // namespace
}  // namespace lastcall::explore::test
