#include "traces/format/import_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <regex>
#include <set>
#include <utility>
#include <vector>

#include "model/profiles/releases.hpp"
#include "traces/format/json_lines.hpp"
#include "traces/format/rules.hpp"

namespace lastcall::traces {
namespace {

using e = event_kind;

// SIGINT ends only nginx, which asks for it: programs in the background are started with it ignored.
constexpr std::array programs{
    server_program{"nginx", "nginx", "", "SIGQUIT", "SIGTERM SIGINT SIGKILL", ""},
    server_program{"h2o", "h2o", "", "SIGTERM", "SIGQUIT SIGKILL", "/"},
    server_program{"nghttpd", "nghttpd", "", "SIGTERM", "SIGQUIT SIGKILL", "/"},
    server_program{"nghttpx", "nghttpx", "", "SIGQUIT", "SIGTERM SIGKILL", ""},
    server_program{"go-tls", "go", "+timeout", "SIGTERM", "SIGQUIT SIGKILL", "/waitbody"},
    server_program{"go-tls-notimeout", "go", "", "SIGTERM", "SIGQUIT SIGKILL", "/waitbody"},
    server_program{"jetty", "jetty", "", "SIGTERM", "SIGKILL", ""},
};

/// Rows that say nothing a trace could carry, by how they begin; traces/README.md gives the reasons.
constexpr std::array<std::string_view, 24> dropped{
    "preface c2s",      "client opens windows", "server output",   "listening",     "summary",      "SIGTERM received",
    "SIGTERM; stop()",  "Serve returned",       "Shutdown() ",     "stop() ",       "request /",    "handler ",
    "blocking write",   "second write",         "AsyncListener.",  "ReadListener.", "WriteListener.", "onDataAvailable",
    "onWritePossible",  "timer: ",              "isReady",         "print ",        "flush ",               "complete ",
};

const std::map<std::string_view, e> client_events{
    {"tcp.close c2s", e::close}, {"tcp.fin c2s", e::fin}, {"tcp.fin s2c", e::recv_fin}, {"tcp.rst c2s", e::rst}, {"tcp.rst s2c", e::recv_rst},
};

bool has_word(std::string_view list, std::string_view word) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    if (list.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

class server_log_importer {
 public:
  explicit server_log_importer(const measured_system& system) : system_(system) {}

  result<trace> run(std::vector<json_object> rows, std::string_view file, const import_options& options) {
    if (rows.empty()) return error{"empty: a log has rows", std::string(file), 1, {}};
    for (json_object& line : rows) survey(line);
    for (json_object& line : rows) {
      if (is_over_) break;
      take(line);
      if (line.problem()) return *line.problem();
    }
    if (!is_over_) return error{"incomplete: the log has no `harness teardown` row", std::string(file), rows.size(), {}};
    trace_.title = options.title;
    trace_.system = system_.name;
    trace_.source = options.source;
    trace_.profile = options.profile.empty() ? system_.profile : options.profile;
    trace_.expect = options.expect;
    trace_.black_box = black_box{static_cast<std::uint64_t>(last_ms_), system_.timers_ms};
    if (auto broken = broken_rule(trace_, file)) return *std::move(broken);
    return std::move(trace_);
  }

 private:
  struct client {
    std::string name;
    bool can_send = true;  ///< the program sends nothing more after either FIN, a reset or its close
    bool paused = false;
  };
  struct response {
    bool begun = false;
    bool ended = false;
    std::uint32_t bytes = 0;
  };
  using request_key = std::pair<std::string, std::uint32_t>;  ///< client and stream

  static std::string client_name(const json_object& line) {
    json_object copy = line;
    return copy.has("conn") ? copy.text("conn") : std::string();
  }

  /// How long each response became, which says what its handler wrote. What is wrong with a row is for take() to say.
  void survey(json_object line) {
    if (!line.has("dir") || !line.has("type") || line.text("dir") != "s2c") return;
    const std::string type = line.text("type");
    if (type != "HEADERS" && type != "DATA") return;
    response& seen = responses_[{client_name(line), line.whole32("stream")}];
    seen.begun = true;
    if (type == "DATA") seen.bytes += line.whole32("len");
    seen.ended |= (line.whole32("flags", 0, 255) & 1U) != 0;
  }

  void take(json_object& line) {
    const double ms = line.number("t_ms");
    if (ms < 0 || ms < last_ms_) line.reject("t_ms", "earlier than the row before");
    last_ms_ = ms;
    if (line.problem()) return;
    if (line.has("dir")) take_frame(line);
    else take_event(line, line.text("ev"));
  }

  void take_event(json_object& line, const std::string& name) {
    if (line.problem()) return;
    if (name.starts_with("harness teardown")) {
      is_over_ = true;
    } else if (name == "tcp.connect c2s") {
      if (find_client(client_name(line)) != 0) return line.reject("conn", "this client has connected already");
      connect(line, client_name(line));
    } else if (name == "new connection attempt") {
      take_attempt(line);
    } else if (const auto found = client_events.find(name); found != client_events.end()) {
      take_client_event(line, found->second);
    } else if (name == "client stops reading" || name == "client resumes reading") {
      take_pause(line, name == "client stops reading");
    } else if (name.starts_with("client send failed") || name.starts_with("client shutdown failed")) {
      take_back_last_input(line);
    } else if (name.starts_with("signal ")) {
      take_signal(line, name.substr(std::string_view("signal ").size()));
    } else if (name == "second signal") {
      take_signal(line, last_signal_);
    } else if (name == "process exit") {
      if (!killed_) add(line, actor::server, e::server_close);
    } else if (std::ranges::none_of(dropped, [&](std::string_view begin) { return name.starts_with(begin); })) {
      line.reject("ev", fmt::format("\"{}\" is not supported", name));
    }
  }

  // The process.

  void take_signal(json_object& line, const std::string& signal) {
    last_signal_ = signal;
    if (signal == system_.program->close_signal) {
      add(line, actor::app, e::close);
    } else if (has_word(system_.program->deadly_signals, signal) && !killed_) {
      killed_ = true;
      add(line, actor::kernel, e::killed);
    }
  }

  // The clients.

  std::uint32_t connect(const json_object& line, const std::string& name) {
    clients_.push_back({name});
    const auto number = static_cast<std::uint32_t>(clients_.size());
    add(line, actor::client, e::connect).connection = number;
    return number;
  }

  /// A further client, which stays only if nobody listens: a connection that was accepted tells of itself in rows of its own.
  void take_attempt(json_object& line) {
    const std::string outcome = line.text("result");
    if (outcome == "accepted") return;
    if (outcome != "ECONNREFUSED") return line.reject("result", fmt::format("\"{}\" is not supported", outcome));
    const std::uint32_t number = connect(line, fmt::format("refused in line {}", line.line()));
    add(line, actor::client, e::refused).connection = number;
  }

  void take_client_event(json_object& line, e event) {
    const std::uint32_t number = client_of(line);
    if (line.problem()) return;
    add(line, actor::client, event).connection = number;
    clients_[number - 1].can_send = false;
  }

  void take_pause(json_object& line, bool pauses) {
    const std::uint32_t number = client_of(line);
    if (line.problem() || clients_[number - 1].paused == pauses) return;
    clients_[number - 1].paused = pauses;
    add(line, actor::client, pauses ? e::stops_reading : e::resumes_reading).connection = number;
  }

  /// The client logs what it sends before it tries. What its kernel then refused has not happened.
  void take_back_last_input(json_object& line) {
    const std::uint32_t number = client_of(line);
    if (line.problem()) return;
    const auto last = std::find_if(trace_.rows.rbegin(), trace_.rows.rend(),
                                   [&](const row& r) { return r.actor == actor::client && r.connection == number; });
    if (last != trace_.rows.rend() && (last->event == e::fin || name_of(last->event).starts_with("send_")))
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

    const auto event = frame_event(sent, type, flag_1 && (type == "SETTINGS" || type == "PING"));
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
    if (*event == e::send_headers && line.has("path")) add_handler(line, number, stream, line.text("path"));
  }

  // What the handler of a request does, as far as the client let itself be told.

  void add_handler(const json_object& line, std::uint32_t connection, model::stream_id stream, const std::string& path) {
    const response& seen = responses_[{clients_[connection - 1].name, stream}];
    const auto call = [&](e event) -> row& {
      row& r = add(line, actor::app, event);
      r.connection = connection;
      r.stream = stream;
      return r;
    };
    const std::string_view waits = system_.program->whole_requests;
    const bool reads_first = !waits.empty() && path.starts_with(waits);
    std::optional<std::uint32_t> size = size_of(path);
    if (seen.ended && seen.begun) size = seen.bytes;
    if (reads_first) call(e::handler_read);
    if (!size && !seen.begun && !reads_first) return;
    call(e::handler_responded);
    call(e::handler_wrote).length = size.value_or(seen.bytes);
    if (size || reads_first) call(e::handler_finished);
  }

  /// The size of the document that a path names: n of its query, and 2 for the small one.
  static std::optional<std::uint32_t> size_of(std::string_view path) {
    if (path == "/small") return 2;
    const std::size_t query = path.find("?n=");
    if (query == std::string_view::npos) return std::nullopt;
    std::uint32_t size = 0;
    const std::string_view digits = path.substr(query + 3);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    return parsed.ec == std::errc{} ? std::optional(size) : std::nullopt;
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

  std::uint32_t find_client(std::string_view name) const {
    const auto found = std::ranges::find(clients_, name, &client::name);
    return found == clients_.end() ? 0 : static_cast<std::uint32_t>(found - clients_.begin()) + 1;
  }
  std::uint32_t client_of(json_object& line) const {
    const std::uint32_t number = find_client(client_name(line));
    if (number == 0) line.reject(line.has("conn") ? "conn" : "t_ms", "this client has not connected");
    return number;
  }

  row& add(const json_object& line, actor who, e event) {
    row r;
    r.line = static_cast<std::uint32_t>(line.line());
    r.ms = static_cast<std::uint64_t>(last_ms_);
    r.actor = who;
    r.event = event;
    return trace_.rows.emplace_back(r);
  }

  const measured_system& system_;
  trace trace_;
  bool is_over_ = false;
  bool killed_ = false;
  double last_ms_ = 0;
  std::string last_signal_;
  std::vector<client> clients_;
  std::map<request_key, response> responses_;
};

}  // namespace

std::span<const server_program> server_programs() { return programs; }

bool names_its_program(std::string_view log) {
  auto rows = parse_json_lines(log.substr(0, std::min(log.find('\n'), log.size() - 1) + 1), {});
  return rows && !(*rows).empty() && json_object((*rows).front()).text("ev") == "scenario";
}

result<measured_system> system_named(std::string_view name) {
  static const std::regex form(R"((.+?)-([0-9][0-9.]*)(?:\+([^=+]+?)(?:=([0-9]+)(ms|s)?)?)?)");
  const std::string text(name);
  std::smatch parts;
  const bool matches = std::regex_match(text, parts, form);
  const auto found = std::ranges::find(programs, matches ? parts.str(1) : std::string(), &server_program::name);
  if (found == programs.end()) {
    std::string known;
    for (const auto& each : programs) known += (known.empty() ? "" : ", ") + std::string(each.name);
    return error{fmt::format("\"{}\" is no system whose logs can be read; it is PROGRAM-RELEASE or PROGRAM-RELEASE+OPTION=VALUE, "
                             "where PROGRAM is one of {}", name, known), {}, 0, {}};
  }
  measured_system system{&*found, text, {}, {}};
  const std::string option = parts.str(3).empty() ? std::string(found->profile_option) : "+" + parts.str(3);
  system.profile = std::string(found->profile) + "-" + parts.str(2) + option;
  if (!parts.str(4).empty())
    system.timers_ms[model::timer::drain] = static_cast<std::uint32_t>(std::stoul(parts.str(4))) * (parts.str(5) == "ms" ? 1 : 1'000);
  if (const model::profile* profile = model::profile_for(system.profile).decisions) {
    system.profile = profile->name;
    return system;
  }
  return error{fmt::format("no profile is called \"{}\", which \"{}\" would be replayed under", system.profile, name), {}, 0, {}};
}

result<trace> import_server_log(std::string_view log, std::string_view file, const measured_system& system, const import_options& options) {
  auto rows = parse_json_lines(log, file);
  if (!rows) return rows.failure();
  return server_log_importer(system).run(*std::move(rows), file, options);
}

}  // namespace lastcall::traces
