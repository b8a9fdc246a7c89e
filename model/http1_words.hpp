// What an HTTP/1 server hears and says: its events, effects and next-tick callbacks, as far as they differ from those of
// model/event.hpp and model/effect.hpp. Requests of a connection are named by numbers that the world gives out.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstdint>
#include <variant>
#include <vector>

#include "model/effect.hpp"
#include "model/event.hpp"
#include "model/socket_event.hpp"

namespace lastcall::model::http1 {

using request_id = std::uint32_t;

// --- Events.

/// What the application asked of the server when it made it.
struct options {
  bool head_deadline = true;
  bool request_deadline = true;
  bool keep_alive_timeout = true;
  bool handles_client_errors = false;  ///< it has a 'clientError' listener, which then owns the connection
  friend bool operator==(const options&, const options&) = default;
};
struct constructed { http1::options with; };
struct listening_emitted {};   ///< 'listening' comes a second time, as Node's cluster module can make it
struct close_idle_called {};  ///< Node: server.closeIdleConnections()
struct close_all_called {};   ///< Node: server.closeAllConnections()

// A connection's bytes, as its parser names them.
struct message_began { connection_id connection; };
struct bytes_received { connection_id connection; };  ///< more of a head or of a body
struct head_received {
  connection_id connection;
  request_id request;
  bool keeps_alive = true;      ///< RFC 9112 9.3
  bool upgrades = false;
  bool wants_continue = false;  ///< Expect: 100-continue
};
struct message_received { connection_id connection; };
struct message_broken { connection_id connection; };

// The request handler, and the 'clientError' listener.
struct handler_read { connection_id connection; request_id request; };
struct handler_responded { connection_id connection; request_id request; std::uint16_t status = 200; };
struct handler_wrote { connection_id connection; request_id request; std::uint32_t length = 1; bool has_callback = false; };
struct handler_finished { connection_id connection; request_id request; };
struct socket_answered { connection_id connection; std::uint16_t status; bool closes = false; };  ///< a response written past the server
struct socket_end_called { connection_id connection; };
struct socket_destroy_called { connection_id connection; };

// The send pump. `in_turn`: the write was complete when it was made, and the turn that made it goes on.
struct response_written { connection_id connection; request_id request; bool in_turn = false; };
struct fin_sent { connection_id connection; };

/// What Node runs by process.nextTick.
BOOST_DEFINE_FIXED_ENUM_CLASS(tick_kind, std::uint8_t,
  server_close,      ///< 'close' of the server and the callbacks of close()
  socket_error,      ///< 'error' of a socket
  request_resumed,   ///< a request begins to flow
  request_readable,  ///< its end has been reached, if it flows
  request_ended,     ///< 'end' of a request
  request_destroyed, ///< its destruction, one turn before 'close'
  request_closed,    ///< 'error' and 'close' of a request
  response_written,  ///< the callback of a write: 'finish' of a response
  response_closed,   ///< 'close' of a response
  write_refused      ///< the callback of a write to a destroyed response
)
struct tick {
  tick_kind kind = tick_kind::server_close;
  connection_id connection = 0;
  request_id request = 0;
  bool complete = false;  ///< of request_closed: the whole request had come
  bool aborted = false;   ///< of request_closed
  friend bool operator==(const tick&, const tick&) = default;
};
struct tick_ran { tick what; };

using event = std::variant<constructed, listen_called, listening_emitted, close_called, close_idle_called, close_all_called, connection_accepted,
                           message_began, bytes_received, head_received, message_received, message_broken, peer_fin, peer_rst,
                           handler_read, handler_responded, handler_wrote, handler_finished, socket_answered,
                           socket_end_called, socket_destroy_called, response_written, output_flushed, fin_sent,
                           timer_expired, close_callbacks_ran, tick_ran>;

// --- Effects.

struct send_response { connection_id connection; request_id request; std::uint16_t status; bool closes; };  ///< its head
struct send_body { connection_id connection; request_id request; std::uint32_t length; };
struct send_end { connection_id connection; request_id request; };
struct next_tick { tick what; };

/// What the application is told. Flags that a callback does not carry are false.
struct notify {
  callback what;
  connection_id connection = 0;
  request_id request = 0;
  node_error error = node_error::none;
  bool failed = false;    ///< hadError of a socket's 'close'; the callback of close() was given an error
  bool complete = false;  ///< of a request's 'close'
  bool aborted = false;   ///< of a request's 'close'
  bool written = false;   ///< writableFinished of a response
};

using effect = std::variant<send_response, send_body, send_end, start_listening, stop_listening, shutdown_write, destroy_socket,
                            run_close_callbacks, arm_timer, cancel_timer, next_tick, notify>;

/// In the order in which they must be carried out. What a callback makes the application do comes before the next effect.
using effects = std::vector<effect>;

}  // namespace lastcall::model::http1
