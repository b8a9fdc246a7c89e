// The world of a server that shows its sockets, as one small value that can be explored exhaustively: the server, its clients
// and what the kernel holds between them. Bytes are counted in pieces: a direction of a connection holds one that nobody has
// read, and the server buffers two that its application does not take. It takes no decision; those are all in model/.
//
// One step of the server is one turn with its next-tick queue. The application makes its calls in turns of their own.
#pragma once

#include <array>
#include <boost/describe/enum_to_string.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "model/socket_server.hpp"
#include "sim/bits.hpp"
#include "sim/world_options.hpp"

namespace lastcall::sim {

/// Everything that can happen next.
BOOST_DEFINE_FIXED_ENUM_CLASS(socket_move, std::uint8_t,
  close,                 ///< the application calls server.close()
  accept,
  receive,               ///< the server reads bytes, FIN or RST
  complete_write,        ///< the kernel takes a write that waited
  shut_down,             ///< the FIN is sent
  run_close_callbacks,
  application_listens,   ///< socket.on('data')
  application_writes,
  application_ends,
  application_destroys,
  client_connects,
  client_sends,
  client_sends_fin,
  client_aborts,
  client_reads
)
struct socket_action {
  socket_move what = socket_move::close;
  std::uint8_t connection = 0;
  friend bool operator==(const socket_action&, const socket_action&) = default;
};

/// What a step showed: the effects of the server, in order, callbacks among them.
struct socket_observation {
  model::socket_effects effects;
};

/// One connection as the client and the kernel see it; all zero when the slot is free.
struct socket_link {
  enum phase_type : std::uint8_t { none, backlog, accepted };
  std::uint8_t phase = none;
  bool to_server = false;      ///< a piece that the server has not read
  bool fin_sent = false;
  bool fin_received = false;   ///< the server has read it
  bool aborted = false;        ///< RST sent
  bool to_client = false;      ///< a piece that the client has not read
  bool server_fin = false;

  friend bool operator==(const socket_link&, const socket_link&) = default;
};

template <std::size_t C>
class socket_world {
 public:
  using server_type = model::basic_socket_server<model::fixed<C, 2>>;
  using action = socket_action;
  using observation = socket_observation;
  struct state {
    server_type server;
    std::array<socket_link, C> links{};
    friend bool operator==(const state&, const state&) = default;
  };

  explicit socket_world(const world_options& options) : options_(options) {}
  const world_options& options() const { return options_; }

  state initial() const {
    state first;
    observation nothing;
    happen(first, model::server_listen_called{}, nothing);
    return first;
  }

  template <class Visit>
  void actions(const state& now, Visit&& visit) const {
    if (now.server.listener_open() || now.server.is_closed()) visit(action{socket_move::close, 0});
    for (std::uint8_t who = 0; who < options_.connections; ++who) {
      const auto offer = [&](bool possible, socket_move what) { if (possible) visit(action{what, who}); };
      const socket_link& link = now.links[who];
      const auto* socket = socket_of(now, who);
      using enum socket_move;
      offer(link.phase == socket_link::none && now.server.listener_open() && may(client_move::connect), client_connects);
      if (link.phase == socket_link::none) continue;
      offer(link.phase == socket_link::backlog && now.server.listener_open(), accept);
      const bool speaks = !link.fin_sent && !link.aborted;
      const bool unread = socket != nullptr && socket->buffered >= pieces_buffered;
      offer(speaks && !link.to_server && !unread && may(client_move::send_headers), client_sends);
      offer(speaks && may(client_move::send_fin), client_sends_fin);
      offer(!link.aborted && may(client_move::send_rst), client_aborts);
      offer(link.to_client && may(client_move::read), client_reads);
      if (socket == nullptr) continue;
      offer(socket->socket == model::tcp_socket::state::destroyed, run_close_callbacks);
      if (!socket->is_live()) continue;
      offer(socket->reading && (link.to_server || link.aborted || (link.fin_sent && !link.fin_received)), receive);
      offer(socket->writing && (!link.to_client || link.aborted), complete_write);
      offer(socket->shutdown_pending, shut_down);
      offer(socket->flow == model::flow::undecided && may(handler_move::read_body), application_listens);
      offer(!socket->end_called && !socket->writing && may(handler_move::respond), application_writes);
      offer(!socket->end_called && may(handler_move::finish), application_ends);
      offer(may(handler_move::finish), application_destroys);
    }
  }

