#include "traces/format/import_node_net.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "traces/format/rules.hpp"

namespace lastcall::traces {
namespace {

using e = event_kind;

/// Rows that say nothing a trace could carry; traces/README.md gives the reason for each.
const std::set<std::string_view> dropped{
    "cmd failed", "event loop unblocked", "process exit", "second connect accepted", "server stderr", "server stdout",
    "server.close() returned",
};

/// Callbacks of a socket that carry its number and at most its readyState.
const std::map<std::string_view, e> socket_callbacks{
    {"socket 'drain'", e::socket_drain},     {"socket 'end'", e::socket_end},         {"socket 'finish'", e::socket_finish},
    {"socket 'timeout'", e::socket_timeout}, {"end() callback", e::end_callback},
};

/// What a client does and sees besides bytes.
const std::map<std::string_view, e> client_events{
    {"client resumes reading", e::resumes_reading}, {"client stops reading", e::stops_reading}, {"tcp.close c2s", e::close},
    {"tcp.fin c2s", e::fin},                        {"tcp.fin s2c", e::recv_fin},               {"tcp.rst c2s", e::rst},
    {"tcp.rst s2c", e::recv_rst},
};

/// Commands for one socket, by the row that the program writes when it gets one.
const std::map<std::string_view, e> socket_commands{
    {"socket.destroy() called", e::socket_destroy},         {"socket.destroySoon() called", e::socket_destroy_soon},
    {"socket.end() called", e::socket_end},                 {"socket.resetAndDestroy() called", e::socket_reset},
    {"socket.resume() called", e::socket_resume},
};

constexpr std::uint32_t written_by_command = 3;     // bytes, unless the command says otherwise
constexpr std::uint32_t written_at_end = 3;         // bytes of each write of mode "writeonend"
constexpr int timers_at_end = 3;                    // that this mode sets in its 'end' listener
constexpr std::uint32_t written_at_once = 8000000;  // bytes of mode "bigwrite", unless the option `n` says otherwise

class net_log_importer {
 public:
  result<trace> run(std::vector<json_object> rows, std::string_view file, const import_options& options) {
    read_scenario(rows.front());
    if (rows.front().problem()) return *rows.front().problem();
    for (std::size_t i = 1; i < rows.size() && !torn_down_; ++i) survey(rows[i]);
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
    trace_.protocol = model::protocol::tcp;
    trace_.expect = options.expect;
    if (auto broken = broken_rule(trace_, file)) return *std::move(broken);
    return std::move(trace_);
  }

 private:
  void read_scenario(json_object& line) {
    if (line.text("ev") != "scenario") line.reject("ev", "a log begins with its `scenario` row");
    json_object options = line.object("options");
    for (const std::string& key : options.keys()) {
      if (key == "mode") mode_ = options.text("mode");
      else if (key == "timeout") timeout_ = options.whole32("timeout");
      else if (key == "n") big_write_ = options.whole32("n");
      else if (key == "maxConnections") connections_max_ = options.whole32("maxConnections");
      else if (key == "noErrListener") options.flag("noErrListener");
      else if (key != "opts") options.reject(key, "this option is not supported");
    }
    static const std::set<std::string_view> modes{"sink", "noread", "echo", "bigwrite", "endnow", "writeonend", "closeonconn"};
    if (!modes.contains(mode_)) options.reject("mode", fmt::format("\"{}\" is not supported", mode_));
    if (options.has("opts")) {
      json_object inner = options.object("opts");
      for (const std::string& key : inner.keys()) {
        if (key == "allowHalfOpen") allow_half_open_ = inner.flag("allowHalfOpen");
        else if (key == "pauseOnConnect") pause_on_connect_ = inner.flag("pauseOnConnect");
        else inner.reject(key, "this option is not supported");
      }
      options.reject(inner);
    }
    line.reject(options);
  }

  /// Two processes wrote the log, so a row of the server may stand before the client's connect that caused it.
  void survey(json_object& line) {
    const std::string name = line.has("ev") ? line.text("ev") : std::string();
    if (is_teardown(name)) torn_down_ = true;
    const bool refused = name == "connect failed";
    if (name != "tcp.connect c2s" && !refused) return;
    clients_.push_back(refused ? fmt::format("refused in line {}", line.line()) : line.has("conn") ? line.text("conn") : std::string());
    number_at_[line.line()] = static_cast<std::uint32_t>(clients_.size());
    if (!refused) connected_.push_back(number_at_[line.line()]);
  }

