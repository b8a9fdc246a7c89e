// Replays a recorded log: not one run but two kinds of lane, each client's and the server process's, each ordered in itself.
// The search looks for a schedule of deliveries and internal steps under which the model produces every lane. It takes
// no protocol decision and judges nothing; claims are the business of properties/.
//
// Not compared: times, DATA that does not end a stream, WINDOW_UPDATE of the server, and the neutral callbacks
// request_completed and request_error, which no real server reports under these names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/event.hpp"
#include "model/profile.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::sim {

/// The furthest row that any schedule reached, and what the model did there instead.
struct lane_divergence {
  std::size_t line = 0;  ///< of the trace; one past the last when the model goes on after the log has ended
  std::string expected;
  std::string observed;
};

struct lane_replay {
  bool reproduced = false;
  std::optional<lane_divergence> divergence;
  /// Of a reproduced log: the events in the order of the schedule found, and then those that follow by themselves while
  /// every client and handler stays silent.
  std::vector<model::event> schedule;
};

lane_replay replay_lanes(const traces::trace&, const model::profile&);

}  // namespace lastcall::sim
