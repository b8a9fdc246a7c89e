#include "traces/format/import_node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "traces/format/import_node_http1.hpp"
#include "traces/format/import_node_net.hpp"
#include "traces/format/json_lines.hpp"
#include "traces/format/node_handlers.hpp"
#include "traces/format/rules.hpp"

namespace lastcall::traces {
namespace {

using e = event_kind;

constexpr std::string_view supported = "node_h2_server.js";

/// Rows that say nothing a trace could carry; traces/README.md gives the reason for each.
const std::set<std::string_view> dropped{
    "SIGTERM received",
    "client opens window",
    "cmd failed",
    "handler hangs",
    "handler hangs (does not read)",
    "preface c2s",
    "process exit",
    "process exit event",
    "res 'drain'",
    "report",
    "req close detail",
    "respond() threw",
    "server 'error'",
    "server 'timeout'",
    "server stderr",
    "server stdout",
    "session 'frameError'",
    "session 'timeout'",
    "socket 'drain'",
    "socket 'timeout'",
    "stream 'drain'",
    "stream 'frameError'",
    "stream 'timeout'",
    "stream close detail",
    "unhandledRejection",
    "write callback error",
    "write callback ok",
};

/// Callbacks of a session, a socket or a stream that carry nothing of their own.
const std::map<std::string_view, e> plain_callbacks{
    {"req 'aborted'", e::request_aborted},
    {"req 'close'", e::request_close},
    {"req 'data'", e::request_data},
    {"req 'end'", e::request_end},
    {"res 'close'", e::response_close},
    {"res 'finish'", e::response_finish},
    {"server 'close'", e::server_close},
    {"server 'sessionError'", e::server_session_error},
    {"session 'close'", e::session_close},
    {"session 'error'", e::session_error},
    {"session 'localSettings'", e::session_local_settings},
    {"session.close() callback", e::session_close_callback},
    {"socket 'end'", e::socket_end},
    {"socket 'error'", e::socket_error},
    {"stream 'aborted'", e::stream_aborted},
    {"stream 'close'", e::stream_close},
    {"stream 'data'", e::stream_data},
    {"stream 'end'", e::stream_end},
    {"stream 'error'", e::stream_error},
    {"stream 'finish'", e::stream_finish},
    {"uncaughtException", e::uncaught_exception},
};

/// What a client does and sees besides frames.
const std::map<std::string_view, e> client_events{
    {"client resumes reading", e::resumes_reading}, {"client stops reading", e::stops_reading}, {"tcp.close c2s", e::close},
    {"tcp.fin c2s", e::fin},                        {"tcp.fin s2c", e::recv_fin},               {"tcp.rst c2s", e::rst},
    {"tcp.rst s2c", e::recv_rst},
};

bool is_teardown(std::string_view name) { return name.starts_with("harness teardown"); }

class node_log_importer {
 public:
  result<trace> run(std::vector<json_object> rows, std::string_view file, const import_options& options) {
    if (rows.empty()) return error{"empty: a log begins with its `scenario` row", std::string(file), 1, {}};
    check_scenario(rows.front());
    if (rows.front().problem()) return *rows.front().problem();
    for (json_object& line : rows) survey(line);
    torn_down_ = false;
    for (std::size_t i = 1; i < rows.size() && !torn_down_; ++i) {
      take(rows[i]);
      if (rows[i].problem()) return *rows[i].problem();
    }
    if (!torn_down_) return error{"incomplete: the log has no `harness teardown` row", std::string(file), rows.size(), {}};
    if (trace_.system.empty()) return error{"the log has no `listening` row, which names the version", std::string(file), 1, {}};
    trace_.title = options.title;
    trace_.source = options.source;
    trace_.profile = options.profile.empty() ? profile_of(trace_.system) : options.profile;
    trace_.expect = options.expect;
    if (auto broken = broken_rule(trace_, file)) return *std::move(broken);
    return std::move(trace_);
  }

