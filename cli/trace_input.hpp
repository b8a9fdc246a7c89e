// Traces that come from files: read, and measured against what this program knows (claims, profiles, classes of peers). All
// errors are failures with exit code 2.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "model/profile.hpp"
#include "traces/format/import_node.hpp"

namespace lastcall::cli {

/// A file's bytes.
std::string read_text(const std::string& file);

struct trace_input {
  traces::trace trace;
  const model::profile* profile;  ///< the trace's own, or the one that was asked for
  std::string prediction;         ///< for which release the profile speaks, if not for its own
};

/// The log of a real server as a trace. `system` names whose it is where the log does not say; empty: its folder does.
traces::trace import_log(const std::string& text, const std::string& file, const std::string& system,
                         const traces::import_options& about);

/// A trace, or a log, which is imported. `profile_name` replaces the trace's where it is not empty; it must be known.
trace_input read_input(const std::string& file, const std::string& profile_name = {}, const std::string& system = {});

/// A trace as the objects of its lines.
nlohmann::ordered_json lines_json(const traces::trace& trace);

}  // namespace lastcall::cli
