// exchange: the life of one request as the application sees it. It ends exactly once, completed or failed; a handler
// that still runs after a failure is detached, and what it does then is ignored.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::exchange {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  waiting,  ///< for a handler
  dispatched,  ///< the handler has the request
  committed,  ///< response headers are submitted
  writing,  ///< the response is complete but not all written
  completed,
  failed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  handler_free,
  handler_responded,
  handler_wrote,
  handler_finished,
  response_written,
  request_failed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  dispatch,  ///< hand the request to the application
  send_headers,
  send_data,
  send_end,  ///< DATA with END_STREAM
  report_completed,
  report_error
)

struct facts {
  bool listeners_skipped;  ///< profile: reset_reaches_application, and the failure is a reset
};
BOOST_DESCRIBE_STRUCT(facts, (), (listeners_skipped))

/// Servlet AsyncListener and Node's Http2Stream: exactly one terminal event.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::exchange
