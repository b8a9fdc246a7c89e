// http2_stream: one stream as RFC 9113 5.1 draws it, for a server that never pushes.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::http2_stream {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  idle,
  open,
  half_closed_local,  ///< our response is complete, the request is not
  half_closed_remote,  ///< the request is complete
  closed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  headers_received,
  headers_end_received,  ///< HEADERS with END_STREAM
  data_received,
  end_received,  ///< DATA with END_STREAM
  end_written,  ///< our END_STREAM was handed to the kernel
  reset_received,
  connection_gone
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  count_up,
  count_down,
  dispatch,  ///< the request is for the application
  report_data,
  report_end,  ///< the request is complete
  response_done,
  fail_exchange,
  reset_unfinished_request,  ///< RFC 9113 8.1: the rest of it is not wanted (profile: early_response)
  send_reset_stream_closed  ///< RFC 9113 5.1
)

struct facts {
  bool resets_early;  ///< the profile resets a stream whose response is complete before its request
  bool counts_twice;  ///< profile: reset_counts
  bool counts_never;  ///< profile: reset_counts
};
BOOST_DESCRIBE_STRUCT(facts, (), (resets_early, counts_twice, counts_never))

/// RFC 9113 5.1.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::http2_stream
