#include "traces/format/import_node_http1.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "traces/format/http1_text.hpp"
#include "traces/format/node_http1_handlers.hpp"
#include "traces/format/rules.hpp"

namespace lastcall::traces {
namespace {

using e = event_kind;

/// Rows that say nothing a trace could carry; traces/README.md gives the reason for each.
const std::set<std::string_view> dropped{
    "SIGTERM received",          "closeAllConnections() returned", "closeIdleConnections() returned",
    "cmd failed",                "server stderr",                  "server.close() returned",
    "upgraded data",
};

/// What a client does and sees besides bytes.
const std::map<std::string_view, e> client_events{
    {"client resumes reading", e::resumes_reading}, {"client stops reading", e::stops_reading}, {"tcp.close c2s", e::close},
    {"tcp.fin c2s", e::fin},                        {"tcp.fin s2c", e::recv_fin},               {"tcp.rst c2s", e::rst},
    {"tcp.rst s2c", e::recv_rst},
};

/// Calls that are a callback of the loop by themselves: the program takes commands from its standard input.
const std::map<std::string_view, e> commands{
    {"server.close() called", e::close},
    {"closeAllConnections() called", e::close_all},
    {"closeIdleConnections() called", e::close_idle},
};

class http1_log_importer {
 public:
  result<trace> run(std::vector<json_object> rows, std::string_view file, const import_options& options) {
    construct(rows.front());
    if (rows.front().problem()) return *rows.front().problem();
    for (json_object& line : rows) survey(line);
    for (std::size_t i = 1; i < rows.size() && !torn_down_; ++i) {
      take(rows[i]);
      if (rows[i].problem()) return *rows[i].problem();
    }
    if (!torn_down_) return error{"incomplete: the log has no `harness teardown` row", std::string(file), rows.size(), {}};
    if (trace_.system.empty()) return error{"the log has no `listening` row, which names the version", std::string(file), 1, {}};
    trace_.protocol = model::protocol::http1;
    trace_.title = options.title;
    trace_.source = options.source;
    trace_.profile = options.profile;
    trace_.expect = options.expect;
    if (auto broken = broken_rule(trace_, file)) return *std::move(broken);
    return std::move(trace_);
  }

 private:
  struct client {
    std::string name;
    bool can_send = true;  ///< nothing leaves it after either FIN, a reset or its close
    std::vector<std::string> targets;  ///< of its requests
    std::size_t responses = 0;         ///< that have begun to arrive
    request_cutter sent;
    response_cutter received;
  };
  struct pending_timer {
    double due = 0;
    std::uint32_t request = 0;
    std::size_t index = 0;  ///< in the program's list
  };

  // --- The scenario.

  void construct(json_object& line) {
    json_object given = line.object("options");
    row& r = add(actor::app, e::construct);
    r.line = 1;
    r.head_timeout = 60'000;
    r.request_timeout = 300'000;
    r.keep_alive_timeout = 5'000;
    r.checking_interval = 30'000;
    const auto take_times = [&](std::string_view group) {
      if (!given.has(group)) return;
      json_object times = given.object(group);
      if (times.has("requestTimeout")) {
        r.request_timeout = times.whole32("requestTimeout");
        if (group == "opts") r.head_timeout = std::min(*r.head_timeout, *r.request_timeout);
      }
      if (times.has("headersTimeout")) r.head_timeout = times.whole32("headersTimeout");
      if (times.has("keepAliveTimeout")) r.keep_alive_timeout = times.whole32("keepAliveTimeout");
      if (times.has("connectionsCheckingInterval")) r.checking_interval = times.whole32("connectionsCheckingInterval");
      times.reject_other_fields(fmt::format("`{}`", group));
      given.reject(times);
    };
    take_times("opts");
    take_times("props");
    if (given.has("clientError")) r.handles_client_errors = given.flag("clientError");
    if (given.has("sigterm")) given.flag("sigterm");
    given.reject_other_fields("`options`");
    // Node takes the longer of the two for the request, whatever their names say.
    if (*r.request_timeout > 0 && *r.head_timeout > *r.request_timeout) std::swap(r.head_timeout, r.request_timeout);
    line.reject(given);
  }

  /// Two processes wrote the log, so a row of the server may stand before the client's row that caused it.
  void survey(json_object& line) {
    if (line.has("ev") && line.text("ev") == "tcp.connect c2s") {
      clients_.push_back({line.has("conn") ? line.text("conn") : std::string(), true, {}, 0, {}, {}});
    }
  }