  void take(json_object& line) {
    const double ms = line.number("t_ms");
    if (ms < 0 || ms < last_ms_) line.reject("t_ms", "earlier than the row before");
    last_ms_ = ms;
    if (line.has("dir")) take_bytes(line);
    else take_event(line, line.text("ev"));
  }

  void take_event(json_object& line, const std::string& name) {
    if (line.problem()) return;
    if (is_teardown(name)) {
      torn_down_ = true;
      return;
    }
    if (const auto found = client_events.find(name); found != client_events.end()) return add_client(line, found->second);
    if (name == "tcp.connect c2s") return static_cast<void>(add(line, actor::client, e::connect, number_at_[line.line()]));
    if (name == "connect failed") return take_refusal(line);
    if (name.starts_with("client send failed")) return take_back_last_input(line, e::send_bytes);
    if (name.starts_with("client shutdown failed")) return take_back_last_input(line, e::fin);
    take_server_event(line, name);
    last_server_row_ = name;
  }

  // The clients.

  void take_bytes(json_object& line) {
    const std::string dir = line.text("dir");
    const std::uint32_t length = line.whole32("len");
    const std::uint32_t number = client_of(line);
    if (line.problem()) return;
    if (dir == "c2s") {
      add(line, actor::client, e::send_bytes, number).length = length;
    } else if (row* last = last_of_client(number); last != nullptr && last->event == e::recv_bytes) {
      last->length += length;
    } else {
      add(line, actor::client, e::recv_bytes, number).length = length;
    }
  }
  void add_client(json_object& line, e event) {
    const std::uint32_t number = client_of(line);
    if (!line.problem()) add(line, actor::client, event, number);
  }
  void take_refusal(json_object& line) {
    if (line.text("err").find("Connection refused") == std::string::npos) return line.reject("err", "not supported");
    add(line, actor::client, e::connect, number_at_[line.line()]);
    add(line, actor::client, e::refused, number_at_[line.line()]);
  }
  /// The program logs what it sends before it tries. What its kernel then refused has not happened.
  void take_back_last_input(json_object& line, e event) {
    const std::uint32_t number = client_of(line);
    row* last = last_of_client(number);
    if (line.problem()) return;
    if (last == nullptr || last->event != event) return line.reject("ev", "nothing that failed stands before this row");
    trace_.rows.erase(trace_.rows.begin() + (last - trace_.rows.data()));
  }

  // The server process.

  void take_server_event(json_object& line, const std::string& name) {
    if (dropped.contains(name)) return;
    if (const auto found = socket_callbacks.find(name); found != socket_callbacks.end()) {
      row& r = add(line, actor::server, found->second, socket_of(line));
      if (line.has("readyState")) r.ready_state = ready_state_named(line.text("readyState"));
    } else if (const auto command = socket_commands.find(name); command != socket_commands.end()) {
      take_socket_command(line, command->second);
    } else if (name == "listening") {
      take_listening(line);
    } else if (name == "server 'connection'") {
      take_connection(line);
    } else if (name == "server 'drop'") {
      ++accepted_;
      add(line, actor::server, e::server_drop);
    } else if (name == "server 'close'") {
      add(line, actor::server, e::server_close);
    } else if (name == "server 'error'") {
      add(line, actor::server, e::server_error).error = error_of(line);
    } else if (name == "socket 'data'") {
      take_data(line);
    } else if (name == "socket 'error'" || name == "uncaughtException") {
      // An 'error' that nobody listens for is an exception.
      add(line, actor::server, e::socket_error, line.has("sock") ? socket_of(line) : 0).error = error_of(line);
    } else if (name == "socket 'close'") {
      add(line, actor::server, e::socket_close, socket_of(line)).failed = line.flag("hadError");
      add(line, actor::app, e::get_connections);
    } else if (name == "getConnections after socket close") {
      add(line, actor::server, e::connections_counted).count = line.whole32("c");
    } else if (name == "server.close() called") {
      begin_command(line);
      add(line, actor::app, e::close);
    } else if (name == "server.close() callback") {
      add(line, actor::server, e::close_callback).failed = line.has("err");
    } else if (name == "SIGTERM received" || name == "event loop blocked") {
      add(line, actor::app, e::command);
    } else if (name == "server.unref()") {
      begin_command(line);
      add(line, actor::app, e::unref);
    } else if (name == "report") {
      take_report(line);
    } else if (name == "process exit event") {
      add(line, actor::server, e::process_exit);
    } else if (name == "write ret") {
      begin_command(line);
      add_write(line, socket_number(1), written_by_command, true);
    } else if (name == "socket.end()") {
      add(line, actor::app, e::timer_fired);
      add(line, actor::app, e::socket_end, ending_.empty() ? 0 : ending_.front());
      if (!ending_.empty()) ending_.pop_front();
    } else if (name.starts_with("write ") && name.ends_with(" ret")) {
      const bool at_end = name.find("in end handler") != std::string::npos;
      if (!at_end) add(line, actor::app, e::timer_fired);
      add_write(line, socket_of(line), written_at_end, true);
      if (!at_end) return;
      for (int i = 0; i < timers_at_end; ++i) add(line, actor::app, e::timer_set);
      ending_.push_back(socket_of(line));
    } else if (name.starts_with("write ") && name.ends_with("callback")) {
      add(line, actor::server, e::write_callback, line.has("sock") ? socket_of(line) : 0).error = error_of(line);
    } else {
      line.reject("ev", fmt::format("\"{}\" is not supported", name));
    }
  }

