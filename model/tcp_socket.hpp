// tcp_socket: one accepted connection as Node's net.Socket sees TCP (RFC 9293 3.6): each direction ends by itself, our
// end takes until the output is written, and a destroyed socket is closed only when the event loop has run its close
// callbacks.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::tcp_socket {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  open,
  read_ended,   ///< 'end' was told: the peer's FIN, and all before it, has been read
  ending,       ///< end() was called, output or FIN is still to be written
  both_ending,  ///< the same after the peer's end
  write_ended,  ///< our FIN is sent ('finish')
  destroyed,    ///< close(2) was called, the close callbacks are still to run
  closed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  peer_fin,         ///< read to the end: nothing before the FIN is left
  peer_rst,
  end_called,
  output_finished,  ///< everything written, FIN included
  destroy_called,
  close_callbacks_ran
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  shutdown_write,  ///< FIN, after what was written before
  destroy,         ///< close(2), then the close callbacks in a later phase
  end_later,       ///< end() in a turn of its own, because the application does not want half a connection
  report_end,
  report_finish,
  report_error,
  report_reset,    ///< what the loss of the connection means to its streams and its session
  report_closed
)

struct facts {
  bool closes_after_fin;  ///< profile: after_fin::closes
  bool allow_half_open;   ///< Node: the option allowHalfOpen
};
BOOST_DESCRIBE_STRUCT(facts, (), (closes_after_fin, allow_half_open))

/// Node: net.Socket end, destroy, 'end', 'finish', 'close', and autoDestroy once both directions have ended.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::tcp_socket
