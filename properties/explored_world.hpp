// What the worlds of all protocols have in common when they are put to the checker: verdicts by claim, names of steps, and
// whether a run may end where it does. Templates over a world that sim/explore can explore.
#pragma once

#include <string>
#include <vector>

#include "model/invariant.hpp"
#include "properties/check.hpp"
#include "sim/explore/check.hpp"

namespace lastcall::properties {

/// Explores the world and judges `predicates`, which stand in the order of `descriptions`. A claim for which `applies` is
/// false is `not_applicable`.
template <class World, class Predicates, class Applies>
environment_verdict check_world(const World& world, const Predicates& predicates,
                                std::span<const claim_description> descriptions, Applies applies,
                                const explore::options& bounds) {
  const sim::world_options& options = world.options();
  const explore::report found = explore::check(world, predicates, bounds);
  invariant(found.claims.size() == descriptions.size(), "the list of claims and their predicates disagree");

  environment_verdict result{options, {}, found.explored, {}};
  for (std::size_t i = 0; i < found.claims.size(); ++i) {
    claim_verdict one{&descriptions[i], converted(found.claims[i].verdict), found.claims[i].counterexample};
    if (!applies(*one.claim, options)) one = {one.claim, verdict::not_applicable, {}};
    result.claims.push_back(std::move(one));
  }
  return result;
}

/// The names of the steps along these choices. Stops where a choice is not offered.
template <class World>
std::vector<std::string> names_of_steps(const World& world, const explore::counterexample& run) {
  std::vector<std::string> steps;
  explore::replay(world, explore::choices(run), [&](const auto&, const auto& chosen, const auto&, const auto&) {
    steps.push_back(world.describe(chosen));
  });
  return steps;
}

/// Whether the world may stay for ever where the run leaves it: no fair action is enabled, or the loop is fair.
template <class World>
bool is_fair_end(const World& world, const explore::counterexample& run) {
  using state = typename World::state;
  std::uint64_t served = 0;   // constraints taken, disabled or restarted somewhere in the loop
  std::uint64_t enabled = 0;  // of the state at hand
  const auto enabled_in = [&](const state& now) {
    std::uint64_t sets = 0;
    world.actions(now, [&](const auto& each) { sets |= world.fair_sets(now, each); });
    return sets;
  };
  std::size_t steps = 0;
  state last = world.initial();
  state loop_start = last;
  explore::replay(world, explore::choices(run), [&](const state& before, const auto& chosen, const auto& seen, const state& after) {
    if (steps == run.stem.size()) loop_start = before;
    if (steps++ >= run.stem.size()) {
      enabled = enabled_in(before);
      served |= world.fair_sets(before, chosen) | explore::restarted_by(world, before, chosen, seen, after) | ~enabled;
    }
    last = after;
  });
  if (run.loop.empty()) return enabled_in(last) == 0;
  return last == loop_start && ~served == 0;
}

}  // namespace lastcall::properties
