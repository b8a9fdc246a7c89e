// The claims put to the simulated world: the bridge between a step of sim::world and the view that claims look at.
#pragma once

#include <string>
#include <tuple>

#include "properties/claims.hpp"
#include "sim/explore/claims.hpp"
#include "sim/world.hpp"

namespace lastcall::properties {

/// What caused this step, read off the action and the frame it delivers.
template <class State>
step_view<decltype(State::server)> view_of(const State& before, const sim::action& chosen, const sim::observation& seen,
                                           const State& after) {
  step_view<decltype(State::server)> view{before.server, after.server, seen.effects};
  view.connection = chosen.connection;
  switch (chosen.what) {
    case sim::move::close: view.why = cause::close_called; break;
    case sim::move::pump: view.why = cause::written; break;
    case sim::move::fire_drain: view.why = cause::drain_expired; break;
    case sim::move::fire_linger: view.why = cause::linger_expired; break;
    case sim::move::receive: {
      const sim::sent_frame& frame = before.links[chosen.connection].to_server.front();
      view.stream = sim::detail::id_of(frame.stream);
      if (frame.kind == sim::client_frame::fin) view.why = cause::peer_fin;
      if (frame.kind == sim::client_frame::rst) view.why = cause::peer_rst;
      if (frame.kind == sim::client_frame::data_end) view.data = 1;
      if (frame.kind == sim::client_frame::invalid) view.why = cause::peer_error;
      if (frame.kind == sim::client_frame::rst_stream) view.why = cause::stream_reset;
      if (frame.kind == sim::client_frame::data_end && detail::is_after_end(before.server.connections()[chosen.connection], view.stream))
        view.why = cause::stream_reset;
      break;
    }
    default: break;
  }
  return view;
}

/// A step the server takes by itself, without a peer, a handler or time.
inline bool is_own_step(const sim::action& chosen) {
  using enum sim::move;
  return chosen.what == accept || chosen.what == receive || chosen.what == pump || chosen.what == run_deferred ||
         chosen.what == run_close_callbacks;
}

/// All claims for worlds with this state, in the order of claims().
template <class State>
auto world_claims() {
  using sim::action, sim::observation;
  const auto step_claim = [](const char* name, auto predicate) {
    return explore::always_step(name, [predicate](const State& before, const action& chosen, const observation& seen,
                                                  const State& after) { return predicate(view_of(before, chosen, seen, after)); });
  };
  const auto guard = [](const char* name, auto predicate) { return explore::sometimes_step(name, predicate); };
  return std::tuple{
      explore::eventually("close_terminates", [](const State& now) { return now.server.is_closing(); },
                          [](const State& now) { return now.server.is_closed(); }),
      step_claim("bounded close_terminates", [](const auto& step) { return bounded_close(step); }),
      step_claim("close_callback_once", [](const auto& step) { return close_callback_once(step); }),
      step_claim("no_new_after_final_goaway", [](const auto& step) { return no_new_after_final_goaway(step); }),
      step_claim("honest_last_stream_id", [](const auto& step) { return honest_last_stream_id(step); }),
      step_claim("no_loss", [](const auto& step) { return no_loss(step); }),
      step_claim("one_terminal_event", [](const auto& step) { return one_terminal_event(step); }),
      explore::always("counts_exact", [](const State& now) { return counts_exact(now.server); }),
      step_claim("ordered_close", [](const auto& step) { return ordered_close(step); }),
      step_claim("window_conserved", [](const auto& step) { return window_conserved(step); }),
      step_claim("no_reentrancy", [](const auto& step) { return no_reentrancy(step); }),
      step_claim("only_data_waits", [](const auto& step) { return only_data_waits(step); }),
      step_claim("refuses_within_reason", [](const auto& step) { return refuses_within_reason(step); }),
      explore::always("handlers_bounded", [](const State& now) { return handlers_bounded(now.server); }),
      explore::always("no_request_parked", [](const State& now) { return no_request_parked(now.server); }),
      step_claim("final_goaway_before_fin", [](const auto& step) { return final_goaway_before_fin(step); }),
      step_claim("escalation_shortens", [](const auto& step) { return escalation_shortens(step); }),
      explore::always("no_leak", [](const State& now) { return no_leak(now.server, now.deferred); }),
      explore::always("waits_are_bounded", [](const State& now) { return waits_are_bounded(now.server); }),
      explore::acyclic("no_spin", [](const State&, const action& chosen) { return is_own_step(chosen); }),

      guard("closes_with_requests_running",
            [](const State& before, const action& chosen, const observation&, const State& after) {
              if (chosen.what != sim::move::close || !after.server.is_closing()) return false;
              return std::ranges::any_of(before.server.connections(), [](const auto& which) { return !which.requests.empty(); });
            }),
      guard("response_written_while_closing",
            [](const State& before, const action&, const observation& seen, const State&) {
              return before.server.is_closing() &&
                     detail::count_notified(seen.effects, model::callback::request_completed,
                                            [](const model::notify&) { return true; }) > 0;
            }),
      guard("connection_ends_while_closing",
            [](const State& before, const action&, const observation& seen, const State&) {
              return before.server.is_closing() &&
                     detail::any_effect<model::destroy_socket>(seen.effects, [](const auto&) { return true; });
            }),
      guard("stream_arrives_above_last_id",
            [](const State& before, const action& chosen, const observation&, const State&) {
              if (chosen.what != sim::move::receive) return false;
              const auto& which = before.server.connections()[chosen.connection];
              const auto kind = before.links[chosen.connection].to_server.front().kind;
              return which.session == model::http2_session::state::open &&
                     which.goaway == model::http2_goaway::state::final_sent &&
                     (kind == sim::client_frame::headers || kind == sim::client_frame::headers_end);
            }),
      guard("deadline_cuts_a_connection",
            [](const State&, const action& chosen, const observation& seen, const State&) {
              return chosen.what == sim::move::fire_drain &&
                     detail::any_effect<model::destroy_socket>(seen.effects, [](const auto&) { return true; });
            }),
      guard("linger_expires", [](const State&, const action& chosen, const observation&,
                                 const State&) { return chosen.what == sim::move::fire_linger; }),
      guard("error_while_closing",
            [](const State& before, const action& chosen, const observation&, const State&) {
              return before.server.is_closing() && chosen.what == sim::move::receive &&
                     before.links[chosen.connection].to_server.front().kind == sim::client_frame::invalid;
            }),
      guard("data_is_discarded",
            [](const State& before, const action& chosen, const observation& seen, const State& after) {
              const auto view = view_of(before, chosen, seen, after);
              if (view.data == 0) return false;
              const auto* request = detail::find_request(view.connection_before(view.connection), view.stream);
              return request == nullptr || !detail::is_unfinished(*request);
            }),
      guard("reset_meets_blocked_data",
            [](const State& before, const action&, const observation& seen, const State&) {
              return detail::any_effect<model::send_rst_stream>(seen.effects, [&](const model::send_rst_stream& sent) {
                const auto* request = detail::find_request(before.server.connections()[sent.connection], sent.stream);
                return request != nullptr && detail::has_unwritten_response(*request) && before.links[sent.connection].window_closed;
              });
            }),
      guard("handler_outlives_stream",
            [](const State&, const action&, const observation&, const State& after) {
              return detail::any_request(after.server, [](const model::request& each) {
                return each.handler_runs && each.stream == model::http2_stream::state::closed;
              });
            }),
      guard("request_waits_for_handler",
            [](const State&, const action&, const observation&, const State& after) {
              return detail::any_request(
                  after.server, [](const model::request& each) { return each.exchange == model::exchange::state::waiting; });
            }),
  };
}

}  // namespace lastcall::properties
