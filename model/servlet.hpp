// servlet: one request of an HTTP/2 client in a Servlet container: its stream, the request, its output and the listeners of
// the application. It is to servlet_request, servlet_output and http2_stream what model/server.hpp is to its machines: it
// routes events, tells each machine its facts and turns commands into effects. Connections and GOAWAY are not its business.
#pragma once

#include <boost/describe/enum.hpp>

#include "model/effect.hpp"
#include "model/http2_stream.hpp"
#include "model/profile.hpp"
#include "model/servlet_output.hpp"
#include "model/servlet_request.hpp"

namespace lastcall::model {

/// What happens to the one request. The names of calls are those of the Servlet API.
BOOST_DEFINE_FIXED_ENUM_CLASS(servlet_event, std::uint8_t,
  headers_received,
  headers_end_received,
  data_received,
  end_received,
  reset_received,
  start_async_called,
  timeout_set,  ///< AsyncContext.setTimeout(), not 0
  listener_added,
  reader_set,
  writer_set,
  service_returned,
  is_ready_called,
  print_called,
  flush_called,
  complete_called,
  listeners_returned,
  timeout_expired
)

struct servlet {
  http2_stream::state stream = http2_stream::state::idle;
  servlet_request::state request = servlet_request::state::dispatched;
  servlet_output::state output = servlet_output::state::uncommitted;
  bool stream_lost = false;
  bool body_ended = false;
  bool has_unread = false;  ///< DATA that no ReadListener has been called for
  bool listens = false;  ///< an AsyncListener is registered
  bool reads = false;  ///< a ReadListener is set
  bool reader_done = false;  ///< it had onAllDataRead or onError
  bool writes = false;  ///< a WriteListener is set
  bool may_write = false;  ///< isReady() or onWritePossible allows one call
  bool has_timeout = false;
  bool timeout_armed = false;

  friend bool operator==(const servlet&, const servlet&) = default;

  /// Total and deterministic. An event that has no meaning now changes nothing; a call of the application then fails.
  void step(servlet_event, const profile&, effects&);
};

/// The id of the one stream, and of its connection.
inline constexpr stream_id servlet_stream = 1;
inline constexpr connection_id servlet_connection = 0;

}  // namespace lastcall::model
