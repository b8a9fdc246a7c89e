// replay: does this server, under this profile, do what a trace says it did, and which claims does that run break?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/profile.hpp"
#include "properties/check.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::properties {

/// Where a replay left the trace: the furthest row that any schedule reached.
struct divergence {
  std::size_t step = 0;  ///< the line of the trace file, counted from 1; one past the last when the model goes on alone
  std::string expected;
  std::string observed;
};

struct replay_verdict {
  bool reproduced = false;
  std::optional<properties::divergence> divergence;
  /// Of a reproduced run: the claims it breaks are `violated`, the others hold on it; those that do not apply are left out.
  /// Of a run that was not reproduced: empty.
  std::vector<claim_verdict> claims;
  /// What keeps the server from closing where the run leaves it: its active handles, a line each. None when it has closed.
  std::vector<std::string> still_alive;
};

/// A trace with a choice path is run exactly as the checker ran it, and its rows are compared. Any other trace is two
/// lanes per connection, and a schedule that produces both is searched for. After the last row the environment is
/// silent: close_terminates is violated if the server's own steps then never emit 'close'.
replay_verdict replay(const traces::trace&, const model::profile&);

/// Runs a choice path of the simulated world. A divergence counts steps from 0.
replay_verdict replay_path(const sim::world_options&, const explore::counterexample&);

/// The names of the steps along these choices.
std::vector<std::string> steps_along(const sim::world_options&, const explore::counterexample&);

/// The run of a counterexample as a trace that can be drawn, written and replayed.
traces::trace record(const sim::world_options&, const explore::counterexample&, const claim_description& violated);

}  // namespace lastcall::properties
