// Runs of the simulated world by choice path: from options to a world of the right size, and from a run to rows.
#pragma once

#include <vector>

#include "properties/check.hpp"
#include "sim/explore/replay.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::properties {

/// Calls `use` with the smallest world that holds as many connections as asked for.
template <class Use>
auto with_world(const sim::world_options& options, Use use) {
  switch (options.connections) {
    case 1: return use(sim::world<1>(options));
    case 2: return use(sim::world<2>(options));
    default: return use(sim::world<connections_max>(options));
  }
}

/// The run, its loop once, as rows of a trace. Stops where a choice is not offered.
std::vector<traces::row> rows_of(const sim::world_options&, const explore::counterexample&);

}  // namespace lastcall::properties
