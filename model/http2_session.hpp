// http2_session: the life of one HTTP/2 connection from its preface to its end. What it has announced is the business
// of http2_goaway; a session that is `drained` has announced its end, or is closing, and has nothing left to do.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::http2_session {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  preface,  ///< the client's preface is awaited (RFC 9113 3.4)
  open,
  closing,  ///< what is left is finished and flushed, then FIN
  lingering,  ///< nothing is left to say; the peer's FIN is awaited, behind ours or before it (profile: after_fin)
  closed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  settings_received,  ///< with the preface
  drained,
  peer_ended,  ///< FIN
  connection_error,  ///< RFC 9113 5.4.1
  linger_expired,
  connection_lost  ///< RST, or the socket was destroyed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  register_session,
  send_farewell,  ///< a last GOAWAY, if the profile has one
  end_socket,
  begin_linger,  ///< our FIN and a timer, or one of them (profile: after_fin)
  cancel_linger_timer,  ///< if it is armed
  destroy_socket,
  fail_streams,
  fail_unfinished_requests,  ///< those whose body can no longer arrive
  send_error_goaway
)

struct facts {
  bool peer_has_ended;
  bool drops_everything;  ///< profile: peer_half_close
  bool error_only_stops_reading;  ///< profile: error_after_goaway, and the GOAWAY that counts is out
};
BOOST_DESCRIBE_STRUCT(facts, (), (peer_has_ended, drops_everything, error_only_stops_reading))

/// RFC 9113 3.4, 5.4.1, 6.8 and 9.1.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::http2_session
