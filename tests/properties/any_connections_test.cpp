// The verdict for any number of connections against the finite worlds.
#include <gtest/gtest.h>

#include "model/profiles/profiles.hpp"
#include "properties/replay.hpp"
#include "tests/properties/environments.hpp"

namespace lastcall::properties::test {
namespace {

sim::world_options options_for(const model::profile& profile, const sim::peer_class& peer, const sim::handler_class& handler) {
  sim::world_options made;
  made.profile = &profile;
  made.peer = &peer;
  made.handler = &handler;
  return made;
}

verdict close_terminates(const environment_verdict& found) { return found.find("close_terminates", form::unbounded)->verdict; }

/// Every environment for the servers of the field; for each mutant those by which servers are judged.
template <class Use>
void for_every_profile(Use use) {
  const auto in = [&](const model::profile& profile, const sim::peer_class& peer, const sim::handler_class& handler) {
    if (!profile.speaks.has(model::protocol::http2)) return;
    sim::world_options world = options_for(profile, peer, handler);
    world.channel_capacity = 1;
    use(world);
  };
  for (const model::profile& profile : model::profiles())
    for (const auto& peer : sim::peer_classes)
      for (const auto& handler : sim::handler_classes) in(profile, peer, handler);
  for (const model::profile& profile : model::mutants()) {
    in(profile, *sim::find_peer_class("any"), *sim::find_handler_class("any"));
    in(profile, *sim::find_peer_class("breaking"), *sim::find_handler_class("any"));
    in(profile, *sim::find_peer_class("cooperative"), *sim::find_handler_class("finishing"));
  }
}

std::string name_of(const sim::world_options& world) {
  return std::string(world.profile->name) + " " + std::string(world.peer->name) + "/" + std::string(world.handler->name);
}

TEST(any_connections, agrees_with_one_connection_for_every_profile_and_environment) {
  std::size_t held = 0;
  std::size_t violated = 0;
  for_every_profile([&](const sim::world_options& world) {
    const environment_verdict any = check_any_connections(world);
    const environment_verdict one = check(world);
    for (std::size_t i = 0; i < any.claims.size(); ++i) {
      const claim_description& claim = *any.claims[i].claim;
      if (claim.form == form::sometimes) continue;
      if (any.claims[i].verdict == verdict::holds || any.claims[i].verdict == verdict::violated) {
        EXPECT_EQ(one.claims[i].verdict, any.claims[i].verdict) << name_of(world) << ' ' << claim.name;
      }
    }
    held += close_terminates(any) == verdict::holds ? 1U : 0U;
    violated += close_terminates(any) == verdict::violated ? 1U : 0U;
    // Nothing hides behind `unknown`: what one connection breaks is found.
    if (close_terminates(one) == verdict::violated) {
      EXPECT_EQ(close_terminates(any), verdict::violated) << name_of(world);
    }
  });
  EXPECT_GT(held, 50U);
  EXPECT_GT(violated, 50U);
}

TEST(any_connections, rfc9113_closes_whatever_clients_and_handlers_do) {
  sim::world_options world = options_for(*model::find_profile("rfc9113"), sim::peer_classes[0], sim::handler_classes[0]);
  world.streams = 2;
  const environment_verdict found = check_any_connections(world);
  for (const lemma& each : found.argument) EXPECT_EQ(each.verdict, verdict::holds) << each.name;
  EXPECT_FALSE(found.any(verdict::violated));
  EXPECT_FALSE(found.any(verdict::unknown));
  EXPECT_EQ(close_terminates(found), verdict::holds);
  EXPECT_EQ(found.find("counts_exact", form::safety)->verdict, verdict::not_applicable);
}

TEST(any_connections, a_violation_is_a_run_of_one_connection) {
  const environment_verdict found = check_any_connections(options_for(
      *model::find_profile("node-23.1.0"), *sim::find_peer_class("cooperative"), *sim::find_handler_class("finishing")));
  const claim_verdict& violated = *found.find("close_terminates", form::unbounded);
  ASSERT_EQ(violated.verdict, verdict::violated);
  ASSERT_TRUE(violated.counterexample);
  const replay_verdict again = replay(record(found.world, *violated.counterexample, *violated.claim), *found.world.profile);
  EXPECT_TRUE(again.reproduced);
}

TEST(any_connections, a_connection_added_after_close_breaks_the_argument) {
  const environment_verdict found = check_any_connections(options_for(
      *model::find_profile("mutant-sweep-before-stop"), *sim::find_peer_class("cooperative"), *sim::find_handler_class("finishing")));
  EXPECT_EQ(found.argument[1].name, "none_is_added");
  EXPECT_EQ(found.argument[1].verdict, verdict::violated);
  EXPECT_EQ(close_terminates(found), verdict::violated);
}

}  // namespace
}  // namespace lastcall::properties::test
