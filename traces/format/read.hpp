// Reads a trace. Strict: whatever the format does not allow is an error that names file, line and field; nothing is skipped.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "traces/format/result.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::traces {

/// Reads a whole file's text. `file` is only named in errors.
result<trace> read_trace(std::string_view text, std::string_view file);
result<trace> read_trace_file(const std::filesystem::path& path);

/// A file's bytes, or why they cannot be had.
result<std::string> read_text_file(const std::filesystem::path& path);

}  // namespace lastcall::traces
