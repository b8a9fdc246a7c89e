#include "properties/explored_world.hpp"
#include "properties/protocols.hpp"
#include "properties/tcp_world.hpp"
#include "sim/lane_rows.hpp"
#include "sim/socket_world.hpp"
#include "traces/format/shape.hpp"

namespace lastcall::properties {
namespace tcp {
namespace {

template <class Run>
auto with_world(const sim::world_options& options, Run run) {
  invariant(options.connections >= 1 && options.connections <= connections_max, "a world of this size was not compiled");
  if (options.connections == 1) return run(sim::socket_world<1>(options));
  if (options.connections == 2) return run(sim::socket_world<2>(options));
  return run(sim::socket_world<3>(options));
}

std::size_t answered(const model::socket_effects& effects) {
  return static_cast<std::size_t>(std::ranges::count_if(effects, [](const model::socket_effect& each) {
    const auto* told = std::get_if<model::socket_notify>(&each);
    return told != nullptr && told->what == model::callback::close_callback;
  }));
}

/// Each close() is answered once: those that waited, and this one, less those that wait now.
template <class Server>
bool close_callback_once(const Server& before, bool close_called, const model::socket_effects& effects, const Server& after) {
  return before.close_callbacks().size() + (close_called ? 1 : 0) == answered(effects) + after.close_callbacks().size();
}

template <class State>
auto claims_of_world() {
  using sim::socket_action, sim::socket_move, sim::socket_observation;
  return std::tuple{
      explore::eventually("close_terminates", [](const State& now) { return now.server.is_closing(); },
                          [](const State& now) { return now.server.is_closed(); }),
      explore::always_step("close_callback_once",
                           [](const State& before, const socket_action& chosen, const socket_observation& seen, const State& after) {
                             return close_callback_once(before.server, chosen.what == socket_move::close, seen.effects, after.server);
                           }),
      explore::always("counts_exact", [](const State& now) { return counts_exact(now.server); }),
      explore::always("no_leak", [](const State& now) { return no_leak(now.server); }),
      explore::sometimes_step("closes_with_sockets_open",
                              [](const State&, const socket_action& chosen, const socket_observation&, const State& after) {
                                return chosen.what == socket_move::close && after.server.is_closing();
                              }),
      explore::sometimes_step("connection_ends_while_closing",
                              [](const State& before, const socket_action&, const socket_observation&, const State& after) {
                                return before.server.is_closing() &&
                                       after.server.connections_counted() < before.server.connections_counted();
                              }),
  };
}

bool applies(const claim_description& claim, const sim::world_options& world) {
  if (claim.name != "connection_ends_while_closing") return true;
  return world.handler->may.has(sim::handler_move::finish) || world.peer->may.has(sim::client_move::send_fin) ||
         world.peer->may.has(sim::client_move::send_rst);
}

environment_verdict check(const sim::world_options& options, const explore::options& bounds) {
  return with_world(options, [&](const auto& world) {
    using state = typename std::remove_cvref_t<decltype(world)>::state;
    return check_world(world, claims_of_world<state>(), claims(), applies, bounds);
  });
}

std::vector<std::string> assumptions(const sim::world_options& world) {
  return {
      "at most " + std::to_string(world.connections) + " connections at a time; a slot is used again after its connection ends",
      "bytes are counted in pieces: each direction of a connection holds one that nobody has read, and the server buffers two",
      "one step of the server is one turn with all its next-tick callbacks; the application makes its calls in turns of their own",
      "no half-open sockets, no limit of connections, no socket timeouts",
      "the application calls close() once while the server listens, and again only when it is closed",
  };
}

std::string fairness(const sim::world_options& world) {
  std::string text = "weak, per connection: accept, receive, writes that wait, FIN, close callbacks";
  if (world.peer->must.has(sim::client_move::read)) text += "; client reads";
  if (world.peer->must.has(sim::client_move::send_fin)) text += "; client answers FIN";
  if (world.handler->must.has(sim::handler_move::finish)) text += "; the application reads its sockets and ends them";
  return text;
}

replay_verdict replay_path(const sim::world_options& options, const explore::counterexample& run) {
  return with_world(options, [&](const auto& world) {
    replay_verdict result;
    bool once = true;
    bool exact = true;
    bool tidy = true;
    auto last = world.initial();
    const auto off = explore::replay(world, explore::choices(run), [&](const auto& before, const auto& chosen, const auto& seen, const auto& after) {
      once = once && close_callback_once(before.server, chosen.what == sim::socket_move::close, seen.effects, after.server);
      exact = exact && counts_exact(after.server);
      tidy = tidy && no_leak(after.server);
      last = after;
    });
    if (off) {
      result.divergence = divergence{off->step, "choice " + std::to_string(off->chosen),
                                     "a state that offers " + std::to_string(off->offered) + " choices"};
      return result;
    }
    result.reproduced = true;
    result.still_alive = still_alive(last.server);
    const bool terminates = !(last.server.is_closing() && is_fair_end(world, run));
    const bool verdicts[] = {terminates, once, exact, tidy};
    for (std::size_t i = 0; i < std::size(verdicts); ++i)
      result.claims.push_back({&claims()[i], verdicts[i] ? verdict::holds : verdict::violated, {}});
    return result;
  });
}

/// A run as the rows of a trace.
class recorder {
 public:
  void watch(const auto& before, const sim::socket_action& chosen, const sim::socket_observation& seen, const auto& after) {
    using enum sim::socket_move;
    using kind = traces::event_kind;
    const std::uint8_t slot = chosen.connection;
    if (chosen.what == client_connects) number_[slot] = ++clients_;
    const auto client = [&](kind what) -> traces::row& { return add(traces::actor::client, what, slot); };
    const auto app = [&](kind what) -> traces::row& { return add(traces::actor::app, what, slot); };
    switch (chosen.what) {
      case close: add(traces::actor::app, kind::close); break;
      case accept: add(traces::actor::kernel, kind::accepted, slot); break;
      case application_listens: app(kind::data_listener); break;
      case application_writes:
        app(kind::socket_write).length = 1;
        rows_.back().has_callback = true;
        break;
      case application_ends: app(kind::socket_end); break;
      case application_destroys: app(kind::socket_destroy); break;
      case client_connects: client(kind::connect); break;
      case client_sends: client(kind::send_bytes).length = 1; break;
      case client_sends_fin: client(kind::fin); break;
      case client_aborts: client(kind::rst); break;
      case client_reads: client(kind::recv_bytes).length = 1; break;
      default: break;
    }
    for (const auto& each : seen.effects) {
      if (const auto* told = std::get_if<model::socket_notify>(&each)) record(*told);
      if (std::holds_alternative<model::stop_listening>(each)) add(traces::actor::server, kind::stop_listening);
      if (const auto* closed = std::get_if<model::close_socket>(&each))
        add(traces::actor::server, kind::destroy_socket, static_cast<std::uint8_t>(closed->connection));
    }
    for (std::size_t i = 0; i < after.links.size(); ++i)
      if (!before.links[i].server_fin && after.links[i].server_fin)
        add(traces::actor::server, kind::shutdown_write, static_cast<std::uint8_t>(i));
  }
  std::size_t size() const { return rows_.size(); }
  std::vector<traces::row> take(std::size_t loop_start) {
    for (std::size_t i = loop_start; i < rows_.size(); ++i) rows_[i].loop = true;
    return std::move(rows_);
  }

