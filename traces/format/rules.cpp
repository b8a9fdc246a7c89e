#include "traces/format/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "traces/format/shape.hpp"

namespace lastcall::traces {
namespace {

/// What is wrong with a row, before it is known where the row stands.
struct complaint {
  std::string_view field;
  std::string message;
};
using verdict_on_row = std::optional<complaint>;

bool starts_with(event_kind event, std::string_view prefix) { return name_of(event).starts_with(prefix); }

/// What HTTP/1 clients send begins no HTTP/2 connection.
bool is_http1(event_kind event) {
  using enum event_kind;
  return event == send_head_part || event == send_head || event == send_body || event == send_malformed;
}

/// One client's lane up to some row.
struct client_lane {
  bool connected = false;
  bool refused = false;
  bool preface_sent = false;
  bool write_ended = false;  ///< fin, close or rst
  bool read_ended = false;   ///< recv_fin, recv_rst, close or rst
  bool gone = false;         ///< close, rst or recv_rst: of these only close may follow recv_rst
  bool closed = false;
  bool paused = false;
  std::set<model::stream_id> opened;
};

verdict_on_row check_stream_of_client(client_lane& lane, const row& r) {
  const row_shape* shape = shape_of(r.actor, r.event);
  if (!shape->required.has(field::stream)) return std::nullopt;
  const bool window = r.event == event_kind::send_window_update || r.event == event_kind::recv_window_update;
  if (window && r.stream == 0) return std::nullopt;
  if (r.stream % 2 == 0) return complaint{"stream", "streams of a client have odd ids (RFC 9113 5.1.1)"};
  if (r.event == event_kind::send_headers || r.event == event_kind::submit_headers) {
    lane.opened.insert(r.stream);
  } else if (!lane.opened.contains(r.stream)) {
    return complaint{"stream", fmt::format("{} has not opened stream {}", actor_name(r), r.stream)};
  }
  return std::nullopt;
}

verdict_on_row check_client_state(const client_lane& lane, const row& r) {
  const std::string who = actor_name(r);
  const auto no = [](std::string message) { return complaint{"event", std::move(message)}; };
  if (r.event == event_kind::connect) {
    if (lane.connected) return no(fmt::format("{} is connected already; each connection is a client of its own", who));
    return std::nullopt;
  }
  if (!lane.connected) return no(fmt::format("{} has not connected", who));
  if (lane.refused) return no(fmt::format("the connection of {} was refused", who));
  if (lane.closed) return no(fmt::format("{} has closed its socket", who));
  if (lane.gone && r.event != event_kind::close) return no(fmt::format("the connection of {} was reset", who));

  if (starts_with(r.event, "send_") || r.event == event_kind::fin) {
    if (lane.write_ended) return no(fmt::format("{} has sent FIN", who));
    const bool is_frame = r.event != event_kind::fin && r.event != event_kind::send_bytes && !is_http1(r.event);
    if (is_frame && !lane.preface_sent && r.event != event_kind::send_settings) {
      return no("the first frame of a client is SETTINGS (RFC 9113 3.4)");
    }
  }
  if (starts_with(r.event, "recv_")) {
    if (lane.read_ended) return no(fmt::format("{} has received the server's FIN", who));
    if (lane.paused) return no(fmt::format("{} has stopped reading", who));
  }
  if (r.event == event_kind::stops_reading && lane.paused) return no(fmt::format("{} has stopped reading already", who));
  if (r.event == event_kind::resumes_reading && !lane.paused) return no(fmt::format("{} has not stopped reading", who));
  return std::nullopt;
}

void advance(client_lane& lane, event_kind event) {
  using enum event_kind;
  if (event == connect) lane.connected = true;
  if (event == refused) lane.refused = true;
  if (event == send_settings) lane.preface_sent = true;
  if (event == stops_reading) lane.paused = true;
  if (event == resumes_reading) lane.paused = false;
  if (event == fin) lane.write_ended = true;
  if (event == recv_fin) lane.read_ended = true;
  if (event == recv_rst) lane.gone = true;
  if (event == close || event == rst) lane.closed = true;
}

class checker {
 public:
  explicit checker(const trace& t) : trace_(t) {
    for (const row& r : t.rows) {
      if (r.actor != actor::client) continue;
      if (r.event == event_kind::connect) clients_.insert(r.connection);
      if (r.event == event_kind::send_headers || r.event == event_kind::submit_headers) opened_by_[r.stream].insert(r.connection);
    }
  }

