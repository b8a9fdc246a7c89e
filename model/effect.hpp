// What must be done: commands, in the imperative. The model emits them, a world carries them out. Frames are
// submitted in this order and written later by the world's send pump, which never runs inside a step.
#pragma once

#include <type_traits>
#include <variant>
#include <vector>

#include "model/types.hpp"

namespace lastcall::model {

// Frames to submit (RFC 9113 6).
struct send_settings { connection_id connection; std::uint32_t stream_limit = 0; };  ///< 0: announces no limit
struct send_settings_ack { connection_id connection; };
struct send_ping { connection_id connection; };
struct send_ping_ack { connection_id connection; };
struct send_goaway { connection_id connection; stream_id last_stream; error_code code; };
/// `behind_data`: it waits until the DATA of its stream has been written.
struct send_rst_stream { connection_id connection; stream_id stream; error_code code; bool behind_data = false; };
struct send_headers { connection_id connection; stream_id stream; };
struct send_data { connection_id connection; stream_id stream; std::uint32_t length; bool end_stream; };

// Flow control and the send pump, which the world keeps.
struct return_window { connection_id connection; std::uint32_t length; };  ///< bytes of DATA, to the connection's window
struct write_now { connection_id connection; };  ///< run the send pump before anything else

// The socket and the listener.
struct start_listening {};
struct stop_listening {};                                   ///< the kernel resets what waits in the backlog
struct discard_output { connection_id connection; };        ///< drop what is being written and what was submitted
struct shutdown_write { connection_id connection; };        ///< FIN, after what was submitted
struct destroy_socket { connection_id connection; };        ///< close(2); unread input makes it a RST (RFC 2525 2.17)
struct run_close_callbacks { connection_id connection; };   ///< queue for the event loop's close-callbacks phase
struct run_deferred {};                                     ///< queue a `deferred_ran` for a later turn

// Timers. Arming an armed timer starts it anew.
struct arm_timer { timer which; connection_id connection; };
struct cancel_timer { timer which; connection_id connection; };

// The application. `code` is that of the RST_STREAM or GOAWAY behind the callback, where there is one;
// `failed` is hadError of a socket's 'close', ERR_SERVER_NOT_RUNNING of a close callback. `next_tick`: when the callback
// that runs now has returned, in this order, before the event loop goes on (Node: process.nextTick).
struct notify {
  callback what;
  connection_id connection;
  stream_id stream;
  error_code code = error_code::no_error;
  bool failed = false;
  bool next_tick = false;
};

using effect = std::variant<send_settings, send_settings_ack, send_ping, send_ping_ack, send_goaway, send_rst_stream,
                            send_headers, send_data, return_window, write_now, start_listening, stop_listening, discard_output,
                            shutdown_write, destroy_socket,
                            run_close_callbacks, run_deferred, arm_timer, cancel_timer, notify>;

/// A frame that is submitted, and waits for the send pump.
inline bool is_frame(const effect& one) {
  return std::visit([]<class Effect>(const Effect&) {
    return std::is_same_v<Effect, send_settings> || std::is_same_v<Effect, send_settings_ack> || std::is_same_v<Effect, send_ping> ||
           std::is_same_v<Effect, send_ping_ack> || std::is_same_v<Effect, send_goaway> || std::is_same_v<Effect, send_rst_stream> ||
           std::is_same_v<Effect, send_headers> || std::is_same_v<Effect, send_data>;
  }, one);
}

/// In the order in which they must be carried out. Reused from step to step, so that a warm vector allocates nothing.
using effects = std::vector<effect>;

}  // namespace lastcall::model
