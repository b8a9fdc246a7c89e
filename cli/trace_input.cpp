#include "cli/trace_input.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "cli/names.hpp"
#include "cli/verb.hpp"
#include "model/profiles/releases.hpp"
#include "properties/check.hpp"
#include "traces/format/import_node.hpp"
#include "traces/format/read.hpp"
#include "traces/format/write.hpp"

namespace lastcall::cli {
namespace {

/// The header is the first line of every trace.
[[noreturn]] void reject_header(const std::string& file, std::string field, std::string message) {
  throw failure{exit_code::bad_input, traces::to_string(traces::error{std::move(message), file, 1, std::move(field)})};
}

void require_known(const std::string& file, const char* field, std::string_view kind, const std::string& given,
                   const name_list& known) {
  if (std::ranges::find(known, given) == known.end()) reject_header(file, field, unknown_name(kind, given, known));
}

/// The log of a real process begins with a `scenario` row, a trace with its header.
bool is_log(std::string_view text) { return text.substr(0, text.find('\n')).find("\"scenario\"") != std::string_view::npos; }

/// A log does not say under which profile it is replayed.
traces::import_options about_log(const std::string& file, const std::string& profile_name) {
  if (profile_name.empty())
    throw failure{exit_code::bad_input, traces::to_string(traces::error{"a log names no profile; --profile does", file, 0, {}})};
  const std::filesystem::path path = file;
  return {path.stem().string(), path.filename().string(), profile_name, {}};
}

}  // namespace

std::string read_text(const std::string& file) {
  auto text = traces::read_text_file(file);
  if (!text) throw failure{exit_code::bad_input, traces::to_string(text.failure())};
  return *std::move(text);
}

trace_input read_input(const std::string& file, const std::string& profile_name) {
  const std::string text = read_text(file);
  auto read = is_log(text) ? traces::import_node_log(text, file, about_log(file, profile_name)) : traces::read_trace(text, file);
  if (!read) throw failure{exit_code::bad_input, traces::to_string(read.failure())};
  trace_input input{*std::move(read), nullptr, {}};
  const traces::trace& trace = input.trace;

  for (const auto& [claim, verdict] : trace.expect) require_known(file, "expect", "claim", claim, claim_names());
  const auto [decisions, note] = model::profile_for(profile_name.empty() ? trace.profile : profile_name);
  if (decisions == nullptr) reject_header(file, "profile", unknown_name("profile", trace.profile, profile_names()));
  input.profile = decisions;
  input.prediction = note;
  if (trace.world) {
    require_known(file, "world", "peer class", trace.world->peer, peer_names());
    require_known(file, "world", "handler class", trace.world->handler, handler_names());
    if (!properties::is_valid({.connections = trace.world->connections,
                               .streams = trace.world->streams,
                               .channel_capacity = trace.world->channel_capacity}))
      reject_header(file, "world", "the simulated world has no such sizes; `lastcall check --help` gives the limits");
  }
  return input;
}

nlohmann::ordered_json lines_json(const traces::trace& trace) {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  std::istringstream text(traces::write_trace(trace));
  for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::ordered_json::parse(line));
  return lines;
}

}  // namespace lastcall::cli
