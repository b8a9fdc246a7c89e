#include "traces/format/write.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "model/invariant.hpp"
#include "traces/format/shape.hpp"

namespace lastcall::traces {
namespace {

using nlohmann::ordered_json;

ordered_json header_of(const trace& t) {
  ordered_json header;
  header["format"] = format_version;
  header["title"] = t.title;
  header["system"] = t.system;
  header["source"] = t.source;
  header["profile"] = t.profile;
  if (t.protocol != model::protocol::http2) header["protocol"] = name_of(t.protocol);
  header["expect"] = ordered_json::object();
  for (const auto& [claim, v] : t.expect) header["expect"][claim] = v == verdict::holds ? "holds" : "violated";
  if (t.application != application{})
    header["application"] = {{"api", t.application.api}, {"hears_errors", t.application.hears_errors}};
  if (t.black_box) {
    ordered_json timers = ordered_json::object();
    for (const auto& [which, ms] : t.black_box->timers_ms) timers[std::string(name_of(which))] = ms;
    header["black_box"] = {{"watched_ms", t.black_box->watched_ms}, {"timers_ms", timers}};
  }
  if (t.world) {
    header["world"] = {{"connections", t.world->connections},
                       {"streams", t.world->streams},
                       {"channel_capacity", t.world->channel_capacity},
                       {"peer", t.world->peer},
                       {"handler", t.world->handler}};
  }
  if (!t.path.empty()) header["path"] = t.path;
  return header;
}

/// The value of a field, or null where the row does not have it.
ordered_json value_of(field f, const row& r) {
  const auto unless_zero = [](std::uint32_t value) { return value == 0 ? ordered_json() : ordered_json(value); };
  const auto if_known = [](const auto& value) { return value ? ordered_json(*value) : ordered_json(); };
  const auto name_if_known = [](const auto& value) { return value ? ordered_json(name_of(*value)) : ordered_json(); };
  const auto if_true = [](bool value) { return value ? ordered_json(true) : ordered_json(); };
  switch (f) {
    case field::connection: return unless_zero(r.connection);
    case field::stream: return r.request != 0 ? ordered_json() : ordered_json(r.stream);  // a row has one or the other
    case field::length: return r.length;
    case field::increment: return r.increment;
    case field::last_stream: return r.last_stream;
    case field::code: return name_if_known(r.code);
    case field::end_stream: return if_true(r.end_stream);
    case field::failed: return if_true(r.failed);
    case field::timer: return name_if_known(r.timer);
    case field::initial_window_size: return if_known(r.initial_window_size);
    case field::error: return name_if_known(r.error);
    case field::ready_state: return name_if_known(r.ready_state);
    case field::count: return if_known(r.count);
    case field::duration_ms: return if_known(r.duration_ms);
    case field::connections_max: return if_known(r.connections_max);
    case field::handles: return r.handles.empty() ? ordered_json() : ordered_json(r.handles);
    case field::has_callback: return if_true(r.has_callback);
    case field::looks_up_host: return if_true(r.looks_up_host);
    case field::allow_half_open: return if_true(r.allow_half_open);
    case field::pause_on_connect: return if_true(r.pause_on_connect);
    case field::request: return unless_zero(r.request);
    case field::target: return r.target.empty() ? ordered_json() : ordered_json(r.target);
    case field::status: return unless_zero(r.status);
    case field::end: return if_true(r.end);
    case field::joined: return if_true(r.joined);
    case field::closes: return if_true(r.closes);
    case field::upgrade: return if_true(r.upgrade);
    case field::wants_continue: return if_true(r.wants_continue);
    case field::complete: return if_true(r.complete);
    case field::aborted: return if_true(r.aborted);
    case field::written: return if_true(r.written);
    case field::destroyed: return r.destroyed ? ordered_json(*r.destroyed) : ordered_json();
    case field::head_timeout: return r.head_timeout ? ordered_json(*r.head_timeout) : ordered_json();
    case field::request_timeout: return r.request_timeout ? ordered_json(*r.request_timeout) : ordered_json();
    case field::keep_alive_timeout: return r.keep_alive_timeout ? ordered_json(*r.keep_alive_timeout) : ordered_json();
    case field::checking_interval: return r.checking_interval ? ordered_json(*r.checking_interval) : ordered_json();
    case field::handles_client_errors: return if_true(r.handles_client_errors);
  }
  return {};
}

ordered_json json_of(const row& r) {
  const row_shape* shape = shape_of(r.actor, r.event);
  invariant(shape != nullptr, "a trace has an event that its actor does not have");
  ordered_json line;
  if (r.ms) line["ms"] = *r.ms;
  line["actor"] = actor_name(r);
  line["event"] = name_of(r.event);
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto f = static_cast<field>(i);
    if (!shape->required.has(f) && !shape->optional.has(f)) continue;
    ordered_json value = value_of(f, r);
    invariant(!value.is_null() || !shape->required.has(f), "a row of a trace lacks a field that its event requires");
    if (!value.is_null()) line[std::string(info(f).name)] = std::move(value);
  }
  if (r.loop) line["loop"] = true;
  return line;
}

}  // namespace

std::string write_trace(const trace& t) {
  std::string text = header_of(t).dump() + '\n';
  for (const row& r : t.rows) text += json_of(r).dump() + '\n';
  return text;
}

std::optional<error> write_trace_file(const trace& t, const std::filesystem::path& path) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << write_trace(t);
  out.close();
  if (!out) return error{"cannot be written", path.string(), 0, {}};
  return std::nullopt;
}

}  // namespace lastcall::traces
