#include "sim/black_box_state.hpp"

#include <algorithm>

#include "sim/byte_key.hpp"
#include "sim/world.hpp"

namespace lastcall::sim::black_box {
namespace {

using traces::actor;
using kind = traces::event_kind;

void put(byte_key& key, const std::vector<box_frame>& frames) {
  key.sequence(frames, 0, 0, [&](const box_frame& each) {
    key.field(each.frame.received);
    key.field(each.frame.stream);
    key.field(each.frame.last_stream);
    key.field(each.frame.code);
    key.field(each.frame.end_stream);
    key.field(each.bytes);
    key.field(each.since_ms);
  });
}

bool is_ignored(const traces::row& r) {
  return r.event == kind::recv_window_update || (r.event == kind::recv_data && !r.end_stream);
}

handler& handler_of(box_lanes& lanes, const traces::row& r) {
  const auto found = std::ranges::find_if(lanes.handlers, [&](const handler& each) {
    return each.connection == traces::slot_of(r) && each.stream == r.stream;
  });
  if (found != lanes.handlers.end()) return *found;
  return lanes.handlers.emplace_back(handler{traces::slot_of(r), r.stream, {}});
}

}  // namespace

box_lanes lanes_of(const traces::trace& log) {
  box_lanes made;
  for (const traces::row& r : log.rows) {
    made.last_line = std::max<std::size_t>(made.last_line, r.line);
    if (r.actor == actor::client) {
      if (made.clients.size() < r.connection) made.clients.resize(r.connection);
      if (!is_ignored(r)) made.clients[r.connection - 1].push_back(&r);
    } else if (r.event == kind::close || r.event == kind::killed || r.event == kind::server_close) {
      made.process.push_back(&r);
    } else if (r.actor == actor::app && r.stream != 0) {
      handler_of(made, r).rows.push_back(&r);
    }
  }
  return made;
}

void client::reads_again(std::uint64_t now_ms) {
  reading = true;
  unread_bytes = 0;
  for (auto* frames : {&unread, &submitted})
    for (box_frame& each : *frames) each.since_ms = now_ms;
  write_data();
}

bool client::is_behind(std::uint64_t ms) const {
  // How long a server takes to greet, and a handler to answer, nobody knows.
  const auto late = [ms](const box_frame& each) {
    const kind what = each.frame.received;
    const bool is_news = what == kind::recv_goaway || what == kind::recv_rst_stream || what == kind::recv_fin || what == kind::recv_rst;
    return is_news && each.since_ms + delivery_ms < ms;
  };
  if (left) return false;
  return (reading && std::ranges::any_of(unread, late)) || (room() > 0 && std::ranges::any_of(submitted, late));
}

void client::write_data() {
  for (auto each = submitted.begin(); each != submitted.end();) {
    const bool behind_headers = std::ranges::any_of(submitted.begin(), each, [&](const box_frame& earlier) {
      return earlier.frame.received == kind::recv_headers && earlier.frame.stream == each->frame.stream;
    });
    if (each->bytes > 0 && !behind_headers) {
      const std::uint32_t written = std::min({each->bytes, windows.room(each->frame.stream), room()});
      windows.spend(each->frame.stream, written);
      each->bytes -= written;
      if (!reading) unread_bytes += written;
      if (each->bytes == 0 && !each->frame.end_stream) {
        each = submitted.erase(each);
        continue;
      }
    }
    ++each;
  }
}

std::size_t state::rows_done() const {
  std::size_t sum = process_done;
  for (const auto& each : clients) sum += each.done;
  return sum;
}

std::string key_of(const state& now) {
  byte_key key;
  const world_options any_size;
  model::server server = now.server;
  server.transfer(key, 0, [&](auto& which) { detail::transfer_connection(key, which, any_size); });
  key.sequence(now.clients, 0, 0, [&](const client& each) {
    key.field(each.phase);
    key.field(each.connected_ms);
    key.field(each.done);
    key.field(each.delivered);
    key.field(each.reading);
    key.field(each.fin_read);
    key.field(each.resets);
    key.field(each.left);
    each.windows.put(key);
    put(key, each.submitted);
    put(key, each.unread);
    key.field(each.unread_bytes);
  });
  key.field(now.process_done);
  key.sequence(now.handlers_done, 0, 0, [&](std::uint32_t done) { key.field(done); });
  now.timers.put(key);
  key.field(now.deferred);
  key.field(now.killed);
  key.field(now.exited);
  key.field(now.closed_ms.value_or(0));
  return key.take();
}

}  // namespace lastcall::sim::black_box
