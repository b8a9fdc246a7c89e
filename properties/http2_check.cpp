#include "properties/applies.hpp"
#include "properties/explored_world.hpp"
#include "properties/http2_world.hpp"
#include "properties/protocols.hpp"
#include "properties/world_claims.hpp"

namespace lastcall::properties {
namespace http2 {

environment_verdict check(const sim::world_options& options, const explore::options& bounds) {
  return with_world(options, [&](const auto& world) {
    using state = typename std::remove_cvref_t<decltype(world)>::state;
    return check_world(world, world_claims<state>(), claims(), applies, bounds);
  });
}

}  // namespace http2

const protocol_world http2_world{
    .protocol = model::protocol::http2,
    .claims = http2_claims(),
    .check = http2::check,
    .assumptions = http2::assumptions,
    .fairness = http2::fairness,
    .has_deadline = [](const model::profile& profile) { return profile.drain_deadline != model::drain_deadline::none; },
    .replay_log = http2::replay_log,
    .replay_path = http2::replay_path,
    .rows_of = http2::rows_of,
    .steps_along =
        [](const sim::world_options& options, const explore::counterexample& run) {
          return http2::with_world(options, [&](const auto& world) { return names_of_steps(world, run); });
        },
};

}  // namespace lastcall::properties
