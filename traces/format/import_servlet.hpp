// Turns the log of one request to a Servlet application, whose client may reset it, into a trace. The application is one of two
// programs that serve each path in a fixed way, so that the log need not name every call; the importer adds them.
// traces/README.md says what becomes of each row.
#pragma once

#include <string_view>

#include "traces/format/import_node.hpp"

namespace lastcall::traces {

/// The log shows what a Servlet application is told: it is of JettyProbe.java, or some listener speaks in it.
bool is_servlet_log(std::string_view log);

/// `file` is only named in errors: what is no such log, what is not supported, what cannot be.
result<trace> import_servlet_log(std::string_view log, std::string_view file, const import_options& options);

}  // namespace lastcall::traces