 private:
  struct client {
    std::string name;        ///< `conn` of its rows; empty where the log names nobody
    bool can_send = true;    ///< the program sends nothing more after either FIN, a reset or its close
    std::map<model::stream_id, std::string> requests;  ///< target by stream
  };
  struct request {
    std::uint32_t connection = 0;
    model::stream_id stream = 0;
    handler_program handler;
  };

  void check_scenario(json_object& line) {
    if (line.text("ev") != "scenario") line.reject("ev", "a log begins with its `scenario` row");
    const std::string program = line.text("program");
    if (program != supported) line.reject("program", fmt::format("\"{}\" is not supported, only {}", program, supported));
    json_object options = line.object("options");
    if (options.has("api")) trace_.application.api = options.text("api");
    if (options.has("errListeners")) trace_.application.hears_errors = options.flag("errListeners");
    const std::string& api = trace_.application.api;
    if (api != "stream" && api != "compat") options.reject("api", fmt::format("\"{}\" is neither \"stream\" nor \"compat\"", api));
    line.reject(options);
  }

  /// Two processes wrote the log, so a row of the server may stand before the client's row that caused it: who connected and
  /// who opened which stream must be known first. What is wrong with a row stays noted in it.
  void survey(json_object& line) {
    if (torn_down_) return;
    const std::string name = line.has("ev") ? line.text("ev") : std::string();
    if (is_teardown(name)) torn_down_ = true;
    if (name == "tcp.connect c2s") {
      const std::string who = line.has("conn") ? line.text("conn") : std::string();
      if (find_client(who) != 0) line.reject("conn", "this client has connected already");
      clients_.push_back({who, true, {}});
      accepted_.push_back(number_at_[line.line()] = static_cast<std::uint32_t>(clients_.size()));
    } else if (name == "second connect" && line.text("result") != "accepted") {
      clients_.push_back({fmt::format("refused in line {}", line.line()), false, {}});
      number_at_[line.line()] = static_cast<std::uint32_t>(clients_.size());
    } else if (line.has("dir") && line.text("dir") == "s2c" && line.text("type") == "GOAWAY") {
      goaways_.emplace(line.line(), code_of(line));
    } else if (line.has("dir") && line.has("path")) {
      const std::uint32_t number = client_of(line);
      if (number != 0) clients_[number - 1].requests[stream_of(line)] = line.text("path");
    }
  }

  void take(json_object& line) {
    const double ms = line.number("t_ms");
    if (ms < 0 || ms < last_ms_) line.reject("t_ms", "earlier than the row before");
    last_ms_ = ms;
    if (line.has("dir")) {
      take_frame(line);
    } else {
      take_event(line, line.text("ev"));
    }
  }

