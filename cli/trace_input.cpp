#include "cli/trace_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "cli/names.hpp"
#include "cli/verb.hpp"
#include "model/profiles/releases.hpp"
#include "properties/check.hpp"
#include "traces/format/import_node.hpp"
#include "traces/format/import_server.hpp"
#include "traces/format/import_servlet.hpp"
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

/// A trace begins with its header, a log with something else.
bool is_trace(std::string_view text) { return text.substr(0, text.find('\n')).find("\"format\"") != std::string_view::npos; }

traces::trace read_log(const std::string& text, const std::string& file, const std::string& system, const std::string& profile) {
  const std::filesystem::path path = file;
  return import_log(text, file, system, {path.stem().string(), path.filename().string(), profile, {}});
}

traces::trace read_trace(const std::string& text, const std::string& file) {
  auto read = traces::read_trace(text, file);
  if (!read) throw failure{exit_code::bad_input, traces::to_string(read.failure())};
  return *std::move(read);
}

}  // namespace

std::string read_text(const std::string& file) {
  auto text = traces::read_text_file(file);
  if (!text) throw failure{exit_code::bad_input, traces::to_string(text.failure())};
  return *std::move(text);
}

traces::trace import_log(const std::string& text, const std::string& file, const std::string& system,
                         const traces::import_options& about) {
  const auto imported = [&]() -> traces::result<traces::trace> {
    if (traces::is_servlet_log(text)) return traces::import_servlet_log(text, file, about);
    if (system.empty() && traces::names_its_program(text)) return traces::import_node_log(text, file, about);
    // Other logs do not say of which system they are: the user does, or the folder in which they are kept.
    const std::string folder = std::filesystem::absolute(file).parent_path().filename().string();
    const auto named = traces::system_named(system.empty() ? folder : system);
    if (named) return traces::import_server_log(text, file, *named, about);
    const char* const by = system.empty() ? "without a `scenario` row or --system, a log's folder names its system" : "--system";
    return traces::error{fmt::format("{}: {}", by, named.failure().message), file, 1, {}};
  }();
  if (!imported) throw failure{exit_code::bad_input, traces::to_string(imported.failure())};
  return *imported;
}

trace_input read_input(const std::string& file, const std::string& profile_name, const std::string& system) {
  const std::string text = read_text(file);
  trace_input input{is_trace(text) ? read_trace(text, file) : read_log(text, file, system, profile_name), nullptr, {}};
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
