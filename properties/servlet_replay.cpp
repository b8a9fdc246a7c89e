#include <map>

#include "properties/explored_world.hpp"
#include "properties/servlet_claims.hpp"
#include "properties/servlet_world.hpp"
#include "sim/servlet_lanes.hpp"

namespace lastcall::properties::servlet {
namespace {

/// Verdicts by claim while a run is watched: everything holds until something breaks it.
class judge {
 public:
  void watch(const step_view& step) {
    demand("one_terminal_event", one_terminal_event(step));
    demand("reader_ends_once", reader_ends_once(step));
    demand("honest_end", honest_end(step));
    demand("legal_frames", legal_frames(step));
  }
  /// An application that acts while the container owes it the error has waited in vain: no step of the container is left that
  /// would tell.
  void watch_call(const step_view& step) {
    const bool acts = step.happened >= model::servlet_event::is_ready_called && step.happened <= model::servlet_event::complete_called;
    if (acts) owe(step.past);
  }
  /// What is still owed where the run stays for ever is never paid.
  void end(const sim::servlet_history& past) {
    owe(past);
    demand("request_ends", !past.owes_end);
  }

  std::vector<claim_verdict> verdicts() const {
    std::vector<claim_verdict> made;
    for (const auto& claim : claims()) {
      const auto found = holds_.find(claim.name);
      if (found != holds_.end()) made.push_back({&claim, found->second ? verdict::holds : verdict::violated, {}});
    }
    return made;
  }

 private:
  void owe(const sim::servlet_history& past) {
    demand("error_reaches_application", !past.owes_error);
    demand("late_listener_is_told", !past.owes_late_error);
  }
  void demand(std::string_view name, bool holds) {
    bool& so_far = holds_.try_emplace(name, true).first->second;
    so_far = so_far && holds;
  }
  std::map<std::string_view, bool> holds_;
};

}  // namespace

replay_verdict replay_log(const traces::trace& log, const model::profile& profile) {
  const sim::servlet_lane_replay found = sim::replay_servlet_lanes(log, profile);
  replay_verdict result{found.reproduced, {}, {}, {}};
  if (!found.reproduced) {
    result.divergence = divergence{found.divergence->line, found.divergence->expected, found.divergence->observed};
    return result;
  }
  judge judged;
  model::servlet request;
  sim::servlet_history past;
  model::effects effects;
  for (const auto happened : found.schedule) {
    const model::servlet before = request;
    const sim::servlet_history known = past;
    effects.clear();
    request.step(happened, profile, effects);
    past.watch(before, happened, effects, request);
    const step_view step{before, request, known, past, happened, effects};
    judged.watch(step);
    judged.watch_call(step);
  }
  judged.end(past);
  result.claims = judged.verdicts();
  return result;
}

replay_verdict replay_path(const sim::world_options& options, const explore::counterexample& run) {
  const sim::servlet_world world(options);
  replay_verdict result;
  judge judged;
  auto last = world.initial();
  const auto off = explore::replay(world, explore::choices(run), [&](const auto& before, const auto&, const auto& seen, const auto& after) {
    if (seen.reached_server) judged.watch({before.request, after.request, before.history, after.history, seen.happened, seen.effects});
    last = after;
  });
  if (off) {
    result.divergence = divergence{off->step, "choice " + std::to_string(off->chosen),
                                   "a state that offers " + std::to_string(off->offered) + " choices"};
    return result;
  }
  result.reproduced = true;
  judged.end(is_fair_end(world, run) ? last.history : sim::servlet_history{});
  result.claims = judged.verdicts();
  return result;
}

}  // namespace lastcall::properties::servlet
