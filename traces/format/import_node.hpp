// Turns a log of a Node http2 server and its client into a trace. The log is that of one program, node_h2_server.js, whose
// handlers answer each path in a fixed way; so the log need not name every call of a handler, and the importer adds them.
// traces/README.md says what becomes of each row.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "traces/format/result.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::traces {

/// What a log cannot say about itself.
struct import_options {
  std::string title;
  std::string source;
  std::string profile;  ///< empty: that of the release which the log names
  std::map<std::string, verdict> expect;
};

/// `file` is only named in errors: what is no such log, what is not supported, what cannot be.
result<trace> import_node_log(std::string_view log, std::string_view file, const import_options& options);

/// The profile of a system: "node 22.12.0" is spoken for by "node-22.12.0".
std::string profile_of(std::string_view system);

}  // namespace lastcall::traces