  void take_event(json_object& line, const std::string& name) {
    if (line.problem() || dropped.contains(name)) return;
    if (const auto found = plain_callbacks.find(name); found != plain_callbacks.end()) return take_callback(line, found->second);
    if (const auto found = client_events.find(name); found != client_events.end()) return take_client_event(line, found->second);
    if (is_teardown(name)) {
      torn_down_ = true;
    } else if (name.starts_with("client send failed")) {
      take_back_last_input(line, false);
    } else if (name.starts_with("client shutdown failed")) {
      take_back_last_input(line, true);
    } else if (name == "listening") {
      take_listening(line);
    } else if (name == "tcp.connect c2s") {
      add(line, actor::client, e::connect).connection = number_at_[line.line()];
    } else if (name == "second connect") {
      take_second_connect(line);
    } else if (name == "server 'session'") {
      add(line, actor::server, e::server_session).connection = connection_of_session(line);
    } else if (name == "server 'connection'") {
      add(line, actor::server, e::server_connection).connection = nth_accepted(line, "ev", ++server_connections_);
    } else if (name == "server 'stream'" || name == "server 'request'") {
      take_request(line, name == "server 'stream'" ? e::server_stream : e::server_request);
    } else if (name == "session 'goaway'") {
      const auto code = static_cast<model::error_code>(
          line.whole32("code", 0, static_cast<std::uint32_t>(model::error_code::http_1_1_required)));
      row& r = add(line, actor::server, e::session_goaway);
      r.connection = connection_of_session(line);
      r.code = code;
    } else if (name == "socket 'close'") {
      row& r = add(line, actor::server, e::socket_close);
      r.connection = only_connection();
      r.failed = line.flag("hadError");
    } else if (name == "server.close() called") {
      add(line, actor::app, e::close);
    } else if (name == "server.close() callback") {
      add(line, actor::server, e::close_callback).failed = line.has("err");
    } else if (name == "session.close() called") {
      add(line, actor::app, e::session_close).connection = connection_of_session(line);
    } else if (name == "session.destroy() called") {
      add(line, actor::app, e::session_destroy).connection = connection_of_session(line);
    } else if (name == "session.goaway() called") {
      row& r = add(line, actor::app, e::session_goaway);
      r.connection = only_connection();
      if (r.connection == 0) line.reject("ev", "of several connections, this row does not say which");
      r.code = code_of_next_goaway(line.line());
    } else if (name == "handler timer fired" || name == "handler saw request end" || name == "handler end()") {
      if (const request* q = request_of(line)) add_calls(line, *q, q->handler.later);
    } else if (name == "handler write()") {
      if (const request* q = request_of(line)) add_calls(line, *q, {{e::handler_wrote, q->handler.chunk}});
    } else {
      line.reject("ev", fmt::format("\"{}\" is not supported", name));
    }
  }

  // The server process.

  void take_listening(json_object& line) {
    std::string version = line.text("version");
    if (version.starts_with('v')) version.erase(0, 1);
    trace_.system = "node " + version;
    add(line, actor::app, e::listen);
    add(line, actor::server, e::listening);
  }

  void take_callback(json_object& line, e event) {
    const std::string_view callback = name_of(event);
    const bool of_stream = callback.starts_with("stream_") || callback.starts_with("request_") || callback.starts_with("response_");
    row& r = add(line, actor::server, event);
    if (of_stream) {
      r.stream = stream_of(line);
      r.connection = connection_of_stream(r.stream);
    } else if (line.has("sess")) {
      r.connection = connection_of_session(line);
    } else if (event != e::server_close && event != e::uncaught_exception) {
      r.connection = only_connection();
    }
  }

  void take_request(json_object& line, e event) {
    row& r = add(line, actor::server, event);
    r.stream = stream_of(line);
    const std::string path = line.text("path");
    r.connection = connection_of_stream(r.stream, path);
    if (r.connection == 0) return line.reject("stream", "of several clients, or of none, that opened this stream on this path");
    request& q = requests_[{r.connection, r.stream}];
    q = {r.connection, r.stream, handler_for(path)};
    add_calls(line, q, q.handler.at_start);
  }

  /// The request that a handler's row is about.
  const request* request_of(json_object& line) {
    const model::stream_id stream = stream_of(line);
    const auto found = requests_.find({connection_of_stream(stream), stream});
    if (found != requests_.end() && found->second.connection != 0) return &found->second;
    line.reject("stream", "no request was dispatched on this stream, or several were and the row does not say which");
    return nullptr;
  }

  void add_calls(const json_object& line, const request& q, const std::vector<handler_call>& calls) {
    for (const handler_call& call : calls) {
      row& r = add(line, actor::app, call.event);
      r.connection = q.connection;
      r.stream = q.stream;
      r.length = call.length;
    }
  }

  // The clients.

  /// The second client's connect may fail; then it is in no other row. What came of an accepted one is in its own rows.
  void take_second_connect(json_object& line) {
    const std::string outcome = line.text("result");
    if (outcome == "accepted") return;
    if (outcome != "ECONNREFUSED") return line.reject("result", fmt::format("\"{}\" is not supported", outcome));
    add(line, actor::client, e::connect).connection = number_at_[line.line()];
    add(line, actor::client, e::refused).connection = number_at_[line.line()];
  }

