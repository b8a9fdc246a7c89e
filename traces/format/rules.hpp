// In which order rows can stand: what no execution whatever can do. A peer that misbehaves is not impossible, only strange; what
// it may send is for the model to judge.
#pragma once

#include <optional>
#include <string_view>

#include "traces/format/result.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::traces {

/// The first row that cannot be, as an error that names its line and field; nothing when the order is possible. A row that never
/// was in a file is named by the line that it would get there.
std::optional<error> broken_rule(const trace& t, std::string_view file);

}  // namespace lastcall::traces
