#include "traces/format/import_servlet.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "traces/format/json_lines.hpp"
#include "traces/format/rules.hpp"
#include "traces/format/servlet_handlers.hpp"

namespace lastcall::traces {
namespace {

using e = event_kind;

/// Rows that say nothing a trace could carry; traces/README.md gives the reason for each.
const std::set<std::string_view> dropped{"handler writes again", "listening",  "onDataAvailable read -1", "preface c2s",
                                         "process exit",         "scenario",   "summary",                 "timer: isReady/print"};

/// What the listeners are told, by the beginning of the row: the text of an exception follows.
const std::map<std::string_view, e> callbacks{
    {"AsyncListener.onComplete", e::request_completed}, {"AsyncListener.onError", e::request_error},
    {"AsyncListener.onTimeout", e::request_timeout},    {"ReadListener.onAllDataRead", e::stream_end},
    {"ReadListener.onError", e::read_error},            {"WriteListener.onError", e::write_error},
    {"onDataAvailable read", e::stream_data},           {"onWritePossible", e::write_possible},
};

constexpr std::string_view probe = "JettyProbe.java";
constexpr model::stream_id stream = 1;

bool begins(std::string_view text, std::string_view with) { return text.starts_with(with); }

class servlet_log_importer {
 public:
  result<trace> run(std::vector<json_object> rows, std::string_view file, const import_options& options) {
    if (rows.empty()) return error{"empty: a log has at least a request", std::string(file), 1, {}};
    for (json_object& line : rows) {
      take(line);
      if (line.problem()) return *line.problem();
      if (torn_down_) break;
    }
    if (!torn_down_) return error{"incomplete: the log has no `harness teardown` row", std::string(file), rows.size(), {}};
    if (trace_.system.empty()) return error{"no row names the version of Jetty", std::string(file), 1, {}};
    trace_.title = options.title;
    trace_.source = options.source;
    trace_.profile = options.profile;
    trace_.protocol = model::protocol::servlet;
    trace_.expect = options.expect;
    if (auto broken = broken_rule(trace_, file)) return *std::move(broken);
    return std::move(trace_);
  }

 private:
  void take(json_object& line) {
    const double ms = line.number("t_ms");
    if (ms < 0 || ms < last_ms_) line.reject("t_ms", "earlier than the row before");
    last_ms_ = ms;
    if (line.has("dir")) return take_frame(line);
    take_event(line, line.text("ev"));
  }

  void take_event(json_object& line, const std::string& name) {
    if (line.problem()) return;
    if (name == "scenario") return take_scenario(line);
    if (name == "server output") return take_output(line.text("text"));
    if (dropped.contains(name)) return;
    if (begins(name, "harness teardown")) {
      torn_down_ = true;
    } else if (name == "tcp.connect c2s") {
      add(line, actor::client, e::connect);
    } else if (begins(name, "request /")) {
      take_request(line, name.substr(sizeof "request " - 1));
    } else if (name == "committed") {
      add_write(line, true);
      go_on(line);
    } else if (name == "handler starts async" || name == "handler returns") {
      go_on(line);
    } else if (const auto found = callback_named(name)) {
      take_callback(line, *found, name);
    } else {
      take_call(line, name);
    }
  }

  void take_scenario(json_object& line) {
    const std::string program = line.text("program");
    if (program != probe) return line.reject("program", fmt::format("\"{}\" is not supported, only {}", program, probe));
    json_object options = line.object("options");
    trace_.system = "jetty " + options.text("version");
    line.reject(options);
    is_probe_ = true;
  }

  /// Jetty itself says its version when it starts.
  void take_output(const std::string& text) {
    const std::size_t name = text.find("jetty-");
    if (name == std::string::npos || !trace_.system.empty()) return;
    const std::size_t begin = name + sizeof "jetty-" - 1;
    trace_.system = "jetty " + text.substr(begin, text.find(".v", begin) - begin);
  }

  // The server process.

  void take_request(json_object& line, const std::string& path) {
    if (next_part_ != 0) return line.reject("ev", "one request is supported in a log");
    program_ = is_probe_ ? words_of_reset_servlet(path) : paths_of_jetty_server(path);
    add(line, actor::server, e::server_stream).stream = stream;
    go_on(line);
  }

  /// The next part of what the application does in service().
  void go_on(json_object& line) {
    if (next_part_ >= program_.in_service.size()) {
      if (!program_.is_synchronous) line.reject("ev", "this application has nothing more to do in service()");
      return;
    }
    for (const e call : program_.in_service[next_part_++]) add_call(line, call);
  }

  void take_callback(const json_object& line, e event, std::string_view name) {
    add(line, actor::server, event).stream = stream;
    if (name == "onWritePossible wrote")
      for (const e call : program_.when_writable) add_call(line, call);
    const bool answers = event == e::request_error || event == e::request_timeout;
    if (answers && program_.completes_in_listener) add_call(line, e::complete_called);
  }