  void take_client_event(json_object& line, e event) {
    const std::uint32_t number = client_of(line);
    if (line.problem()) return;
    add(line, actor::client, event).connection = number;
    if (event != e::stops_reading && event != e::resumes_reading) clients_[number - 1].can_send = false;
  }

  /// The program logs what it sends before it tries. The frame or FIN that its kernel then refused has not happened.
  void take_back_last_input(json_object& line, bool is_fin) {
    const std::uint32_t number = client_of(line);
    if (line.problem() || (!is_fin && !clients_[number - 1].can_send)) return;  // that frame was left out already
    const auto last = std::find_if(trace_.rows.rbegin(), trace_.rows.rend(),
                                   [&](const row& r) { return r.actor == actor::client && r.connection == number; });
    const bool fits = last != trace_.rows.rend() && (is_fin ? last->event == e::fin : name_of(last->event).starts_with("send_"));
    if (!fits) return line.reject("ev", "nothing that this client could have failed to send stands before this row");
    trace_.rows.erase(std::next(last).base());
  }

  void take_frame(json_object& line) {
    const std::string dir = line.text("dir");
    const std::string type = line.text("type");
    const bool sent = dir == "c2s";
    if (!sent && dir != "s2c") line.reject("dir", fmt::format("\"{}\" is neither \"c2s\" nor \"s2c\"", dir));
    const std::uint32_t number = client_of(line);
    const bool flag_1 = (line.whole32("flags", 0, 255) & 1U) != 0;  // END_STREAM or ACK (RFC 9113 6)
    const std::uint32_t length = line.whole32("len");
    const std::uint32_t stream = line.whole32("stream", 0, model::highest_stream_id);
    if (line.problem()) return;
    if (sent && !clients_[number - 1].can_send) return;  // logged, but the program or its kernel no longer let it out

    const bool acknowledges = flag_1 && (type == "SETTINGS" || type == "PING");
    const auto event = frame_event(sent, type, acknowledges);
    if (!event) return line.reject("type", fmt::format("\"{}\" frames are not supported", type));
    row& r = add(line, actor::client, *event);
    r.connection = number;
    if (type == "HEADERS" || type == "DATA" || type == "RST_STREAM" || type == "WINDOW_UPDATE") r.stream = stream;
    if (type == "DATA") r.length = length;
    if (type == "DATA" || (type == "HEADERS" && sent)) r.end_stream = flag_1;
    if (type == "RST_STREAM" || type == "GOAWAY") r.code = code_of(line);
    if (type == "GOAWAY") r.last_stream = line.whole32("last_stream", 0, model::highest_stream_id);
    if (type == "WINDOW_UPDATE" && sent) r.increment = line.whole32("inc", 1, model::highest_stream_id);
    if (*event == e::send_settings) {
      json_object settings = line.object("settings");
      if (settings.has("INITIAL_WINDOW_SIZE")) {
        r.initial_window_size = settings.whole32("INITIAL_WINDOW_SIZE", 0, model::highest_stream_id);
      }
      line.reject(settings);
    }
    if (*event == e::recv_headers && flag_1) {
      row& end = add(line, actor::client, e::recv_data);
      end.connection = number;
      end.stream = stream;
      end.end_stream = true;
    }
  }

  static std::optional<e> frame_event(bool sent, std::string_view type, bool acknowledges) {
    static const std::set<std::string_view> known{"SETTINGS", "HEADERS", "DATA", "RST_STREAM", "PING", "GOAWAY", "WINDOW_UPDATE"};
    if (!known.contains(type)) return std::nullopt;
    std::string name = sent ? "send_" : "recv_";
    for (const char c : type) name += c == '_' ? c : static_cast<char>(c - 'A' + 'a');
    return event_named(acknowledges ? name + "_ack" : name);
  }

