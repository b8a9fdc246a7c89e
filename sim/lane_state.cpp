#include "sim/lane_state.hpp"

#include "sim/byte_key.hpp"
#include "sim/world.hpp"

namespace lastcall::sim {
namespace {

void put(byte_key& key, const model::node_stream& stream) {
  key.field(stream.id);
  for (const bool each : {stream.reads, stream.request_complete, stream.end_queued, stream.end_told, stream.ended, stream.blocked, stream.finish_told,
                          stream.error_told, stream.aborted, stream.closed, stream.destroyed, stream.response_closed,
                          stream.request_ended})
    key.field(each);
}

void put(byte_key& key, const model::node_session& session) {
  for (const bool each :
       {session.closed, session.goaway_received, session.fails, session.destroyed, session.finished, session.awaits_close})
    key.field(each);
  key.sequence(session.streams, 0, 0, [&](const model::node_stream& each) { put(key, each); });
}

void put(byte_key& key, const std::vector<server_frame>& frames) {
  key.sequence(frames, 0, 0, [&](const server_frame& each) {
    key.field(each.received);
    key.field(each.stream);
    key.field(each.last_stream);
    key.field(each.code);
    key.field(each.length);
    key.field(each.held);
    key.field(each.end_stream);
    key.field(each.behind_data);
  });
}

}  // namespace

std::string key_of(const lane_state& now) {
  byte_key key;
  const world_options any_size;
  model::server server = now.server;
  server.transfer(key, 0, [&](auto& which) {
    detail::transfer_connection(key, which, any_size);
    key.field(which.announced_by_application);
  });
  key.sequence(now.clients, 0, 0, [&](const lane_client& each) {
    key.field(each.phase);
    key.field(each.done);
    key.field(each.delivered);
    key.field(each.reading);
    key.field(each.initial_window);
    for (const auto& [stream, at] : each.flows) {
      key.field(stream);
      key.field(at.granted);
      key.field(at.sent);
    }
    key.field(each.left);
    key.field(each.resets);
    key.field(each.fin_read);
    put(key, each.submitted);
    put(key, each.unread);
  });
  key.field(now.process_done);
  key.field(now.deferred);
  key.sequence(now.sessions, 0, 0, [&](const model::node_session& each) { put(key, each); });
  key.sequence(now.ticks, 0, 0, [&](const model::node_call& each) {
    key.field(each.told.what);
    key.field(each.told.connection);
    key.field(each.told.stream);
    key.field(each.told.code);
    key.field(each.told.failed);
    key.field(each.own);
  });
  return key.take();
}

}  // namespace lastcall::sim