  void take_listening(json_object& line) {
    std::string version = line.text("version");
    if (version.starts_with('v')) version.erase(0, 1);
    trace_.system = "node " + version;
    row& r = add(line, actor::app, e::listen);
    r.looks_up_host = true;
    r.allow_half_open = allow_half_open_;
    r.pause_on_connect = pause_on_connect_;
    r.connections_max = connections_max_;
    add(line, actor::server, e::listening);
  }

  /// 'connection', and what the program does at once with the socket, which depends on its mode.
  void take_connection(json_object& line) {
    if (accepted_ >= connected_.size()) return line.reject("sock", "there are fewer connections than this row counts");
    const std::uint32_t who = connected_[accepted_++];
    sockets_.push_back(who);
    add(line, actor::server, e::server_connection, who);
    if (timeout_ > 0) add(line, actor::app, e::socket_set_timeout, who).duration_ms = timeout_;
    if (shows_data()) add(line, actor::app, e::data_listener, who);
    else if (mode_ != "noread" && !pause_on_connect_) add(line, actor::app, e::socket_resume, who);
    if (mode_ == "bigwrite") {
      add_write(line, who, big_write_, false);
      add(line, actor::app, e::socket_end, who).has_callback = true;
    }
    if (mode_ == "endnow") {
      add_write(line, who, 3, false);
      add(line, actor::app, e::socket_end, who);
    }
  }

  /// One row for all 'data' that come in a row. A listener that a command added hears again what the mode's own has heard.
  void take_data(json_object& line) {
    const std::uint32_t length = line.whole32("len");
    if (!line.has("sock") && shows_data()) return;
    const std::uint32_t who = line.has("sock") ? socket_of(line) : socket_number(1);
    row* last = last_of_process();
    if (last != nullptr && last->event == e::socket_data && last->connection == who) {
      last->length += length;
      return;
    }
    add(line, actor::server, e::socket_data, who).length = length;
    if (mode_ == "echo") add_write(line, who, length, false);
  }

  /// The 'data' listeners of the other modes write no row.
  bool shows_data() const { return mode_ == "sink" || mode_ == "echo" || mode_ == "closeonconn"; }

  void take_socket_command(json_object& line, e event) {
    begin_command(line);
    const std::uint32_t who = line.has("sock") ? socket_of(line) : socket_number(1);
    if (event == e::socket_resume) add(line, actor::app, e::data_listener, who);
    row& r = add(line, actor::app, event, who);
    if (event == e::socket_destroy && line.flag("withErr")) r.error = model::node_error::application;
  }

  void take_report(json_object& line) {
    begin_command(line);
    add(line, actor::app, e::get_connections);
    row& r = add(line, actor::server, e::connections_counted);
    r.count = line.whole32("connections");
    r.handles = handles_of(line);
  }

