// Sequence diagrams of a trace: as plain text for a terminal, and as Mermaid for pages that render it.
#pragma once

#include <cstdint>
#include <string>

#include "traces/format/trace.hpp"

namespace lastcall::traces {

enum class charset : std::uint8_t { unicode, ascii };

/// Lines that end in a newline, at most 100 columns wide for a trace of one connection; each further one adds a lane at the left.
std::string draw_text(const trace& t, charset characters = charset::unicode);

/// A Mermaid `sequenceDiagram`.
std::string draw_mermaid(const trace& t);

}  // namespace lastcall::traces
