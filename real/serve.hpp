// A real HTTP/2 server (h2c with prior knowledge) that does what a profile does: `lastcall serve`. Every decision about
// the protocol is the model's; this side has the sockets, the clock, the signals and a small application.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

#include "model/profile.hpp"

namespace lastcall::real {

struct serve_options {
  std::string address = "127.0.0.1";  ///< numeric, IPv4 or IPv6
  std::uint16_t port = 0;             ///< 0: one that is free

  /// How long the model's timers run, where the profile arms them (RFC 9113 gives no values). The notice outlives a round
  /// trip on most networks; the linger outlives the last retransmission that still matters to a client on the same one.
  std::chrono::milliseconds drain_deadline{5'000};
  std::chrono::milliseconds notice{100};
  std::chrono::milliseconds linger{1'000};
  std::chrono::milliseconds preface{5'000};
};

struct serve_result {
  /// 0: close was called and the server closed. 2: the address is not numeric. 4: the environment failed, e.g. the port
  /// is taken. 128 + the signal's number: a second signal cut the drain short.
  int exit_code = 0;
  std::string message;  ///< why it is not 0
};

/// Serves until a signal (SIGTERM or SIGINT, Ctrl-Break too on Windows) calls close and the server has closed; returns
/// at once on a second signal. First prints `listening on ADDRESS:PORT`, a line of its own and flushed; in the end a
/// report: what was served, how the drain ended, which handlers were detached.
///
/// The application: `/` a short text, `/delay?ms=N` the same later, `/bytes?n=N` that many bytes, `/stream?n=N&ms=M` N
/// chunks M milliseconds apart, `/echo` the request body, `/hang` never an answer, anything else 404.
serve_result serve(const model::profile& profile, const serve_options& options, std::ostream& report);

}  // namespace lastcall::real
