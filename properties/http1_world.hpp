// The HTTP/1 world and what properties/ asks of it, as properties/http2_world.hpp for HTTP/2.
#pragma once

#include <string>
#include <vector>

#include "properties/check.hpp"
#include "properties/http1_claims.hpp"
#include "properties/replay.hpp"
#include "sim/explore/replay.hpp"
#include "sim/http1_world.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::properties::http1 {

/// Calls `use` with the smallest world that holds as many connections as asked for.
template <class Use>
auto with_world(const sim::world_options& options, Use use) {
  switch (options.connections) {
    case 1: return use(sim::http1::world<1>(options));
    case 2: return use(sim::http1::world<2>(options));
    default: return use(sim::http1::world<connections_max>(options));
  }
}

/// What caused this step, read off the action and the piece it delivers.
template <class State>
step_view<decltype(State::server)> view_of(const State& before, const sim::http1::action& chosen,
                                           const sim::http1::observation& seen, const State& after) {
  step_view<decltype(State::server)> view{before.server, after.server, seen.effects};
  view.connection = chosen.connection;
  using enum sim::http1::move;
  switch (chosen.what) {
    case close: view.why = cause::close_called; break;
    case fire_drain: view.why = cause::drain_expired; break;
    case fire_linger: view.why = cause::linger_expired; break;
    case fire_head:
    case fire_request: view.why = cause::deadline_passed; break;
    case receive: {
      const sim::http1::piece taken = before.links[chosen.connection].to_server.front();
      if (taken == sim::http1::piece::fin) view.why = cause::peer_fin;
      if (taken == sim::http1::piece::rst) view.why = cause::peer_rst;
      break;
    }
    default: break;
  }
  return view;
}

replay_verdict replay_log(const traces::trace&, const model::profile&);
replay_verdict replay_path(const sim::world_options&, const explore::counterexample&);
std::vector<traces::row> rows_of(const sim::world_options&, const explore::counterexample&);

}  // namespace lastcall::properties::http1
