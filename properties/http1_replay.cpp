#include <map>

#include "properties/explored_world.hpp"
#include "properties/http1_alive.hpp"
#include "properties/http1_world.hpp"
#include "sim/http1_lanes.hpp"

namespace lastcall::properties::http1 {
namespace {

/// Verdicts by claim while a run is watched: everything holds until something breaks it.
class judge {
 public:
  template <class Server>
  void watch(const step_view<Server>& step) {
    demand("close_terminates", form::bounded, bounded_close(step));
    demand("close_callback_once", form::safety, close_callback_once(step));
    demand("no_loss", form::safety, no_loss(step));
    demand("counts_exact", form::safety, counts_exact(step.after));
    demand("ordered_close", form::safety, ordered_close(step));
    demand("no_leak", form::safety, no_leak(step.after));
    demand("waits_are_bounded", form::safety, waits_are_bounded(step.after));
  }
  void demand(std::string_view name, form of, bool holds) {
    bool& so_far = holds_.try_emplace({name, of}, true).first->second;
    so_far = so_far && holds;
  }

  std::vector<claim_verdict> verdicts(const model::profile& profile) const {
    std::vector<claim_verdict> made;
    for (const auto& claim : claims()) {
      const auto found = holds_.find({claim.name, claim.form});
      if (found == holds_.end()) continue;
      if (claim.form == form::bounded && profile.drain_deadline == model::drain_deadline::none) continue;
      made.push_back({&claim, found->second ? verdict::holds : verdict::violated, {}});
    }
    return made;
  }

 private:
  std::map<std::pair<std::string_view, form>, bool> holds_;
};

step_view<model::http1::server> view_of(const model::http1::event& happened, const model::http1::server& before,
                                        const model::http1::server& after, const model::http1::effects& effects) {
  step_view<model::http1::server> view{before, after, effects};
  const auto because = [&view](cause why, model::connection_id who = 0) {
    view.why = why;
    view.connection = who;
  };
  if (std::holds_alternative<model::close_called>(happened)) because(cause::close_called);
  if (std::holds_alternative<model::http1::close_all_called>(happened)) because(cause::close_all_called);
  if (const auto* e = std::get_if<model::peer_fin>(&happened)) because(cause::peer_fin, e->connection);
  if (const auto* e = std::get_if<model::peer_rst>(&happened)) because(cause::peer_rst, e->connection);
  if (const auto* e = std::get_if<model::http1::message_broken>(&happened)) because(cause::peer_error, e->connection);
  if (const auto* e = std::get_if<model::timer_expired>(&happened)) {
    if (e->which == model::timer::drain) because(cause::drain_expired);
    if (e->which == model::timer::linger) because(cause::linger_expired, e->connection);
    if (e->which == model::timer::head || e->which == model::timer::request) because(cause::deadline_passed, e->connection);
  }
  return view;
}

/// One callback and the next-tick queue behind it are one step for the claims, as in the simulated world.
bool begins_step(const model::http1::event& happened) { return !std::holds_alternative<model::http1::tick_ran>(happened); }

}  // namespace

replay_verdict replay_log(const traces::trace& log, const model::profile& profile) {
  const sim::http1_replay found = sim::replay_http1_lanes(log, profile);
  replay_verdict result{found.reproduced, {}, {}, {}};
  if (!found.reproduced) {
    result.divergence = divergence{found.divergence->line, found.divergence->expected, found.divergence->observed};
    return result;
  }
  judge judged;
  model::http1::server server;
  for (std::size_t i = 0; i < found.schedule.size();) {
    const model::http1::server before = server;
    const model::http1::event& happened = found.schedule[i];
    model::http1::effects effects;
    do {
      server.step(found.schedule[i++], profile, effects);
    } while (i < found.schedule.size() && !begins_step(found.schedule[i]));
    judged.watch(view_of(happened, before, server, effects));
  }
  // The schedule ends where nothing more can happen: a server that is still closing there never closes.
  judged.demand("close_terminates", form::unbounded, !server.is_closing());
  result.still_alive = still_alive(server);
  result.claims = judged.verdicts(profile);
  return result;
}

replay_verdict replay_path(const sim::world_options& options, const explore::counterexample& run) {
  return with_world(options, [&](const auto& world) {
    replay_verdict result;
    judge judged;
    auto last = world.initial();
    const auto off = explore::replay(world, explore::choices(run), [&](const auto& before, const auto& chosen, const auto& seen, const auto& after) {
      judged.watch(http1::view_of(before, chosen, seen, after));
      last = after;
    });
    if (off) {
      result.divergence = divergence{off->step, "choice " + std::to_string(off->chosen),
                                     "a state that offers " + std::to_string(off->offered) + " choices"};
      return result;
    }
    result.reproduced = true;
    judged.demand("no_leak", form::safety, no_leak(world.initial().server));
    judged.demand("close_terminates", form::unbounded, !(last.server.is_closing() && is_fair_end(world, run)));
    result.still_alive = still_alive(last.server);
    result.claims = judged.verdicts(*options.profile);
    return result;
  });
}

}  // namespace lastcall::properties::http1
