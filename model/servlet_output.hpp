// servlet_output: the response as a ServletOutputStream gives it to the application: what a write does, and how the
// application learns from it that the stream is gone.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::servlet_output {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  uncommitted,
  committed,  ///< response headers are submitted
  failed,  ///< a flush met the lost stream
  closed
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  print_called,  ///< fits into the buffer
  flush_called,
  ended,  ///< by the container, after complete() or with an error page
  cut  ///< by the container, in the middle
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  send_headers,
  send_data,
  send_end,  ///< DATA with END_STREAM
  throw_exception,  ///< to the caller
  tell_writer  ///< WriteListener.onError
)

struct facts {
  bool stream_lost;
  bool has_writer;  ///< a WriteListener: then writes do not block, and their failure comes as a callback
};
BOOST_DESCRIBE_STRUCT(facts, (), (stream_lost, has_writer))

/// Servlet 6.0, 5.7 and ServletOutputStream.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::servlet_output
