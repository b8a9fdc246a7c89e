// Writes a trace. The same trace always gives the same bytes, and read_trace(write_trace(t)) is t again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "traces/format/result.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::traces {

/// The whole text of the file. A row that its shape does not allow is a bug of the caller.
std::string write_trace(const trace& t);

/// Writes the file anew; nothing when all went well.
std::optional<error> write_trace_file(const trace& t, const std::filesystem::path& path);

}  // namespace lastcall::traces
