#include "traces/format/read.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <regex>
#include <system_error>
#include <utility>

#include "traces/format/json_lines.hpp"
#include "traces/format/rules.hpp"
#include "traces/format/shape.hpp"

namespace lastcall::traces {
namespace {

constexpr std::uint32_t largest_window = 0x7fff'ffff;  // RFC 9113 6.9.1

std::string non_empty_text(json_object& line, std::string_view name) {
  std::string text = line.text(name);
  if (text.empty()) line.reject(name, "empty");
  return text;
}

std::map<std::string, verdict> read_expectations(json_object& header) {
  std::map<std::string, verdict> expect;
  json_object claims = header.object("expect");
  for (const std::string& claim : claims.keys()) {
    const std::string text = claims.text(claim);
    if (text != "holds" && text != "violated") claims.reject(claim, "expected \"holds\" or \"violated\"");
    expect[claim] = text == "holds" ? verdict::holds : verdict::violated;
  }
  header.reject(claims);
  return expect;
}

std::optional<world> read_world(json_object& header) {
  if (!header.has("world")) return std::nullopt;
  json_object inner = header.object("world");
  world w;
  w.connections = inner.whole32("connections");
  w.streams = inner.whole32("streams");
  w.channel_capacity = inner.whole32("channel_capacity");
  w.peer = non_empty_text(inner, "peer");
  w.handler = non_empty_text(inner, "handler");
  inner.reject_other_fields("`world`");
  header.reject(inner);
  return w;
}

application read_application(json_object& header) {
  application used;
  if (!header.has("application")) return used;
  json_object inner = header.object("application");
  used.api = inner.text("api");
  if (used.api != "stream" && used.api != "compat") inner.reject("api", "expected \"stream\" or \"compat\"");
  used.hears_errors = inner.flag("hears_errors");
  inner.reject_other_fields("`application`");
  header.reject(inner);
  return used;
}

std::optional<black_box> read_black_box(json_object& header) {
  if (!header.has("black_box")) return std::nullopt;
  json_object inner = header.object("black_box");
  black_box box;
  box.watched_ms = inner.whole("watched_ms", 0, std::numeric_limits<std::int64_t>::max());
  json_object timers = inner.object("timers_ms");
  for (const std::string& name : timers.keys()) {
    const auto which = timer_named(name);
    if (!which) timers.reject(name, "no timer");
    else box.timers_ms[*which] = timers.whole32(name);
  }
  inner.reject(timers);
  inner.reject_other_fields("`black_box`");
  header.reject(inner);
  return box;
}

std::string read_path(json_object& header) {
  if (!header.has("path")) return {};
  static const std::regex form(R"(-|([0-9]+/)*([0-9]+|\([0-9]+(/[0-9]+)*\)))");
  std::string path = header.text("path");
  if (!std::regex_match(path, form)) header.reject("path", "not a choice path such as \"0/3/(1/0)\"");
  return path;
}

void read_header(json_object& line, trace& t) {
  const std::string format = line.text("format");
  if (format != format_version) {
    line.reject("format", fmt::format("\"{}\" is not the format this program reads, \"{}\"", format, format_version));
  }
  t.title = non_empty_text(line, "title");
  t.system = non_empty_text(line, "system");
  t.source = non_empty_text(line, "source");
  t.profile = non_empty_text(line, "profile");
  if (line.has("protocol")) {
    const std::string protocol = line.text("protocol");
    const auto named = protocol_named(protocol);
    if (!named) line.reject("protocol", fmt::format("\"{}\" is no protocol", protocol));
    t.protocol = named.value_or(model::protocol::http2);
  }
  t.expect = read_expectations(line);
  t.application = read_application(line);
  t.black_box = read_black_box(line);
  t.world = read_world(line);
  t.path = read_path(line);
  if (t.world.has_value() != !t.path.empty()) {
    line.reject(t.world ? "path" : "world", "missing; `world` and `path` come together");
  }
  if (t.black_box && t.world) line.reject("black_box", "a trace of the checker is no log");
  line.reject_other_fields("the header");
}

void read_actor(json_object& line, row& r) {
  const std::string name = line.text("actor");
  for (const actor who : {actor::server, actor::app, actor::kernel, actor::clock}) {
    r.actor = who;
    if (name == actor_name(r)) return;
  }
  r.actor = actor::client;
  constexpr std::string_view prefix = "client ";
  if (name.starts_with(prefix)) {
    std::from_chars(name.data() + prefix.size(), name.data() + name.size(), r.connection);
  }
  if (r.connection == 0 || name != actor_name(r)) {
    line.reject("actor", fmt::format("\"{}\" is none of client 1, client 2, ..., server, app, kernel, clock", name));
  }
}

template <typename Named>
auto read_name(json_object& line, std::string_view field, std::string_view kind, Named named) {
  const std::string name = line.text(field);
  const auto value = named(name);
  if (!value) line.reject(field, fmt::format("\"{}\" is no {}", name, kind));
  return value;
}

void read_field(json_object& line, field f, row& r) {
  const std::string_view name = info(f).name;
  switch (f) {
    case field::connection: r.connection = line.whole32(name, 1); return;
    case field::stream: r.stream = line.whole32(name, 0, model::highest_stream_id); return;
    case field::length: r.length = line.whole32(name); return;
    case field::increment: r.increment = line.whole32(name, 1, largest_window); return;
    case field::last_stream: r.last_stream = line.whole32(name, 0, model::highest_stream_id); return;
    case field::code: r.code = read_name(line, name, "error code of RFC 9113", code_named); return;
    case field::end_stream: r.end_stream = line.flag(name); return;
    case field::failed: r.failed = line.flag(name); return;
    case field::timer: r.timer = read_name(line, name, "timer", timer_named); return;
    case field::initial_window_size: r.initial_window_size = line.whole32(name, 0, largest_window); return;
    case field::error: r.error = read_name(line, name, "error code of Node that this format knows", error_named); return;
    case field::ready_state: r.ready_state = read_name(line, name, "readyState of a socket", ready_state_named); return;
    case field::count: r.count = line.whole32(name); return;
    case field::duration_ms: r.duration_ms = line.whole32(name); return;
    case field::connections_max: r.connections_max = line.whole32(name); return;
    case field::handles: r.handles = non_empty_text(line, name); return;
    case field::has_callback: r.has_callback = line.flag(name); return;
    case field::looks_up_host: r.looks_up_host = line.flag(name); return;
    case field::allow_half_open: r.allow_half_open = line.flag(name); return;
    case field::pause_on_connect: r.pause_on_connect = line.flag(name); return;
    case field::request: r.request = line.whole32(name, 1); return;
    case field::target: r.target = line.text(name); return;
    case field::status: r.status = line.whole32(name); return;
    case field::end: r.end = line.flag(name); return;
    case field::joined: r.joined = line.flag(name); return;
    case field::closes: r.closes = line.flag(name); return;
    case field::upgrade: r.upgrade = line.flag(name); return;
    case field::wants_continue: r.wants_continue = line.flag(name); return;
    case field::complete: r.complete = line.flag(name); return;
    case field::aborted: r.aborted = line.flag(name); return;
    case field::written: r.written = line.flag(name); return;
    case field::destroyed: r.destroyed = line.flag(name); return;
    case field::head_timeout: r.head_timeout = line.whole32(name); return;
    case field::request_timeout: r.request_timeout = line.whole32(name); return;
    case field::keep_alive_timeout: r.keep_alive_timeout = line.whole32(name); return;
    case field::checking_interval: r.checking_interval = line.whole32(name); return;
    case field::handles_client_errors: r.handles_client_errors = line.flag(name); return;
  }
}

row read_row(json_object& line) {
  row r;
  r.line = static_cast<std::uint32_t>(line.line());
  if (line.has("ms")) r.ms = line.whole("ms", 0, std::numeric_limits<std::int64_t>::max());
  read_actor(line, r);
  const auto event = read_name(line, "event", "event of this format", event_named);
  if (line.problem()) return r;
  r.event = *event;
  const row_shape* shape = shape_of(r.actor, r.event);
  if (shape == nullptr) {
    line.reject("event", fmt::format("`{}` is not an event of {}", name_of(r.event), actor_name(r)));
    return r;
  }
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto f = static_cast<field>(i);
    if (shape->required.has(f) || (shape->optional.has(f) && line.has(info(f).name))) read_field(line, f, r);
  }
  if (line.has("loop")) r.loop = line.flag("loop");
  line.reject_other_fields(fmt::format("`{}` of {}", name_of(r.event), actor_name(r)));
  return r;
}

}  // namespace

result<trace> read_trace(std::string_view text, std::string_view file) {
  auto lines = parse_json_lines(text, file);
  if (!lines) return lines.failure();
  std::vector<json_object> objects = *std::move(lines);
  if (objects.empty()) return error{"empty: a trace begins with a header", std::string(file), 1, {}};

  trace t;
  read_header(objects.front(), t);
  if (objects.front().problem()) return *objects.front().problem();
  for (auto line = std::next(objects.begin()); line != objects.end(); ++line) {
    t.rows.push_back(read_row(*line));
    if (line->problem()) return *line->problem();
  }
  if (auto broken = broken_rule(t, file)) return *std::move(broken);
  return t;
}

result<std::string> read_text_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return error{"no such file", path.string(), 0, {}};
  if (std::filesystem::is_directory(path, ignored)) return error{"is a folder", path.string(), 0, {}};
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) return error{"cannot be read", path.string(), 0, {}};
  return text;
}

result<trace> read_trace_file(const std::filesystem::path& path) {
  const auto text = read_text_file(path);
  if (!text) return text.failure();
  return read_trace(*text, path.string());
}

}  // namespace lastcall::traces
