// The claims that a model is checked against, each a name and one or two predicates.
//
// Predicates stay templates so that the search inlines them; a claim must not be wrapped into a std::function. They must be
// pure: the order and the number of their calls are the search's affair.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace lastcall::explore {

enum class claim_kind : std::uint8_t { always, always_step, sometimes, sometimes_step, eventually, acyclic };

inline std::string_view to_string(claim_kind kind) {
  switch (kind) {
    case claim_kind::always: return "always";
    case claim_kind::always_step: return "always_step";
    case claim_kind::sometimes: return "sometimes";
    case claim_kind::sometimes_step: return "sometimes_step";
    case claim_kind::eventually: return "eventually";
    case claim_kind::acyclic: return "acyclic";
  }
  return "";
}

template <claim_kind Kind, class Predicate>
struct predicate_claim {
  static constexpr claim_kind kind = Kind;
  std::string name;
  Predicate predicate;
};

template <class Trigger, class Goal>
struct eventually_claim {
  static constexpr claim_kind kind = claim_kind::eventually;
  std::string name;
  Trigger trigger;
  Goal goal;
};

// Every reachable state satisfies predicate(state).
template <class Predicate>
predicate_claim<claim_kind::always, Predicate> always(std::string name, Predicate predicate) {
  return {std::move(name), std::move(predicate)};
}

// Every reachable step satisfies predicate(before, action, seen, after).
template <class Predicate>
predicate_claim<claim_kind::always_step, Predicate> always_step(std::string name, Predicate predicate) {
  return {std::move(name), std::move(predicate)};
}

// Some reachable state satisfies predicate(state). Put one beside each claim that could hold for want of anything happening.
template <class Predicate>
predicate_claim<claim_kind::sometimes, Predicate> sometimes(std::string name, Predicate predicate) {
  return {std::move(name), std::move(predicate)};
}

// Some reachable step satisfies predicate(before, action, seen, after).
template <class Predicate>
predicate_claim<claim_kind::sometimes_step, Predicate> sometimes_step(std::string name, Predicate predicate) {
  return {std::move(name), std::move(predicate)};
}

// Leads-to under weak fairness: on every fair run, each state with trigger(state) is followed by, or is itself, a state with
// goal(state). liveness.hpp defines a fair run.
template <class Trigger, class Goal>
eventually_claim<Trigger, Goal> eventually(std::string name, Trigger trigger, Goal goal) {
  return {std::move(name), std::move(trigger), std::move(goal)};
}

// No reachable cycle consists only of actions with predicate(state, action), where state is the one the action is taken in.
template <class Predicate>
predicate_claim<claim_kind::acyclic, Predicate> acyclic(std::string name, Predicate predicate) {
  return {std::move(name), std::move(predicate)};
}

}  // namespace lastcall::explore
