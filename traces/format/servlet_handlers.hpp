// What the Servlet applications of the recorded logs do, path by path.
#pragma once

#include <string_view>
#include <vector>

#include "traces/format/trace.hpp"

namespace lastcall::traces {

/// The calls of a Servlet application. Those of `in_service` are cut where the log has a row: each part follows its row.
struct servlet_program {
  std::vector<std::vector<event_kind>> in_service;
  std::vector<event_kind> when_writable;  ///< at the first onWritePossible
  bool completes_in_listener = false;  ///< onError and onTimeout of its AsyncListener call complete()
  bool is_synchronous = false;
};

/// Of tests/peers/jetty/src/ResetServlet.java, whose paths are words, "/wait-committed".
servlet_program words_of_reset_servlet(std::string_view path);

/// Of JettyServer.java, with which the logs of Jetty 9.4.57 were recorded; it has the paths /sync, /wait, /read, /wl and /bidi.
servlet_program paths_of_jetty_server(std::string_view path);

}  // namespace lastcall::traces
