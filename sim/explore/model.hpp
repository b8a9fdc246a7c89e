// What a model must offer to be explored, and safe access to the parts that are optional.
//
// This is the only place that states the requirements. It must not know any concrete model, search or claim.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

namespace lastcall::explore {

// A model is a transition system given by functions of its state. One model object describes one system; all its members are
// const and deterministic, for a counterexample is only a list of choice indices and must mean the same when it is replayed.
//
//   using state       = ...;   regular value, default constructible
//   using action      = ...;   regular value, small
//   using observation = ...;   what one step shows to the claims; default constructible, reused from step to step
//
//   state initial() const;
//
//   // Calls visit(action) for every enabled action, in a fixed order. The position in this order is the choice index.
//   template <class Visit> void actions(const state&, Visit&& visit) const;
//
//   // Takes one enabled action. Assigns `after` whole and resets `seen` before it fills it: both still hold an earlier step.
//   void apply(const state& before, const action&, state& after, observation& seen) const;
//
//   // The canonical form: always this many bytes, and equal states if and only if equal bytes.
//   std::size_t encoded_size() const;
//   void encode(const state&, std::byte* bytes) const;
//   void decode(const std::byte* bytes, state&) const;
//
// Optional members:
//
//   // Bit i is set if the action belongs to fairness constraint i. An action of no constraint (0) is unfair: the environment may
//   // take it, and may refuse it for ever. Without this member no action is fair.
//   std::uint64_t fair_sets(const state&, const action&) const;
//
//   // Bit i is set if this step ended one arming of the timer behind constraint i: cancelled it, or armed it anew. Such a
//   // constraint speaks of each arming alone, so a run that keeps re-arming owes it nothing.
//   std::uint64_t restarted(const state& before, const action&, const observation&, const state& after) const;
//
//   // The action by name, for reports.
//   std::string describe(const action&) const;
template <class Model>
concept explorable = requires(const Model& model, const typename Model::state& before, typename Model::state& after,
                              const typename Model::action& action, typename Model::observation& seen, const std::byte* input,
                              std::byte* output) {
  requires std::regular<typename Model::state>;
  requires std::regular<typename Model::action>;
  requires std::default_initializable<typename Model::observation>;
  { model.initial() } -> std::same_as<typename Model::state>;
  model.actions(before, [](const typename Model::action&) {});
  model.apply(before, action, after, seen);
  { model.encoded_size() } -> std::same_as<std::size_t>;
  model.encode(before, output);
  model.decode(input, after);
};

template <explorable Model>
std::uint64_t fair_sets_of(const Model& model, const typename Model::state& before, const typename Model::action& action) {
  if constexpr (requires { model.fair_sets(before, action); }) {
    return model.fair_sets(before, action);
  } else {
    return 0;
  }
}

template <explorable Model>
std::uint64_t restarted_by(const Model& model, const typename Model::state& before, const typename Model::action& action,
                           const typename Model::observation& seen, const typename Model::state& after) {
  if constexpr (requires { model.restarted(before, action, seen, after); }) {
    return model.restarted(before, action, seen, after);
  } else {
    return 0;
  }
}

template <explorable Model>
std::string describe_action(const Model& model, const typename Model::action& action) {
  if constexpr (requires { model.describe(action); }) {
    return model.describe(action);
  } else {
    return "(unnamed action)";
  }
}

}  // namespace lastcall::explore
