// Replays the log of one request in a Servlet container. Like sim/lanes.hpp it searches for a schedule under which the model
// produces both lanes, the client's and the server process's; it takes no protocol decision and judges nothing.
//
// Rows of different lanes that are at least 100 ms apart keep their order; otherwise only causality counts between lanes.
//
// In the server process two things run beside one another: the container, which calls listeners, and the application's own
// thread, whose calls return. Each is ordered in itself; which of them logs first is not compared. A result that the log does
// not show is not compared, nor is anything about the connection: SETTINGS, PING, WINDOW_UPDATE, DATA that ends no stream.
#pragma once

#include <optional>
#include <vector>

#include "model/servlet.hpp"
#include "sim/lanes.hpp"

namespace lastcall::sim {

struct servlet_lane_replay {
  bool reproduced = false;
  std::optional<lane_divergence> divergence;
  /// Of a reproduced log: the events in the order of the schedule found, with those that follow by themselves at the end.
  std::vector<model::servlet_event> schedule;
};

servlet_lane_replay replay_servlet_lanes(const traces::trace&, const model::profile&);

}  // namespace lastcall::sim
