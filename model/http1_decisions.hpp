// The decisions in which HTTP/1 servers differ, a group of model/profile.hpp. What they share with HTTP/2 (drain deadline, what
// a late close() gets) stays there. Nothing here says which of them are wrong.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstdint>

namespace lastcall::model::http1 {

/// What enforces the deadlines of heads and requests. Node has one checking timer for all connections; a server may also
/// start a timer of its own for each connection. `since_each_listening` starts another checking timer each time and forgets the
/// one before; the others replace it.
BOOST_DEFINE_FIXED_ENUM_CLASS(deadlines, std::uint8_t,
  own_timers,
  since_construction,
  since_listening,
  since_each_listening
)

/// What becomes of these deadlines at close().
BOOST_DEFINE_FIXED_ENUM_CLASS(deadlines_at_close, std::uint8_t, kept, dropped)

/// When close() looks for idle connections: never, at that moment, or from then on.
BOOST_DEFINE_FIXED_ENUM_CLASS(close_sweeps, std::uint8_t, never, once, throughout)

/// What counts as idle: no request is coming in; and every response is ended; and also a connection that never sent a byte.
BOOST_DEFINE_FIXED_ENUM_CLASS(idle_means, std::uint8_t, parser_idle, responses_ended, or_nothing_received)

/// When a response that the handler has ended stops keeping its connection busy.
BOOST_DEFINE_FIXED_ENUM_CLASS(response_ends, std::uint8_t, when_ended, when_written)

/// How an idle connection is closed: at once, or by FIN and a wait for the peer's.
BOOST_DEFINE_FIXED_ENUM_CLASS(idle_close, std::uint8_t, destroys, ends)

/// What a response says that begins after close() (RFC 9112 9.6).
BOOST_DEFINE_FIXED_ENUM_CLASS(closing_response, std::uint8_t, keeps_alive, says_close)

/// What follows the FIN behind a last response.
BOOST_DEFINE_FIXED_ENUM_CLASS(after_last_response, std::uint8_t, lingers, closes)

/// What bounds the wait for another request: nothing, or a timer.
BOOST_DEFINE_FIXED_ENUM_CLASS(keep_alive, std::uint8_t, for_ever, timed)

/// What ends the wait for another request: its first byte, or the end of its head.
BOOST_DEFINE_FIXED_ENUM_CLASS(keep_alive_ends, std::uint8_t, at_first_byte, at_head)

/// The client's FIN while a response is due.
BOOST_DEFINE_FIXED_ENUM_CLASS(half_close, std::uint8_t, finishes_responses, ends_at_once)

/// What the application hears of a write that a destroyed socket cancels.
BOOST_DEFINE_FIXED_ENUM_CLASS(cancelled_write, std::uint8_t, finishes, is_lost)

/// How many turns of the next-tick queue lie between the end of a request's body and its 'close'.
BOOST_DEFINE_FIXED_ENUM_CLASS(request_close, std::uint8_t, next_tick, tick_after)

struct decisions {
  http1::deadlines deadlines = deadlines::own_timers;
  http1::deadlines_at_close deadlines_at_close = deadlines_at_close::kept;
  http1::close_sweeps close_sweeps = close_sweeps::throughout;
  http1::idle_means idle_means = idle_means::or_nothing_received;
  http1::response_ends response_ends = response_ends::when_written;
  http1::idle_close idle_close = idle_close::ends;
  http1::closing_response closing_response = closing_response::says_close;
  http1::after_last_response after_last_response = after_last_response::lingers;
  http1::keep_alive keep_alive = keep_alive::timed;
  http1::keep_alive_ends keep_alive_ends = keep_alive_ends::at_first_byte;
  http1::half_close half_close = half_close::finishes_responses;
  http1::cancelled_write cancelled_write = cancelled_write::is_lost;
  http1::request_close request_close = request_close::next_tick;
  std::uint16_t keep_alive_buffer_ms = 0;  ///< waited beyond the keep-alive timeout that responses announce
};

}  // namespace lastcall::model::http1
