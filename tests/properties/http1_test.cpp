// HTTP/1 servers under the checker: the right one keeps every claim, each planted defect is found by the claim that its field
// bug broke, and Node's releases break what their sources say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "sim/explore/replay.hpp"
#include "sim/http1_world.hpp"
#include "tests/properties/environments.hpp"

namespace lastcall::properties::test {
namespace {

using enum form;

sim::world_options http1_environment(std::string_view profile, std::string_view peer, std::string_view handler,
                                     std::uint32_t streams = 1) {
  sim::world_options options = environment(profile, peer, handler, 1, streams);
  options.protocol = model::protocol::http1;
  return options;
}

struct planted {
  const char* mutant;
  const char* bug;  ///< of the catalogue of field bugs
  const char* peer;
  const char* handler;
  const char* claim;
  properties::form form;
  std::size_t steps;  ///< of the shortest run that shows it, its loop included
};

const planted table[] = {
    {"mutant-http1-checks-unheard", "A8", "any", "any", "no_leak", safety, 0},
    {"mutant-http1-second-timer", "A8", "any", "any", "no_leak", safety, 2},
    {"mutant-http1-keeps-idle", "A9", "cooperative", "finishing", "close_terminates", unbounded, 11},
    {"mutant-http1-parser-idle", "A10", "cooperative", "finishing", "no_loss", safety, 8},
    {"mutant-http1-silent-not-idle", "A11", "cooperative", "finishing", "close_terminates", unbounded, 4},
    {"mutant-http1-close-drops-deadlines", "A12", "silent", "finishing", "waits_are_bounded", safety, 6},
};

class http1_mutant : public testing::TestWithParam<planted> {};

TEST_P(http1_mutant, is_found_by_the_claim_its_bug_broke) {
  const planted& given = GetParam();
  const auto found = check(http1_environment(given.mutant, given.peer, given.handler));
  const claim_verdict* claim = found.find(given.claim, given.form);
  ASSERT_NE(claim, nullptr);
  ASSERT_EQ(claim->verdict, verdict::violated);
  ASSERT_TRUE(claim->counterexample.has_value());
  const auto path = explore::choices(*claim->counterexample);
  std::printf("%-36s %-4s %-18s %-9s %6llu states, %2zu steps\n", given.mutant, given.bug, given.claim, name_of(given.form).c_str(),
              static_cast<unsigned long long>(found.explored.states), path.size());
  EXPECT_EQ(path.size(), given.steps) << explore::to_string(*claim->counterexample);
}

/// What the mutants are made from: the right server without its drain deadline, which would cover their defects up.
TEST_P(http1_mutant, differs_from_its_origin_which_keeps_that_claim) {
  model::profile origin = *model::find_profile("rfc9113");
  origin.drain_deadline = model::drain_deadline::none;
  sim::world_options world = http1_environment("rfc9113", GetParam().peer, GetParam().handler);
  world.profile = &origin;
  EXPECT_EQ(check(world).find(GetParam().claim, GetParam().form)->verdict, verdict::holds);
}

INSTANTIATE_TEST_SUITE_P(planted, http1_mutant, testing::ValuesIn(table), [](const auto& each) {
  std::string name(each.param.mutant + std::string("mutant-").size());
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(http1_mutants, are_all_in_the_table) {
  std::size_t count = 0;
  for (const model::profile& each : model::mutants()) {
    if (!each.speaks.has(model::protocol::http1)) continue;
    ++count;
    EXPECT_TRUE(std::ranges::any_of(table, [&](const planted& row) { return row.mutant == each.name; })) << each.name;
  }
  EXPECT_EQ(std::size(table), count);
}

TEST(http1_server, that_is_right_keeps_every_claim_whatever_clients_and_handlers_do) {
  for (const std::uint32_t requests : {1U, 2U}) {
    const auto found = check(http1_environment("rfc9113", "any", "any", requests));
    EXPECT_TRUE(found.explored.complete);
    for (const auto& each : found.claims) EXPECT_EQ(each.verdict, verdict::holds) << each.claim->name;
  }
}

/// docs/ARCHITECTURE.md gives these figures.
TEST(http1_server, has_as_many_states_as_the_documents_say) {
  const auto counted = [](std::uint32_t connections, std::uint32_t requests) {
    sim::world_options world = http1_environment("rfc9113", "any", "any", requests);
    world.connections = connections;
    const auto found = check(world);
    return std::pair{found.explored.states, found.explored.transitions};
  };
  EXPECT_EQ(counted(1, 1), std::pair(std::uint64_t{927}, std::uint64_t{4'339}));
  EXPECT_EQ(counted(1, 2), std::pair(std::uint64_t{7'946}, std::uint64_t{42'005}));
  EXPECT_EQ(counted(2, 1), std::pair(std::uint64_t{337'521}, std::uint64_t{2'707'492}));
}

TEST(http1_server, that_is_right_closes_for_fair_clients_even_without_a_deadline) {
  model::profile patient = *model::find_profile("rfc9113");
  patient.drain_deadline = model::drain_deadline::none;
  for (const std::uint32_t requests : {1U, 2U}) {
    sim::world_options world = http1_environment("rfc9113", "cooperative", "finishing", requests);
    world.profile = &patient;
    EXPECT_EQ(violated(check(world)), "") << requests;
  }
}

/// Only 20.3.1 keeps a timer for a server that never listened; only since 26 does close() find connections that never sent a
/// byte; all of them destroy idle connections at once, cut responses that are ended but not written, and give up the deadlines
/// of half-sent requests.
TEST(http1_server, of_each_node_release_breaks_what_its_source_says) {
  for (const model::profile& each : model::profiles()) {
    if (!each.name.starts_with("node-") || !each.speaks.has(model::protocol::http1)) continue;
    const auto found = check(http1_environment(each.name, "cooperative", "finishing"));
    const auto verdict_of = [&](std::string_view claim) { return found.find(claim, safety)->verdict; };
    EXPECT_EQ(found.find("close_terminates", unbounded)->verdict, verdict::violated) << each.name;
    EXPECT_EQ(verdict_of("no_loss"), verdict::violated) << each.name;
    EXPECT_EQ(verdict_of("ordered_close"), verdict::violated) << each.name;
    EXPECT_EQ(verdict_of("waits_are_bounded"), verdict::violated) << each.name;
    EXPECT_EQ(verdict_of("close_callback_once"), verdict::holds) << each.name;
    EXPECT_EQ(verdict_of("counts_exact"), verdict::holds) << each.name;
    EXPECT_EQ(verdict_of("no_leak"), each.name == "node-20.3.1" ? verdict::violated : verdict::holds) << each.name;
  }
}

}  // namespace
}  // namespace lastcall::properties::test
