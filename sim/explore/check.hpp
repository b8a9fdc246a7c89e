// Checks a model against claims: `check` is the entrance to this folder.
//
// It runs the search, asks liveness for what the search alone cannot decide, and turns states back into choice paths.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "sim/explore/claims.hpp"
#include "sim/explore/liveness.hpp"
#include "sim/explore/model.hpp"
#include "sim/explore/path.hpp"
#include "sim/explore/replay.hpp"
#include "sim/explore/report.hpp"
#include "sim/explore/search.hpp"

namespace lastcall::explore {

// The choices along a run of states. Choices are not stored by the search: each is found again by trying the actions in order.
template <explorable Model>
std::vector<std::uint32_t> choices_along(const Model& model, const visited_set& visited,
                                         const std::vector<std::uint32_t>& states) {
  std::vector<std::uint32_t> found;
  std::vector<std::byte> bytes(model.encoded_size());
  typename Model::state before{};
  typename Model::state after{};
  typename Model::observation seen{};
  for (std::size_t i = 0; i + 1 < states.size(); ++i) {
    model.decode(visited[states[i]], before);
    std::uint32_t choice = 0;
    bool matched = false;
    model.actions(before, [&](const typename Model::action& action) {
      if (matched) {
        return;
      }
      model.apply(before, action, after, seen);
      model.encode(after, bytes.data());
      matched = std::memcmp(bytes.data(), visited[states[i + 1]], bytes.size()) == 0;
      choice += matched ? 0 : 1;
    });
    found.push_back(choice);
  }
  return found;
}

// Checks every claim over all reachable states. The search goes on after a violation, so that every claim has its verdict.
// Predicates and the model are called from this thread only. The caller keeps names unique.
template <explorable Model, class... Claims>
report check(const Model& model, const std::tuple<Claims...>& claims, const options& chosen = {}) {
  using list = claim_list<Claims...>;
  const auto begin = std::chrono::steady_clock::now();
  search<Model, Claims...> engine(model, claims, chosen);
  engine.run();

  report result;
  exploration& explored = result.explored;
  explored.states = engine.visited().size();
  explored.transitions = engine.transitions();
  explored.stopped_by = engine.stopped_by();
  explored.complete = explored.stopped_by.empty();
  explored.bytes = engine.bytes();
  engine.release_table();
  const std::vector<std::uint32_t> depth = depths_of(engine.parents());
  explored.depth = *std::max_element(depth.begin(), depth.end());

  for_each_claim(claims, [&](auto position, const auto& claim) {
    constexpr std::size_t i = decltype(position)::value;
    constexpr claim_kind kind = list::kinds[i];
    std::optional<counterexample> run;
    if constexpr (kind == claim_kind::eventually || kind == claim_kind::acyclic) {
      std::optional<lasso> found;
      if constexpr (kind == claim_kind::eventually) {
        found = find_unfulfilled(engine.graph(), engine.parents(), depth, list::trigger_mark(i), list::goal_mark(i));
      } else {
        found = find_cycle(engine.graph(), engine.parents(), depth, list::cycle_bit(i));
      }
      if (found) {
        run = counterexample{choices_along(model, engine.visited(), found->stem_states), found->loop, found->loop.empty()};
      }
    } else if (const auto& found = engine.findings()[i]) {
      run = counterexample{choices_along(model, engine.visited(), stem_to(found->state, engine.parents())), {}, false};
      if (found->choice) {
        run->stem.push_back(*found->choice);
      }
    }
    claim_result& settled = result.claims.emplace_back();
    settled.name = claim.name;
    settled.kind = kind;
    if constexpr (kind == claim_kind::sometimes || kind == claim_kind::sometimes_step) {
      settled.verdict = run ? verdict::holds : explored.complete ? verdict::violated : verdict::unknown;
      settled.witness = std::move(run);
    } else {
      settled.verdict = run ? verdict::violated : explored.complete ? verdict::holds : verdict::unknown;
      settled.counterexample = std::move(run);
    }
  });
  explored.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace lastcall::explore
