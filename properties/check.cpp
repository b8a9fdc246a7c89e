#include "properties/check.hpp"

#include "properties/applies.hpp"
#include "properties/run_world.hpp"
#include "properties/world_claims.hpp"
#include "sim/explore/check.hpp"

namespace lastcall::properties {
namespace {

template <class World>
environment_verdict check_world(const World& world, const explore::options& bounds) {
  const sim::world_options& options = world.options();
  const explore::report found = explore::check(world, world_claims<typename World::state>(), bounds);
  invariant(found.claims.size() == claims().size(), "the list of claims and their predicates disagree");

  environment_verdict result{options, {}, found.explored, {}};
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
