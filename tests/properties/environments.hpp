// Worlds by the names of their parts, and verdicts as text.
#pragma once

#include <boost/describe/enum_to_string.hpp>
#include <string>
#include <string_view>

#include "model/profiles/profiles.hpp"
#include "properties/check.hpp"

namespace lastcall::properties::test {

inline sim::world_options environment(std::string_view profile, std::string_view peer, std::string_view handler,
                                      std::uint32_t connections = 1, std::uint32_t streams = 1) {
  sim::world_options options;
  options.profile = model::find_profile(profile);
  options.peer = sim::find_peer_class(peer);
  options.handler = sim::find_handler_class(handler);
  options.connections = connections;
  options.streams = streams;
  return options;
}

template <class Enum>
std::string name_of(Enum value) {
  return boost::describe::enum_to_string(value, "?");
}

inline std::string text_of(const sim::world_options& world) {
  return std::string(world.profile->name) + ", " + std::string(world.peer->name) + " clients, " +
         std::string(world.handler->name) + " handlers, " + std::to_string(world.connections) + "x" +
         std::to_string(world.streams);
}

/// The claims that are violated, "close_terminates (unbounded)" and so on.
inline std::string violated(const environment_verdict& found) {
  std::string names;
  for (const auto& each : found.claims)
    if (each.verdict == verdict::violated)
      names += (names.empty() ? "" : ", ") + std::string(each.claim->name) + " (" + name_of(each.claim->form) + ")";
  return names;
}

}  // namespace lastcall::properties::test