  void take(json_object& line) {
    const double ms = line.number("t_ms");
    if (ms < 0 || ms < now_) line.reject("t_ms", "earlier than the row before");
    run_timers_until(ms);
    now_ = ms;
    line_ = static_cast<std::uint32_t>(line.line());
    if (line.has("dir")) take_bytes(line);
    else take_event(line, line.text("ev"));
  }

  void take_event(json_object& line, const std::string& name) {
    if (line.problem() || dropped.contains(name)) return;
    if (const auto found = client_events.find(name); found != client_events.end()) return take_client_event(line, found->second);
    if (const auto found = commands.find(name); found != commands.end()) return static_cast<void>(add(actor::app, found->second));
    if (name.starts_with("harness teardown")) {
      torn_down_ = true;
    } else if (name.starts_with("client send failed") || name.starts_with("client shutdown failed")) {
      take_back_last_input(line);
    } else if (name == "client received") {
      take_sum(line);
    } else if (name == "tcp.connect c2s") {
      add(actor::client, e::connect).connection = ++connected_;
    } else if (name == "listening") {
      std::string version = line.text("version");
      trace_.system = "node " + (version.starts_with('v') ? version.substr(1) : version);
      add(actor::app, e::listen);
      add(actor::server, e::listening);
    } else if (name == "process exit") {
      if (!exited_) add(actor::app, e::killed);
    } else {
      take_callback(line, name);
    }
  }

  // --- The server process.

  void take_callback(json_object& line, const std::string& name) {
    if (name == "server 'connection'") {
      add(actor::server, e::server_connection).connection = socket_of(line);
    } else if (name == "socket 'end'") {
      add(actor::server, e::socket_end).connection = socket_of(line);
    } else if (name == "socket 'timeout'") {
      add(actor::server, e::socket_timeout).connection = socket_of(line);
    } else if (name == "socket 'close'") {
      row& r = add(actor::server, e::socket_close);
      r.connection = socket_of(line);
      r.failed = line.flag("hadError");
    } else if (name == "server 'close'") {
      add(actor::server, e::server_close);
    } else if (name == "server.close() callback") {
      add(actor::server, e::close_callback).failed = line.has("err");
    } else if (name == "server 'clientError'") {
      take_client_error(line);
    } else if (name == "server 'upgrade'") {
      add(actor::server, e::server_upgrade);
      add(actor::app, e::socket_answer).status = 101;
    } else if (name == "upgraded error") {
      add(actor::server, e::socket_error).error = error_of(line);
    } else if (name == "server 'request'") {
      take_request(line);
    } else if (name == "req 'aborted'") {
      add(actor::server, e::request_aborted).request = line.whole32("req", 1);
    } else if (name == "req 'end'") {
      const std::uint32_t request = line.whole32("req", 1);
      add(actor::server, e::request_end).request = request;
      add_calls(request, programs_[request].at_end);
    } else if (name == "req 'error'") {
      row& r = add(actor::server, e::request_failed);
      r.request = line.whole32("req", 1);
      r.error = error_of(line);
    } else if (name == "req 'close'") {
      row& r = add(actor::server, e::request_close);
      r.request = line.whole32("req", 1);
      r.complete = line.flag("complete");
      r.aborted = line.flag("aborted");
    } else if (name == "res 'finish'" || name == "res 'close'") {
      const std::uint32_t request = line.whole32("req", 1);
      if (name == "res 'finish'") run_timers_of(request);
      row& r = add(actor::server, name == "res 'finish'" ? e::response_finish : e::response_close);
      r.request = request;
      r.written = line.flag("writableFinished");
    } else if (name == "write cb error") {
      // The write may have been added already, by the time at which it was due.
      const auto last = std::find_if(trace_.rows.rbegin(), trace_.rows.rend(), [](const row& r) { return r.actor != actor::client; });
      if (last->event != e::response_write && !pending_.empty()) run_timer(next_timer());
      add(actor::server, e::response_write_error).error = error_of(line);
    } else if (name == "handler timer" || name == "handler end() called") {
      std::optional<bool> destroyed;
      if (line.has("destroyed")) destroyed = line.flag("destroyed");
      run_timers_of(line.whole32("req", 1), destroyed);
    } else if (name == "process exit event") {
      while (!pending_.empty()) run_timer(next_timer());
      add(actor::server, e::process_exit);
      exited_ = true;
    } else if (name == "report") {
      row& r = add(actor::server, e::connections_counted);
      r.count = line.whole32("connections");
      r.handles = handles_of(line);
    } else {
      line.reject("ev", fmt::format("\"{}\" is not supported", name));
    }
  }

