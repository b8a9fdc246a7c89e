// What each server is expected to do in each environment: the reference keeps every claim everywhere, and the servers of
// the field keep what their documentation may promise and no more.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>

#include "sim/explore/replay.hpp"
#include "tests/properties/environments.hpp"

namespace lastcall::properties::test {
namespace {

using enum form;

verdict of(const sim::world_options& world, std::string_view claim, properties::form in) {
  return check(world).find(claim, in)->verdict;
}

// --- rfc9113 ----------------------------------------------------------------------------------------------------------

struct right_server {
  const char* profile;
  std::uint32_t streams;
};

class rfc9113 : public testing::TestWithParam<right_server> {};

/// What a limit on streams promises is asked of the server that has one.
bool needs_a_limit(const claim_description& claim) {
  for (const char* name : {"handlers_bounded", "no_request_parked", "handler_outlives_stream", "request_waits_for_handler"})
    if (claim.name == name) return true;
  return false;
}

TEST_P(rfc9113, keeps_every_claim_in_every_environment) {
  for (const auto& peer : sim::peer_classes) {
    for (const auto& handler : sim::handler_classes) {
      const auto found = check(environment(GetParam().profile, peer.name, handler.name, 1, GetParam().streams));
      SCOPED_TRACE(text_of(found.world));
      EXPECT_TRUE(found.explored.complete);
      EXPECT_EQ(violated(found), "");
      EXPECT_FALSE(found.any(verdict::unknown));
      const bool has_limit = found.world.profile->stream_limit != model::stream_limit::none;
      for (const auto& each : found.claims) {
        if (each.claim->form == sometimes || (needs_a_limit(*each.claim) && !has_limit)) continue;
        EXPECT_EQ(each.verdict, verdict::holds) << each.claim->name;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(servers, rfc9113,
                         testing::Values(right_server{"rfc9113", 1}, right_server{"rfc9113", 2}, right_server{"rfc9113-one-stream", 2}),
                         [](const auto& each) {
                           std::string name = each.param.profile + std::string("_") + std::to_string(each.param.streams);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(rfc9113_breaking, no_claim_is_vacuous) {
  for (const auto& each : check(environment("rfc9113-one-stream", "breaking", "any", 1, 2)).claims) {
    if (each.claim->form != sometimes) continue;
    EXPECT_EQ(each.verdict, verdict::holds) << each.claim->name;
  }
  for (const auto& each : check(environment("rfc9113", "breaking", "any")).claims) {
    if (each.claim->form != sometimes || needs_a_limit(*each.claim)) continue;
    EXPECT_EQ(each.verdict, verdict::holds) << each.claim->name;
  }
}

// --- Node 23 ----------------------------------------------------------------------------------------------------------

TEST(node_23, never_ends_though_everybody_keeps_the_rules) {
  const auto found = check(environment("node-23.1.0", "cooperative", "finishing"));
  EXPECT_EQ(violated(found), "close_terminates (unbounded)");
}

/// nodejs/node#57611: an idle session that nobody tells.
TEST(node_23, leaves_an_idle_session_that_nobody_tells) {
  const auto found = check(environment("node-23.1.0", "cooperative", "finishing"));
  const auto& run = found.find("close_terminates", unbounded)->counterexample;
  ASSERT_TRUE(run.has_value());
  EXPECT_TRUE(run->stops) << "the run rests, it does not spin";
  EXPECT_TRUE(run->loop.empty());
  const sim::world<1> world(found.world);
  sim::world<1>::state last;
  bool told = false;
  ASSERT_FALSE(explore::replay(world, run->stem, [&](const auto&, const auto&, const auto& seen, const auto& after) {
    for (const auto& effect : seen.effects) told |= std::holds_alternative<model::send_goaway>(effect);
    last = after;
  }));
  EXPECT_FALSE(told);
  EXPECT_TRUE(last.server.is_closing());
  ASSERT_EQ(last.server.connections().size(), 1U);
  EXPECT_TRUE(last.server.connections()[0].is_live());
  EXPECT_TRUE(last.server.connections()[0].requests.empty());
  EXPECT_EQ(last.server.connections()[0].goaway, model::http2_goaway::state::silent);
}

// --- Node 24 ----------------------------------------------------------------------------------------------------------

TEST(node_24, ends_when_everybody_keeps_the_rules) {
  for (const std::uint32_t streams : {1U, 2U}) {
    const auto found = check(environment("node-24.21.0", "cooperative", "finishing", 1, streams));
    EXPECT_EQ(violated(found), "");
    EXPECT_EQ(found.find("close_terminates", unbounded)->verdict, verdict::holds);
  }
}

TEST(node_24, waits_for_ever_for_a_peer_that_owes_nothing) {
  for (const std::string_view peer : {"any", "silent", "non-reading", "chatty", "vanishing"})
    EXPECT_EQ(of(environment("node-24.21.0", peer, "finishing"), "close_terminates", unbounded), verdict::violated) << peer;
}

TEST(node_24, waits_for_ever_for_a_stuck_handler) {
  for (const std::string_view handler : {"any", "stuck"})
    EXPECT_EQ(of(environment("node-24.21.0", "cooperative", handler), "close_terminates", unbounded), verdict::violated)
        << handler;
}

TEST(node_24, keeps_waiting_for_a_chatty_peer_while_it_answers_pings) {
  const auto found = check(environment("node-24.21.0", "chatty", "finishing"));
  EXPECT_FALSE(found.find("close_terminates", unbounded)->counterexample->loop.empty()) << "the run goes round for ever";
}

/// What else could go wrong does not, whatever clients and handlers do.
TEST(node_24, breaks_nothing_else_under_the_most_general_client) {
  for (const std::string_view profile : {"node-23.1.0", "node-24.21.0"})
    EXPECT_EQ(violated(check(environment(profile, "any", "any"))), "close_terminates (unbounded), no_loss (safety)") << profile;
}

TEST(node_24, drops_admitted_requests_of_a_peer_that_half_closes) {
  EXPECT_EQ(of(environment("node-24.21.0", "vanishing", "finishing"), "no_loss", safety), verdict::violated);
  EXPECT_EQ(of(environment("rfc9113", "vanishing", "finishing"), "no_loss", safety), verdict::holds);
}

// --- what does not apply ----------------------------------------------------------------------------------------------

TEST(applicability, a_bound_is_asked_only_of_servers_that_have_a_deadline) {
  for (const std::string_view profile : {"node-23.1.0", "node-24.21.0"}) {
    const auto found = check(environment(profile, "any", "any"));
    EXPECT_EQ(found.find("close_terminates", bounded)->verdict, verdict::not_applicable) << profile;
    EXPECT_EQ(found.find("waits_are_bounded", safety)->verdict, verdict::not_applicable) << profile;
  }
  EXPECT_EQ(of(environment("rfc9113", "any", "any"), "close_terminates", bounded), verdict::holds);
}

TEST(applicability, a_verdict_that_does_not_apply_has_no_counterexample) {
  for (const model::profile& each : model::profiles()) {
    for (const auto& claim : check(environment(each.name, "any", "any")).claims) {
      if (claim.verdict != verdict::not_applicable) continue;
      EXPECT_FALSE(claim.counterexample.has_value()) << claim.claim->name;
    }
  }
}

TEST(bounds, a_search_that_stops_early_says_that_it_does_not_know) {
  explore::options few;
  few.state_limit = 100;
  const auto found = check(environment("rfc9113", "any", "any"), few);
  EXPECT_FALSE(found.explored.complete);
  EXPECT_EQ(found.find("no_loss", safety)->verdict, verdict::unknown);
  EXPECT_EQ(found.find("close_terminates", unbounded)->verdict, verdict::unknown);
  EXPECT_TRUE(found.any(verdict::unknown));
}

// --- what a verdict says of itself ------------------------------------------------------------------------------------

bool mentions(const std::vector<std::string>& sentences, std::string_view words) {
  return std::ranges::any_of(sentences, [&](const std::string& each) { return each.find(words) != std::string::npos; });
}

TEST(statements, assumptions_name_the_bounds_and_the_rules_that_apply) {
  const auto of_rfc = assumptions(environment("rfc9113", "any", "any", 2, 3));
  EXPECT_TRUE(mentions(of_rfc, "at most 2 connections"));
  EXPECT_TRUE(mentions(of_rfc, "3 streams on each"));
  EXPECT_TRUE(mentions(of_rfc, "the notice timers"));
  EXPECT_TRUE(mentions(of_rfc, "the linger timer is finite"));
  EXPECT_FALSE(mentions(of_rfc, "cooperative"));
  const auto of_node = assumptions(environment("node-24.21.0", "cooperative", "finishing"));
  EXPECT_FALSE(mentions(of_node, "the notice timers"));
  EXPECT_FALSE(mentions(of_node, "the linger timer"));
  EXPECT_TRUE(mentions(of_node, "cooperative"));
}

TEST(statements, fairness_names_what_peers_and_handlers_owe) {
  EXPECT_EQ(fairness(environment("rfc9113", "any", "any")),
            "weak, per connection: accept, receive, write, close callbacks, each arming of a timer");
  EXPECT_EQ(fairness(environment("rfc9113", "silent", "finishing")),
            "weak, per connection: accept, receive, write, close callbacks, each arming of a timer; client read; handler finish");
}

TEST(statements, claims_have_unique_names_and_forms_and_say_where_they_come_from) {
  for (const auto& one : claims()) {
    EXPECT_FALSE(one.rule.empty()) << one.name;
    EXPECT_FALSE(one.source.empty()) << one.name;
    EXPECT_TRUE(is_claim(one.name));
    const auto is_same = [&](const auto& other) { return other.name == one.name && other.form == one.form; };
    EXPECT_EQ(std::ranges::count_if(claims(), is_same), 1) << one.name;
  }
  EXPECT_FALSE(is_claim("no_such_claim"));
}

}  // namespace
}  // namespace lastcall::properties::test
