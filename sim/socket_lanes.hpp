// Replays a log of a server that shows its sockets: the search of sim/lanes.hpp with a kernel of bytes, an event loop whose
// phases are kept, and a clock that the times of the log bound.
//
// Not compared: how bytes are cut into reads, 'listening', the messages of errors.
#pragma once

#include "model/profile.hpp"
#include "model/socket_server.hpp"
#include "sim/lanes.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::sim {

struct socket_lane_replay {
  bool reproduced = false;
  std::optional<lane_divergence> divergence;
  /// Of a reproduced log: the server where nothing more happens by itself, and what happened to it until then.
  model::socket_server server;
  std::uint32_t closes_called = 0;
  std::uint32_t closes_answered = 0;
  bool process_exited = false;
};

socket_lane_replay replay_socket_lanes(const traces::trace&, const model::profile&);

}  // namespace lastcall::sim
