// Two connections at once: the largest world that a test explores.
#include <gtest/gtest.h>

#include "model/profiles/profiles.hpp"
#include "tests/properties/environments.hpp"

namespace lastcall::properties::test {
namespace {

TEST(two_connections, rfc9113_keeps_every_claim_under_the_most_general_client) {
  const auto found = check(environment("rfc9113", "any", "any", 2, 1));
  EXPECT_TRUE(found.explored.complete);
  EXPECT_EQ(violated(found), "");
  for (const auto& each : found.claims)
    if (each.verdict != verdict::not_applicable) EXPECT_EQ(each.verdict, verdict::holds) << each.claim->name;
}

/// docs/PROOFS.md: what holds for any number of connections holds for two, and what two break is not said to hold.
TEST(two_connections, agree_with_any_number_for_every_profile) {
  for (const auto table : {model::profiles(), model::mutants()}) {
    for (const model::profile& profile : table) {
      if (!profile.speaks.has(model::protocol::http2)) continue;
      for (const auto& [peer, handler] : {std::pair{"any", "any"}, std::pair{"cooperative", "finishing"}}) {
        sim::world_options world = environment(profile.name, peer, handler, 2, 1);
        world.channel_capacity = 1;
        const auto two = check(world);
        const auto any = check_any_connections(world);
        for (std::size_t i = 0; i < any.claims.size(); ++i) {
          if (any.claims[i].claim->form == form::sometimes) continue;
          if (any.claims[i].verdict == verdict::holds || any.claims[i].verdict == verdict::violated) {
            EXPECT_EQ(two.claims[i].verdict, any.claims[i].verdict)
                << profile.name << ' ' << peer << ' ' << any.claims[i].claim->name;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace lastcall::properties::test
