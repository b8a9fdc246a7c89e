// The HTTP/2 world and what properties/ asks of it. protocols.hpp lists these functions; nobody else should need them.
#pragma once

#include <string>
#include <vector>

#include "properties/check.hpp"
#include "properties/replay.hpp"
#include "sim/explore/replay.hpp"
#include "sim/world.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::properties::http2 {

/// Calls `use` with the smallest world that holds as many connections as asked for.
template <class Use>
auto with_world(const sim::world_options& options, Use use) {
  switch (options.connections) {
    case 1: return use(sim::world<1>(options));
    case 2: return use(sim::world<2>(options));
    default: return use(sim::world<connections_max>(options));
  }
}

environment_verdict check(const sim::world_options&, const explore::options&);
std::vector<std::string> assumptions(const sim::world_options&);
std::string fairness(const sim::world_options&);
replay_verdict replay_log(const traces::trace&, const model::profile&);
replay_verdict replay_path(const sim::world_options&, const explore::counterexample&);

/// The run, its loop once, as rows of a trace. Stops where a choice is not offered.
std::vector<traces::row> rows_of(const sim::world_options&, const explore::counterexample&);

}  // namespace lastcall::properties::http2
