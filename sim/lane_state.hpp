// What the replay of a log knows at one moment: the server, how far each lane is, and what is on the way between them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/node_callbacks.hpp"
#include "model/server.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::sim {

/// A frame, FIN or RST of the server, as the client's lane will report it.
struct server_frame {
  traces::event_kind received = traces::event_kind::recv_settings;
  model::stream_id stream = 0;
  model::stream_id last_stream = 0;
  model::error_code code = model::error_code::no_error;
  bool end_stream = false;
  std::uint32_t length = 0;  ///< of DATA
  bool held = false;         ///< a window has held it back once
  bool behind_data = false;  ///< RST_STREAM that waits for the DATA of its stream
};

/// DATA that WINDOW_UPDATE allowed beyond the initial window, and DATA that was sent, in bytes.
struct flow {
  std::uint64_t granted = 0;
  std::uint64_t sent = 0;
};
inline constexpr std::uint32_t default_window = 65'535;

struct lane_client {
  enum phase : std::uint8_t { absent, backlog, accepted, refused, gone };
  std::uint8_t phase = absent;
  std::uint32_t done = 0;       ///< rows of its lane that have happened
  std::uint32_t delivered = 0;  ///< rows of its lane that the server has read or that are nothing to read
  bool reading = true;
  std::uint32_t initial_window = default_window;  ///< of its streams (RFC 9113 6.9.2)
  std::map<model::stream_id, flow> flows;         ///< by stream, 0 for the connection
  bool fin_read = false;       ///< the FIN of the server
  bool resets = false;         ///< its leaving is a RST
  bool left = false;           ///< it closed or aborted its socket: nothing reaches it any more
  std::vector<server_frame> submitted;
  std::vector<server_frame> unread;
};

struct lane_state {
  model::server server;
  std::vector<lane_client> clients;
  std::uint32_t process_done = 0;  ///< rows of the server process's lane that have happened
  bool deferred = false;
  model::node_sessions sessions;  ///< as the application sees them
  model::node_calls ticks;        ///< callbacks that run before the event loop goes on

  std::size_t rows_done() const {
    std::size_t sum = process_done;
    for (const auto& each : clients) sum += each.done;
    return sum;
  }
};

/// All of it as bytes: equal states, equal bytes.
std::string key_of(const lane_state&);

}  // namespace lastcall::sim
