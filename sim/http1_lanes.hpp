// Replays the log of an HTTP/1 server: lanes as in sim/lanes.hpp, but with the next-tick queue of one process and with time. The
// search looks for a schedule of deliveries, timers and internal steps under which the model produces every lane.
//
// Time orders, it does not measure: a timer fires neither long before nor long after it is due, as told by the times of the
// rows around it. Without times in the log no timer fires before its end.
#pragma once

#include <vector>

#include "model/http1_server.hpp"
#include "sim/lanes.hpp"

namespace lastcall::sim {

struct http1_replay {
  bool reproduced = false;
  std::optional<lane_divergence> divergence;
  /// Of a reproduced log: the events in the order of the schedule found, and then those that follow by themselves while
  /// every client and handler stays silent.
  std::vector<model::http1::event> schedule;
};

http1_replay replay_http1_lanes(const traces::trace&, const model::profile&);

}  // namespace lastcall::sim
