// Turns a log of a Node http server and its clients into a trace. The log is that of one program, node_h1_server.js, whose
// handlers answer each path in a fixed way; the importer adds the calls that the log does not name. traces/README.md says what
// becomes of each row.
#pragma once

#include <string_view>

#include "traces/format/import_node.hpp"
#include "traces/format/json_lines.hpp"

namespace lastcall::traces {

/// The rows of a log whose program is node_h1_server.js. `file` is only named in errors.
result<trace> import_node_http1_log(std::vector<json_object> rows, std::string_view file, const import_options& options);

}  // namespace lastcall::traces
