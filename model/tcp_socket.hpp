// tcp_socket: one accepted connection as Node's net.Socket sees TCP (RFC 9293 3.6): each direction ends by itself, and
// a destroyed socket is closed only when the event loop has run its close callbacks.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::tcp_socket {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  open,
  read_ended,  ///< the peer sent FIN
  write_ended,  ///< we sent FIN
  destroyed,  ///< close(2) was called, the close callbacks are still to run
  closed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  peer_fin,
  peer_rst,
  end_called,
  destroy_called,
  close_callbacks_ran
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  shutdown_write,
  destroy,  ///< close(2), then the close callbacks in a later phase
  report_end,
  report_error,
  report_reset,  ///< what the loss of the connection means to its streams and its session
  report_closed
)

struct facts {
  bool closes_after_fin;  ///< profile: after_fin::closes
};
BOOST_DESCRIBE_STRUCT(facts, (), (closes_after_fin))

/// Node: net.Socket end, destroy, 'end', 'close'.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::tcp_socket
