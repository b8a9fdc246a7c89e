// What the request handlers of node_h2_server.js do, path by path.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "traces/format/trace.hpp"

namespace lastcall::traces {

/// A handler's call: handler_read, handler_responded, handler_wrote or handler_finished.
struct handler_call {
  event_kind event;
  std::uint32_t length = 0;  ///< bytes that handler_wrote writes
};

struct handler_program {
  std::vector<handler_call> at_start;  ///< when the request is dispatched
  std::vector<handler_call> later;     ///< when its timer fires or the request body has ended
  std::uint32_t chunk = 0;             ///< bytes of each further write
};

/// The handler of a request target such as "/tick?n=4&ms=100".
handler_program handler_for(std::string_view target);

}  // namespace lastcall::traces
