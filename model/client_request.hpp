// client_request: one request of an HTTP/2 client, from the moment its HEADERS are submitted until its application has heard
// what became of it. Submitting is where it begins: a GOAWAY may come before the frame is written.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::client_request {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  unused,
  submitted,  ///< HEADERS wait for the send pump
  open,
  answered,  ///< the response is complete, and the application has not read it
  over
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  submit_called,
  headers_written,
  response_ended,
  reset_received,
  excluded,  ///< above the last id of a GOAWAY
  connection_lost,
  response_read
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  send_headers,
  report_completed,
  report_failed,
  report_excluded,  ///< it was not processed, and may be repeated elsewhere
  report_unsent  ///< the same, for it never left
)

struct facts {
  bool forgets_unwritten;  ///< profile: client.unwritten_request
  bool reset_overrides;  ///< profile: client.late_reset
};
BOOST_DESCRIBE_STRUCT(facts, (), (forgets_unwritten, reset_overrides))

/// RFC 9113 6.8, 8.1 and 8.7.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::client_request