  /// What the process lists as active, but for the pipe that its commands come through.
  static std::string handles_of(json_object& line) {
    std::string listed;
    for (const std::string& each : line.texts("handles")) {
      if (each == "PipeWrap") continue;
      listed += (listed.empty() ? "" : " ") + (each == "SimpleWriteWrap" ? "WriteWrap" : each);
    }
    return listed.empty() ? "none" : listed;
  }

  /// A command is a callback of its own, unless the row before shows that the program is in one already.
  void begin_command(const json_object& line) {
    const bool in_callback = last_server_row_ == "SIGTERM received" || last_server_row_ == "event loop unblocked" ||
                             (mode_ == "closeonconn" && last_server_row_ == "server 'connection'");
    if (!in_callback) add(line, actor::app, e::command);
  }

  void add_write(const json_object& line, std::uint32_t who, std::uint32_t length, bool has_callback) {
    row& r = add(line, actor::app, e::socket_write, who);
    r.length = length;
    r.has_callback = has_callback;
  }

  static model::node_error error_of(json_object& line) {
    if (!line.has("err")) return model::node_error::none;
    return error_named(line.text("err")).value_or(model::node_error::application);
  }

  // Who is meant.

  std::uint32_t client_of(json_object& line) const {
    const std::string name = line.has("conn") ? line.text("conn") : std::string();
    const auto found = std::ranges::find(clients_, name);
    if (found == clients_.end()) line.reject(line.has("conn") ? "conn" : "t_ms", "this client has not connected");
    return static_cast<std::uint32_t>(found - clients_.begin()) + 1;
  }
  /// The program numbers its sockets as it is told of them.
  std::uint32_t socket_of(json_object& line) const {
    const std::uint32_t n = line.whole32("sock", 1);
    if (n > sockets_.size()) line.reject("sock", "there are fewer connections than this row counts");
    return socket_number(n);
  }
  std::uint32_t socket_number(std::uint32_t n) const { return n >= 1 && n <= sockets_.size() ? sockets_[n - 1] : 0; }

  row* last_of_client(std::uint32_t number) {
    const auto found = std::find_if(trace_.rows.rbegin(), trace_.rows.rend(),
                                    [&](const row& r) { return r.actor == actor::client && r.connection == number; });
    return found == trace_.rows.rend() ? nullptr : &*found;
  }
  row* last_of_process() {
    const auto found = std::find_if(trace_.rows.rbegin(), trace_.rows.rend(), [](const row& r) { return r.actor != actor::client; });
    return found == trace_.rows.rend() ? nullptr : &*found;
  }
  static bool is_teardown(std::string_view name) { return name.starts_with("harness teardown"); }

  row& add(const json_object& line, actor who, e event, std::uint32_t connection = 0) {
    row r;
    r.line = static_cast<std::uint32_t>(line.line());
    r.ms = static_cast<std::uint64_t>(last_ms_);
    r.actor = who;
    r.event = event;
    r.connection = connection;
    return trace_.rows.emplace_back(r);
  }

  trace trace_;
  std::string mode_ = "sink";
  std::uint32_t timeout_ = 0;
  std::uint32_t big_write_ = written_at_once;
  std::optional<std::uint32_t> connections_max_;
  bool allow_half_open_ = false;
  bool pause_on_connect_ = false;

  bool torn_down_ = false;
  double last_ms_ = 0;
  std::string last_server_row_;
  std::vector<std::string> clients_;              ///< `conn` of their rows, as they connect
  std::map<std::size_t, std::uint32_t> number_at_;  ///< the client that connects in this line
  std::vector<std::uint32_t> connected_;          ///< clients whose connect was not refused
  std::size_t accepted_ = 0;                      ///< of them, those the server has met
  std::vector<std::uint32_t> sockets_;            ///< of them, those that became a socket
  std::deque<std::uint32_t> ending_;              ///< sockets whose last timer of mode "writeonend" is set
};

}  // namespace

result<trace> import_node_net_log(std::vector<json_object> rows, std::string_view file, const import_options& options) {
  return net_log_importer().run(std::move(rows), file, options);
}

}  // namespace lastcall::traces
