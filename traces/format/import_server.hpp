// Turns the log of a server that shows nothing of its process but its end (nginx, h2o, nghttpd, nghttpx, Go, Jetty) into a trace
// of a black box. Such a log does not say which system it is of: that comes from the name of its folder, or from the user.
// traces/README.md says what becomes of each row.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "model/types.hpp"
#include "traces/format/import_node.hpp"

namespace lastcall::traces {

/// What is known of a server program that its logs do not say.
struct server_program {
  std::string_view name;             ///< as it begins the name of a system, "nginx" of "nginx-1.22.1"
  std::string_view profile;          ///< as it begins the name of a profile
  std::string_view profile_option;   ///< what the program always has and its profile names, "+timeout"
  std::string_view close_signal;     ///< what it takes for close()
  std::string_view deadly_signals;   ///< what ends it at once, separated by blanks
  std::string_view whole_requests;   ///< the paths on which a handler waits for the whole request, "/" for all; or empty
};

std::span<const server_program> server_programs();

/// The log's first row is a `scenario`: it says itself of which program it is, and import_node_log() reads it.
bool names_its_program(std::string_view log);

/// A system as the folder of its logs names it: program, release, and an option with its value, "nginx-1.22.1+worker_shutdown_timeout=3s".
struct measured_system {
  const server_program* program = nullptr;
  std::string name;
  std::string profile;  ///< under whose decisions it is replayed
  std::map<model::timer, std::uint32_t> timers_ms;
};

/// The error names the programs that are known.
result<measured_system> system_named(std::string_view name);

/// `options.profile` may be empty: then it is the system's own. `file` is only named in errors.
result<trace> import_server_log(std::string_view log, std::string_view file, const measured_system& system, const import_options& options);

}  // namespace lastcall::traces
