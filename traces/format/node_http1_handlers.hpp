// What the request handlers of node_h1_server.js do, path by path.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "traces/format/trace.hpp"

namespace lastcall::traces {

/// A handler's call: request_resume, response_head, response_write or response_end.
struct http1_call {
  event_kind event;
  std::uint32_t value = 0;    ///< the status of response_head, the bytes of response_write
  bool has_callback = false;  ///< of response_write
};
using http1_calls = std::vector<http1_call>;

/// What a handler does when one of its timers fires.
struct http1_timer {
  std::uint32_t after_ms = 0;  ///< since the timer before it, or since the request
  bool is_logged = false;      ///< the program says so in a row of its own
  http1_calls calls;
};

struct http1_program {
  http1_calls at_start;       ///< when the request is dispatched
  http1_calls at_end;         ///< when the request has been read to its end
  std::vector<http1_timer> timers;
  std::uint64_t length = 0;   ///< of the whole body of the response
};

/// The handler of a request target such as "/delay?ms=300".
http1_program http1_handler_for(std::string_view target);

}  // namespace lastcall::traces
