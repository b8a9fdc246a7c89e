// Drives the simulated world by the names of its moves, one action after the other.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "sim/world.hpp"

namespace lastcall::sim::test {

/// The most general client and handler; one connection, one stream, two frames, unless told otherwise.
inline world_options options_of(std::string_view profile, std::string_view peer = "any", std::string_view handler = "any") {
  world_options options;
  options.profile = model::find_profile(profile);
  options.peer = find_peer_class(peer);
  options.handler = find_handler_class(handler);
  return options;
}

template <std::size_t C>
class walker {
 public:
  using world = sim::world<C>;

  explicit walker(const world_options& options) : world_(options), now_(world_.initial()) {}

  bool offers(const action& wanted) const {
    bool found = false;
    world_.actions(now_, [&](const action& each) { found |= each == wanted; });
    return found;
  }
  bool offers(move what) const {
    bool found = false;
    world_.actions(now_, [&](const action& each) { found |= each.what == what; });
    return found;
  }
  /// Takes these actions in turn. One that is not possible ends the test.
  void take(const std::vector<action>& chosen) {
    for (const action& each : chosen) {
      if (!offers(each)) throw std::logic_error("not possible here: " + world_.describe(each));
      const auto before = now_;
      world_.apply(before, each, now_, seen_);
    }
  }

  const world& in() const { return world_; }
  const typename world::state& now() const { return now_; }
  const link& client(std::size_t who = 0) const { return now_.links[who]; }
  const auto& connection(std::size_t who = 0) const { return now_.server.connections()[who]; }
  const model::effects& effects() const { return seen_.effects; }

 private:
  world world_;
  typename world::state now_;
  observation seen_;
};

/// From nothing to a session whose preface is done and whose output the client has read.
inline const std::vector<action> opens_a_session{
    {move::client_connects}, {move::accept}, {move::client_sends_settings}, {move::receive}, {move::pump}, {move::client_reads}};

}  // namespace lastcall::sim::test
