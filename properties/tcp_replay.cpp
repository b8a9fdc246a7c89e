#include "properties/tcp_world.hpp"
#include "sim/socket_lanes.hpp"

namespace lastcall::properties::tcp {

replay_verdict replay_log(const traces::trace& log, const model::profile& profile) {
  const sim::socket_lane_replay found = sim::replay_socket_lanes(log, profile);
  replay_verdict result{found.reproduced, {}, {}, {}};
  if (!found.reproduced) {
    result.divergence = divergence{found.divergence->line, found.divergence->expected, found.divergence->observed};
    return result;
  }
  // The log ends where nothing more happens: a close() that is not answered there never is. A process that ends first, because
  // nothing of it is alive, answers none either.
  const auto holds = [&](const claim_description& claim) {
    if (claim.name == "close_terminates") return found.closes_answered >= found.closes_called;
    if (claim.name == "close_callback_once") return found.closes_answered <= found.closes_called;
    if (claim.name == "counts_exact") return counts_exact(found.server);
    return no_leak(found.server);
  };
  for (const claim_description& each : claims())
    if (each.form != form::sometimes) result.claims.push_back({&each, holds(each) ? verdict::holds : verdict::violated, {}});
  if (found.closes_answered < found.closes_called) {
    result.still_alive = still_alive(found.server);
    if (found.process_exited) result.still_alive.emplace_back("no process: it ended, for nothing kept its event loop alive");
  }
  return result;
}

}  // namespace lastcall::properties::tcp
