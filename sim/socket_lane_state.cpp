#include "sim/socket_lane_state.hpp"

#include "sim/byte_key.hpp"

namespace lastcall::sim {
namespace {

void put(byte_key& key, const kernel_socket& s) {
  for (const std::uint64_t each : {s.received, s.sent}) {
    key.field(each);
    key.field(each >> 32);
  }
  for (const bool each : {s.client_fin, s.client_fin_read, s.reset_by_client, s.server_fin, s.reset_by_server, s.cut_short, s.end_seen,
                          s.client_left, s.server_left})
    key.field(each);
}

}  // namespace

std::string key_of(const socket_lane_state& now) {
  byte_key key;
  model::socket_server server = now.server;
  server.transfer(key, 0, 0);
  key.field(now.phase);
  key.sequence(now.clients, 0, 0, [&](const socket_client& each) {
    key.field(each.phase);
    key.field(each.done);
    key.field(each.taken);
    key.field(each.reading);
    put(key, each.kernel);
  });
  key.field(now.process_done);
  key.field(now.taken);
  key.sequence(now.shutdowns, 0, 0, [&](const model::connection_id& each) { key.field(each); });
  key.sequence(now.closing, 0, 0, [&](const model::connection_id& each) { key.field(each); });
  key.sequence(now.timers, 0, 0, [&](const armed_timer& each) {
    key.field(each.connection);
    key.field(each.due_ms);
  });
  return key.take();
}

}  // namespace lastcall::sim
