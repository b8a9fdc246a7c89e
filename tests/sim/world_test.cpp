// What the simulated world lets happen, and what it does not: the kernel, the clients, the timers, the slots.
#include "sim/world.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>
#include <variant>

#include "sim/explore/replay.hpp"
#include "tests/sim/walker.hpp"

namespace lastcall::sim::test {
namespace {

using model::exchange::state;
using one = walker<1>;
using two = walker<2>;

world_options with_connections(std::uint32_t connections, world_options options) {
  options.connections = connections;
  return options;
}

world_options with_capacity(std::uint32_t capacity, world_options options) {
  options.channel_capacity = capacity;
  return options;
}

// --- the kernel -------------------------------------------------------------------------------------------------------

TEST(kernel, closing_the_listener_resets_the_backlog_and_nothing_else) {
  two w(with_connections(2, options_of("rfc9113")));
  w.take(opens_a_session);
  w.take({{move::client_connects, 1}});
  EXPECT_EQ(w.client(1).phase, link::backlog);
  w.take({{move::close}});
  EXPECT_EQ(w.client(1), link{});
  EXPECT_EQ(w.client(0).phase, link::accepted);
  EXPECT_FALSE(w.offers({move::accept, 1}));
}

TEST(kernel, nobody_connects_to_a_closed_listener) {
  one w(options_of("rfc9113"));
  EXPECT_TRUE(w.offers(move::client_connects));
  w.take({{move::close}});
  EXPECT_FALSE(w.offers(move::client_connects));
}

TEST(kernel, a_listener_that_closes_later_still_takes_connections) {
  one w(options_of("mutant-sweep-before-stop"));
  w.take({{move::close}, {move::client_connects}, {move::accept}, {move::run_deferred}});
  EXPECT_FALSE(w.now().server.listener_open());
  EXPECT_FALSE(w.now().deferred);
  EXPECT_TRUE(w.connection().is_live());
}

TEST(kernel, abort_discards_what_is_unread_on_both_sides) {
  one w(options_of("rfc9113"));
  w.take({{move::client_connects}, {move::accept}, {move::pump}, {move::client_sends_settings}, {move::client_pings}});
  EXPECT_TRUE(w.client().unread);
  EXPECT_EQ(w.client().to_server.size(), 2U);
  w.take({{move::client_aborts}});
  EXPECT_FALSE(w.client().unread);
  ASSERT_EQ(w.client().to_server.size(), 1U);
  EXPECT_EQ(w.client().to_server.front().kind, client_frame::rst);
  w.take({{move::receive}});
  EXPECT_EQ(w.connection().socket, model::tcp_socket::state::destroyed);
  EXPECT_EQ(w.client(), link{});
}

TEST(kernel, a_full_channel_makes_the_client_wait) {
  one w(with_capacity(1, options_of("rfc9113")));
  w.take({{move::client_connects}, {move::accept}, {move::client_sends_settings}});
  for (const move sends : {move::client_pings, move::client_sends_headers, move::client_sends_goaway, move::client_sends_fin})
    EXPECT_FALSE(w.offers(sends));
  EXPECT_TRUE(w.offers(move::client_aborts)) << "RST needs no room";
  w.take({{move::receive}});
  for (const move sends : {move::client_pings, move::client_sends_headers, move::client_sends_goaway, move::client_sends_fin})
    EXPECT_TRUE(w.offers(sends));
}

TEST(kernel, a_client_that_does_not_read_makes_the_server_wait) {
  one w(options_of("rfc9113"));
  w.take({{move::client_connects}, {move::accept}, {move::pump}, {move::client_sends_settings}, {move::receive}});
  EXPECT_TRUE(w.connection().output_pending);
  EXPECT_FALSE(w.offers(move::pump));
  w.take({{move::client_reads}});
  EXPECT_TRUE(w.offers(move::pump));
}

TEST(kernel, a_closed_window_holds_the_response_back_until_it_opens) {
  one w(options_of("rfc9113"));
  w.take({{move::client_connects}, {move::accept}, {move::client_closes_window}, {move::receive}});
  w.take({{move::pump}, {move::client_reads}});
  w.take({{move::client_sends_headers_end}, {move::receive}, {move::handler_finishes}, {move::pump}, {move::client_reads}});
  ASSERT_EQ(w.connection().requests.size(), 1U);
  EXPECT_EQ(w.connection().requests[0].exchange, state::writing);
  EXPECT_FALSE(w.offers(move::pump));
  w.take({{move::client_updates_window}, {move::receive}, {move::pump}});
  EXPECT_TRUE(w.connection().requests.empty());
}

TEST(kernel, a_destroyed_socket_is_closed_only_by_its_callbacks_and_its_slot_is_used_again) {
  one w(options_of("rfc9113"));
  w.take(opens_a_session);
  w.take({{move::client_aborts}, {move::receive}});
  EXPECT_FALSE(w.offers(move::client_connects));
  w.take({{move::run_close_callbacks}});
  EXPECT_EQ(w.connection().socket, model::tcp_socket::state::closed);
  EXPECT_EQ(w.client(), link{});
  w.take(opens_a_session);
  EXPECT_EQ(w.now().server.connections().size(), 1U);
  EXPECT_EQ(w.now().server.connections_counted(), 1U);
}

// --- timers -----------------------------------------------------------------------------------------------------------

TEST(timers, notice_timers_fire_before_the_drain_timer) {
  two w(with_connections(2, options_of("rfc9113")));
  w.take(opens_a_session);
  for (const action& each : opens_a_session) w.take({{each.what, 1}});
  w.take({{move::close}});
  EXPECT_TRUE(w.now().server.drain_armed());
  EXPECT_FALSE(w.offers(move::fire_drain));
  w.take({{move::fire_notice, 1}});
  EXPECT_FALSE(w.offers(move::fire_drain)) << "connection 1 still has its notice timer";
  w.take({{move::fire_notice, 0}});
  EXPECT_TRUE(w.offers(move::fire_drain));
}

TEST(timers, only_armed_timers_fire) {
  one w(options_of("rfc9113"));
  w.take(opens_a_session);
  for (const move fires : {move::fire_notice, move::fire_linger, move::fire_drain}) EXPECT_FALSE(w.offers(fires));
  w.take({{move::close}, {move::fire_notice}, {move::pump}});
  EXPECT_TRUE(w.offers(move::fire_linger));
  w.take({{move::fire_linger}});
  EXPECT_TRUE(w.now().server.is_closed());
  for (const move fires : {move::fire_notice, move::fire_linger, move::fire_drain}) EXPECT_FALSE(w.offers(fires));
}

TEST(timers, a_server_without_timers_offers_none) {
  one w(options_of("node-24.21.0"));
  w.take(opens_a_session);
  w.take({{move::close}, {move::pump}, {move::client_reads}, {move::pump}, {move::client_reads}});
  EXPECT_EQ(w.connection().socket, model::tcp_socket::state::write_ended);
  for (const move fires : {move::fire_notice, move::fire_linger, move::fire_drain}) EXPECT_FALSE(w.offers(fires));
}

// --- clients and handlers ---------------------------------------------------------------------------------------------

TEST(clients, a_cooperative_client_never_breaks_off) {
  one w(options_of("rfc9113", "cooperative"));
  w.take(opens_a_session);
  w.take({{move::client_sends_headers}});
  EXPECT_FALSE(w.offers(move::client_aborts));
  EXPECT_FALSE(w.offers(move::client_resets_stream));
  EXPECT_FALSE(w.offers(move::client_sends_fin)) << "its stream has not ended";
  EXPECT_FALSE(w.offers(move::client_pings)) << "it owes the end of the body";
  EXPECT_TRUE(w.offers(move::client_ends_stream));
}

TEST(clients, a_cooperative_client_opens_nothing_after_it_read_the_final_goaway) {
  world_options options = options_of("rfc9113", "cooperative");
  options.streams = 2;
  one w(options);
  w.take(opens_a_session);
  w.take({{move::close}, {move::pump}, {move::client_reads}});
  EXPECT_TRUE(w.offers(move::client_sends_headers)) << "the first GOAWAY only warns";
  w.take({{move::client_sends_headers_end}, {move::receive}, {move::fire_notice}, {move::pump}});
  EXPECT_TRUE(w.offers(move::client_sends_headers)) << "it has not read the second";
  w.take({{move::client_reads}});
  EXPECT_TRUE(w.client().goaway_seen);
  EXPECT_FALSE(w.offers(move::client_sends_headers));
}

TEST(clients, a_client_that_keeps_no_rules_opens_streams_after_goaway) {
  world_options options = options_of("rfc9113", "any");
  options.streams = 2;
  one w(options);
  w.take(opens_a_session);
  w.take({{move::client_sends_headers_end}, {move::receive}, {move::close}, {move::fire_notice}});
  w.take({{move::pump}, {move::client_reads}});
  w.take({{move::client_sends_headers_end, 0, 1}, {move::receive}});
  EXPECT_TRUE(std::ranges::any_of(
      w.effects(), [](const model::effect& each) { return std::holds_alternative<model::send_rst_stream>(each); }));
}

TEST(clients, each_class_offers_only_what_it_may) {
  for (const peer_class& peer : peer_classes) {
    one w(options_of("rfc9113", peer.name));
    if (!w.offers(move::client_connects)) continue;
    w.take({{move::client_connects}, {move::accept}, {move::client_sends_settings}, {move::receive}, {move::pump}});
    SCOPED_TRACE(peer.name);
    EXPECT_EQ(w.offers(move::client_reads), peer.may.has(client_move::read));
    EXPECT_EQ(w.offers(move::client_pings), peer.may.has(client_move::send_ping));
    EXPECT_EQ(w.offers(move::client_aborts), peer.may.has(client_move::send_rst));
    EXPECT_EQ(w.offers(move::client_sends_goaway), peer.may.has(client_move::send_goaway));
    EXPECT_EQ(w.offers(move::client_sends_headers), peer.may.has(client_move::send_headers));
    EXPECT_EQ(w.offers(move::client_sends_headers_end),
              peer.may.has(client_move::send_headers) && peer.may.has(client_move::end_stream));
    EXPECT_EQ(w.offers(move::client_sends_fin), peer.may.has(client_move::send_fin));
  }
}

TEST(handlers, a_stuck_handler_begins_and_never_finishes) {
  one w(options_of("rfc9113", "any", "stuck"));
  w.take(opens_a_session);
  w.take({{move::client_sends_headers_end}, {move::receive}});
  EXPECT_FALSE(w.offers(move::handler_finishes));
  w.take({{move::handler_responds}});
  EXPECT_FALSE(w.offers(move::handler_finishes));
}

TEST(handlers, whether_a_handler_reads_is_asked_only_where_it_matters) {
  for (const auto& [profile, asked] : {std::pair{"rfc9113", false}, {"node-24.21.0", true}}) {
    one w(options_of(profile));
    w.take(opens_a_session);
    w.take({{move::client_sends_headers}, {move::receive}});
    EXPECT_EQ(w.offers(move::handler_reads), asked) << profile;
  }
}

// --- fairness ---------------------------------------------------------------------------------------------------------

/// What a constraint is about. The preface with and without a closed window are one obligation.
std::tuple<move, int, int> subject_of(const action& chosen) {
  const move what = chosen.what == move::client_closes_window ? move::client_sends_settings : chosen.what;
  return {what, chosen.connection, chosen.stream};
}

TEST(fairness, each_constraint_is_about_one_thing) {
  world_options options = with_connections(3, options_of("mutant-sweep-before-stop", "cooperative", "finishing"));
  options.streams = 4;
  for (const std::string_view profile : {"mutant-sweep-before-stop", "rfc9113", "mutant-second-phase-by-ack-only"}) {
    options.profile = model::find_profile(profile);
    const world<3> w(options);
    std::map<std::uint64_t, std::tuple<move, int, int>> subjects;
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
      std::vector<std::uint32_t> numbers;
      for (std::uint32_t i = 0, value = seed; i < 200; ++i) numbers.push_back((value = value * 1664525U + 1013904223U) >> 16);
      explore::walk(w, numbers, [&](const auto& before, const action& chosen, const auto&, const auto&) {
        const std::uint64_t sets = w.fair_sets(before, chosen);
        if (sets == 0) return;
        ASSERT_EQ(sets & (sets - 1), 0U) << "one action, one obligation";
        const auto known = subjects.emplace(sets, subject_of(chosen)).first;
        EXPECT_EQ(known->second, subject_of(chosen)) << w.describe(chosen);
      });
    }
    EXPECT_GT(subjects.size(), 20U);
  }
}

TEST(fairness, arming_and_cancelling_begin_a_timer_anew) {
  const world<1> w(options_of("rfc9113"));
  one walked(options_of("rfc9113"));
  walked.take(opens_a_session);
  const auto restarted_by = [&](const action& chosen) {
    world<1>::state after;
    observation seen;
    w.apply(walked.now(), chosen, after, seen);
    return w.restarted(walked.now(), chosen, seen, after);
  };
  const auto constraint_of = [&](move what) { return w.fair_sets(walked.now(), {what}); };
  EXPECT_EQ(restarted_by({move::close}), constraint_of(move::fire_notice) | constraint_of(move::fire_drain));
  walked.take({{move::close}});
  EXPECT_EQ(restarted_by({move::client_pings}), 0U);
  walked.take({{move::fire_notice}});
  EXPECT_EQ(restarted_by({move::pump}), constraint_of(move::fire_linger));
}

// --- paths ------------------------------------------------------------------------------------------------------------

/// The choice that takes this move in a state.
std::uint32_t choice_of(const world<1>& w, const world<1>::state& now, move what) {
  std::uint32_t choice = 0;
  while (explore::action_at(w, now, choice).value().what != what) ++choice;
  return choice;
}

TEST(paths, a_path_is_replayed_action_by_action) {
  const world<1> w(options_of("rfc9113"));
  one walked(options_of("rfc9113"));
  std::vector<std::uint32_t> path;
  for (const action& each : opens_a_session) {
    path.push_back(choice_of(w, walked.now(), each.what));
    walked.take({each});
  }
  std::vector<action> taken;
  world<1>::state reached;
  const auto diverged = explore::replay(w, path, [&](const auto&, const action& chosen, const auto&, const auto& after) {
    taken.push_back(chosen);
    reached = after;
  });
  EXPECT_FALSE(diverged.has_value());
  EXPECT_TRUE(taken == opens_a_session);
  EXPECT_TRUE(reached == walked.now());
}

TEST(paths, a_path_that_does_not_fit_says_where_it_left_the_world) {
  const world<1> w(options_of("rfc9113"));
  // A server that was closed without connections offers one thing: close() again.
  const std::vector<std::uint32_t> path{choice_of(w, w.initial(), move::close), 1, 0};
  std::size_t steps = 0;
  const auto diverged = explore::replay(w, path, [&](const auto&...) { ++steps; });
  ASSERT_TRUE(diverged.has_value());
  EXPECT_EQ(*diverged, (explore::divergence{1, 1, 1}));
  EXPECT_EQ(steps, 1U);
}

}  // namespace
}  // namespace lastcall::sim::test
