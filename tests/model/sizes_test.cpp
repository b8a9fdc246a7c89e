// What the explorer proves of the fixed-size server must be true of the growing one that serves sockets: the same events
// give the same effects and the same values. The events are those of random runs of the simulated world.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "sim/explore/replay.hpp"
#include "sim/world.hpp"
#include "tests/model/effect_text.hpp"
#include "tests/support/property.hpp"

namespace lastcall::model::test {
namespace {

using simulated = sim::world<2>;

/// The event behind a frame on its way to the server.
event event_of(const sim::sent_frame& frame, connection_id who) {
  const stream_id id = sim::detail::id_of(frame.stream);
  switch (frame.kind) {
    case sim::client_frame::settings: return recv_settings{who};
    case sim::client_frame::headers: return recv_headers{who, id, false};
    case sim::client_frame::headers_end: return recv_headers{who, id, true};
    case sim::client_frame::data_end: return recv_data{who, id, 1, true};
    case sim::client_frame::rst_stream: return recv_rst_stream{who, id, error_code::cancel};
    case sim::client_frame::ping: return recv_ping{who};
    case sim::client_frame::ping_ack: return recv_ping_ack{who};
    case sim::client_frame::window_update: return recv_window_update{who, 0};
    case sim::client_frame::goaway: return recv_goaway{who, 0, error_code::no_error};
    case sim::client_frame::fin: return peer_fin{who};
    case sim::client_frame::rst: return peer_rst{who};
    case sim::client_frame::invalid: return recv_invalid{who, error_code::protocol_error};
    case sim::client_frame::none: break;
  }
  invariant(false, "an empty channel was read");
  return {};
}

/// The events that one action of the world gives the server. A write that made the server submit more is not a flush.
std::vector<event> events_of(const simulated::state& before, const sim::action& chosen, const sim::observation& seen) {
  const connection_id who = chosen.connection;
  const stream_id id = sim::detail::id_of(chosen.stream);
  switch (chosen.what) {
    case sim::move::close: return {close_called{}};
    case sim::move::accept: return {connection_accepted{who}};
    case sim::move::receive: return {event_of(before.links[who].to_server.front(), who)};
    case sim::move::run_deferred: return {deferred_ran{}};
    case sim::move::run_close_callbacks: return {close_callbacks_ran{who}};
    case sim::move::fire_notice: return {timer_expired{timer::notice, who}};
    case sim::move::fire_linger: return {timer_expired{timer::linger, who}};
    case sim::move::fire_preface: return {timer_expired{timer::preface, who}};
    case sim::move::fire_drain: return {timer_expired{timer::drain, 0}};
    case sim::move::handler_reads: return {handler_read{who, id}};
    case sim::move::handler_responds: return {handler_responded{who, id}};
    case sim::move::handler_finishes: return {handler_finished{who, id}};
    case sim::move::pump: {
      std::vector<event> written;
      if (!before.links[who].window_closed) {
        std::vector<stream_id> ends;
        for (const auto& each : before.server.connections()[who].requests)
          if (each.exchange == exchange::state::writing && each.stream != http2_stream::state::closed) ends.push_back(each.id);
        std::ranges::sort(ends);
        for (const stream_id each : ends) written.push_back(end_stream_written{who, each});
      }
      const bool answered = std::ranges::any_of(
          seen.effects, [](const effect& each) { return std::holds_alternative<send_rst_stream>(each); });
      if (!answered) written.push_back(output_flushed{who});
      return written;
    }
    default: return {};
  }
}

void expect_equal(const simulated::server_type& fixed_size, const server& growing_size) {
  RC_ASSERT(fixed_size.state() == growing_size.state());
  RC_ASSERT(fixed_size.listener_open() == growing_size.listener_open());
  RC_ASSERT(fixed_size.drain_armed() == growing_size.drain_armed());
  RC_ASSERT(fixed_size.connections_counted() == growing_size.connections_counted());
  RC_ASSERT(fixed_size.connections().size() == growing_size.connections().size());
  for (std::size_t who = 0; who < growing_size.connections().size(); ++who) {
    const auto& one = fixed_size.connections()[who];
    const auto& other = growing_size.connections()[who];
    RC_ASSERT(one.socket == other.socket);
    RC_ASSERT(one.session == other.session);
    RC_ASSERT(one.goaway == other.goaway);
    RC_ASSERT(one.output_pending == other.output_pending);
    RC_ASSERT(one.peer_has_ended == other.peer_has_ended);
    RC_ASSERT(one.was_reset == other.was_reset);
    RC_ASSERT(one.linger_armed == other.linger_armed);
    RC_ASSERT(one.last_stream == other.last_stream);
    RC_ASSERT(one.announced == other.announced);
    RC_ASSERT(one.streams_open == other.streams_open);
    RC_ASSERT(std::ranges::equal(one.requests, other.requests));
  }
}

class sizes : public testing::TestWithParam<const profile*> {};

TEST_P(sizes, growing_and_fixed_servers_do_the_same) {
  const profile& decisions = *GetParam();
  sim::world_options options;
  options.profile = &decisions;
  options.connections = 2;
  options.streams = 2;
  const simulated world(options);
  EXPECT_TRUE(support::property("growing and fixed servers do the same under " + std::string(decisions.name), [&] {
    // Twenty runs a case: rapidcheck runs a hundred cases.
    for (int i = 0; i < 20; ++i) {
      server growing_size;
      effects done;
      growing_size.step(listen_called{}, decisions, done);
      const auto numbers = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, 60U));
      explore::walk(world, numbers, [&](const auto& before, const auto& chosen, const auto& seen, const auto& after) {
        done.clear();
        for (const event& each : events_of(before, chosen, seen)) growing_size.step(each, decisions, done);
        RC_ASSERT(text_of(done) == text_of(seen.effects));
        expect_equal(after.server, growing_size);
      });
    }
  }));
}

INSTANTIATE_TEST_SUITE_P(model, sizes, testing::Values(&profiles()[0], &profiles()[1], &profiles()[2], &mutants()[0]),
                         [](const auto& instance) {
                           std::string name(instance.param->name);
                           std::ranges::replace_if(name, [](char each) { return each == '-' || each == '.'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace lastcall::model::test
