// The Servlet world and what properties/ asks of it. protocols.hpp lists these functions; nobody else should need them.
#pragma once

#include <string>
#include <vector>

#include "properties/check.hpp"
#include "properties/replay.hpp"
#include "sim/servlet_world.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::properties::servlet {

std::span<const claim_description> claims();
environment_verdict check(const sim::world_options&, const explore::options&);
std::vector<std::string> assumptions(const sim::world_options&);
std::string fairness(const sim::world_options&);
replay_verdict replay_log(const traces::trace&, const model::profile&);
replay_verdict replay_path(const sim::world_options&, const explore::counterexample&);

/// The run, its loop once, as rows of a trace. Stops where a choice is not offered.
std::vector<traces::row> rows_of(const sim::world_options&, const explore::counterexample&);

}  // namespace lastcall::properties::servlet
