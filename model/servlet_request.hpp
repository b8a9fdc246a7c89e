// servlet_request: one asynchronous request as its Servlet container holds it: who has it now, and who may end it. Whether
// the application is told of a failure is decided here and nowhere else; what it may still send is servlet_output's affair.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::servlet_request {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  dispatched,  ///< service() runs and has not called startAsync()
  async_started,  ///< service() runs and has called startAsync()
  waiting,  ///< no thread of the container is in the request: only events move it
  telling_error,  ///< AsyncListener.onError runs
  telling_timeout,  ///< AsyncListener.onTimeout runs
  timeout_answered,  ///< onTimeout runs and has called complete()
  lingering,  ///< timed out, and neither ended by the container nor any more to be ended by the application
  completed,
  aborted  ///< over, and onComplete is not called
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  start_async_called,
  service_returned,
  complete_called,
  stream_failed,  ///< RST_STREAM arrived, and a ReadListener has not kept it for itself
  timeout_expired,
  listeners_returned  ///< from AsyncListener.onError or onTimeout
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  arm_timeout,
  cancel_timeout,
  call_io_listeners,
  tell_error,
  tell_timeout,
  tell_complete,
  end_response,  ///< as the application left it
  send_error_page,  ///< the container's error dispatch, when it can still be sent
  cut_response,  ///< nothing more can be written
  reset_stream
)

struct facts {
  bool listens;  ///< an AsyncListener is registered
  bool committed;  ///< the response headers are gone
  bool unnoticed;  ///< profile: committed_failure, and the response is committed
  bool ends_untold;  ///< profile: committed_failure, and the response is committed
  bool timeout_resets;  ///< profile: timeout_after_commit
  bool timeout_ends;  ///< profile: timeout_after_commit
};
BOOST_DESCRIBE_STRUCT(facts, (), (listens, committed, unnoticed, ends_untold, timeout_resets, timeout_ends))

/// Servlet 6.0, 2.3.3.3.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

constexpr bool is_over(state now) { return now == state::completed || now == state::aborted; }

}  // namespace lastcall::model::servlet_request