  void apply(const state& before, const action& chosen, state& after, observation& seen) const {
    after = before;
    seen.effects.clear();
    const std::uint8_t who = chosen.connection;
    socket_link& link = after.links[who];
    using enum socket_move;
    switch (chosen.what) {
      case close: happen(after, model::close_called{}, seen); break;
      case accept:
        link.phase = socket_link::accepted;
        happen(after, model::connection_accepted{who}, seen);
        break;
      case receive: receives(after, who, seen); break;
      case complete_write:
        link.to_client = !link.aborted;
        happen(after, model::write_completed{who, link.aborted ? model::node_error::broken_pipe : model::node_error::none}, seen);
        break;
      case shut_down:
        link.server_fin = true;
        happen(after, model::shutdown_completed{who}, seen);
        break;
      case run_close_callbacks:
        happen(after, model::close_callbacks_ran{who}, seen);
        link = socket_link{};
        break;
      case application_listens: happen(after, model::data_listener_added{who}, seen); break;
      case application_writes: happen(after, model::socket_write_called{who, 1, true}, seen); break;
      case application_ends: happen(after, model::socket_end_called{who}, seen); break;
      case application_destroys: happen(after, model::socket_destroy_called{who}, seen); break;
      case client_connects: link.phase = socket_link::backlog; break;
      case client_sends: link.to_server = true; break;
      case client_sends_fin: link.fin_sent = true; break;
      case client_aborts:
        link.aborted = true;
        link.to_client = false;
        // Nobody accepts a connection that has been reset.
        if (link.phase == socket_link::backlog) link = socket_link{};
        break;
      case client_reads: link.to_client = false; break;
    }
    if (!after.server.listener_open())
      for (auto& each : after.links)
        if (each.phase == socket_link::backlog) each = socket_link{};
  }

  std::size_t encoded_size() const {
    bit_counter bits;
    state any;
    transfer(bits, any);
    return bits.bytes();
  }
  void encode(const state& now, std::byte* bytes) const {
    bit_writer bits(bytes);
    transfer(bits, const_cast<state&>(now));  // a writer only reads it
    bits.finish();
  }
  void decode(const std::byte* bytes, state& now) const {
    now = state{};
    bit_reader bits(bytes);
    transfer(bits, now);
  }

  std::uint64_t fair_sets(const state& now, const action& chosen) const {
    const auto of_connection = [&](unsigned number) { return std::uint64_t{1} << (chosen.connection * constraints + number); };
    const bool finishes = options_.handler->must.has(handler_move::finish);
    switch (chosen.what) {
      case socket_move::accept: return of_connection(0);
      case socket_move::receive: return of_connection(1);
      case socket_move::complete_write: return of_connection(2);
      case socket_move::shut_down: return of_connection(3);
      case socket_move::run_close_callbacks: return of_connection(4);
      case socket_move::client_reads: return options_.peer->must.has(client_move::read) ? of_connection(5) : 0;
      // Nobody has to leave unprompted: only after the server's FIN.
      case socket_move::client_sends_fin:
        return now.links[chosen.connection].server_fin && options_.peer->must.has(client_move::send_fin) ? of_connection(6) : 0;
      case socket_move::application_listens: return finishes ? of_connection(7) : 0;
      case socket_move::application_ends: return finishes ? of_connection(8) : 0;
      default: return 0;
    }
  }

  std::string describe(const action& chosen) const {
    std::string text = boost::describe::enum_to_string(chosen.what, "?");
    return chosen.what == socket_move::close ? text : text + " " + std::to_string(chosen.connection + 1);
  }

 private:
  static constexpr unsigned constraints = 9;
  static constexpr std::uint32_t pieces_buffered = 2;

  /// What the kernel does with a write: it holds one piece.
  struct host : model::socket_host {
    explicit host(std::array<socket_link, C>& links) : links_(links) {}
    model::write_answer written(model::connection_id who, std::uint32_t) {
      socket_link& link = links_[who];
      if (link.aborted) return {.error = model::node_error::broken_pipe};
      if (link.to_client) return {.waits = true};
      link.to_client = true;
      return {};
    }

   private:
    std::array<socket_link, C>& links_;
  };

  bool may(client_move move) const { return options_.peer->may.has(move); }
  bool may(handler_move move) const { return options_.handler->may.has(move); }

  static const model::socket_connection* socket_of(const state& now, std::uint8_t who) {
    const bool known = now.links[who].phase == socket_link::accepted && who < now.server.connections().size();
    return known ? &now.server.connections()[who] : nullptr;
  }

  void happen(state& now, const model::socket_event& what, observation& seen) const {
    thread_local model::socket_work work;  // empty between two turns; kept for its memory
    work.effects.clear();
    host surroundings(now.links);
    now.server.step(what, *options_.profile, surroundings, work);
    seen.effects.insert(seen.effects.end(), work.effects.begin(), work.effects.end());
  }

  void receives(state& now, std::uint8_t who, observation& seen) const {
    socket_link& link = now.links[who];
    if (link.to_server) {
      link.to_server = false;
      happen(now, model::bytes_received{who, 1}, seen);
    } else if (link.aborted) {
      happen(now, model::read_failed{who, model::node_error::connection_reset}, seen);
    } else {
      link.fin_received = true;
      happen(now, model::peer_fin{who}, seen);
    }
  }

  template <class Bits>
  void transfer(Bits& bits, state& now) const {
    now.server.transfer(bits, options_.connections, 2);
    for (std::uint32_t who = 0; who < options_.connections; ++who) {
      socket_link& each = now.links[who];
      bits.field(each.phase, 2);
      for (bool* flag : {&each.to_server, &each.fin_sent, &each.fin_received, &each.aborted, &each.to_client, &each.server_fin})
        bits.field(*flag, 1);
    }
  }

  world_options options_;
};

}  // namespace lastcall::sim
