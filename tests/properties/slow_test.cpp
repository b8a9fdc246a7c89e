// Two connections at once: the largest world that a test explores.
#include <gtest/gtest.h>

#include "tests/properties/environments.hpp"

namespace lastcall::properties::test {
namespace {

TEST(two_connections, rfc9113_keeps_every_claim_under_the_most_general_client) {
  const auto found = check(environment("rfc9113", "any", "any", 2, 1));
  EXPECT_TRUE(found.explored.complete);
  EXPECT_EQ(violated(found), "");
  for (const auto& each : found.claims) EXPECT_EQ(each.verdict, verdict::holds) << each.claim->name;
}

}  // namespace
}  // namespace lastcall::properties::test
