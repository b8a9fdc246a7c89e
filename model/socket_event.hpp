// What happens to a server whose application sees sockets, and what that server does: the events, callbacks and effects of
// model/socket_server.hpp. As in model/event.hpp and model/effect.hpp, observations are in the past tense and effects
// imperative; what both servers share is taken from there.
#pragma once

#include <variant>
#include <vector>

#include "model/effect.hpp"
#include "model/event.hpp"
#include "model/types.hpp"

namespace lastcall::model {

/// An error as the application meets it.
BOOST_DEFINE_FIXED_ENUM_CLASS(node_error, std::uint8_t,
  none,
  broken_pipe,        ///< EPIPE
  connection_reset,   ///< ECONNRESET
  address_in_use,     ///< EADDRINUSE
  already_listening,  ///< ERR_SERVER_ALREADY_LISTEN
  not_running,        ///< ERR_SERVER_NOT_RUNNING
  stream_destroyed,   ///< ERR_STREAM_DESTROYED
  write_after_end,    ///< ERR_STREAM_WRITE_AFTER_END
  application,        ///< the application's own, given to destroy()
  request_timeout,    ///< ERR_HTTP_REQUEST_TIMEOUT: a head or a request is overdue
  incomplete_message, ///< HPE_INVALID_EOF_STATE: the peer ended in the middle of a request
  bad_message         ///< any other HPE_ code: what came is no HTTP/1
)

// --- Events: the kernel and the event loop. connection_accepted, peer_fin, timer_expired and close_callbacks_ran are those of
// model/event.hpp.

struct bytes_received { connection_id connection; std::uint32_t length; };
/// A RST, seen by the reader; `behind_data`: in the same callback of the loop as the last bytes before it.
struct read_failed { connection_id connection; node_error error; bool behind_data = false; };
/// The write that was under way is done, or failed, or (ECANCELED) was given up because the socket is being closed.
struct write_completed { connection_id connection; node_error error = node_error::none; };
struct shutdown_completed { connection_id connection; };              ///< our FIN is sent
/// The loop calls the application for a reason of its own: a command, a signal, a timer it set. What it does there are
/// calls (below) made in that callback.
struct application_called {};

// --- Calls of the application. Made within a callback, or as the first event of a turn of their own.

struct server_listen_called { bool looks_up_host = false; };  ///< `looks_up_host`: listen() was given a host
struct server_unref_called {};
struct get_connections_called {};
struct data_listener_added { connection_id connection; };     ///< socket.on('data')
struct socket_resume_called { connection_id connection; };
struct socket_pause_called { connection_id connection; };
struct socket_write_called { connection_id connection; std::uint32_t length; bool has_callback = false; };
struct socket_end_called { connection_id connection; bool has_callback = false; };
struct socket_destroy_called { connection_id connection; node_error error = node_error::none; };
struct socket_destroy_soon_called { connection_id connection; };
struct socket_reset_called { connection_id connection; };     ///< socket.resetAndDestroy()
struct socket_unref_called { connection_id connection; };
struct socket_set_timeout_called { connection_id connection; std::uint32_t ms; };
struct application_timer_set {};                               ///< setTimeout(): keeps the loop alive until it has run
struct application_timer_done {};
struct next_tick_called { std::uint32_t tag; };                ///< process.nextTick()
struct microtask_queued { std::uint32_t tag; };                ///< queueMicrotask(), a promise that is settled

using socket_event = std::variant<connection_accepted, bytes_received, peer_fin, read_failed, write_completed,
                                  shutdown_completed, timer_expired, close_callbacks_ran, application_called,
                                  server_listen_called, close_called, server_unref_called, get_connections_called,
                                  data_listener_added, socket_resume_called, socket_pause_called, socket_write_called,
                                  socket_end_called, socket_destroy_called, socket_destroy_soon_called, socket_reset_called,
                                  socket_unref_called, socket_set_timeout_called, application_timer_set,
                                  application_timer_done, next_tick_called, microtask_queued>;

// --- Callbacks: what the application is told, while the turn goes on.

/// The state of both directions of a socket, as `socket.readyState` names it.
BOOST_DEFINE_FIXED_ENUM_CLASS(ready_state, std::uint8_t, open, readOnly, writeOnly, closed)

struct socket_notify {
  callback what;
  connection_id connection = 0;
  node_error error = node_error::none;
  bool failed = false;                 ///< hadError of a socket's 'close'
  std::uint32_t count = 0;             ///< bytes of 'data', connections of getConnections(), tag of a tick
  model::ready_state ready_state = model::ready_state::open;
};

// --- Effects. What a write achieves at once is asked for in the turn (model/socket_server.hpp); all else is carried out after
// it, in this order.

struct write_bytes { connection_id connection; std::uint32_t length; };
struct start_reading { connection_id connection; };
struct stop_reading { connection_id connection; };
/// close(2). `abortive`: with a RST whatever there is to read (SO_LINGER 0).
struct close_socket { connection_id connection; bool abortive = false; };
struct drop_connection { connection_id connection; };  ///< closes an accepted connection that never becomes a socket
/// Starts a timer, or starts it anew.
struct start_timer { timer which; connection_id connection; std::uint32_t ms; };

using socket_effect = std::variant<start_listening, stop_listening, write_bytes, shutdown_write, start_reading, stop_reading,
                                   close_socket, run_close_callbacks, drop_connection, start_timer, cancel_timer, socket_notify>;
using socket_effects = std::vector<socket_effect>;

/// What the kernel does with bytes that are written: takes all of them, keeps some waiting, or refuses.
struct write_answer {
  bool waits = false;
  node_error error = node_error::none;
};

}  // namespace lastcall::model
