// What the replay of a log of sockets knows at one moment: the server, its event loop, the kernel, and how far each lane is.
#pragma once

#include <string>
#include <vector>

#include "model/event_loop.hpp"
#include "model/socket_server.hpp"
#include "sim/kernel_socket.hpp"

namespace lastcall::sim {

struct socket_client {
  enum phase : std::uint8_t { absent, backlog, accepted, refused, gone };
  std::uint8_t phase = absent;
  std::uint32_t done = 0;   ///< rows of its lane that have happened
  std::uint32_t taken = 0;  ///< bytes read of the row that comes next
  bool reading = true;
  kernel_socket kernel;
};

struct armed_timer {
  model::connection_id connection = 0;
  std::uint64_t due_ms = 0;
};

struct socket_lane_state {
  model::socket_server server;
  model::event_loop::state phase = model::event_loop::state::timers;
  std::vector<socket_client> clients;
  std::uint32_t process_done = 0;                   ///< rows of the server process's lane that have happened
  std::uint32_t taken = 0;                          ///< bytes told of the 'data' row that comes next
  std::vector<model::connection_id> shutdowns;      ///< to be sent in the next pending phase, in this order
  std::vector<model::connection_id> closing;        ///< close callbacks of this iteration: the last comes first
  std::vector<armed_timer> timers;
  std::uint64_t now_ms = 0;                         ///< the time of the latest row that has happened
  std::uint32_t closes_called = 0;
  std::uint32_t closes_answered = 0;

  bool has_exited() const { return phase == model::event_loop::state::ended; }
};

/// All of it as bytes: equal states, equal bytes.
std::string key_of(const socket_lane_state&);

}  // namespace lastcall::sim
