#include "sim/http1_lane_state.hpp"

namespace lastcall::sim {
namespace {

class byte_key {
 public:
  template <class T>
  void field(T value, unsigned = 0) {
    const auto raw = static_cast<std::uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<char>(raw >> shift));
  }
  template <class Sequence, class Item>
  void sequence(Sequence& items, std::size_t, unsigned, Item item) {
    field(items.size());
    for (auto& each : items) item(each);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

void put(byte_key& key, const std::vector<http1_output>& outputs) {
  key.sequence(outputs, 0, 0, [&](const http1_output& each) {
    key.field(each.received);
    key.field(each.status);
    key.field(each.closes);
    key.field(each.ends);
  });
}

}  // namespace

std::string key_of(const http1_lane_state& now) {
  byte_key key;
  model::http1::server server = now.server;
  server.transfer(key, 0, [&](auto& which) {
    for (const auto part : {static_cast<unsigned>(which.socket), static_cast<unsigned>(which.parser)}) key.field(part);
    for (const bool part : {which.output_pending, which.ends, which.closes_after_fin, which.no_more_requests, which.peer_has_ended, which.had_error,
                            which.error_told, which.head_armed, which.request_armed, which.keep_alive_armed, which.linger_armed})
      key.field(part);
    key.sequence(which.requests, 0, 0, [&](const model::http1::request& each) {
      key.field(each.id);
      key.field(each.response);
      for (const bool part : {each.keeps_alive, each.closes, each.complete, each.flowing, each.resumed, each.end_queued, each.ended})
        key.field(part);
      key.field(each.status);
      key.field(each.unsent);
    });
  });
  key.sequence(now.clients, 0, 0, [&](const http1_client& each) {
    key.field(each.phase);
    key.field(each.done);
    key.field(each.delivered);
    for (const bool part : {each.reading, each.resets, each.left, each.fin_pushed, each.head_begun, each.fin_due,
                            each.callbacks_due, each.waits})
      key.field(part);
    put(key, each.waiting);
    put(key, each.unread);
  });
  key.field(now.process_done);
  key.sequence(now.ticks, 0, 0, [&](const model::http1::tick& each) {
    key.field(each.kind);
    key.field(each.connection);
    key.field(each.request);
    key.field(each.complete);
    key.field(each.aborted);
  });
  key.sequence(now.timers, 0, 0, [&](const http1_timer& each) {
    key.field(each.which);
    key.field(each.connection);
    key.field(each.due);
  });
  key.field(now.requests.size());
  key.field(now.now);
  key.field(now.ended);
  return key.take();
}

}  // namespace lastcall::sim
