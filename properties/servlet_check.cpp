#include <boost/describe/enum_to_string.hpp>

#include "properties/explored_world.hpp"
#include "properties/protocols.hpp"
#include "properties/servlet_claims.hpp"
#include "properties/servlet_world.hpp"

namespace lastcall::properties {
namespace servlet {
namespace {

using sim::servlet_action, sim::servlet_observation;
using state = sim::servlet_world::state;

/// All claims, in the order of claims().
auto predicates() {
  const auto leads_to = [](const char* name, bool sim::servlet_history::*owed) {
    return explore::eventually(name, [owed](const state& now) { return now.history.*owed; },
                               [owed](const state& now) { return !(now.history.*owed); });
  };
  const auto step_claim = [](const char* name, auto predicate) {
    return explore::always_step(name, [predicate](const state& before, const servlet_action&, const servlet_observation& seen,
                                                  const state& after) {
      return !seen.reached_server ||
             predicate({before.request, after.request, before.history, after.history, seen.happened, seen.effects});
    });
  };
  const auto guard = [](const char* name, auto predicate) {
    return explore::sometimes_step(name, [predicate](const state& before, const servlet_action&, const servlet_observation& seen,
                                                     const state& after) {
      return seen.reached_server && predicate(before.request, seen.happened, after.request);
    });
  };
  using model::servlet_event;
  using enum model::servlet_request::state;
  const auto loses = [](const model::servlet& before, const model::servlet& after) {
    return after.stream_lost && !before.stream_lost && before.request == waiting;
  };
  return std::tuple{
      leads_to("error_reaches_application", &sim::servlet_history::owes_error),
      leads_to("late_listener_is_told", &sim::servlet_history::owes_late_error),
      leads_to("request_ends", &sim::servlet_history::owes_end),
      step_claim("one_terminal_event", one_terminal_event),
      step_claim("reader_ends_once", reader_ends_once),
      step_claim("honest_end", honest_end),
      step_claim("legal_frames", legal_frames),
      guard("reset_meets_a_waiting_request",
            [loses](const auto& before, servlet_event, const auto& after) { return loses(before, after); }),
      guard("reset_meets_a_committed_response",
            [loses](const auto& before, servlet_event, const auto& after) {
              return loses(before, after) && before.output == model::servlet_output::state::committed;
            }),
      guard("reset_meets_a_reader",
            [loses](const auto& before, servlet_event, const auto& after) {
              return loses(before, after) && before.reads && !before.reader_done;
            }),
      guard("listener_comes_late",
            [](const auto&, servlet_event what, const auto& after) { return what == servlet_event::listener_added && after.stream_lost; }),
      guard("timeout_after_commit",
            [](const auto& before, servlet_event what, const auto&) {
              return what == servlet_event::timeout_expired && before.output == model::servlet_output::state::committed;
            }),
      guard("request_completes",
            [](const auto& before, servlet_event what, const auto& after) {
              return what == servlet_event::complete_called && before.request == waiting && after.request == completed && after.listens;
            }),
  };
}

/// Guards have no chance where a client never resets or a handler never does its part.
bool applies(const claim_description& claim, const sim::world_options& world) {
  const bool resets = world.peer->may.has(sim::client_move::send_rst_stream);
  const bool needs_reset = claim.name.starts_with("reset_meets") || claim.name == "listener_comes_late" ||
                           claim.name == "error_reaches_application" || claim.name == "late_listener_is_told";
  if (needs_reset) return resets;
  if (claim.name == "request_completes") return world.handler->may.has(sim::handler_move::finish);
  return true;
}

}  // namespace

environment_verdict check(const sim::world_options& options, const explore::options& bounds) {
  return check_world(sim::servlet_world(options), predicates(), claims(), applies, bounds);
}

std::vector<std::string> assumptions(const sim::world_options& world) {
  return {
      "one connection and one stream on it; connections and GOAWAY are the affair of the http2 protocol",
      "a client has at most " + std::to_string(world.channel_capacity) + " frames on their way and sends one DATA before its last",
      "the application keeps to the API: it sets everything up in service(), with a WriteListener it writes when isReady() allows it,"
      " and it calls complete() once, after service()",
      "one step of the container is one run-to-completion turn; AsyncListeners are a step of their own, and return",
      "a print() fits into the buffer; what is flushed is written at once",
      "no clock: an armed timeout may fire at any time",
  };
}

std::string fairness(const sim::world_options& world) {
  std::string text = "weak: receive, the return of listeners, the timeout";
  if (world.peer->must.has(sim::client_move::end_stream)) text += "; client end_stream";
  if (world.handler->must.has(sim::handler_move::finish)) text += "; the return of service() and complete()";
  return text;
}

}  // namespace servlet

const protocol_world servlet_world{
    .protocol = model::protocol::servlet,
    .claims = servlet::claims(),
    .check = servlet::check,
    .assumptions = servlet::assumptions,
    .fairness = servlet::fairness,
    // What a container owes to its application depends on no peer and no handler.
    .has_deadline = [](const model::profile&) { return true; },
    .replay_log = servlet::replay_log,
    .replay_path = servlet::replay_path,
    .rows_of = servlet::rows_of,
    .steps_along =
        [](const sim::world_options& options, const explore::counterexample& run) {
          return names_of_steps(sim::servlet_world(options), run);
        },
};

}  // namespace lastcall::properties
