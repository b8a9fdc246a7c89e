// What the replay of a black box knows at one moment, and its lanes: one per client, one of the process, and one for each
// request's handler, for nothing is known of the order in which a server runs its handlers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/server.hpp"
#include "sim/send_windows.hpp"
#include "sim/lane_rows.hpp"
#include "sim/lane_state.hpp"
#include "sim/running_timers.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::sim::black_box {

struct handler {
  model::connection_id connection = 0;
  model::stream_id stream = 0;
  lane rows;
};

struct box_lanes {
  std::vector<lane> clients;
  lane process;
  std::vector<handler> handlers;
  std::size_t last_line = 0;
};

/// Points into the trace, which must stay.
box_lanes lanes_of(const traces::trace&);

/// A frame on its way to the client, with the bytes of DATA that are left to write.
struct box_frame {
  server_frame frame;
  std::uint32_t bytes = 0;
  std::uint64_t since_ms = 0;  ///< when it came to where it is
};

struct client {
  enum phase : std::uint8_t { absent, backlog, accepted, refused, gone };
  std::uint8_t phase = absent;
  std::uint64_t connected_ms = 0;
  std::uint32_t done = 0;       ///< rows of its lane that have happened
  std::uint32_t delivered = 0;  ///< rows of its lane that the server has read or that are nothing to read
  bool reading = true;
  bool fin_read = false;  ///< the FIN of the server
  bool resets = false;    ///< its leaving is a RST
  bool left = false;      ///< it closed or aborted its socket: nothing reaches it any more
  send_windows windows;
  std::vector<box_frame> submitted;
  std::vector<box_frame> unread;
  std::uint32_t unread_bytes = 0;  ///< of DATA, while it does not read

  /// Room in the socket buffers for bytes that are not read yet.
  std::uint32_t room() const { return unread_bytes_max - unread_bytes; }
  /// Bytes of DATA go out as soon as windows and buffers let them. No lane tells of them, only of END_STREAM.
  void write_data();
  void write(box_frame frame, std::uint64_t now_ms) {
    frame.since_ms = now_ms;
    unread.push_back(frame);
  }
  void reads_again(std::uint64_t now_ms);
  /// Something about its connection should have been written or read by now.
  bool is_behind(std::uint64_t ms) const;
};

struct state {
  model::server server;
  std::vector<client> clients;
  std::uint32_t process_done = 0;
  std::vector<std::uint32_t> handlers_done;
  running_timers timers;
  std::uint64_t now_ms = 0;  ///< of the latest row or expiry
  bool deferred = false;
  bool killed = false;     ///< the process is gone and its sockets with it
  std::optional<std::uint64_t> closed_ms;  ///< when the server was closed, and the process had no more to do
  bool exited = false;     ///< its exit was seen
  bool unwatched = false;  ///< the log is over: nobody sees what is still shown

  std::size_t rows_done() const;
  bool is_live(std::uint32_t who) const {
    return !killed && who < server.connections().size() && server.connections()[who].is_live();
  }
};

/// All of it as bytes: equal states, equal bytes.
std::string key_of(const state&);

}  // namespace lastcall::sim::black_box
