// What the checker finds in a Servlet container, release by release: jetty#12313 before its repair and not after it, and what the
// repair left. Counts are pinned: one that changes says that the model, or what its world offers, has changed.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <string>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "properties/replay.hpp"
#include "sim/explore/replay.hpp"
#include "sim/servlet_world.hpp"
#include "tests/support/property.hpp"

namespace lastcall::properties::test {
namespace {

sim::world_options options_of(const char* profile, const char* peer = "any", const char* handler = "any") {
  sim::world_options made;
  made.protocol = model::protocol::servlet;
  made.profile = model::find_profile(profile);
  made.peer = sim::find_peer_class(peer);
  made.handler = sim::find_handler_class(handler);
  return made;
}

std::set<std::string> violated_in(const environment_verdict& found) {
  std::set<std::string> names;
  for (const auto& each : found.claims)
    if (each.verdict == verdict::violated) names.emplace(each.claim->name);
  return names;
}

struct expectation {
  const char* profile;
  std::set<std::string> violated;
  std::uint64_t states;
  std::uint64_t transitions;
};

void PrintTo(const expectation& given, std::ostream* out) { *out << given.profile; }

const expectation table[] = {
    {"rfc9113", {}, 4305, 10982},
    {"jetty-9.4.57", {"error_reaches_application", "late_listener_is_told", "request_ends"}, 5190, 12974},
    {"jetty-11", {"error_reaches_application", "late_listener_is_told", "request_ends", "reader_ends_once"}, 5097, 12844},
    {"jetty-12.0.14-ee9", {"error_reaches_application", "late_listener_is_told", "request_ends"}, 5250, 13044},
    {"jetty-12.0.14-ee10",
     {"error_reaches_application", "late_listener_is_told", "one_terminal_event", "honest_end", "legal_frames"},
     4627,
     11740},
    {"jetty-12.0.15-ee9", {"late_listener_is_told", "request_ends"}, 5333, 13036},
    {"jetty-12.0.15", {"late_listener_is_told", "honest_end", "legal_frames"}, 4669, 11800},
};

class servlet_container : public testing::TestWithParam<expectation> {};

TEST_P(servlet_container, breaks_these_claims_and_no_others) {
  const auto found = check(options_of(GetParam().profile));
  EXPECT_TRUE(found.explored.complete);
  EXPECT_EQ(violated_in(found), GetParam().violated);
  EXPECT_EQ(found.explored.states, GetParam().states);
  EXPECT_EQ(found.explored.transitions, GetParam().transitions);
}

/// A counterexample is a run: replayed, recorded and read back it shows the same.
TEST_P(servlet_container, shows_what_it_breaks_in_a_run_that_can_be_replayed) {
  const sim::world_options options = options_of(GetParam().profile);
  for (const auto& each : check(options).claims) {
    if (each.verdict != verdict::violated) continue;
    ASSERT_TRUE(each.counterexample) << each.claim->name;
    const traces::trace recorded = record(options, *each.counterexample, *each.claim);
    const replay_verdict replayed = replay(recorded, *options.profile);
    ASSERT_TRUE(replayed.reproduced) << each.claim->name;
    bool violated = false;
    for (const auto& one : replayed.claims) violated |= one.claim->name == each.claim->name && one.verdict == verdict::violated;
    EXPECT_TRUE(violated) << each.claim->name;
  }
}

/// The same run as a log, without its choices, is found again by the search over lanes.
TEST_P(servlet_container, breaks_the_same_claim_in_a_log_of_that_run) {
  const sim::world_options options = options_of(GetParam().profile);
  for (const auto& each : check(options).claims) {
    if (each.verdict != verdict::violated) continue;
    traces::trace log = record(options, *each.counterexample, *each.claim);
    log.world.reset();
    log.path.clear();
    const replay_verdict replayed = replay(log, *options.profile);
    ASSERT_TRUE(replayed.reproduced) << each.claim->name << ": " << replayed.divergence->expected << ", " << replayed.divergence->observed;
    bool violated = false;
    for (const auto& one : replayed.claims) violated |= one.claim->name == each.claim->name && one.verdict == verdict::violated;
    EXPECT_TRUE(violated) << each.claim->name;
  }
}

INSTANTIATE_TEST_SUITE_P(profiles, servlet_container, testing::ValuesIn(table), [](const auto& given) {
  std::string name = given.param.profile;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
});

/// jetty#12313: what waits must hear without having to write. The shortest run commits, waits and is reset.
TEST(servlet, the_issue_is_a_committed_request_that_waits) {
  const auto found = check(options_of("jetty-12.0.14-ee10"));
  const claim_verdict* claim = found.find("error_reaches_application", form::unbounded);
  ASSERT_NE(claim, nullptr);
  ASSERT_EQ(claim->verdict, verdict::violated);
  const auto steps = steps_along(found.world, *claim->counterexample);
  EXPECT_EQ(steps.size(), 8U);
  EXPECT_NE(std::ranges::find(steps, "application: flush_called"), steps.end());
  EXPECT_NE(std::ranges::find(steps, "client_resets"), steps.end());
}

TEST(servlet, nothing_is_owed_where_no_client_resets) {
  const auto found = check(options_of("jetty-12.0.14-ee10", "cooperative", "finishing"));
  EXPECT_EQ(found.find("error_reaches_application", form::unbounded)->verdict, verdict::not_applicable);
  EXPECT_EQ(found.find("one_terminal_event", form::safety)->verdict, verdict::holds);
}

TEST(servlet, a_state_and_its_bytes_are_the_same_thing) {
  const sim::servlet_world world(options_of("jetty-11"));
  EXPECT_TRUE(support::property("a state and its bytes are the same thing", [&] {
    std::vector<sim::servlet_world::state> states{world.initial()};
    const auto numbers = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, 60U));
    explore::walk(world, numbers, [&](const auto&, const auto&, const auto&, const auto& after) { states.push_back(after); });
    std::vector<std::vector<std::byte>> bytes;
    for (const auto& each : states) {
      bytes.emplace_back(world.encoded_size());
      world.encode(each, bytes.back().data());
      sim::servlet_world::state decoded = states.back();
      world.decode(bytes.back().data(), decoded);
      RC_ASSERT(decoded == each);
    }
    for (std::size_t i = 0; i < states.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) RC_ASSERT((states[i] == states[j]) == (bytes[i] == bytes[j]));
  }));
}

}  // namespace
}  // namespace lastcall::properties::test
