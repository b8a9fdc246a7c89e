// What the world offers and what each move does; the second half of sim/world.hpp, to be included from there only.
#pragma once

namespace lastcall::sim {

namespace detail {

inline model::stream_id id_of(std::uint8_t stream) { return 2U * stream + 1U; }
inline std::uint8_t index_of(model::stream_id id) { return static_cast<std::uint8_t>(id / 2); }

/// The PING behind the warning GOAWAY has not been answered.
template <class Connection>
bool awaits_ping_ack(const Connection& which, const model::profile& decisions) {
  return which.goaway == model::http2_goaway::state::notice_sent &&
         (decisions.second_phase == model::second_phase::on_ping_ack || decisions.second_phase == model::second_phase::on_ping_ack_or_timer);
}

/// END_STREAM of some response waits for nothing but the pump.
template <class Connection>
bool response_ready(const Connection& which, const link& client) {
  if (client.window_closed) return false;
  for (const auto& each : which.requests)
    if (each.exchange == model::exchange::state::writing && each.stream != model::http2_stream::state::closed) return true;
  return false;
}

/// The server reads and drops whatever comes but FIN and RST.
template <class Connection>
bool discards_input(const Connection& which) {
  return which.session == model::http2_session::state::closing || which.session == model::http2_session::state::lingering;
}

inline bool holds(const link& client, client_frame kind) {
  for (const auto& each : client.to_server)
    if (each.kind == kind) return true;
  return false;
}

inline bool speaks_of_a_stream(client_frame kind) {
  return kind == client_frame::headers || kind == client_frame::headers_end || kind == client_frame::data_end ||
         kind == client_frame::rst_stream;
}

inline bool aborted(const link& client) { return holds(client, client_frame::rst); }

}  // namespace detail

template <std::size_t C>
world<C>::world(const world_options& options) : options_(options) {
  invariant(options.connections >= 1 && options.connections <= C, "the world holds fewer connections than asked for");
  invariant(options.streams >= 1 && options.streams <= streams_max, "the world holds fewer streams than asked for");
  invariant(options.channel_capacity >= 1 && options.channel_capacity <= channel_max, "no such channel capacity");
}

template <std::size_t C>
typename world<C>::state world<C>::initial() const {
  state made;
  observation ignored;
  happen(made, model::listen_called{}, ignored);
  return made;
}

template <std::size_t C>
template <class Visit>
void world<C>::actions(const state& now, Visit&& visit) const {
  const auto& server = now.server;
  if (now.deferred) visit(action{move::run_deferred});
  bool notices = false;
  for (std::uint8_t who = 0; who < options_.connections; ++who) {
    const link& client = now.links[who];
    const bool waits_for_bytes = options_.profile->accepts == model::accepts::first_bytes && client.to_server.empty();
    if (client.phase == link::backlog && server.listener_open() && !waits_for_bytes) visit(action{move::accept, who});
    if (who < server.connections().size()) {
      const auto& which = server.connections()[who];
      if (which.socket == model::tcp_socket::state::destroyed) visit(action{move::run_close_callbacks, who});
      if (which.is_live()) {
        if (!client.to_server.empty()) visit(action{move::receive, who});
        if (can_write(now, who)) visit(action{move::pump, who});
        if (which.notice_armed) {
          notices = true;
          visit(action{move::fire_notice, who});
        }
        if (which.linger_armed) visit(action{move::fire_linger, who});
        if (which.preface_armed) visit(action{move::fire_preface, who});
        for (const auto& each : which.requests) {
          using enum model::exchange::state;
          const auto stream = detail::index_of(each.id);
          const bool outlived = each.stream == model::http2_stream::state::closed;
          if (outlived && each.handler_runs && may(handler_move::finish)) visit(action{move::handler_finishes, who, stream});
          if (outlived || each.exchange == waiting) continue;
          const bool reading_matters = options_.profile->early_response == model::early_response::resets_unless_reading;
          if (reading_matters && !each.reads_body && !model::is_over(each.exchange) && may(handler_move::read_body))
            visit(action{move::handler_reads, who, stream});
          if (each.exchange == dispatched && may(handler_move::respond)) visit(action{move::handler_responds, who, stream});
          if ((each.exchange == dispatched || each.exchange == committed) && may(handler_move::finish))
            visit(action{move::handler_finishes, who, stream});
        }
      }
    }
    client_actions(now, who, visit);
  }
  if (server.drain_armed() && !notices) visit(action{move::fire_drain});
  // Last, so that of equally short runs the one is found in which close() comes late and the rest reads like a day's work.
  if (server.state() == model::net_server::state::listening || server.is_closed()) visit(action{move::close});
}

template <std::size_t C>
template <class Visit>
void world<C>::client_actions(const state& now, std::uint8_t who, Visit& visit) const {
  const link& client = now.links[who];
  const bool known = who < now.server.connections().size();
  if (client.phase == link::none) {
    const bool slot_free = !known || now.server.connections()[who].socket == model::tcp_socket::state::closed;
    const bool may_connect = may(client_move::connect) || (options_.second_is_others && who == 1);
    if (slot_free && now.server.listener_open() && may_connect) visit(action{move::client_connects, who});
    return;
  }
  if (options_.second_is_others && who == 1) {
    if (!detail::aborted(client)) visit(action{move::client_aborts, who});
    return;
  }
  const bool accepted = client.phase == link::accepted;
  if (client.unread && may(client_move::read)) visit(action{move::client_reads, who});
  if (may(client_move::send_rst) && !detail::aborted(client)) visit(action{move::client_aborts, who});
  if (client.fin_sent || client.to_server.size() == options_.channel_capacity) return;

  const bool fin_seen =
      accepted && now.server.connections()[who].socket == model::tcp_socket::state::write_ended && !client.unread;
  bool streams_over = true;
  bool bodies_open = false;
  for (const auto each : client.streams) {
    streams_over &= each == client_stream::unused || each == client_stream::over;
    bodies_open |= each == client_stream::open;
  }
  if (may(client_move::send_fin) && (!keeps_rules() || fin_seen || streams_over)) visit(action{move::client_sends_fin, who});
  if (!client.preface_sent) {
    if (may(client_move::send_settings)) visit(action{move::client_sends_settings, who});
    if (may(client_move::close_window)) visit(action{move::client_closes_window, who});
    return;
  }
  // A client that keeps the rules does not fill the channel with chatter while it owes something else.
  const bool ping_to_answer = accepted && detail::awaits_ping_ack(now.server.connections()[who], *options_.profile) &&
                              !detail::holds(client, client_frame::ping_ack);
  const bool ping_read = ping_to_answer && !client.unread && !now.server.connections()[who].output_pending;
  if (ping_read && may(client_move::ack_ping)) visit(action{move::client_acks_ping, who});
  const bool owes = keeps_rules() && (bodies_open || fin_seen || ping_to_answer || (client.goaway_seen && streams_over) ||
                                      (client.window_closed && !client.update_sent));
  if (may(client_move::send_ping) && !owes) visit(action{move::client_pings, who});
  // What the server throws away unread needs no variety: a PING stands for every frame.
  if (accepted && detail::discards_input(now.server.connections()[who])) return;
  if (client.window_closed && !client.update_sent && may(client_move::send_window_update))
    visit(action{move::client_updates_window, who});
  if (may(client_move::send_invalid)) visit(action{move::client_sends_invalid, who});
  if (may(client_move::send_goaway) && !owes) visit(action{move::client_sends_goaway, who});
  const bool opens = may(client_move::send_headers) && !client.goaway_seen && !(keeps_rules() && fin_seen);
  for (std::uint8_t stream = 0; stream < options_.streams; ++stream) {
    const client_stream is = client.streams[stream];
    if (is == client_stream::unused) {
      if (opens) {
        visit(action{move::client_sends_headers, who, stream});
        if (may(client_move::end_stream)) visit(action{move::client_sends_headers_end, who, stream});
      }
      break;  // RFC 9113 5.1.1: ids rise
    }
    if (is == client_stream::ended && may(client_move::break_stream)) visit(action{move::client_breaks_stream, who, stream});
    if (is == client_stream::open && may(client_move::end_stream)) visit(action{move::client_ends_stream, who, stream});
    if (is != client_stream::over && may(client_move::send_rst_stream)) visit(action{move::client_resets_stream, who, stream});
  }
}

template <std::size_t C>
void world<C>::apply(const state& before, const action& chosen, state& after, observation& seen) const {
  after = before;
  seen.effects.clear();
  const std::uint8_t who = chosen.connection;
  const auto id = detail::id_of(chosen.stream);
  link& client = after.links[who];
  const auto send = [&](client_frame kind) { client.to_server.push_back({kind, chosen.stream}); };
  switch (chosen.what) {
    case move::close: happen(after, model::close_called{}, seen); break;
    case move::accept:
      client.phase = link::accepted;
      happen(after, model::connection_accepted{who}, seen);
      break;
    case move::receive: receive(after, who, seen); break;
    case move::pump: pump(after, who, seen); break;
    case move::run_deferred:
      after.deferred = false;
      happen(after, model::deferred_ran{}, seen);
      break;
    case move::run_close_callbacks: happen(after, model::close_callbacks_ran{who}, seen); break;
    case move::fire_notice: happen(after, model::timer_expired{model::timer::notice, who}, seen); break;
    case move::fire_linger: happen(after, model::timer_expired{model::timer::linger, who}, seen); break;
    case move::fire_preface: happen(after, model::timer_expired{model::timer::preface, who}, seen); break;
    case move::fire_drain: happen(after, model::timer_expired{model::timer::drain, 0}, seen); break;
    case move::handler_reads: happen(after, model::handler_read{who, id}, seen); break;
    case move::handler_responds: happen(after, model::handler_responded{who, id}, seen); break;
    case move::handler_finishes: happen(after, model::handler_finished{who, id}, seen); break;
    case move::client_connects: client.phase = link::backlog; break;
    case move::client_closes_window: client.window_closed = true; [[fallthrough]];
    case move::client_sends_settings:
      client.preface_sent = true;
      send(client_frame::settings);
      break;
    case move::client_sends_headers:
      client.streams[chosen.stream] = client_stream::open;
      send(client_frame::headers);
      break;
    case move::client_sends_headers_end:
      client.streams[chosen.stream] = client_stream::ended;
      send(client_frame::headers_end);
      break;
    case move::client_ends_stream:
      client.streams[chosen.stream] = client_stream::ended;
      send(client_frame::data_end);
      break;
    case move::client_resets_stream:
      client.streams[chosen.stream] = client_stream::over;
      send(client_frame::rst_stream);
      break;
    case move::client_breaks_stream: send(client_frame::data_end); break;
    case move::client_pings: send(client_frame::ping); break;
    case move::client_acks_ping: send(client_frame::ping_ack); break;
    case move::client_updates_window:
      client.update_sent = true;
      send(client_frame::window_update);
      break;
    case move::client_sends_goaway: send(client_frame::goaway); break;
    case move::client_sends_invalid: send(client_frame::invalid); break;
    case move::client_sends_fin:
      client.fin_sent = true;
      send(client_frame::fin);
      break;
    case move::client_aborts:
      client.fin_sent = true;
      client.unread = client.unread_goaway = false;
      client.unread_ends = 0;
      client.to_server.clear();
      client.to_server.push_back({client_frame::rst, 0});
      break;
    case move::client_reads: client_reads(after, who); break;
  }
  forget_dead_fields(after);
}

/// One event for the server, and what its effects do to the network.
template <std::size_t C>
void world<C>::happen(state& now, const model::event& happened, observation& seen) const {
  const std::size_t first = seen.effects.size();
  now.server.step(happened, *options_.profile, seen.effects);
  const std::size_t last = seen.effects.size();
  for (link& each : now.links)
    if (each.held_reset == link::alone && std::any_of(seen.effects.begin() + static_cast<std::ptrdiff_t>(first), seen.effects.end(), model::is_frame))
      each.held_reset = link::held;
  for (std::size_t i = first; i < last; ++i) {
    if (std::holds_alternative<model::stop_listening>(seen.effects[i])) {
      // Closing a listener resets the connections that wait to be accepted.
      for (link& each : now.links)
        if (each.phase == link::backlog) each = link{};
    } else if (const auto* destroyed = std::get_if<model::destroy_socket>(&seen.effects[i])) {
      now.links[destroyed->connection] = link{};
    } else if (const auto* discarded = std::get_if<model::discard_output>(&seen.effects[i])) {
      link& client = now.links[discarded->connection];
      client.unread = client.unread_goaway = false;
      client.unread_ends = 0;
    } else if (const auto* reset = std::get_if<model::send_rst_stream>(&seen.effects[i]);
               reset != nullptr && reset->behind_data && now.links[reset->connection].window_closed) {
      now.links[reset->connection].held_reset = link::held;
    } else if (const auto* write = std::get_if<model::write_now>(&seen.effects[i])) {
      if (const auto who = static_cast<std::uint8_t>(write->connection); can_write(now, who)) pump(now, who, seen);
    } else if (std::holds_alternative<model::run_deferred>(seen.effects[i])) {
      now.deferred = true;
    }
  }
  now.deferred &= !now.server.is_closed();  // who is woken then finds nothing to do
}

template <std::size_t C>
void world<C>::receive(state& now, std::uint8_t who, observation& seen) const {
  link& client = now.links[who];
  const sent_frame frame = client.to_server.front();
  client.to_server.erase(client.to_server.begin());
  const auto id = detail::id_of(frame.stream);
  switch (frame.kind) {
    case client_frame::none: invariant(false, "an empty channel was read"); break;
    case client_frame::settings: happen(now, model::recv_settings{who}, seen); break;
    case client_frame::headers: happen(now, model::recv_headers{who, id, false}, seen); break;
    case client_frame::headers_end: happen(now, model::recv_headers{who, id, true}, seen); break;
    case client_frame::data_end: happen(now, model::recv_data{who, id, 1, true}, seen); break;
    case client_frame::rst_stream: happen(now, model::recv_rst_stream{who, id, model::error_code::cancel}, seen); break;
    case client_frame::ping: happen(now, model::recv_ping{who}, seen); break;
    case client_frame::ping_ack: happen(now, model::recv_ping_ack{who}, seen); break;
    case client_frame::window_update:
      client.window_closed = client.update_sent = false;
      client.held_reset = link::nothing_held;
      happen(now, model::recv_window_update{who, 0}, seen);
      break;
    case client_frame::goaway: happen(now, model::recv_goaway{who, 0, model::error_code::no_error}, seen); break;
    case client_frame::invalid: happen(now, model::recv_invalid{who, model::error_code::protocol_error}, seen); break;
    case client_frame::fin: happen(now, model::peer_fin{who}, seen); break;
    case client_frame::rst: happen(now, model::peer_rst{who}, seen); break;
  }
}

/// The kernel takes a write, and there is something to hand over.
template <std::size_t C>
bool world<C>::can_write(const state& now, std::uint8_t who) const {
  const auto& which = now.server.connections()[who];
  const link& client = now.links[who];
  if (!which.is_live() || which.socket == model::tcp_socket::state::write_ended || client.unread) return false;
  return (which.output_pending && client.held_reset != link::alone) || detail::response_ready(which, client);
}

/// Hands everything that was submitted, and may leave, to the kernel in one write. What the server submits in answer
/// waits for the next pump.
template <std::size_t C>
void world<C>::pump(state& now, std::uint8_t who, observation& seen) const {
  const auto& which = now.server.connections()[who];
  const bool final_goaway = which.goaway == model::http2_goaway::state::final_sent;
  std::uint8_t ends = 0;
  if (!now.links[who].window_closed) {
    for (const auto& each : which.requests)
      if (each.exchange == model::exchange::state::writing && each.stream != model::http2_stream::state::closed)
        ends = static_cast<std::uint8_t>(ends | (1U << detail::index_of(each.id)));
  }
  if (!detail::aborted(now.links[who])) {
    now.links[who].unread = true;
    if (keeps_rules()) {
      now.links[who].unread_goaway = final_goaway;
      now.links[who].unread_ends = ends;
    }
  }
  for (std::uint8_t stream = 0; stream < options_.streams; ++stream)
    if ((ends & (1U << stream)) != 0) happen(now, model::end_stream_written{who, detail::id_of(stream)}, seen);
  const bool answered = std::ranges::any_of(
      seen.effects, [](const model::effect& each) { return std::holds_alternative<model::send_rst_stream>(each); });
  if (now.links[who].held_reset != link::nothing_held) now.links[who].held_reset = link::alone;
  else if (!answered) happen(now, model::output_flushed{who}, seen);
}

template <std::size_t C>
void world<C>::client_reads(state& now, std::uint8_t who) const {
  link& client = now.links[who];
  client.unread = false;
  if (!keeps_rules()) return;
  for (std::uint8_t stream = 0; stream < options_.streams; ++stream) {
    const bool ended = (client.unread_ends & (1U << stream)) != 0;
    const bool refused = client.unread_goaway && detail::id_of(stream) > now.server.connections()[who].announced;
    if (client.streams[stream] != client_stream::unused && (ended || refused)) client.streams[stream] = client_stream::over;
  }
  client.goaway_seen |= client.unread_goaway;
  client.unread_goaway = false;
  client.unread_ends = 0;
}

/// Only what can change the future is state. A client that will never send again remembers no streams; one that has read
/// everything about a stream that is over leaves it alone.
template <std::size_t C>
void world<C>::forget_dead_fields(state& now) const {
  for (std::uint8_t who = 0; who < options_.connections; ++who) {
    link& client = now.links[who];
    if (client.phase != link::accepted) continue;
    const auto& which = now.server.connections()[who];
    if (client.fin_sent || detail::discards_input(which)) {
      if (client.fin_sent || !keeps_rules()) client.streams.fill(client_stream::unused);
      client.window_closed = client.window_closed && which.streams_open > 0;
      continue;
    }
    if (client.unread || which.output_pending) continue;
    for (std::uint8_t stream = 0; stream < options_.streams; ++stream) {
      client_stream& is = client.streams[stream];
      if (is != client_stream::open && is != client_stream::ended) continue;
      bool in_use = false;
      for (const auto& each : which.requests) in_use |= each.id == detail::id_of(stream);
      for (const auto& each : client.to_server) in_use |= each.stream == stream && detail::speaks_of_a_stream(each.kind);
      if (!in_use) is = client_stream::over;
    }
  }
}

template <std::size_t C>
std::string world<C>::describe(const action& chosen) const {
  using enum move;
  std::string text = boost::describe::enum_to_string(chosen.what, "?");
  if (chosen.what == close || chosen.what == fire_drain || chosen.what == run_deferred) return text;
  text += " connection " + std::to_string(chosen.connection + 1);
  const bool of_stream = chosen.what == handler_reads || chosen.what == handler_responds || chosen.what == handler_finishes ||
                         chosen.what == client_sends_headers || chosen.what == client_sends_headers_end ||
                         chosen.what == client_ends_stream || chosen.what == client_resets_stream ||
                         chosen.what == client_breaks_stream;
  if (of_stream) text += " stream " + std::to_string(detail::id_of(chosen.stream));
  return text;
}

}  // namespace lastcall::sim

#include "sim/world_encoding.hpp"
#include "sim/world_fairness.hpp"
