#include "sim/lane_rows.hpp"

#include <algorithm>

namespace lastcall::sim {

using traces::actor;
using traces::row;
using kind = traces::event_kind;

bool is_compared_callback(const row& r) {
  const auto what = traces::callback_of(r);
  return what && *what != model::callback::request_completed && *what != model::callback::request_error &&
         *what != model::callback::listening;
}

lanes lanes_of(const traces::trace& log) {
  lanes made;
  for (const row& r : log.rows) {
    made.last_line = std::max<std::size_t>(made.last_line, r.line);
    switch (r.actor) {
      case actor::client: {
        if (made.clients.size() < r.connection) made.clients.resize(r.connection);
        const bool ignored = r.event == kind::recv_window_update || (r.event == kind::recv_data && !r.end_stream);
        if (!ignored) made.clients[r.connection - 1].push_back(&r);
        break;
      }
      case actor::app:
        made.has_listen |= r.event == kind::listen;
        made.process.push_back(&r);
        break;
      case actor::clock: made.process.push_back(&r); break;
      case actor::server:
        if (is_compared_callback(r)) made.process.push_back(&r);
        break;
      case actor::kernel: break;
    }
  }
  return made;
}

std::string describe(const row& r) {
  std::string text = traces::actor_name(r) + " " + std::string(traces::name_of(r.event));
  if (r.stream != 0) text += " stream " + std::to_string(r.stream);
  if (r.event == kind::recv_goaway) text += " last_stream " + std::to_string(r.last_stream);
  if (r.code) text += " " + traces::name_of(*r.code);
  if (r.failed) text += " failed";
  if (r.error && *r.error != model::node_error::none) text += " " + std::string(traces::name_of(*r.error));
  if (r.count) text += " " + std::to_string(*r.count);
  if (r.ready_state) text += " " + std::string(traces::name_of(*r.ready_state));
  return text;
}

row as_row(const server_frame& frame, std::uint32_t client) {
  row made;
  made.actor = actor::client;
  made.event = frame.received;
  made.connection = client;
  made.stream = frame.stream;
  made.last_stream = frame.last_stream;
  if (frame.received == kind::recv_goaway || frame.received == kind::recv_rst_stream) made.code = frame.code;
  made.end_stream = frame.end_stream;
  return made;
}

row as_row(const model::notify& told) {
  row made;
  made.actor = actor::server;
  made.event = traces::event_of(told.what);
  made.connection = told.what == model::callback::uncaught_exception ? 0 : told.connection + 1;
  made.stream = told.stream;
  made.failed = told.failed;
  if (told.what == model::callback::session_goaway) made.code = told.code;
  return made;
}

row as_row(const model::socket_notify& told) {
  row made;
  made.actor = actor::server;
  made.event = traces::event_of(told.what);
  made.connection = told.connection + 1;
  made.failed = told.failed || told.error == model::node_error::not_running;
  made.error = told.error;
  if (told.what == model::callback::connections_counted) made.count = told.count;
  if (told.what == model::callback::socket_data) made.length = told.count;
  if (told.what == model::callback::socket_end || told.what == model::callback::socket_finish) made.ready_state = told.ready_state;
  return made;
}

bool agrees(const row& expected, const row& shown) {
  if (expected.actor != shown.actor || expected.event != shown.event || expected.stream != shown.stream) return false;
  if (expected.event == kind::recv_goaway && expected.last_stream != shown.last_stream) return false;
  if (expected.code && shown.code && *expected.code != *shown.code) return false;
  if (expected.error && shown.error && *expected.error != *shown.error) return false;
  if (expected.count && shown.count && *expected.count != *shown.count) return false;
  if (expected.ready_state && shown.ready_state && *expected.ready_state != *shown.ready_state) return false;
  const bool says_failed = expected.event == kind::socket_close || expected.event == kind::close_callback ||
                           expected.event == kind::call_returned;
  if (says_failed && expected.failed != shown.failed) return false;
  return expected.actor == actor::client || expected.connection == 0 || expected.connection == shown.connection;
}

}  // namespace lastcall::sim
