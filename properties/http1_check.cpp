// The HTTP/1 world put to the checker, and its row among the protocols.
#include <boost/describe/enum_to_string.hpp>
#include <tuple>

#include "properties/explored_world.hpp"
#include "properties/http1_claims.hpp"
#include "properties/http1_world.hpp"
#include "properties/protocols.hpp"
#include "sim/explore/claims.hpp"

namespace lastcall::properties::http1 {
namespace {

using sim::http1::action, sim::http1::observation, sim::http1::move;

/// A step the server takes by itself, without a peer, a handler or time.
bool is_own_step(const action& chosen) {
  using enum sim::http1::move;
  return chosen.what == accept || chosen.what == receive || chosen.what == pump || chosen.what == fin_leaves ||
         chosen.what == run_close_callbacks;
}

/// All claims for worlds with this state, in the order of claims().
template <class State>
auto predicates() {
  const auto step_claim = [](const char* name, auto predicate) {
    return explore::always_step(name, [predicate](const State& before, const action& chosen, const observation& seen,
                                                  const State& after) { return predicate(view_of(before, chosen, seen, after)); });
  };
  const auto guard = [](const char* name, auto predicate) { return explore::sometimes_step(name, predicate); };
  const auto destroys = [](const observation& seen) {
    return detail::any_effect<model::destroy_socket>(seen.effects, [](const auto&) { return true; });
  };
  const auto closes = [](const action& chosen, const State& after) { return chosen.what == move::close && after.server.is_closing(); };
  return std::tuple{
      explore::eventually("close_terminates", [](const State& now) { return now.server.is_closing(); },
                          [](const State& now) { return now.server.is_closed(); }),
      step_claim("bounded close_terminates", [](const auto& step) { return bounded_close(step); }),
      step_claim("close_callback_once", [](const auto& step) { return close_callback_once(step); }),
      step_claim("no_loss", [](const auto& step) { return no_loss(step); }),
      explore::always("counts_exact", [](const State& now) { return counts_exact(now.server); }),
      step_claim("ordered_close", [](const auto& step) { return ordered_close(step); }),
      explore::always("no_leak", [](const State& now) { return no_leak(now.server); }),
      explore::always("waits_are_bounded", [](const State& now) { return waits_are_bounded(now.server); }),
      explore::acyclic("no_spin", [](const State&, const action& chosen) { return is_own_step(chosen); }),

      guard("closes_with_requests_running",
            [closes](const State& before, const action& chosen, const observation&, const State& after) {
              return closes(chosen, after) && std::ranges::any_of(before.server.connections(), [](const auto& which) {
                       return std::ranges::any_of(which.requests, detail::is_due);
                     });
            }),
      guard("closes_with_half_a_request",
            [closes](const State& before, const action& chosen, const observation&, const State& after) {
              return closes(chosen, after) && std::ranges::any_of(before.server.connections(), [](const auto& which) {
                       return which.is_live() && which.parser == model::http1_connection::state::head;
                     });
            }),
      guard("response_written_while_closing",
            [](const State& before, const action&, const observation& seen, const State&) {
              return before.server.is_closing() && detail::count_told(seen.effects, model::callback::response_finish) > 0;
            }),
      guard("connection_ends_while_closing",
            [destroys](const State& before, const action&, const observation& seen, const State&) {
              return before.server.is_closing() && destroys(seen);
            }),
      guard("request_arrives_while_closing",
            [](const State& before, const action&, const observation& seen, const State&) {
              return before.server.is_closing() && detail::count_told(seen.effects, model::callback::server_request) > 0;
            }),
      guard("deadline_passes",
            [](const State&, const action& chosen, const observation&, const State&) {
              return chosen.what == move::fire_head || chosen.what == move::fire_request;
            }),
      guard("deadline_cuts_a_connection",
            [destroys](const State&, const action& chosen, const observation& seen, const State&) {
              return chosen.what == move::fire_drain && destroys(seen);
            }),
      guard("linger_expires", [](const State&, const action& chosen, const observation&,
                                 const State&) { return chosen.what == move::fire_linger; }),
  };
}

bool has_deadline(const model::profile& profile) { return profile.drain_deadline != model::drain_deadline::none; }

/// Whether a claim has a meaning for this profile, and a guard a chance in this environment.
bool applies(const claim_description& claim, const sim::world_options& world) {
  using sim::client_move, sim::handler_move;
  const sim::peer_class& peer = *world.peer;
  if (claim.form == form::bounded || claim.name == "deadline_cuts_a_connection") return has_deadline(*world.profile);
  const bool sends_requests = peer.may.has(client_move::send_headers) && peer.may.has(client_move::end_stream);
  if (claim.name == "closes_with_requests_running" || claim.name == "request_arrives_while_closing") return sends_requests;
  if (claim.name == "response_written_while_closing")
    return sends_requests && world.handler->may.has(handler_move::finish);
  if (claim.name == "linger_expires")
    return world.profile->http1.after_last_response == model::http1::after_last_response::lingers;
  return true;
}

environment_verdict check(const sim::world_options& options, const explore::options& bounds) {
  return with_world(options, [&](const auto& world) {
    using state = typename std::remove_cvref_t<decltype(world)>::state;
    return check_world(world, predicates<state>(), claims(), applies, bounds);
  });
}

std::string counted(std::uint32_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::vector<std::string> assumptions(const sim::world_options& world) {
  return {
      "at most " + counted(world.connections, "connection") + " at a time and " + counted(world.streams, "request") +
          " under way on each; a slot is used again after its connection ends, a connection for any number of requests",
      "a connection holds " + counted(world.channel_capacity, "piece") +
          " the server has not read and one write the client has not read; a full channel makes the writer wait",
      "pieces are the first bytes of a head, the rest of it, and the end of a body; all requests ask to keep the connection",
      "one step of the server is one callback with its next-tick queue; receiving and writing are separate steps",
      "the application calls close() at any time, but not again while the server is closing; 'listening' may come twice",
      "no clock: an armed timer may fire at any time; where one timer checks the deadlines of all connections, they are armed "
      "while it is",
      "a client sends nothing more to a server that no longer takes requests from it",
  };
}

std::string fairness(const sim::world_options& world) {
  std::string text = "weak, per connection: accept, receive, write, FIN, close callbacks, each arming of a timer";
  using enum sim::client_move;
  for (const auto& [owed, words] : {std::pair{read, "; client read"}, {end_stream, "; client completes requests begun"},
                                    {send_ping, "; client sends more of a head"}, {send_fin, "; client answers FIN"}})
    if (world.peer->must.has(owed)) text += words;
  if (world.handler->must.has(sim::handler_move::finish)) text += "; handler finish";
  return text;
}

}  // namespace
}  // namespace lastcall::properties::http1

namespace lastcall::properties {

const protocol_world http1_world{
    .protocol = model::protocol::http1,
    .claims = http1::claims(),
    .check = http1::check,
    .assumptions = http1::assumptions,
    .fairness = http1::fairness,
    .has_deadline = http1::has_deadline,
    .replay_log = http1::replay_log,
    .replay_path = http1::replay_path,
    .rows_of = http1::rows_of,
    .steps_along =
        [](const sim::world_options& options, const explore::counterexample& run) {
          return http1::with_world(options, [&](const auto& world) { return names_of_steps(world, run); });
        },
};

}  // namespace lastcall::properties
