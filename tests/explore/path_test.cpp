// Choice paths as text, replay and its divergence, and walks driven by arbitrary numbers.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sim/explore/model.hpp"
#include "sim/explore/path.hpp"
#include "sim/explore/replay.hpp"
#include "tests/explore/models.hpp"

namespace lastcall::explore::test {
namespace {

constexpr auto ignore = [](const auto&, const auto&, const auto&, const auto&) {};

TEST(explore_path, text_and_path_are_each_others_inverse) {
  for (const counterexample& run : {counterexample{}, counterexample{{0, 3, 1, 0}, {}}, counterexample{{0, 3}, {1, 0}},
                                    counterexample{{}, {7}}, counterexample{{4294967295}, {}}}) {
    const parsed_path parsed = parse_path(to_string(run));
    ASSERT_TRUE(parsed) << parsed.error;
    EXPECT_EQ(*parsed.value, run);
  }
  EXPECT_EQ(to_string(counterexample{}), "-");
  EXPECT_EQ(to_string(counterexample{{0, 3, 1, 0}, {}}), "0/3/1/0");
  EXPECT_EQ(to_string(counterexample{{0, 3}, {1, 0}}), "0/3/(1/0)");
  EXPECT_EQ(to_string(counterexample{{}, {1, 0}}), "(1/0)");
}

TEST(explore_path, a_bad_path_is_refused_with_the_column_and_what_was_expected) {
  const auto error = [](const char* text) { return parse_path(text).error; };
  EXPECT_EQ(error(""), "path \"\", column 1: expected a choice index, or \"-\" for the path of no steps, found the end");
  EXPECT_EQ(error("0/x"), "path \"0/x\", column 3: expected a choice index, found 'x'");
  EXPECT_EQ(error("0//1"), "path \"0//1\", column 3: expected a choice index, found '/'");
  EXPECT_EQ(error("0/1/"), "path \"0/1/\", column 5: expected a choice index, found the end");
  EXPECT_EQ(error("0,1"), "path \"0,1\", column 2: expected '/', found ','");
  EXPECT_EQ(error("-1"), "path \"-1\", column 1: expected a choice index, found '-'");
  EXPECT_EQ(error("0/(1"), "path \"0/(1\", column 5: expected '/' or ')', found the end");
  EXPECT_EQ(error("0/()"), "path \"0/()\", column 4: expected a choice index, found ')'");
  EXPECT_EQ(error("0/(1)/2"), "path \"0/(1)/2\", column 6: expected nothing after the loop, found '/'");
  EXPECT_EQ(error("0/(1/(2))"), "path \"0/(1/(2))\", column 6: expected a choice index, found '('");
  EXPECT_EQ(error("4294967296"), "path \"4294967296\", column 1: expected a choice index below 4294967296, found '4'");
  EXPECT_FALSE(parse_path("0/x"));
}

TEST(explore_path, choices_are_the_stem_and_one_round) {
  EXPECT_EQ(choices(counterexample{{0, 3}, {1, 0}}), (std::vector<std::uint32_t>{0, 3, 1, 0}));
}

TEST(explore_replay, shows_each_step_from_the_initial_state) {
  std::vector<counters::state> seen;
  const std::vector<std::uint32_t> path{0, 1, 1};
  EXPECT_FALSE(replay(counters{2, 5}, path, [&](const auto& before, auto, const auto&, const auto& after) {
    seen.push_back(before);
    seen.push_back(after);
  }));
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen[0], (counters::state{}));
  EXPECT_EQ(seen[1], seen[2]);
  EXPECT_EQ(seen[3], seen[4]);
  EXPECT_EQ(seen[5], (counters::state{1, 2}));
}

TEST(explore_replay, says_at_which_step_the_path_no_longer_fits) {
  const std::vector<std::uint32_t> path{0, 1, 2, 0};
  int steps = 0;
  const auto where = replay(counters{2, 5}, path, [&](const auto&, auto, const auto&, const auto&) { ++steps; });
  ASSERT_TRUE(where.has_value());
  EXPECT_EQ(*where, (divergence{2, 2, 2}));
  EXPECT_EQ(steps, 2);
  EXPECT_EQ(to_string(*where), "step 2 chose action 2, but the state offered 2 actions");
  EXPECT_EQ(to_string(divergence{0, 3, 1}), "step 0 chose action 3, but the state offered 1 action");
}

TEST(explore_walk, takes_every_number_modulo_the_offered_actions) {
  counters::state last{};
  const std::vector<std::uint32_t> numbers{7, 1000, 4294967295};
  const auto record = [&](const auto&, auto, const auto&, const auto& after) { last = after; };
  const std::size_t steps = walk(counters{3, 5}, numbers, record);
  EXPECT_EQ(steps, 3U);
  EXPECT_EQ(last, (counters::state{1, 2, 0}));
}

TEST(explore_walk, stops_where_nothing_is_enabled) {
  graph_model model(2);
  model.add(0, {.target = 1});
  const std::vector<std::uint32_t> numbers{5, 5, 5};
  EXPECT_EQ(walk(model, numbers, ignore), 1U);
}

TEST(explore_model, optional_members_have_defaults) {
  EXPECT_EQ(fair_sets_of(counters{1, 2}, counters::state{}, std::uint8_t{0}), 0U);
  EXPECT_EQ(restarted_by(counters{1, 2}, counters::state{}, std::uint8_t{0}, counters::observation{}, counters::state{}), 0U);
  EXPECT_EQ(describe_action(counters{1, 2}, std::uint8_t{0}), "(unnamed action)");
  EXPECT_EQ(describe_action(peterson{}, std::uint8_t{1}), "process 1");
}

TEST(explore_model, the_test_models_encode_and_decode_every_walked_state) {
  const peterson model;
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < 200; ++i) {
    numbers.push_back(i * i / 3);
  }
  walk(model, numbers, [&](const auto&, auto, const auto&, const peterson::state& after) {
    std::vector<std::byte> bytes(model.encoded_size());
    model.encode(after, bytes.data());
    peterson::state back;
    model.decode(bytes.data(), back);
    EXPECT_EQ(back, after);
  });
}

static_assert(explorable<graph_model> && explorable<peterson> && explorable<philosophers> && explorable<counters>);
static_assert(!explorable<int>);

}  // namespace
}  // namespace lastcall::explore::test
