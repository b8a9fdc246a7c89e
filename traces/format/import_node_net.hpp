// Turns a log of node_net_server.js, a net.Server, and its raw clients into a trace. What the program does by itself in each of
// its modes is not in the log; the importer adds it. traces/README.md says what becomes of each row.
#pragma once

#include "traces/format/import_node.hpp"
#include "traces/format/json_lines.hpp"

namespace lastcall::traces {

/// `rows`: all lines of the log, the `scenario` row first. `file` is only named in errors.
result<trace> import_node_net_log(std::vector<json_object> rows, std::string_view file, const import_options& options);

}  // namespace lastcall::traces
