// The client: one HTTP/2 connection from its opener's side, an http2_client and a client_request per stream. It routes events
// to the two machines and turns their commands into effects. It knows neither how often a request may be repeated nor where.
#pragma once

#include <array>
#include <variant>
#include <vector>

#include "model/client_request.hpp"
#include "model/http2_client.hpp"
#include "model/invariant.hpp"
#include "model/profile.hpp"
#include "model/types.hpp"

namespace lastcall::model {

// What happened to it.
struct request_wanted {};
struct headers_written { stream_id stream; };
struct response_ended { stream_id stream; };
struct stream_reset { stream_id stream; };
struct goaway_received { stream_id last_stream; bool listener_asks; };  ///< the application's listener wants a request at once
struct leave_called {};
struct connection_lost {};
struct response_read { stream_id stream; };
using client_event = std::variant<request_wanted, headers_written, response_ended, stream_reset, goaway_received, leave_called,
                                  connection_lost, response_read>;

/// What the application hears. `goaway` and `turned_away` are about the connection, the others end a request.
BOOST_DEFINE_FIXED_ENUM_CLASS(client_report, std::uint8_t, goaway, turned_away, completed, failed, retryable)

// What it does.
struct open_stream { stream_id stream; };  ///< HEADERS with END_STREAM are submitted
struct leave {};                           ///< GOAWAY is submitted
struct report { client_report what; stream_id stream = 0; };
using client_effect = std::variant<open_stream, leave, report>;
using client_effects = std::vector<client_effect>;

class client {
 public:
  static constexpr std::size_t streams_max = 4;
  using requests = std::array<client_request::state, streams_max>;

  /// One run-to-completion turn. Total: what a machine has no row for is ignored. Effects are appended in their order.
  void step(const client_event& happened, const profile& decisions, client_effects& out);

  http2_client::state state() const { return state_; }
  bool goaway_was_received() const { return goaway_received_; }
  stream_id last_stream() const { return last_stream_; }
  /// By the order in which they were opened; the stream of the i-th is 2 * i + 1.
  const requests& all() const { return requests_; }
  client_request::state request(stream_id stream) const { return requests_[stream / 2]; }
  /// The next stream to open; streams_max of them at most.
  stream_id next_stream() const;
  bool may_ask() const { return next_stream() / 2 < streams_max; }

  /// Writes or reads the whole value through `bits` (see sim/bits.hpp).
  template <class Bits>
  void transfer(Bits& bits) {
    bits.field(state_, 2);
    bits.field(goaway_received_, 1);
    bits.field(knows_goaway_, 1);
    bits.field(goaway_sent_, 1);
    bits.field(last_stream_, 32);
    for (auto& each : requests_) bits.field(each, 3);
  }

  friend bool operator==(const client&, const client&) = default;

 private:
  struct turn;

  http2_client::state state_ = http2_client::state::open;
  bool goaway_received_ = false;
  bool knows_goaway_ = false;  ///< the application was told
  bool goaway_sent_ = false;
  stream_id last_stream_ = highest_stream_id;  ///< of the GOAWAY received
  requests requests_{};
};

}  // namespace lastcall::model
