// Walks a model along given choices: replay of a counterexample, and walks driven by random choices.
//
// Both are one loop over apply. They must not search, and must not forgive: a path that no longer fits the model is reported.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sim/explore/model.hpp"

namespace lastcall::explore {

// Where a path stopped to fit the model: at `step` (counted from 0) it chose an index that was not among the `offered` ones.
struct divergence {
  std::size_t step = 0;
  std::uint32_t chosen = 0;
  std::uint32_t offered = 0;

  friend bool operator==(const divergence&, const divergence&) = default;
};

inline std::string to_string(const divergence& where) {
  return "step " + std::to_string(where.step) + " chose action " + std::to_string(where.chosen) + ", but the state offered " +
         std::to_string(where.offered) + (where.offered == 1 ? " action" : " actions");
}

// The number of actions that are enabled in a state.
template <explorable Model>
std::uint32_t count_actions(const Model& model, const typename Model::state& state) {
  std::uint32_t count = 0;
  model.actions(state, [&](const typename Model::action&) { ++count; });
  return count;
}

// The action at a choice index, or nothing when the state offers fewer.
template <explorable Model>
std::optional<typename Model::action> action_at(const Model& model, const typename Model::state& state, std::uint32_t choice) {
  std::optional<typename Model::action> found;
  std::uint32_t index = 0;
  model.actions(state, [&](const typename Model::action& action) {
    if (index++ == choice) {
      found = action;
    }
  });
  return found;
}

// Walks from the initial state and calls on_step(before, action, seen, after) for each step. Returns nothing when the whole path
// was walked. on_step has then been called once for each choice, otherwise once for each choice before the divergence.
template <explorable Model, class OnStep>
std::optional<divergence> replay(const Model& model, std::span<const std::uint32_t> path, OnStep&& on_step) {
  typename Model::state before = model.initial();
  typename Model::state after = before;
  typename Model::observation seen{};
  for (std::size_t step = 0; step < path.size(); ++step) {
    const auto action = action_at(model, before, path[step]);
    if (!action) {
      return divergence{step, path[step], count_actions(model, before)};
    }
    model.apply(before, *action, after, seen);
    on_step(before, *action, seen, after);
    before = after;
  }
  return std::nullopt;
}

// Like replay, but takes every choice modulo the number of enabled actions, so that any numbers make a run: what a random
// generator draws, and what remains of it while it is shrunk. Stops early where nothing is enabled. Returns the steps taken.
template <explorable Model, class OnStep>
std::size_t walk(const Model& model, std::span<const std::uint32_t> numbers, OnStep&& on_step) {
  typename Model::state before = model.initial();
  typename Model::state after = before;
  typename Model::observation seen{};
  for (std::size_t step = 0; step < numbers.size(); ++step) {
    const std::uint32_t offered = count_actions(model, before);
    if (offered == 0) {
      return step;
    }
    const auto action = action_at(model, before, numbers[step] % offered);
    model.apply(before, *action, after, seen);
    on_step(before, *action, seen, after);
    before = after;
  }
  return numbers.size();
}

}  // namespace lastcall::explore
