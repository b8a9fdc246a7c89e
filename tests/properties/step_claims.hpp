// The claims of the simulated world that one step can break, as values that a test can pick by name and ask one by one.
#pragma once

#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "properties/world_claims.hpp"

namespace lastcall::properties::test {

template <class State>
struct step_claim {
  std::string name;
  /// Of a claim: the step keeps it. Of a guard: the step is what it waits for.
  std::function<bool(const State& before, const sim::action&, const sim::observation&, const State& after)> holds;
};

namespace detail {

template <class State>
std::vector<step_claim<State>> collect(bool guards) {
  std::vector<step_claim<State>> found;
  const auto add = [&](const auto& claim) {
    constexpr explore::claim_kind kind = std::decay_t<decltype(claim)>::kind;
    if constexpr (kind == explore::claim_kind::always_step || kind == explore::claim_kind::sometimes_step) {
      if (guards == (kind == explore::claim_kind::sometimes_step)) found.push_back({claim.name, claim.predicate});
    } else if constexpr (kind == explore::claim_kind::always) {
      if (!guards)
        found.push_back({claim.name, [predicate = claim.predicate](const State&, const sim::action&, const sim::observation&,
                                                                   const State& after) { return predicate(after); }});
    }
  };
  std::apply([&](const auto&... claim) { (add(claim), ...); }, world_claims<State>());
  return found;
}

}  // namespace detail

template <class State>
std::vector<step_claim<State>> step_claims() {
  return detail::collect<State>(false);
}

template <class State>
std::vector<step_claim<State>> guards() {
  return detail::collect<State>(true);
}

}  // namespace lastcall::properties::test
