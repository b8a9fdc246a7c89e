#include <map>

#include "properties/explored_world.hpp"
#include "properties/http2_alive.hpp"
#include "properties/http2_world.hpp"
#include "properties/world_claims.hpp"
#include "sim/black_box.hpp"
#include "sim/lanes.hpp"

namespace lastcall::properties::http2 {
namespace {

/// Verdicts by claim while a run is watched: everything holds until something breaks it.
class judge {
 public:
  template <class Server>
  void watch(const step_view<Server>& step, bool deferred) {
    demand("close_terminates", form::bounded, bounded_close(step));
    demand("close_callback_once", form::safety, close_callback_once(step));
    demand("no_new_after_final_goaway", form::safety, no_new_after_final_goaway(step));
    demand("honest_last_stream_id", form::safety, honest_last_stream_id(step));
    demand("no_loss", form::safety, no_loss(step));
    demand("one_terminal_event", form::safety, one_terminal_event(step));
    demand("counts_exact", form::safety, counts_exact(step.after));
    demand("ordered_close", form::safety, ordered_close(step));
    demand("window_conserved", form::safety, window_conserved(step));
    demand("no_reentrancy", form::safety, no_reentrancy(step));
    demand("only_data_waits", form::safety, only_data_waits(step));
    demand("refuses_within_reason", form::safety, refuses_within_reason(step));
    demand("handlers_bounded", form::safety, handlers_bounded(step.after));
    demand("no_request_parked", form::safety, no_request_parked(step.after));
    demand("final_goaway_before_fin", form::safety, final_goaway_before_fin(step));
    demand("escalation_shortens", form::safety, escalation_shortens(step));
    demand("no_leak", form::safety, no_leak(step.after, deferred));
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
      const bool needs_deadline = claim.form == form::bounded || claim.name == "waits_are_bounded";
      if (needs_deadline && profile.drain_deadline == model::drain_deadline::none) continue;
      made.push_back({&claim, found->second ? verdict::holds : verdict::violated, {}});
    }
    return made;
  }

 private:
  std::map<std::pair<std::string_view, form>, bool> holds_;
};

using properties::view_of;

step_view<model::server> view_of(const model::event& happened, const model::server& before, const model::server& after,
                                 const model::effects& effects) {
  step_view<model::server> view{before, after, effects};
  const auto because = [&view](cause why, model::connection_id who, model::stream_id stream = 0) {
    view.why = why;
    view.connection = who;
    view.stream = stream;
  };
  if (std::holds_alternative<model::close_called>(happened)) because(cause::close_called, 0);
  if (const auto* e = std::get_if<model::peer_fin>(&happened)) because(cause::peer_fin, e->connection);
  if (const auto* e = std::get_if<model::peer_rst>(&happened)) because(cause::peer_rst, e->connection);
  if (const auto* e = std::get_if<model::recv_invalid>(&happened)) because(cause::peer_error, e->connection);
  if (const auto* e = std::get_if<model::recv_rst_stream>(&happened)) because(cause::stream_reset, e->connection, e->stream);
  if (const auto* e = std::get_if<model::output_flushed>(&happened)) because(cause::written, e->connection);
  if (const auto* e = std::get_if<model::end_stream_written>(&happened)) because(cause::end_written, e->connection, e->stream);
  if (const auto* e = std::get_if<model::recv_data>(&happened)) {
    because(cause::other, e->connection, e->stream);
    view.data = e->length;
    if (detail::is_after_end(before.connections()[e->connection], e->stream))
      because(cause::stream_reset, e->connection, e->stream);
  }
  if (const auto* e = std::get_if<model::timer_expired>(&happened)) {
    if (e->which == model::timer::drain) because(cause::drain_expired, 0);
    if (e->which == model::timer::linger) because(cause::linger_expired, e->connection);
  }
  return view;
}

}  // namespace

replay_verdict replay_log(const traces::trace& log, const model::profile& profile) {
  const sim::lane_replay found = log.black_box ? sim::replay_black_box(log, profile) : sim::replay_lanes(log, profile);
  replay_verdict result{found.reproduced, {}, {}, {}};
  if (!found.reproduced) {
    result.divergence = divergence{found.divergence->line, found.divergence->expected, found.divergence->observed};
    return result;
  }
  judge judged;
  model::server server;
  model::effects effects;
  if (!found.schedule.empty() && !std::holds_alternative<model::listen_called>(found.schedule.front()))
    server.step(model::listen_called{}, profile, effects);
  bool runs_pump = false;  // the step before was told to write at once, so that the writes that follow are part of it
  for (const auto& happened : found.schedule) {
    const model::server before = server;
    effects.clear();
    server.step(happened, profile, effects);
    auto view = view_of(happened, before, server, effects);
    runs_pump = runs_pump && (view.why == cause::written || view.why == cause::end_written);
    if (runs_pump) view.why = cause::other;
    runs_pump |= detail::any_effect<model::write_now>(effects, [](const auto&) { return true; });
    judged.watch(view, false);
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
      judged.watch(view_of(before, chosen, seen, after), after.deferred);
      last = after;
    });
    if (off) {
      result.divergence = divergence{off->step, "choice " + std::to_string(off->chosen),
                                     "a state that offers " + std::to_string(off->offered) + " choices"};
      return result;
    }
    result.reproduced = true;
    judged.demand("close_terminates", form::unbounded, !(last.server.is_closing() && is_fair_end(world, run)));
    result.still_alive = still_alive(last.server);
    result.claims = judged.verdicts(*options.profile);
    return result;
  });
}

}  // namespace lastcall::properties::http2
