// Which moves of the world are fair, and which steps end one arming of a timer; included from sim/world.hpp only.
#pragma once

namespace lastcall::sim {

template <std::size_t C>
std::uint64_t world<C>::fair_sets(const state& now, const action& chosen) const {
  // Constraints are numbered per connection, then two for the whole server. Those of a timer count per arming.
  if (options_.second_is_others && chosen.connection == 1) return 0;
  const unsigned per_connection = constraints_per_connection();
  const unsigned base = chosen.connection * per_connection;
  const auto of_connection = [base](unsigned number) { return std::uint64_t{1} << (base + number); };
  const auto if_owed = [&](client_move move) { return owed().has(move) ? of_connection(7 + owed().before(move)) : 0; };
  const link& client = now.links[chosen.connection];
  switch (chosen.what) {
    case move::accept: return of_connection(0);
    case move::receive: return of_connection(1);
    case move::pump: return of_connection(2);
    case move::fire_notice: return of_connection(3);
    case move::fire_linger: return of_connection(4);
    case move::fire_preface: return of_connection(5);
    case move::run_close_callbacks: return of_connection(6);
    case move::client_reads: return if_owed(client_move::read);
    case move::client_sends_settings:
    case move::client_closes_window: return if_owed(client_move::send_settings);
    case move::client_updates_window: return if_owed(client_move::send_window_update);
    case move::client_pings: return if_owed(client_move::send_ping);
    case move::client_sends_fin: {
      // Nobody has to leave unprompted: only after GOAWAY, or after the server's FIN.
      const bool accepted = client.phase == link::accepted;
      const bool fin_seen =
          accepted && now.server.connections()[chosen.connection].socket == model::tcp_socket::state::write_ended;
      return client.goaway_seen || fin_seen ? if_owed(client_move::send_fin) : 0;
    }
    case move::client_acks_ping: return if_owed(client_move::ack_ping);
    case move::client_sends_invalid: return if_owed(client_move::send_invalid);
    case move::client_ends_stream:
      return options_.peer->must.has(client_move::end_stream) ? of_connection(constraints_per_stream_from() + chosen.stream) : 0;
    case move::handler_finishes:
      return options_.handler->must.has(handler_move::finish)
                 ? of_connection(constraints_per_stream_from() + options_.streams + chosen.stream)
                 : 0;
    case move::fire_drain: return std::uint64_t{1} << (options_.connections * per_connection);
    case move::run_deferred: return std::uint64_t{2} << (options_.connections * per_connection);
    default: return 0;
  }
}

template <std::size_t C>
std::uint64_t world<C>::restarted(const state&, const action&, const observation& seen, const state&) const {
  const unsigned per_connection = constraints_per_connection();
  std::uint64_t ended = 0;
  const auto end = [&](model::timer which, model::connection_id who) {
    switch (which) {
      case model::timer::notice: ended |= std::uint64_t{1} << (who * per_connection + 3); break;
      case model::timer::linger: ended |= std::uint64_t{1} << (who * per_connection + 4); break;
      case model::timer::preface: ended |= std::uint64_t{1} << (who * per_connection + 5); break;
      case model::timer::drain: ended |= std::uint64_t{1} << (options_.connections * per_connection); break;
      default: break;  // of a server that shows its sockets
    }
  };
  for (const auto& each : seen.effects) {
    if (const auto* armed = std::get_if<model::arm_timer>(&each)) end(armed->which, armed->connection);
    if (const auto* cancelled = std::get_if<model::cancel_timer>(&each)) end(cancelled->which, cancelled->connection);
  }
  return ended;
}

}  // namespace lastcall::sim
