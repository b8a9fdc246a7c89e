// What happened to the server: observations, in the past tense. A world (simulated or real) makes them, the model
// consumes them; what peers and the operating system do is an event and never an error.
#pragma once

#include <variant>

#include "model/types.hpp"

namespace lastcall::model {

// The application and its process.
struct listen_called {};
struct close_called {};                                    ///< Node: server.close(callback)
struct session_close_called { connection_id connection; };  ///< Node: http2session.close()
struct session_destroy_called { connection_id connection; };             ///< Node: http2session.destroy()
struct session_goaway_called { connection_id connection; error_code code; };  ///< Node: http2session.goaway(code)

// The listener and the socket.
struct connection_accepted { connection_id connection; };
struct peer_fin { connection_id connection; };
struct peer_rst { connection_id connection; };
struct output_flushed { connection_id connection; };  ///< everything sent so far was handed to the kernel

// Frames received (RFC 9113 6). The first SETTINGS of a connection includes its preface (3.4).
struct recv_settings { connection_id connection; };
struct recv_settings_ack { connection_id connection; };
struct recv_headers { connection_id connection; stream_id stream; bool end_stream; };
struct recv_data { connection_id connection; stream_id stream; std::uint32_t length; bool end_stream; };
struct recv_rst_stream { connection_id connection; stream_id stream; error_code code; };
struct recv_ping { connection_id connection; };
struct recv_ping_ack { connection_id connection; };
struct recv_window_update { connection_id connection; stream_id stream; };
struct recv_goaway { connection_id connection; stream_id last_stream; error_code code; };
struct recv_invalid { connection_id connection; error_code code; };  ///< a connection error (RFC 9113 5.4.1)

// The send pump reports: the frame that carries END_STREAM of this stream has been handed to the kernel.
struct end_stream_written { connection_id connection; stream_id stream; };

// The request handler.
struct handler_read { connection_id connection; stream_id stream; };       ///< it consumes the request body from now on
struct handler_responded { connection_id connection; stream_id stream; };  ///< response headers are final (committed)
struct handler_wrote { connection_id connection; stream_id stream; std::uint32_t length; };
struct handler_finished { connection_id connection; stream_id stream; };  ///< the response is complete

// Time and the event loop.
struct timer_expired { timer which; connection_id connection; };  ///< `connection` is 0 for the drain timer
struct deferred_ran { };                                           ///< a later turn: what was put off at close() runs
struct close_callbacks_ran { connection_id connection; };          ///< the event loop's close-callbacks phase

using event = std::variant<listen_called, close_called, session_close_called, session_destroy_called,
                           session_goaway_called, connection_accepted, peer_fin, peer_rst,
                           output_flushed, recv_settings, recv_settings_ack, recv_headers, recv_data, recv_rst_stream,
                           recv_ping, recv_ping_ack, recv_window_update, recv_goaway, recv_invalid, end_stream_written,
                           handler_read, handler_responded, handler_wrote, handler_finished, timer_expired,
                           deferred_ran, close_callbacks_ran>;

}  // namespace lastcall::model