  void take_request(json_object& line) {
    const std::uint32_t request = line.whole32("req", 1);
    row& r = add(actor::server, e::server_request);
    r.request = request;
    r.target = line.text("path");
    const http1_program& program = programs_[request] = http1_handler_for(r.target);
    add_calls(request, program.at_start);
    if (!program.timers.empty()) pending_.push_back({now_ + program.timers.front().after_ms, request, 0});
  }

  /// The program's listener answers and ends a socket that it can write to, and destroys any other.
  void take_client_error(json_object& line) {
    row& r = add(actor::server, e::server_client_error);
    r.error = error_of(line);
    const bool writable = r.error != model::node_error::connection_reset && !answered_an_error_;
    if (!writable) return static_cast<void>(add(actor::app, e::socket_destroy));
    answered_an_error_ = true;
    row& answer = add(actor::app, e::socket_answer);
    answer.status = 400;
    answer.closes = true;
    add(actor::app, e::socket_end);
  }

  /// What the process lists as active, but for the pipe that its commands come through and for handlers' timers.
  static std::string handles_of(json_object& line) {
    std::string listed;
    for (const std::string& each : line.texts("handles")) {
      if (each != "TCPServerWrap" && each != "TCPSocketWrap") continue;
      listed += (listed.empty() ? "" : " ") + each;
    }
    return listed.empty() ? "none" : listed;
  }

  static model::node_error error_of(json_object& line) {
    using enum model::node_error;
    const std::string code = line.text("err");
    if (code == "ERR_HTTP_REQUEST_TIMEOUT") return request_timeout;
    if (code == "HPE_INVALID_EOF_STATE") return incomplete_message;
    if (code.starts_with("HPE_")) return bad_message;
    if (code == "ECONNRESET") return connection_reset;
    if (code == "ERR_STREAM_DESTROYED") return stream_destroyed;
    line.reject("err", fmt::format("\"{}\" is not supported", code));
    return none;
  }

  void add_calls(std::uint32_t request, const http1_calls& calls) {
    for (const http1_call& call : calls) {
      row& r = add(actor::app, call.event);
      r.request = request;
      if (call.event == e::response_head) r.status = call.value;
      if (call.event == e::response_write) r.length = call.value;
      r.has_callback = call.has_callback;
    }
  }

  // --- Timers of handlers, of which the log does not always tell.

  std::vector<pending_timer>::iterator next_timer() { return std::ranges::min_element(pending_, {}, &pending_timer::due); }

  void run_timers_until(double ms) {
    while (!pending_.empty()) {
      const auto next = next_timer();
      if (next->due > ms || programs_[next->request].timers[next->index].is_logged) return;
      now_ = std::max(now_, next->due);
      run_timer(next);
    }
  }
  /// All that are left of one request: what the row at hand tells comes after them.
  void run_timers_of(std::uint32_t request, std::optional<bool> destroyed = {}) {
    for (;;) {
      const auto found = std::ranges::find(pending_, request, &pending_timer::request);
      if (found == pending_.end()) return;
      run_timer(found, destroyed);
    }
  }
  void run_timer(std::vector<pending_timer>::iterator which, std::optional<bool> destroyed = {}) {
    const pending_timer fired = *which;
    pending_.erase(which);
    const auto& timers = programs_[fired.request].timers;
    row& r = add(actor::app, e::handler_timer);
    r.request = fired.request;
    r.destroyed = destroyed;
    add_calls(fired.request, timers[fired.index].calls);
    if (fired.index + 1 < timers.size())
      pending_.push_back({fired.due + timers[fired.index + 1].after_ms, fired.request, fired.index + 1});
  }

  // --- The clients.

  void take_bytes(json_object& line) {
    const std::string dir = line.text("dir");
    const std::uint32_t length = line.whole32("len");
    client* const who = client_of(line);
    if (who == nullptr) return;
    if (dir == "s2c") {
      const bool seen = line.has("text");
      if (seen) return add_responses(*who, who->received.take(line.text("text")));
      if (who->responses < who->targets.size())
        add_responses(*who, who->received.take_unseen(length, body_length(*who)));
      return;
    }
    if (dir != "c2s") return line.reject("dir", fmt::format("\"{}\" is neither \"c2s\" nor \"s2c\"", dir));
    if (!who->can_send) return;
    if (!line.has("text")) return line.reject("text", "missing: what this client sent is not recorded");
    add_request(line, *who, who->sent.take(line.text("text")));
  }