 private:
  void record(const model::socket_notify& told) {
    traces::row made = sim::as_row(told);
    const auto* shape = traces::shape_of(made.actor, made.event);
    const bool of_connection = shape->required.has(traces::field::connection) || shape->optional.has(traces::field::connection);
    made.connection = of_connection ? number_[told.connection] : 0;
    if (!shape->optional.has(traces::field::error)) made.error.reset();
    if (!shape->optional.has(traces::field::failed)) made.failed = false;
    rows_.push_back(made);
  }
  traces::row& add(traces::actor who, traces::event_kind what) {
    traces::row made;
    made.actor = who;
    made.event = what;
    return rows_.emplace_back(made);
  }
  traces::row& add(traces::actor who, traces::event_kind what, std::uint8_t slot) {
    traces::row& made = add(who, what);
    made.connection = number_[slot];
    return made;
  }

  std::vector<traces::row> rows_;
  std::array<std::uint32_t, connections_max> number_{};
  std::uint32_t clients_ = 0;
};

std::vector<traces::row> rows_of(const sim::world_options& options, const explore::counterexample& run) {
  return with_world(options, [&](const auto& world) {
    recorder recorded;
    std::size_t steps = 0;
    std::size_t loop_start = run.loop.empty() ? std::string::npos : 0;
    explore::replay(world, explore::choices(run), [&](const auto& before, const auto& chosen, const auto& seen, const auto& after) {
      if (!run.loop.empty() && steps == run.stem.size()) loop_start = recorded.size();
      ++steps;
      recorded.watch(before, chosen, seen, after);
    });
    return recorded.take(loop_start);
  });
}

}  // namespace
}  // namespace tcp

const protocol_world tcp_world{
    .protocol = model::protocol::tcp,
    .claims = tcp::claims(),
    .check = tcp::check,
    .assumptions = tcp::assumptions,
    .fairness = tcp::fairness,
    .has_deadline = [](const model::profile&) { return false; },
    .replay_log = tcp::replay_log,
    .replay_path = tcp::replay_path,
    .rows_of = tcp::rows_of,
    .steps_along =
        [](const sim::world_options& options, const explore::counterexample& run) {
          return tcp::with_world(options, [&](const auto& world) { return names_of_steps(world, run); });
        },
};

}  // namespace lastcall::properties