  verdict_on_row check(std::size_t index) {
    const row& r = trace_.rows[index];
    if (auto wrong = check_time(r)) return wrong;
    if (index > 0 && trace_.rows[index - 1].loop && !r.loop) {
      return complaint{"loop", "missing; the loop of a lasso ends with the trace"};
    }
    return r.actor == actor::client ? check_client(r) : check_server_process(r);
  }

 private:
  verdict_on_row check_time(const row& r) {
    if (r.ms.has_value() != trace_.rows.front().ms.has_value()) {
      return complaint{"ms", r.ms ? "the rows before have none; all rows have a time or none" : "missing; the rows before have one"};
    }
    if (!r.ms && trace_.black_box) return complaint{"ms", "missing; the rows of a black box have times"};
    if (!r.ms) return std::nullopt;
    std::uint64_t& last = last_ms_[r.actor == actor::client ? r.connection : 0];
    if (*r.ms < last) return complaint{"ms", fmt::format("{} is before {}, an earlier row of the same lane", *r.ms, last)};
    last = *r.ms;
    return std::nullopt;
  }

  verdict_on_row check_client(const row& r) {
    client_lane& lane = lanes_[r.connection];
    if (auto wrong = check_client_state(lane, r)) return wrong;
    if (r.event == event_kind::connect && ++connects_ != r.connection) {
      return complaint{"actor", fmt::format("client {} connects next; clients are numbered as they connect", connects_)};
    }
    if (r.event == event_kind::refused && last_event_[r.connection] != event_kind::connect) {
      return complaint{"event", "only a connect that was just tried can be refused"};
    }
    if (auto wrong = check_stream_of_client(lane, r)) return wrong;
    advance(lane, r.event);
    last_event_[r.connection] = r.event;
    return std::nullopt;
  }

  /// Lanes are ordered each by itself, so a row of the server may stand before the client's row that caused it.
  verdict_on_row check_server_process(const row& r) const {
    if (r.timer) {
      const bool of_server = *r.timer == model::timer::drain || *r.timer == model::timer::checking;
      if (of_server && r.connection != 0)
        return complaint{"connection", fmt::format("the {} timer is one for the whole server", name_of(*r.timer))};
      if (!of_server && r.connection == 0) {
        return complaint{"connection", fmt::format("missing; each connection has a {} timer of its own", name_of(*r.timer))};
      }
    }
    if (r.connection != 0 && !clients_.contains(r.connection)) {
      return complaint{"connection", fmt::format("client {} never connects in this trace", r.connection)};
    }
    const row_shape* shape = shape_of(r.actor, r.event);
    const bool names_stream = shape->required.has(field::stream) || (shape->optional.has(field::stream) && r.stream != 0);
    if (!names_stream) return std::nullopt;
    if (r.event == event_kind::recv_window_update && r.stream == 0) return std::nullopt;
    const auto openers = opened_by_.find(r.stream);
    if (openers == opened_by_.end() || (r.connection != 0 && !openers->second.contains(r.connection))) {
      const std::string who = r.connection == 0 ? "no client opens" : fmt::format("client {} never opens", r.connection);
      return complaint{"stream", fmt::format("{} stream {} in this trace", who, r.stream)};
    }
    return std::nullopt;
  }

  const trace& trace_;
  std::set<std::uint32_t> clients_;
  std::map<model::stream_id, std::set<std::uint32_t>> opened_by_;
  std::map<std::uint32_t, client_lane> lanes_;
  std::map<std::uint32_t, event_kind> last_event_;
  std::map<std::uint32_t, std::uint64_t> last_ms_;  ///< by client, 0 for the server process
  std::uint32_t connects_ = 0;
};

}  // namespace

std::optional<error> broken_rule(const trace& t, std::string_view file) {
  checker rules(t);
  for (std::size_t i = 0; i < t.rows.size(); ++i) {
    if (auto wrong = rules.check(i)) {
      const std::size_t line = t.rows[i].line != 0 ? t.rows[i].line : i + 2;
      return error{std::move(wrong->message), std::string(file), line, std::string(wrong->field)};
    }
  }
  return std::nullopt;
}

}  // namespace lastcall::traces
