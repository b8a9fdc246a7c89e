// Profiles of the field, faulty and repaired: the checker finds what the source names in the one and not in the other.
#include <gtest/gtest.h>

#include "model/profiles/profiles.hpp"
#include "properties/check.hpp"

namespace lastcall::properties::test {
namespace {

struct known_fault {
  model::protocol protocol;
  const char* faulty;
  const char* repaired;
  const char* peer;
  const char* handler;
  const char* claim;
};

const known_fault faults[] = {
    // nodejs/node#57611: close() leaves the sessions alone.
    {model::protocol::http2, "node-23.1.0", "node-24.21.0", "cooperative", "finishing", "close_terminates"},
    // nodejs/node#42713: a session ends with its last stream, written or not.
    {model::protocol::http2, "node-20.3.1", "node-20.20.2", "cooperative", "finishing", "no_loss"},
    // CVE-2022-27664: an error behind a graceful GOAWAY is swallowed.
    {model::protocol::http2, "go-1.18.5", "go-1.18.6", "offending", "stuck", "close_terminates"},
    // hyperium/h2: the second GOAWAY waits for an answer that need not come.
    {model::protocol::http2, "two-phase-ack", "two-phase-ack-or-timer", "silent", "finishing", "close_terminates"},
    // nginx 145b22853: a connection that begins HTTP/2 during the drain; a deadline bounds what it does.
    {model::protocol::http2, "nginx-1.22", "nginx-1.22+worker_shutdown_timeout", "cooperative", "finishing", "close_terminates"},
    // nodejs/node#48604: the timer of a server that never listens.
    {model::protocol::http1, "node-20.3.1", "node-20.20.2", "cooperative", "finishing", "no_leak"},
    // jetty/jetty.project#12313: a committed response hides the client's reset from the application.
    {model::protocol::servlet, "jetty-12.0.14-ee10", "jetty-12.0.15", "any", "any", "error_reaches_application"},
    {model::protocol::servlet, "jetty-12.0.14-ee9", "jetty-12.0.15-ee9", "any", "any", "error_reaches_application"},
};

bool breaks(const known_fault& fault, const char* profile) {
  sim::world_options world;
  world.protocol = fault.protocol;
  world.profile = model::find_profile(profile);
  world.peer = sim::find_peer_class(fault.peer);
  world.handler = sim::find_handler_class(fault.handler);
  const environment_verdict found = check(world);
  EXPECT_TRUE(found.explored.complete);
  return std::ranges::any_of(found.claims, [&](const claim_verdict& each) {
    return each.claim->name == fault.claim && each.claim->form != form::bounded && each.verdict == verdict::violated;
  });
}

TEST(field_profiles, break_the_claim_that_their_source_names) {
  for (const known_fault& each : faults) EXPECT_TRUE(breaks(each, each.faulty)) << each.faulty << ": " << each.claim;
}

TEST(field_profiles, keep_it_once_they_are_repaired) {
  for (const known_fault& each : faults) EXPECT_FALSE(breaks(each, each.repaired)) << each.repaired << ": " << each.claim;
}

}  // namespace
}  // namespace lastcall::properties::test
