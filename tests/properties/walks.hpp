// Random runs of the simulated world: a vector of numbers is a run, each number choosing among the actions that are
// offered (explore::walk), so that rapidcheck can shrink it.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/explore/path.hpp"
#include "sim/explore/replay.hpp"
#include "tests/properties/environments.hpp"
#include "tests/properties/step_claims.hpp"

namespace lastcall::properties::test {

using simulated = sim::world<2>;
using numbers = std::vector<std::uint32_t>;

/// A run with the names of its actions: enough to read it and to run it again.
struct named_run {
  explore::counterexample path;
  std::string actions;
};

/// More choices than any state offers, so that all are drawn; few enough to shrink quickly.
inline rc::Gen<numbers> runs() { return rc::gen::container<numbers>(rc::gen::inRange(0U, 60U)); }

inline std::string replay_command(const sim::world_options& options, const explore::counterexample& run) {
  return "lastcall replay --path " + explore::to_string(run) + " --profile " + std::string(options.profile->name) +
         " --connections " + std::to_string(options.connections) + " --streams " + std::to_string(options.streams) +
         " --channel-capacity " + std::to_string(options.channel_capacity) + " --peer " + std::string(options.peer->name) +
         " --handler " + std::string(options.handler->name);
}

/// What to print when a run breaks a claim; rapidcheck has printed the seed.
inline std::string explanation(const std::string& claim, const sim::world_options& options, const named_run& run) {
  return "claim:   " + claim + "\npath:    " + explore::to_string(run.path) + "\nactions: " + run.actions +
         "\nreplay:  " + replay_command(options, run.path);
}

/// Walks as the numbers say and returns the run as a path. on_step is called as in explore::replay.
template <class OnStep>
named_run walk(const simulated& world, const numbers& drawn, OnStep&& on_step) {
  named_run walked;
  explore::walk(world, drawn, [&](const auto& before, const sim::action& chosen, const auto& seen, const auto& after) {
    walked.path.stem.push_back(drawn[walked.path.stem.size()] % explore::count_actions(world, before));
    walked.actions += (walked.actions.empty() ? "" : ", ") + world.describe(chosen);
    on_step(before, chosen, seen, after);
  });
  return walked;
}

/// The run up to the first step that breaks the claim; nothing when the whole run keeps it.
inline std::optional<named_run> broken_by(const simulated& world, const step_claim<simulated::state>& claim,
                                          const numbers& drawn) {
  std::optional<std::size_t> broken_at;
  std::size_t step = 0;
  walk(world, drawn, [&](const auto& before, const auto& chosen, const auto& seen, const auto& after) {
    ++step;
    if (!broken_at && !claim.holds(before, chosen, seen, after)) broken_at = step;
  });
  if (!broken_at) return std::nullopt;
  return walk(world, numbers(drawn.begin(), drawn.begin() + static_cast<std::ptrdiff_t>(*broken_at)), [](const auto&...) {});
}

}  // namespace lastcall::properties::test
