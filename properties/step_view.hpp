// One step of the server as the claims see it: the server before and after, what caused the step and what it did. The
// same view is filled by the exhaustive search, by random walks and by the replay of a log.
#pragma once

#include <boost/describe/enum.hpp>

#include "model/effect.hpp"
#include "model/server.hpp"

namespace lastcall::properties {

/// Why the server took this step, as far as a claim may excuse something by it.
BOOST_DEFINE_FIXED_ENUM_CLASS(cause, std::uint8_t,
  other,
  close_called,
  drain_expired,
  linger_expired,
  peer_fin,        ///< of `connection`
  peer_rst,        ///< of `connection`
  peer_error,      ///< a connection error by the peer of `connection`
  written,         ///< the send pump has run for `connection`
  end_written,     ///< it runs, and END_STREAM of `stream` is out
  stream_reset     ///< RST_STREAM for `stream` of `connection`, or the peer's own stream error on it
)

template <class Server>
struct step_view {
  const Server& before;
  const Server& after;
  const model::effects& effects;
  cause why = cause::other;
  model::connection_id connection = 0;
  model::stream_id stream = 0;
  std::uint32_t data = 0;  ///< bytes of DATA that this step received on `stream` of `connection`

  const auto& connection_before(model::connection_id who) const { return before.connections()[who]; }
  bool existed(model::connection_id who) const { return who < before.connections().size(); }
};

}  // namespace lastcall::properties