  static std::optional<model::error_code> code_of(json_object& line) {
    const std::string name = line.text("code");
    const auto code = code_named(name);
    if (!code) line.reject("code", fmt::format("\"{}\" is no error code of RFC 9113", name));
    return code;
  }

  /// What session.goaway() sent, of which its own row says nothing.
  std::optional<model::error_code> code_of_next_goaway(std::size_t line) const {
    const auto next = goaways_.upper_bound(line);
    return next == goaways_.end() ? std::nullopt : next->second;
  }

  // Who is meant.

  static model::stream_id stream_of(json_object& line) { return line.whole32("stream", 1, model::highest_stream_id); }

  std::uint32_t find_client(std::string_view name) const {
    const auto found = std::ranges::find(clients_, name, &client::name);
    return found == clients_.end() ? 0 : static_cast<std::uint32_t>(found - clients_.begin()) + 1;
  }

  std::uint32_t client_of(json_object& line) const {
    const std::string name = line.has("conn") ? line.text("conn") : std::string();
    const std::uint32_t number = find_client(name);
    if (number == 0) line.reject(line.has("conn") ? "conn" : "t_ms", "this client has not connected");
    return number;
  }

  /// The server meets its connections in the order in which they were made.
  std::uint32_t nth_accepted(json_object& line, std::string_view field, std::size_t n) const {
    if (n >= 1 && n <= accepted_.size()) return accepted_[n - 1];
    line.reject(field, "there are fewer connections than this row counts");
    return 0;
  }
  std::uint32_t connection_of_session(json_object& line) const { return nth_accepted(line, "sess", line.whole32("sess", 1)); }

  /// Rows that name no connection: clear with one client, unknown with several.
  std::uint32_t only_connection() const { return accepted_.size() == 1 ? accepted_.front() : 0; }

  /// The client that opened the stream, on that path if one is given; 0 if that is not one alone.
  std::uint32_t connection_of_stream(model::stream_id stream, std::string_view path = {}) const {
    std::uint32_t found = 0;
    for (const std::uint32_t number : accepted_) {
      const auto opened = clients_[number - 1].requests.find(stream);
      if (opened == clients_[number - 1].requests.end()) continue;
      if (!path.empty() && opened->second != path) continue;
      if (found != 0) return 0;
      found = number;
    }
    return found;
  }

  row& add(const json_object& line, actor who, e event) {
    row r;
    r.line = static_cast<std::uint32_t>(line.line());
    r.ms = static_cast<std::uint64_t>(last_ms_);
    r.actor = who;
    r.event = event;
    return trace_.rows.emplace_back(r);
  }

  trace trace_;
  bool torn_down_ = false;
  double last_ms_ = 0;
  std::vector<client> clients_;
  std::vector<std::uint32_t> accepted_;  ///< clients whose connect was not refused
  std::map<std::size_t, std::uint32_t> number_at_;  ///< the client that connects in this line
  std::size_t server_connections_ = 0;
  std::map<std::size_t, std::optional<model::error_code>> goaways_;  ///< that clients receive, by line
  std::map<std::pair<std::uint32_t, model::stream_id>, request> requests_;  ///< by connection (0: unknown) and stream
};

}  // namespace

std::string profile_of(std::string_view system) {
  std::string name(system);
  std::ranges::replace(name, ' ', '-');
  return name;
}

result<trace> import_node_log(std::string_view log, std::string_view file, const import_options& options) {
  auto parsed = parse_json_lines(log, file);
  if (!parsed) return parsed.failure();
  std::vector<json_object> rows = *std::move(parsed);
  if (!rows.empty() && rows.front().has("program") && rows.front().text("program") == "node_net_server.js")
    return import_node_net_log(std::move(rows), file, options);
  if (!rows.empty() && rows.front().has("program") && rows.front().text("program") == "node_h1_server.js")
    return import_node_http1_log(std::move(rows), file, options);
  return node_log_importer().run(std::move(rows), file, options);
}

}  // namespace lastcall::traces
