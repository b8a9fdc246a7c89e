#include "properties/check.hpp"

#include "properties/run_world.hpp"
#include "properties/world_claims.hpp"
#include "sim/explore/check.hpp"

namespace lastcall::properties {
namespace {

using sim::client_move, sim::handler_move;

/// Whether a claim has a meaning for this profile, and a guard a chance in this environment.
bool applies(const claim_description& claim, const sim::world_options& world) {
  const model::profile& profile = *world.profile;
  const sim::peer_class& peer = *world.peer;
  const bool has_deadline = profile.drain_deadline != model::drain_deadline::none;
  if (claim.form == form::bounded || claim.name == "waits_are_bounded" || claim.name == "deadline_cuts_a_connection")
    return has_deadline;
  if (claim.name == "response_written_while_closing")
    return world.handler->may.has(handler_move::finish) && peer.may.has(client_move::read);
  if (claim.name == "connection_ends_while_closing")
    return has_deadline || peer.may.has(client_move::send_fin) || peer.may.has(client_move::send_rst);
  if (claim.name == "stream_arrives_above_last_id") return profile.close_announces != model::close_announces::nothing;
  if (claim.name == "linger_expires") return profile.after_fin == model::after_fin::lingers && peer.may.has(client_move::read);
  return true;
}

verdict converted(explore::verdict value) {
  switch (value) {
    case explore::verdict::holds: return verdict::holds;
    case explore::verdict::violated: return verdict::violated;
    case explore::verdict::unknown: break;
  }
  return verdict::unknown;
}

template <class World>
environment_verdict check_world(const World& world, const explore::options& bounds) {
  const sim::world_options& options = world.options();
  const explore::report found = explore::check(world, world_claims<typename World::state>(), bounds);
  invariant(found.claims.size() == claims().size(), "the list of claims and their predicates disagree");

  environment_verdict result{options, {}, found.explored};
  for (std::size_t i = 0; i < found.claims.size(); ++i) {
    claim_verdict one{&claims()[i], converted(found.claims[i].verdict), found.claims[i].counterexample};
    if (!applies(*one.claim, options)) one = {one.claim, verdict::not_applicable, {}};
    result.claims.push_back(std::move(one));
  }
  return result;
}

}  // namespace

const claim_verdict* environment_verdict::find(std::string_view name, form of) const {
  for (const auto& each : claims)
    if (each.claim->name == name && each.claim->form == of) return &each;
  return nullptr;
}

bool environment_verdict::any(verdict value) const {
  return std::ranges::any_of(claims, [value](const claim_verdict& each) { return each.verdict == value; });
}

environment_verdict check(const sim::world_options& options, const explore::options& bounds) {
  return with_world(options, [&](const auto& world) { return check_world(world, bounds); });
}

}  // namespace lastcall::properties
