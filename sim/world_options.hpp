// Which world to look at: the server's profile and protocol, who is out there, and how much of it. The worlds of all protocols
// take these options; data only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/profile.hpp"
#include "sim/environment.hpp"

namespace lastcall::sim {

inline constexpr std::size_t streams_max = 4;
inline constexpr std::size_t channel_max = 2;

struct world_options {
  model::protocol protocol = model::protocol::http2;
  const model::profile* profile = nullptr;
  const peer_class* peer = &peer_classes[0];
  const handler_class* handler = &handler_classes[0];
  std::uint32_t connections = 1;       ///< that can exist at the same time; a slot is used again after its end
  std::uint32_t streams = 1;           ///< that a client opens in the life of one connection
  std::uint32_t channel_capacity = 2;  ///< frames on the way to the server
  /// HTTP/2: the second connection stands for all others there may be: it comes and is lost at any time, does nothing else,
  /// and no step of its own is fair. See docs/PROOFS.md.
  bool second_is_others = false;
};

}  // namespace lastcall::sim