  /// A call of the application and what came of it: "print ok", "complete threw IllegalStateException: ...".
  void take_call(json_object& line, const std::string& name) {
    const bool well = name.ends_with(" ok") || name == "isReady=true";
    const bool threw = name.find(" threw ") != std::string::npos || name == "isReady=false";
    if (!well && !threw) return line.reject("ev", fmt::format("\"{}\" is not supported", name));
    if (begins(name, "second write ")) {
      add_write(line, well);
      add_call(line, e::service_returned);
    } else if (begins(name, "isReady=")) {
      add_result(line, e::is_ready_called, well);
    } else if (begins(name, "print ")) {
      // JettyServer.java has one message for print() and flush(); its flush() fails after "print ok".
      const bool is_flush = threw && has_printed_ && !is_probe_;
      add_result(line, is_flush ? e::flush_called : e::print_called, well);
      has_printed_ = well;
    } else if (begins(name, "flush ")) {
      add_result(line, e::flush_called, well);
    } else if (begins(name, "complete ")) {
      add_result(line, e::complete_called, well);
    } else {
      line.reject("ev", fmt::format("\"{}\" is not supported", name));
    }
  }

  /// print() and flush() in one; what is printed fits into the buffer, so that only the flush can tell.
  void add_write(const json_object& line, bool well) {
    add_result(line, e::print_called, true);
    add_result(line, e::flush_called, well);
  }
  void add_result(const json_object& line, e call, bool well) {
    add_call(line, call);
    row& r = add(line, actor::server, e::call_returned);
    r.stream = stream;
    r.failed = !well;
  }
  void add_call(const json_object& line, e call) { add(line, actor::app, call).stream = stream; }

  static std::optional<e> callback_named(std::string_view name) {
    for (const auto& [beginning, event] : callbacks)
      if (begins(name, beginning)) return event;
    return std::nullopt;
  }

  // The client.

  void take_frame(json_object& line) {
    const std::string dir = line.text("dir");
    const std::string type = line.text("type");
    const bool sent = dir == "c2s";
    if (!sent && dir != "s2c") line.reject("dir", fmt::format("\"{}\" is neither \"c2s\" nor \"s2c\"", dir));
    const bool flag_1 = (line.whole32("flags", 0, 255) & 1U) != 0;  // END_STREAM or ACK (RFC 9113 6)
    const std::uint32_t length = line.whole32("len");
    const std::uint32_t id = line.whole32("stream", 0, model::highest_stream_id);
    if (line.problem()) return;
    const auto event = frame_event(sent, type, flag_1 && (type == "SETTINGS" || type == "PING"));
    if (!event) return line.reject("type", fmt::format("\"{}\" frames are not supported", type));
    row& r = add(line, actor::client, *event);
    if (type == "HEADERS" || type == "DATA" || type == "RST_STREAM" || type == "WINDOW_UPDATE") r.stream = id;
    if (type == "DATA") r.length = length;
    if (type == "DATA" || (type == "HEADERS" && sent)) r.end_stream = flag_1;
    if (type == "WINDOW_UPDATE" && sent) r.increment = line.whole32("inc", 1, model::highest_stream_id);
    if (type == "RST_STREAM") {
      r.code = code_named(line.text("code"));
      if (!r.code) line.reject("code", "no error code of RFC 9113");
    }
  }

  static std::optional<e> frame_event(bool sent, std::string_view type, bool acknowledges) {
    static const std::set<std::string_view> known{"SETTINGS", "HEADERS", "DATA", "RST_STREAM", "PING", "WINDOW_UPDATE"};
    if (!known.contains(type)) return std::nullopt;
    std::string name = sent ? "send_" : "recv_";
    for (const char c : type) name += c == '_' ? c : static_cast<char>(c - 'A' + 'a');
    return event_named(acknowledges ? name + "_ack" : name);
  }

  row& add(const json_object& line, actor who, e event) {
    row r;
    r.line = static_cast<std::uint32_t>(line.line());
    r.ms = static_cast<std::uint64_t>(last_ms_);
    r.actor = who;
    r.event = event;
    r.connection = 1;
    return trace_.rows.emplace_back(r);
  }

  trace trace_;
  bool is_probe_ = false;
  bool torn_down_ = false;
  double last_ms_ = 0;
  servlet_program program_;
  std::size_t next_part_ = 0;
  bool has_printed_ = false;
};

}  // namespace

bool is_servlet_log(std::string_view log) {
  // A log of the same programs that is about their end, and not about one request.
  if (log.find("\"signal SIG") != std::string_view::npos) return false;
  for (const std::string_view sign : {std::string_view("JettyProbe.java"), std::string_view("AsyncListener."),
                                      std::string_view("ReadListener."), std::string_view("handler writes again")})
    if (log.find(sign) != std::string_view::npos) return true;
  return false;
}

result<trace> import_servlet_log(std::string_view log, std::string_view file, const import_options& options) {
  auto rows = parse_json_lines(log, file);
  if (!rows) return rows.failure();
  return servlet_log_importer().run(*std::move(rows), file, options);
}

}  // namespace lastcall::traces
