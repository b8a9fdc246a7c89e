// What the HTTP/1 world offers, what each move does, and which moves are fair; the second half of sim/http1_world.hpp, to be
// included from there only.
#pragma once

namespace lastcall::sim::http1 {

namespace detail {

/// The lowest number that no request of the connection has: numbers are used again, so that states are.
template <class Connection>
model::http1::request_id free_number(const Connection& which) {
  for (model::http1::request_id number = 1;; ++number) {
    bool taken = false;
    for (const auto& each : which.requests) taken |= each.id == number;
    if (!taken) return number;
  }
}

/// The request whose response the socket takes.
template <class Connection>
const model::http1::request* current(const Connection& which) {
  for (const auto& each : which.requests)
    if (!model::is_over(each.response)) return &each;
  return nullptr;
}

/// The server's FIN is on its way, or has left.
inline bool fin_is_out(model::tcp_socket::state socket) {
  using enum model::tcp_socket::state;
  return socket == ending || socket == both_ending || socket == write_ended;
}

/// Whether the server still takes requests from this connection.
template <class Connection>
bool reads_requests(const Connection& which) {
  return which.socket == model::tcp_socket::state::open && !which.ends && !which.no_more_requests;
}

inline bool aborted(const link& client) { return !client.to_server.empty() && client.to_server[client.to_server.size() - 1] == piece::rst; }

}  // namespace detail

template <std::size_t C>
template <class Visit>
void world<C>::actions(const state& now, Visit&& visit) const {
  const auto& server = now.server;
  if (!server.was_started()) visit(action{move::listen});
  if (server.listener_open()) visit(action{move::emit_listening});
  for (std::uint8_t who = 0; who < options_.connections; ++who) {
    if (now.links[who].phase == link::backlog && server.listener_open()) visit(action{move::accept, who});
    if (who < server.connections().size()) server_actions(now, who, visit);
    client_actions(now, who, visit);
  }
  if (server.drain_armed()) visit(action{move::fire_drain});
  // Last, so that of equally short runs the one is found in which close() comes late and the rest reads like a day's work.
  if (!server.is_closing()) visit(action{move::close});
}

template <std::size_t C>
template <class Visit>
void world<C>::server_actions(const state& now, std::uint8_t who, Visit& visit) const {
  const auto& which = now.server.connections()[who];
  const link& client = now.links[who];
  if (which.socket == model::tcp_socket::state::destroyed) visit(action{move::run_close_callbacks, who});
  if (!which.is_live()) return;
  if (!client.to_server.empty() && !which.requests.full()) visit(action{move::receive, who});
  if (which.output_pending && !detail::fin_is_out(which.socket) && !client.unread) visit(action{move::pump, who});
  if (which.closes_after_fin && detail::fin_is_out(which.socket)) visit(action{move::fin_leaves, who});
  if (which.head_armed) visit(action{move::fire_head, who});
  if (which.request_armed) visit(action{move::fire_request, who});
  if (which.keep_alive_armed) visit(action{move::fire_keep_alive, who});
  if (which.linger_armed) visit(action{move::fire_linger, who});
  for (const auto& each : which.requests) {
    using enum model::exchange::state;
    const auto number = static_cast<std::uint8_t>(each.id);
    if (each.response == dispatched && may(handler_move::respond)) visit(action{move::handler_responds, who, number});
    if ((each.response == dispatched || each.response == committed) && may(handler_move::finish))
      visit(action{move::handler_finishes, who, number});
  }
}

template <std::size_t C>
template <class Visit>
void world<C>::client_actions(const state& now, std::uint8_t who, Visit& visit) const {
  const link& client = now.links[who];
  const bool known = who < now.server.connections().size();
  if (client.phase == link::none) {
    const bool slot_free = !known || now.server.connections()[who].socket == model::tcp_socket::state::closed;
    if (slot_free && now.server.listener_open() && may(client_move::connect)) visit(action{move::client_connects, who});
    return;
  }
  if (client.unread && may(client_move::read)) visit(action{move::client_reads, who});
  if (may(client_move::send_rst) && !detail::aborted(client)) visit(action{move::client_aborts, who});
  if (client.fin_sent || client.to_server.size() == options_.channel_capacity) return;

  const bool accepted = client.phase == link::accepted;
  const bool fin_seen = accepted && detail::fin_is_out(now.server.connections()[who].socket) && !client.unread;
  std::size_t under_way = accepted ? now.server.connections()[who].requests.size() : 0;
  for (const piece each : client.to_server) under_way += each == piece::head || each == piece::request ? 1U : 0U;
  const bool at_rest = client.sending == link::nothing && under_way == 0;
  if (may(client_move::send_fin) && (!options_.peer->keeps_the_rules || fin_seen || at_rest))
    visit(action{move::client_sends_fin, who});
  // What the server throws away needs no variety.
  if (accepted && client.sending != link::a_body && !detail::reads_requests(now.server.connections()[who])) return;
  switch (client.sending) {
    case link::nothing:
      if (may(client_move::send_headers) && under_way < options_.streams) visit(action{move::client_begins_head, who});
      break;
    case link::a_head:
      // A client that keeps the rules does not fill the channel while it owes the rest of a head.
      if (may(client_move::send_ping) && !options_.peer->keeps_the_rules) visit(action{move::client_drips, who});
      if (!may(client_move::end_stream)) break;
      visit(action{move::client_ends_head, who});
      visit(action{move::client_ends_request, who});
      break;
    default:
      if (may(client_move::end_stream)) visit(action{move::client_ends_body, who});
      break;
  }
}

template <std::size_t C>
void world<C>::apply(const state& before, const action& chosen, state& after, observation& seen) const {
  after = before;
  seen.effects.clear();
  const std::uint8_t who = chosen.connection;
  link& client = after.links[who];
  const auto expire = [&](model::timer which) { happen(after, model::timer_expired{which, who}, seen); };
  const auto send = [&](piece what, std::uint8_t then) {
    client.to_server.push_back(what);
    client.sending = then;
  };
  switch (chosen.what) {
    case move::listen: happen(after, model::listen_called{}, seen); break;
    case move::emit_listening: happen(after, model::http1::listening_emitted{}, seen); break;
    case move::close: happen(after, model::close_called{}, seen); break;
    case move::accept:
      client.phase = link::accepted;
      happen(after, model::connection_accepted{who}, seen);
      break;
    case move::receive: receive(after, who, seen); break;
    case move::pump: pump(after, who, seen); break;
    case move::fin_leaves: happen(after, model::http1::fin_sent{who}, seen); break;
    case move::run_close_callbacks: happen(after, model::close_callbacks_ran{who}, seen); break;
    case move::fire_head: expire(model::timer::head); break;
    case move::fire_request: expire(model::timer::request); break;
    case move::fire_keep_alive: expire(model::timer::keep_alive); break;
    case move::fire_linger: expire(model::timer::linger); break;
    case move::fire_drain: happen(after, model::timer_expired{model::timer::drain, 0}, seen); break;
    case move::handler_responds: happen(after, model::http1::handler_responded{who, chosen.request}, seen); break;
    case move::handler_finishes: happen(after, model::http1::handler_finished{who, chosen.request}, seen); break;
    case move::client_connects: client.phase = link::backlog; break;
    case move::client_begins_head:
    case move::client_drips: send(piece::head_part, link::a_head); break;
    case move::client_ends_head: send(piece::head, link::a_body); break;
    case move::client_ends_request: send(piece::request, link::nothing); break;
    case move::client_ends_body: send(piece::body, link::nothing); break;
    case move::client_sends_fin:
      send(piece::fin, link::nothing);
      client.fin_sent = true;
      break;
    case move::client_aborts:
      client.fin_sent = true;
      client.unread = false;
      client.sending = link::nothing;
      client.to_server.clear();
      client.to_server.push_back(piece::rst);
      break;
    case move::client_reads: client.unread = false; break;
  }
}

/// One event for the server, the next-tick queue behind it, and what the effects do to the network. The effects are the queue:
/// a tick that is met runs, and what it leaves behind stands after what was there before.
template <std::size_t C>
void world<C>::happen(state& now, const model::http1::event& happened, observation& seen) const {
  std::size_t next = seen.effects.size();
  now.server.step(happened, *options_.profile, seen.effects);
  for (; next < seen.effects.size(); ++next) {
    if (std::holds_alternative<model::stop_listening>(seen.effects[next])) {
      // Closing a listener resets the connections that wait to be accepted.
      for (link& each : now.links)
        if (each.phase == link::backlog) each = link{};
    } else if (const auto* destroyed = std::get_if<model::destroy_socket>(&seen.effects[next])) {
      now.links[destroyed->connection] = link{};
    } else if (const auto* queued = std::get_if<model::http1::next_tick>(&seen.effects[next])) {
      const model::http1::tick_ran ran{queued->what};
      now.server.step(ran, *options_.profile, seen.effects);
    }
  }
}

template <std::size_t C>
void world<C>::receive(state& now, std::uint8_t who, observation& seen) const {
  link& client = now.links[who];
  const piece taken = client.to_server.front();
  client.to_server.erase(client.to_server.begin());
  const auto& which = now.server.connections()[who];
  const bool in_head = which.parser == model::http1_connection::state::head;
  switch (taken) {
    case piece::none: invariant(false, "an empty channel was read"); break;
    case piece::head_part:
      if (in_head) happen(now, model::http1::bytes_received{who}, seen);
      else happen(now, model::http1::message_began{who}, seen);
      break;
    case piece::head:
    case piece::request:
      happen(now, model::http1::head_received{who, detail::free_number(which)}, seen);
      if (taken == piece::request) happen(now, model::http1::message_received{who}, seen);
      break;
    case piece::body: happen(now, model::http1::message_received{who}, seen); break;
    case piece::fin: happen(now, model::peer_fin{who}, seen); break;
    case piece::rst: happen(now, model::peer_rst{who}, seen); break;
  }
}

/// Hands everything that was submitted to the kernel in one write. What the server submits in answer waits for the next.
template <std::size_t C>
void world<C>::pump(state& now, std::uint8_t who, observation& seen) const {
  const auto* due = detail::current(now.server.connections()[who]);
  const bool ends = due != nullptr && due->response == model::exchange::state::writing;
  const model::http1::request_id number = ends ? due->id : 0;
  if (!detail::aborted(now.links[who])) now.links[who].unread = true;
  happen(now, model::output_flushed{who}, seen);
  if (ends) happen(now, model::http1::response_written{who, number, false}, seen);
}

template <std::size_t C>
std::uint64_t world<C>::fair_sets(const state& now, const action& chosen) const {
  const unsigned base = chosen.connection * constraints_per_connection;
  const auto number = [base](unsigned constraint) { return std::uint64_t{1} << (base + constraint); };
  const auto if_owed = [&](client_move owed, unsigned constraint) {
    return options_.peer->must.has(owed) ? number(constraint) : std::uint64_t{0};
  };
  switch (chosen.what) {
    case move::accept: return number(0);
    case move::receive: return number(1);
    case move::pump: return number(2);
    case move::fin_leaves: return number(3);
    case move::run_close_callbacks: return number(4);
    case move::fire_head: return number(5);
    case move::fire_request: return number(6);
    case move::fire_keep_alive: return number(7);
    case move::fire_linger: return number(8);
    case move::client_reads: return if_owed(client_move::read, 9);
    case move::client_ends_head:
    case move::client_ends_request:
    case move::client_ends_body: return if_owed(client_move::end_stream, 10);
    case move::client_drips: return if_owed(client_move::send_ping, 11);
    case move::client_sends_fin: {
      // Nobody has to leave unprompted.
      const bool fin_seen = now.links[chosen.connection].phase == link::accepted &&
                            detail::fin_is_out(now.server.connections()[chosen.connection].socket);
      return fin_seen ? if_owed(client_move::send_fin, 12) : 0;
    }
    case move::handler_finishes: return options_.handler->must.has(handler_move::finish) ? number(12 + chosen.request) : 0;
    case move::fire_drain: return std::uint64_t{1} << (C * constraints_per_connection);
    default: return 0;
  }
}

template <std::size_t C>
std::uint64_t world<C>::restarted(const state&, const action&, const observation& seen, const state&) const {
  std::uint64_t ended = 0;
  const auto end = [&](model::timer which, model::connection_id who) {
    const auto number = [who](unsigned constraint) { return std::uint64_t{1} << (who * constraints_per_connection + constraint); };
    switch (which) {
      case model::timer::head: ended |= number(5); break;
      case model::timer::request: ended |= number(6); break;
      case model::timer::keep_alive: ended |= number(7); break;
      case model::timer::linger: ended |= number(8); break;
      case model::timer::drain: ended |= std::uint64_t{1} << (C * constraints_per_connection); break;
      default: break;
    }
  };
  for (const auto& each : seen.effects) {
    if (const auto* armed = std::get_if<model::arm_timer>(&each)) end(armed->which, armed->connection);
    if (const auto* cancelled = std::get_if<model::cancel_timer>(&each)) end(cancelled->which, cancelled->connection);
  }
  return ended;
}

template <std::size_t C>
std::string world<C>::describe(const action& chosen) const {
  using enum move;
  std::string text = boost::describe::enum_to_string(chosen.what, "?");
  if (chosen.what == close || chosen.what == listen || chosen.what == emit_listening || chosen.what == fire_drain) return text;
  text += " connection " + std::to_string(chosen.connection + 1);
  if (chosen.request != 0) text += " request " + std::to_string(chosen.request);
  return text;
}

template <std::size_t C>
template <class Bits>
void world<C>::transfer(Bits& bits, state& now) const {
  now.server.transfer(bits, options_.connections, [&](auto& which) {
    bits.field(which.socket, 3);
    bits.field(which.parser, 3);
    for (bool* flag : {&which.output_pending, &which.ends, &which.closes_after_fin, &which.no_more_requests, &which.peer_has_ended, &which.had_error,
                       &which.head_armed, &which.request_armed, &which.keep_alive_armed, &which.linger_armed})
      bits.field(*flag, 1);
    bits.sequence(which.requests, options_.streams + 1, 3, [&](model::http1::request& each) {
      bits.field(each.id, 3);
      bits.field(each.response, 3);
      for (bool* flag : {&each.keeps_alive, &each.closes, &each.complete, &each.flowing, &each.resumed, &each.end_queued, &each.ended})
        bits.field(*flag, 1);
    });
  });
  for (std::uint32_t who = 0; who < options_.connections; ++who) {
    link& client = now.links[who];
    bits.field(client.phase, 2);
    bits.field(client.sending, 2);
    bits.field(client.fin_sent, 1);
    bits.field(client.unread, 1);
    bits.sequence(client.to_server, options_.channel_capacity, 2, [&](piece& each) { bits.field(each, 3); });
  }
}

template <std::size_t C>
std::size_t world<C>::encoded_size() const {
  bit_counter bits;
  state any;
  transfer(bits, any);
  return bits.bytes();
}

template <std::size_t C>
void world<C>::encode(const state& now, std::byte* bytes) const {
  bit_writer bits(bytes);
  transfer(bits, const_cast<state&>(now));  // a writer only reads it
  bits.finish();
}

template <std::size_t C>
void world<C>::decode(const std::byte* bytes, state& now) const {
  now = state{};
  bit_reader bits(bytes);
  transfer(bits, now);
}

}  // namespace lastcall::sim::http1
