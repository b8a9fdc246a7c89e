// http2_client: whether an HTTP/2 client may still open streams on a connection, and in which order it does the three things
// that a GOAWAY asks of it (RFC 9113 6.8): record it, tell the application, fail what it excludes.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::http2_client {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  open,
  leaving,  ///< a GOAWAY was received or sent: no stream is opened any more
  closed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  request_wanted,
  goaway_received,
  close_called,
  connection_lost
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  record,  ///< from here on the next state counts; commands before it still meet the old one
  notify,  ///< the application's GOAWAY listener runs, and may ask for a request
  fail_excluded,  ///< the requests above the last id
  fail_all,
  open_stream,
  turn_away,  ///< the request needs another connection
  send_goaway
)

struct facts {
  bool notifies_first;  ///< profile: client.goaway_order
  bool fails_first;  ///< profile: client.goaway_order
  bool opens_below;  ///< profile: client.below_last_id, and the next stream is below it
};
BOOST_DESCRIBE_STRUCT(facts, (), (notifies_first, fails_first, opens_below))

/// RFC 9113 6.8, the receiver's side.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::http2_client