  void add_request(json_object& line, client& who, const std::vector<request_piece>& pieces) {
    for (const request_piece& piece : pieces) {
      if (piece.what == request_piece::past_upgrade) return line.reject("text", "bytes after an upgrade are not supported");
      constexpr e events[] = {e::send_head_part, e::send_head, e::send_body, e::send_malformed};
      row& r = add(actor::client, events[piece.what]);
      r.connection = number_of(who);
      r.joined = &piece != &pieces.back();
      r.end = piece.end;
      r.length = piece.length;
      r.target = piece.target;
      r.closes = piece.closes;
      r.upgrade = piece.upgrade;
      r.wants_continue = piece.wants_continue;
      if (piece.what == request_piece::head) who.targets.push_back(piece.target);
    }
  }

  void add_responses(client& who, const std::vector<response_piece>& pieces) {
    for (const response_piece& piece : pieces) {
      row& r = add(actor::client, piece.end ? e::recv_response_end : e::recv_response);
      r.connection = number_of(who);
      r.status = piece.status;
      r.closes = piece.closes;
      if (piece.end) ++who.responses;
    }
  }

  /// Of a client that only counted what it read.
  void take_sum(json_object& line) {
    client* const who = client_of(line);
    if (who == nullptr) return;
    const std::uint32_t sum = line.whole32("bytes");
    // The FIN, if there was one, was logged before the sum; what was read came before it.
    const bool saw_fin = !trace_.rows.empty() && trace_.rows.back().event == e::recv_fin;
    const row fin = saw_fin ? trace_.rows.back() : row{};
    if (saw_fin) trace_.rows.pop_back();
    add_responses(*who, who->received.take_unseen(sum, body_length(*who)));
    if (saw_fin) trace_.rows.push_back(fin);
    // It said that it stops reading and then read without a word.
    const auto stopped = std::find_if(trace_.rows.rbegin(), trace_.rows.rend(), [&](const row& r) {
      return r.event == e::stops_reading && r.connection == number_of(*who);
    });
    if (stopped != trace_.rows.rend()) trace_.rows.erase(std::next(stopped).base());
  }

  std::uint64_t body_length(const client& who) const {
    return who.responses < who.targets.size() ? http1_handler_for(who.targets[who.responses]).length : 0;
  }

  void take_client_event(json_object& line, e event) {
    client* const who = client_of(line);
    if (who == nullptr) return;
    if (event == e::recv_fin) add_responses(*who, who->received.take_fin());
    add(actor::client, event).connection = number_of(*who);
    if (event != e::stops_reading && event != e::resumes_reading) who->can_send = false;
  }

  /// The program logs what it sends before it tries. What its kernel then refused has not happened.
  void take_back_last_input(json_object& line) {
    client* const who = client_of(line);
    if (who == nullptr || !who->can_send) return;
    const std::uint32_t number = number_of(*who);
    const std::uint32_t sent_in = line_;
    std::erase_if(trace_.rows, [&](const row& r) {
      return r.actor == actor::client && r.connection == number && r.line + 1 == sent_in;
    });
  }

  // --- Who is meant.

  client* client_of(json_object& line) {
    const std::string name = line.has("conn") ? line.text("conn") : std::string();
    const auto found = std::ranges::find(clients_, name, &client::name);
    if (found != clients_.end() && number_of(*found) <= connected_) return &*found;
    line.reject(line.has("conn") ? "conn" : "t_ms", "this client has not connected");
    return nullptr;
  }
  std::uint32_t number_of(const client& who) const { return static_cast<std::uint32_t>(&who - clients_.data()) + 1; }

  /// The server meets its connections in the order in which they were made.
  std::uint32_t socket_of(json_object& line) const {
    const std::uint32_t number = line.whole32("sock", 1);
    if (number > clients_.size()) line.reject("sock", "there are fewer connections than this row counts");
    return number;
  }

  row& add(actor who, e event) {
    row r;
    r.line = line_;
    r.ms = static_cast<std::uint64_t>(now_);
    r.actor = who;
    r.event = event;
    return trace_.rows.emplace_back(r);
  }

  trace trace_;
  bool torn_down_ = false;
  bool exited_ = false;
  bool answered_an_error_ = false;
  double now_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t connected_ = 0;
  std::vector<client> clients_;
  std::map<std::uint32_t, http1_program> programs_;  ///< by request
  std::vector<pending_timer> pending_;
};

}  // namespace

result<trace> import_node_http1_log(std::vector<json_object> rows, std::string_view file, const import_options& options) {
  return http1_log_importer().run(std::move(rows), file, options);
}

}  // namespace lastcall::traces
