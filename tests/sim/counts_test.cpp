// Pinned sizes of small worlds. A count that changes says that the model, or what the world offers, has changed: look at
// what, and pin the new count in the same commit.
#include <gtest/gtest.h>

#include <tuple>

#include "properties/check.hpp"
#include "tests/sim/walker.hpp"

namespace lastcall::sim::test {
namespace {

/// One connection with one stream must stay small, or two connections cannot be explored.
constexpr std::uint64_t states_max = 14'000;

struct pinned {
  const char* name;
  world_options options;
  std::uint64_t states;
  std::uint64_t transitions;
  std::uint32_t depth;  ///< of a breadth-first search: the steps to the state farthest away
};

world_options sized(world_options options, std::uint32_t streams, std::uint32_t capacity) {
  options.streams = streams;
  options.channel_capacity = capacity;
  return options;
}

const pinned worlds[] = {
    {"rfc9113_1x1_capacity_1", sized(options_of("rfc9113"), 1, 1), 1571, 7557, 15},
    {"rfc9113_1x1_capacity_2", sized(options_of("rfc9113"), 1, 2), 5393, 28461, 16},
    {"rfc9113_1x2_capacity_2", sized(options_of("rfc9113"), 2, 2), 63598, 395396, 19},
    {"node_24_1x1_cooperative", sized(options_of("node-24.21.0", "cooperative", "finishing"), 1, 2), 2866, 10733, 21},
    {"node_23_1x1_cooperative", sized(options_of("node-23.1.0", "cooperative", "finishing"), 1, 2), 2824, 10745, 22},
};

class pinned_world : public testing::TestWithParam<pinned> {};

TEST_P(pinned_world, has_its_counts_in_either_order_of_search) {
  const pinned& expected = GetParam();
  explore::options depth_first;
  depth_first.order = explore::search_order::depth_first;
  const auto broad = properties::check(expected.options).explored;
  EXPECT_TRUE(broad.complete);
  EXPECT_EQ(broad.states, expected.states);
  EXPECT_EQ(broad.transitions, expected.transitions);
  EXPECT_EQ(broad.depth, expected.depth);
  const auto deep = properties::check(expected.options, depth_first).explored;
  EXPECT_TRUE(deep.complete);
  EXPECT_EQ(deep.states, expected.states);
  EXPECT_EQ(deep.transitions, expected.transitions);
}

INSTANTIATE_TEST_SUITE_P(counts, pinned_world, testing::ValuesIn(worlds), [](const auto& each) { return each.param.name; });

TEST(budget, one_connection_with_one_stream_stays_small_for_every_server_of_the_field) {
  for (const model::profile& each : model::profiles()) {
    world_options options = options_of(each.name);
    EXPECT_LE(properties::check(options).explored.states, states_max) << each.name;
    options.peer = find_peer_class("cooperative");
    EXPECT_LE(properties::check(options).explored.states, states_max) << each.name << ", cooperative clients";
  }
}

TEST(determinism, two_worlds_with_the_same_options_give_the_same_report) {
  const world_options options = options_of("node-23.1.0", "cooperative", "finishing");
  const auto one = properties::check(options);
  const auto other = properties::check(options);
  EXPECT_EQ(one.explored.states, other.explored.states);
  EXPECT_EQ(one.explored.transitions, other.explored.transitions);
  EXPECT_EQ(one.explored.depth, other.explored.depth);
  EXPECT_EQ(one.explored.bytes, other.explored.bytes);
  ASSERT_EQ(one.claims.size(), other.claims.size());
  for (std::size_t i = 0; i < one.claims.size(); ++i) {
    EXPECT_EQ(one.claims[i].claim, other.claims[i].claim);
    EXPECT_EQ(one.claims[i].verdict, other.claims[i].verdict);
    EXPECT_EQ(one.claims[i].counterexample, other.claims[i].counterexample);
  }
}

}  // namespace
}  // namespace lastcall::sim::test
