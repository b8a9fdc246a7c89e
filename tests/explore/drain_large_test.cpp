// The two large sizes of the comparison with SPIN; drain_test.cpp has the small ones and says how to read the numbers.
#include <gtest/gtest.h>

#include <cstdint>

#include "sim/explore/check.hpp"
#include "tests/bench/drain_model.hpp"

namespace lastcall::explore::test {
namespace {

template <unsigned C, unsigned S, unsigned Cap>
void expect_counts(std::uint64_t states, std::uint64_t transitions) {
  const bench::drain_model<C, S, Cap> model;
  const report safety = check(model, model.safety_claims());
  EXPECT_EQ(safety.explored.states + 3, states);
  EXPECT_EQ(safety.explored.transitions + 6, transitions);
  for (const claim_result& claim : safety.claims) {
    EXPECT_EQ(claim.verdict, verdict::holds) << claim.name;
  }
  EXPECT_EQ(check(model, model.drains())["drains"].verdict, verdict::holds);
}

TEST(explore_drain_large, three_connections_of_one_stream_equal_spin) { expect_counts<3, 1, 1>(10'484'475, 82'942'388); }

// SPIN prints eight digits of this number of transitions: 165289500.
TEST(explore_drain_large, two_connections_of_two_streams_equal_spin) { expect_counts<2, 2, 2>(23'036'217, 165'289'495); }

TEST(explore_drain_large, two_connections_of_two_streams_need_the_deadline) {
  const bench::drain_model<2, 2, 2> model({.no_deadline = true});
  EXPECT_EQ(check(model, model.drains())["drains"].verdict, verdict::violated);
}

}  // namespace
}  // namespace lastcall::explore::test
