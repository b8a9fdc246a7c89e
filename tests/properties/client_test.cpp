// The client's world: a right client keeps every claim, each guard is reached, and each planted defect is found by the claim
// that its bug broke. The mutants are small enough for the table of their runs to say everything.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdio>

#include "properties/client_claims.hpp"
#include "sim/explore/replay.hpp"
#include "tests/properties/environments.hpp"
#include "tests/support/property.hpp"

namespace lastcall::properties::test {
namespace {

sim::world_options client_of(std::string_view profile, std::uint32_t streams = 2) {
  sim::world_options options = environment(profile, "any", "any", 1, streams);
  options.protocol = model::protocol::client;
  return options;
}

TEST(client, of_rfc9113_keeps_every_claim_and_reaches_every_guard) {
  for (const std::uint32_t streams : {1U, 2U, 3U}) {
    const auto found = check(client_of("rfc9113", streams));
    EXPECT_TRUE(found.explored.complete);
    EXPECT_EQ(violated(found), "") << streams;
    for (const auto& each : found.claims) EXPECT_EQ(each.verdict, verdict::holds) << each.claim->name;
  }
}

TEST(client, world_is_small) {
  const auto found = check(client_of("rfc9113"));
  EXPECT_LT(found.explored.states, 20'000U);
}

struct planted_client {
  const char* mutant;
  const char* claim;
  std::size_t steps;
  const char* breaks;  ///< all that it breaks
};

const planted_client clients[] = {
    {"mutant-client-notifies-first", "no_new_after_goaway", 2, "no_new_after_goaway (safety)"},
    {"mutant-client-fails-first", "retryable_told", 3, "retryable_told (safety)"},
    {"mutant-client-opens-below-last-id", "legal_frames", 3, "legal_frames (safety), no_new_after_goaway (safety)"},
    {"mutant-client-forgets-unwritten", "retryable_told", 3, "retryable_told (safety), each_request_ends_once (safety)"},
    {"mutant-client-goaway-limits-itself", "responses_delivered", 5, "responses_delivered (safety)"},
    {"mutant-client-late-reset-fails-response", "responses_delivered", 6, "responses_delivered (safety)"},
};

class client_mutant : public testing::TestWithParam<planted_client> {};

TEST_P(client_mutant, is_found_by_the_claim_its_bug_broke_and_breaks_nothing_else) {
  const planted_client& given = GetParam();
  const auto found = check(client_of(given.mutant));
  const claim_verdict* claim = found.find(given.claim, form::safety);
  ASSERT_NE(claim, nullptr);
  ASSERT_EQ(claim->verdict, verdict::violated);
  const auto path = explore::choices(*claim->counterexample);
  std::printf("%-42s %-24s %-9s %6llu states, %2zu steps\n", given.mutant, given.claim, "safety",
              static_cast<unsigned long long>(found.explored.states), path.size());
  EXPECT_EQ(path.size(), given.steps) << explore::to_string(*claim->counterexample);
  std::string broken;
  for (const auto& each : found.claims)
    if (each.verdict == verdict::violated && each.claim->form != form::sometimes)
      broken += (broken.empty() ? "" : ", ") + std::string(each.claim->name) + " (safety)";
  EXPECT_EQ(broken, given.breaks);
}

INSTANTIATE_TEST_SUITE_P(planted, client_mutant, testing::ValuesIn(clients), [](const auto& each) {
  std::string name(each.param.mutant + std::string("mutant-client-").size());
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(client_mutants, are_all_in_the_table) {
  for (const model::profile& each : model::mutants()) {
    if (!each.speaks.has(model::protocol::client)) continue;
    EXPECT_TRUE(std::ranges::any_of(clients, [&](const planted_client& row) { return row.mutant == each.name; })) << each.name;
  }
}

TEST(client, keeps_its_claims_on_long_random_runs_with_four_streams) {
  const sim::client_world world(client_of("rfc9113", 4));
  EXPECT_TRUE(support::property("a right client keeps its claims, whatever its server does", [&] {
    const auto drawn = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, 60U));
    explore::walk(world, drawn, [&](const auto& before, const auto& chosen, const auto& seen, const auto& after) {
      RC_ASSERT(client::legal_frames(before, seen));
      RC_ASSERT(client::no_new_after_goaway(before, chosen, seen));
      RC_ASSERT(client::retryable_told(before, chosen, seen, after));
      RC_ASSERT(client::responses_delivered(before, chosen, seen, after));
      RC_ASSERT(client::each_request_ends_once(before, seen, after));
      std::vector<std::byte> bytes(world.encoded_size());
      world.encode(after, bytes.data());
      sim::client_world::state decoded = before;
      world.decode(bytes.data(), decoded);
      RC_ASSERT(decoded == after);
    });
  }));
}

}  // namespace
}  // namespace lastcall::properties::test
