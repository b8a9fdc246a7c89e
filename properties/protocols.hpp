// What each protocol answers when properties/ is asked about its world: one row per protocol. check.hpp and replay.hpp are the
// entrances, and look their answers up here. A further protocol is a further row and the functions behind it.
#pragma once

#include <string>
#include <vector>

#include "properties/check.hpp"
#include "properties/replay.hpp"

namespace lastcall::properties {

struct protocol_world {
  model::protocol protocol;
  std::span<const claim_description> claims;  ///< in the order in which verdicts list them
  environment_verdict (*check)(const sim::world_options&, const explore::options&);
  std::vector<std::string> (*assumptions)(const sim::world_options&);
  std::string (*fairness)(const sim::world_options&);
  /// The profile promises to close by a deadline, whatever others do.
  bool (*has_deadline)(const model::profile&);
  replay_verdict (*replay_log)(const traces::trace&, const model::profile&);
  replay_verdict (*replay_path)(const sim::world_options&, const explore::counterexample&);
  std::vector<traces::row> (*rows_of)(const sim::world_options&, const explore::counterexample&);
  std::vector<std::string> (*steps_along)(const sim::world_options&, const explore::counterexample&);
};

/// The row of a protocol. Null: it is not modelled.
const protocol_world* find_world(model::protocol);

/// The rows, each defined beside the functions that it names.
extern const protocol_world http2_world;
extern const protocol_world http1_world;
extern const protocol_world tcp_world;
extern const protocol_world servlet_world;
extern const protocol_world client_world;

}  // namespace lastcall::properties
