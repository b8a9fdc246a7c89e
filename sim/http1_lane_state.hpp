// What the replay of an HTTP/1 log knows at one moment: the server, how far each lane is, what is on the way, which timers run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/http1_server.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::sim {

/// Something of the server that a client's lane will report.
struct http1_output {
  traces::event_kind received = traces::event_kind::recv_response;
  std::uint16_t status = 0;
  bool closes = false;
  model::http1::request_id ends = 0;  ///< the request whose response is whole with it
};

struct http1_client {
  enum phase : std::uint8_t { absent, backlog, accepted, refused, gone };
  std::uint8_t phase = absent;
  std::uint32_t done = 0;       ///< rows of its lane that have happened
  std::uint32_t delivered = 0;  ///< rows of its lane that the server has read or that are nothing to read
  bool reading = true;
  bool resets = false;          ///< its leaving is a RST
  bool left = false;            ///< it closed or aborted its socket: nothing reaches it any more
  bool fin_pushed = false;      ///< the server's FIN or RST is on the way or has arrived
  bool head_begun = false;      ///< the server has read the first bytes of a head
  bool fin_due = false;         ///< the kernel is to report that our FIN has left
  bool callbacks_due = false;   ///< the close callbacks of the server's socket are to run
  bool waits = false;           ///< the kernel did not take a write at once
  std::vector<http1_output> waiting;  ///< behind that write
  std::vector<http1_output> unread;
};

struct http1_timer {
  model::timer which = model::timer::drain;
  model::connection_id connection = 0;
  std::uint64_t due = 0;
};

struct http1_request {
  model::connection_id connection = 0;
  bool closed = false;  ///< 'close' of its response was told
};

struct http1_lane_state {
  model::http1::server server;
  std::vector<http1_client> clients;
  std::uint32_t process_done = 0;  ///< rows of the server process's lane that have happened
  std::vector<model::http1::tick> ticks;
  std::vector<http1_timer> timers;
  std::vector<http1_request> requests;  ///< in the order in which they were dispatched
  model::connection_id calling = 0;     ///< the connection of the callback at hand
  std::uint64_t now = 0;                ///< ms
  std::uint64_t checking_since = 0;
  bool ended = false;                   ///< the process is gone

  std::size_t rows_done() const {
    std::size_t sum = process_done;
    for (const auto& each : clients) sum += each.done;
    return sum;
  }
};

/// All of it as bytes: equal states, equal bytes.
std::string key_of(const http1_lane_state&);

}  // namespace lastcall::sim
