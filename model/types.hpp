// The words every part of the model shares: who, which stream, which error, which timer, which callback.
// Plain values only; this header must never learn about sockets, clocks or bytes.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstdint>
#include <string_view>

namespace lastcall::model {

/// A connection of the server: the slot it occupies in the server's table, counted from 0.
using connection_id = std::uint32_t;

/// A stream of one connection as RFC 9113 5.1.1 numbers it: odd for clients, 0 is the connection itself.
using stream_id = std::uint32_t;

/// The last stream id of the first of two GOAWAYs, which refuses nothing yet (RFC 9113 6.8).
inline constexpr stream_id highest_stream_id = 0x7fff'ffff;

/// RFC 9113 7. The numeric value is the one on the wire.
BOOST_DEFINE_FIXED_ENUM_CLASS(error_code, std::uint8_t,
  no_error,
  protocol_error,
  internal_error,
  flow_control_error,
  settings_timeout,
  stream_closed,
  frame_size_error,
  refused_stream,
  cancel,
  compression_error,
  connect_error,
  enhance_your_calm,
  inadequate_security,
  http_1_1_required)

/// A timer the model asks its world to keep. `drain` and `checking` are one for the whole server, the others one per connection.
/// `inactivity` is socket.setTimeout() of a server that shows its sockets.
BOOST_DEFINE_FIXED_ENUM_CLASS(timer, std::uint8_t,
  drain,   ///< from close() to the moment patience ends
  notice,  ///< between the GOAWAY that only warns and the one that counts (RFC 9113 6.8: at least one round trip)
  linger,  ///< from the end of all we have to say to the moment we stop waiting for the peer's FIN (RFC 9112 9.6, staged close)
  preface,  ///< from close() to the moment a connection that never said its preface is given up
  inactivity,
  async_timeout,  ///< from the start of a request's asynchronous processing (Servlet: AsyncContext.setTimeout)
  head,        ///< HTTP/1: from a connection's or a request's first moment to the end of the head (Node: headersTimeout)
  request,     ///< HTTP/1: the same, to the end of the request (Node: requestTimeout)
  keep_alive,  ///< HTTP/1: from the last response to the next request (Node: keepAliveTimeout)
  checking     ///< HTTP/1: what enforces `head` and `request` where they have no timers of their own
)

/// What the application is told, by the names Node's documentation gives them. `request_error` and
/// `request_completed` are Servlet's AsyncListener.onError and onComplete.
BOOST_DEFINE_FIXED_ENUM_CLASS(callback, std::uint8_t,
  listening,
  server_error,
  server_drop,
  connections_counted,
  server_session,
  server_connection,
  session_local_settings,
  session_goaway,
  session_error,
  session_close,
  server_session_error,
  server_stream,
  stream_data,
  stream_end,
  stream_finish,
  stream_aborted,
  stream_error,
  stream_close,
  request_completed,
  request_error,
  socket_data,
  socket_end,
  socket_finish,
  socket_drain,
  socket_timeout,
  socket_error,
  socket_close,
  write_callback,
  end_callback,
  server_close,
  close_callback,
  application_tick,
  process_exit,
  server_request,          // Node's http and the compatibility API of its http2: a request and its response
  request_data,
  request_end,
  request_aborted,
  request_close,
  response_finish,
  response_close,
  session_close_callback,  // of http2session.close(callback)
  uncaught_exception,
  read_error,       ///< Servlet: ReadListener.onError
  write_possible,   ///< Servlet: WriteListener.onWritePossible
  write_error,      ///< Servlet: WriteListener.onError
  request_timeout,  ///< Servlet: AsyncListener.onTimeout
  call_returned,    ///< a call of the application came back, `failed` with an exception
  server_upgrade,          // HTTP/1
  server_client_error,
  request_failed,          ///< 'error' of a request
  response_write_error)    ///< the callback of a write was given an error

}  // namespace lastcall::model
