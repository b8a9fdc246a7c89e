// The server: one net_server, and per connection a tcp_socket, an http2_session, its http2_goaway and, per stream, an
// http2_stream and an exchange. This is the only place that knows all of them: it routes each event to the machines,
// tells them the facts their guards ask for, and turns their commands into effects. It decides nothing itself; what
// differs between systems is in the profile.
//
// Sizes is the one parameter: `growing` for real sockets, `fixed<C, S>` for the explorer, where the whole server is a
// trivially copyable value.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include "model/bounded.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"
#include "model/exchange.hpp"
#include "model/http2_goaway.hpp"
#include "model/http2_session.hpp"
#include "model/http2_stream.hpp"
#include "model/net_server.hpp"
#include "model/profile.hpp"
#include "model/tcp_socket.hpp"

namespace lastcall::model {

/// As many connections and streams as there are.
struct growing {
  template <class T> using connections = std::vector<T>;
  template <class T> using streams = std::vector<T>;
};

/// At most C connections, with at most S streams each that are not yet forgotten.
template <std::size_t C, std::size_t S>
struct fixed {
  template <class T> using connections = bounded<T, C>;
  template <class T> using streams = bounded<T, S>;
};

/// A request and the stream that carries it. Forgotten when the stream is closed and the exchange over.
struct request {
  stream_id id = 0;
  http2_stream::state stream = http2_stream::state::idle;
  exchange::state exchange = exchange::state::waiting;
  bool reads_body = false;    ///< the handler consumes the request body
  bool handler_runs = false;  ///< it was given the request and has not returned; kept only where there is a stream limit

  friend bool operator==(const request&, const request&) = default;
};

inline bool is_over(exchange::state at) { return at == exchange::state::completed || at == exchange::state::failed; }

template <class Sizes>
struct connection {
  tcp_socket::state socket = tcp_socket::state::closed;  ///< closed: the slot is free
  http2_session::state session = http2_session::state::closed;
  http2_goaway::state goaway = http2_goaway::state::silent;
  bool output_pending = false;   ///< something submitted has not been handed to the kernel
  bool peer_has_ended = false;   ///< FIN received
  bool was_reset = false;        ///< RST received: hadError of the socket's 'close'
  bool notice_armed = false;
  bool linger_armed = false;
  bool preface_armed = false;
  stream_id last_stream = 0;     ///< the highest stream handed to the application
  stream_id announced = 0;       ///< the last id of the final GOAWAY
  bool announced_by_application = false;  ///< it sent a GOAWAY of its own; no move of the checker's world does
  std::uint32_t streams_open = 0;
  typename Sizes::template streams<request> requests;

  bool is_live() const { return socket != tcp_socket::state::closed && socket != tcp_socket::state::destroyed; }
  friend bool operator==(const connection&, const connection&) = default;
};

template <class Sizes>
class basic_server {
 public:
  using connection = model::connection<Sizes>;

  /// One run-to-completion turn. Total: what a machine has no row for is ignored, as a server ignores it. Effects are
  /// appended in the order in which they must be carried out.
  void step(const event& happened, const profile& decisions, effects& out) {
    turn now{*this, decisions, out};
    std::visit([&now](const auto& what) { now.on(what); }, happened);
    now.end();
  }

  net_server::state state() const { return state_; }
  bool is_closed() const { return state_ == net_server::state::closed; }
  bool was_started() const { return state_ != net_server::state::created; }
  bool is_closing() const { return state_ == net_server::state::closing; }
  bool listener_open() const { return listener_open_; }
  bool drain_armed() const { return drain_armed_; }
  /// close() calls that wait for the end of an earlier one.
  std::uint32_t late_closes() const { return late_closes_; }
  std::uint32_t connections_counted() const { return connections_counted_; }
  const auto& connections() const { return connections_; }

  /// Writes or reads the whole value through `bits` (see sim/bits.hpp); `item` does the same for one connection.
  template <class Bits, class Item>
  void transfer(Bits& bits, std::size_t connections_max, Item item) {
    bits.field(state_, 2);
    bits.field(listener_open_, 1);
    bits.field(drain_armed_, 1);
    bits.field(late_closes_, 2);
    bits.field(connections_counted_, 32);
    bits.sequence(connections_, connections_max, 3, item);
  }

  friend bool operator==(const basic_server&, const basic_server&) = default;

 private:
  struct turn;

  net_server::state state_ = net_server::state::created;
  bool listener_open_ = false;
  bool drain_armed_ = false;
  std::uint8_t late_closes_ = 0;  ///< close() calls that wait for the close of another one
  std::uint32_t connections_counted_ = 0;
  typename Sizes::template connections<connection> connections_;
};

/// The server on real sockets.
using server = basic_server<growing>;

/// One step at work: the server, the profile and the effects so far.
template <class Sizes>
struct basic_server<Sizes>::turn {
  basic_server& server;
  const profile& decisions;
  effects& out;
  error_code code = error_code::no_error;  ///< of the frame behind this step
  bool carries_data = false;               ///< this step delivers bytes of a request body
  bool by_reset = false;                   ///< this step delivers a RST_STREAM
  bool loses_connection = false;           ///< streams end because their connection does
  bool within_write = false;               ///< this step is part of putting a write together

  // The application and the event loop.
  void on(const listen_called&) { drive(net_server::event::listen_called); }
  void on(const close_called&) { drive(net_server::event::close_called); }
  void on(const deferred_ran&) {
    if (decisions.close_announces == close_announces::final_goaway_when_quiet) announce_if_quiet();
    else drive(net_server::event::deferred_ran);
  }
  void on(const session_close_called& what) { drive(what.connection, http2_goaway::event::session_close_called), settle(what.connection); }
  void on(const session_destroy_called& what) { destroy_session(what.connection); }
  void on(const session_goaway_called& what) {
    auto& which = at(what.connection);
    if (!which.is_live()) return;
    which.announced_by_application = true;
    submit(what.connection, send_goaway{what.connection, which.last_stream, what.code});
  }
  void on(const close_callbacks_ran& what) { drive(what.connection, tcp_socket::event::close_callbacks_ran); }

  // The listener and the socket.
  void on(const connection_accepted& what) {
    if (server.connections_.size() <= what.connection) server.connections_.resize(what.connection + 1);
    auto& accepted = at(what.connection);
    accepted.socket = tcp_socket::state::open;
    accepted.session = http2_session::state::preface;
    tell(callback::server_session, what.connection);
    tell(callback::server_connection, what.connection);
    if (decisions.server_preface == server_preface::on_accept) submit_settings(what.connection);
    if (decisions.registration == registration::on_accept) drive(what.connection, http2_goaway::event::session_registered);
    drive(net_server::event::connection_opened, what.connection);
  }
  void on(const peer_fin& what) {
    at(what.connection).peer_has_ended = true;
    drive(what.connection, tcp_socket::event::peer_fin);
    drive(what.connection, http2_session::event::peer_ended);
    settle(what.connection);
  }
  void on(const peer_rst& what) {
    at(what.connection).was_reset = true;
    drive(what.connection, tcp_socket::event::peer_rst);
  }
  void on(const output_flushed& what) {
    at(what.connection).output_pending = false;
    settle(what.connection);
  }
  void on(const end_stream_written& what) {
    const auto& which = at(what.connection);
    const request* const response = find(what.connection, what.stream);
    const bool is_last = which.streams_open == 1 && response != nullptr && response->stream == http2_stream::state::half_closed_remote;
    if (decisions.session_ends == session_ends::with_last_stream && which.goaway == http2_goaway::state::final_sent && is_last)
      return lose_last_response(what.connection, what.stream);
    drive(what.connection, what.stream, http2_stream::event::end_written);
    settle(what.connection);
  }

  // Frames.
  void on(const recv_settings& what) {
    const bool first = at(what.connection).session == http2_session::state::preface;
    if (first && decisions.server_preface == server_preface::after_client_preface)
      submit_settings(what.connection);
    if (first) cancel_preface_timer(what.connection);
    drive(what.connection, http2_session::event::settings_received);
    if (takes_frames(what.connection)) submit(what.connection, send_settings_ack{what.connection});
    control_frame(what.connection);
    settle(what.connection);
  }
  void on(const recv_settings_ack& what) {
    if (takes_frames(what.connection)) tell(callback::session_local_settings, what.connection);
  }
  void on(const recv_headers& what) {
    if (!takes_frames(what.connection)) return;
    auto& from = at(what.connection);
    if (find(what.connection, what.stream) != nullptr) {  // trailers
      if (what.end_stream) drive(what.connection, what.stream, http2_stream::event::end_received);
    } else if (what.stream > from.last_stream) {
      const bool above_last = from.goaway == http2_goaway::state::final_sent || from.announced_by_application;
      if (above_last && decisions.above_last_id != above_last_id::served) {
        if (decisions.above_last_id == above_last_id::refused)
          submit(what.connection, send_rst_stream{what.connection, what.stream, error_code::refused_stream});
        if (decisions.above_last_id == above_last_id::headers_are_errors) find_error(what.connection);
      } else if (is_full(from)) {
        submit(what.connection, send_rst_stream{what.connection, what.stream, error_code::refused_stream});
      } else {
        from.last_stream = what.stream;
        from.requests.push_back(request{what.stream});
        drive(what.connection, what.stream,
              what.end_stream ? http2_stream::event::headers_end_received : http2_stream::event::headers_received);
      }
      drive(what.connection, http2_goaway::event::headers_received);
    }
    settle(what.connection);
  }
  void on(const recv_data& what) {
    return_window(what);
    if (!takes_frames(what.connection)) return;
    if (is_mistaken(what.connection, what.stream)) return find_error(what.connection);
    carries_data = what.length > 0;
    drive(what.connection, what.stream, what.end_stream ? http2_stream::event::end_received : http2_stream::event::data_received);
    settle(what.connection);
  }
  void on(const recv_rst_stream& what) {
    if (!takes_frames(what.connection)) return;
    if (is_mistaken(what.connection, what.stream)) return find_error(what.connection);
    code = what.code;
    by_reset = true;
    drive(what.connection, what.stream, http2_stream::event::reset_received);
    settle(what.connection);
  }
  void on(const recv_ping& what) {
    if (takes_frames(what.connection)) submit(what.connection, send_ping_ack{what.connection});
    control_frame(what.connection);
  }
  void on(const recv_ping_ack& what) {
    if (takes_frames(what.connection)) drive(what.connection, http2_goaway::event::ping_ack_received);
    settle(what.connection);
  }
  void on(const recv_window_update& what) { control_frame(what.connection); }
  void on(const recv_goaway& what) {
    if (!takes_frames(what.connection)) return;
    code = what.code;
    tell(callback::session_goaway, what.connection);
    if (code != error_code::no_error && decisions.peer_goaway == peer_goaway::drains_session) return destroy_session(what.connection);
    if (decisions.peer_goaway == peer_goaway::fails_streams_above)
      drive_each(what.connection, http2_stream::event::connection_gone, [&](const request& each) { return each.id > what.last_stream; });
    drive(what.connection, http2_goaway::event::goaway_received);
    settle(what.connection);
  }
  void on(const recv_invalid& what) {
    code = what.code;
    drive(what.connection, http2_session::event::connection_error);
    settle(what.connection);
  }

  // The request handler.
  void on(const handler_read& what) {
    request* found = find(what.connection, what.stream);
    if (found == nullptr || found->reads_body) return;
    found->reads_body = true;
  }
  void on(const handler_responded& what) { drive_handler(what.connection, what.stream, exchange::event::handler_responded); }
  void on(const handler_wrote& what) { drive_handler(what.connection, what.stream, exchange::event::handler_wrote, what.length); }
  void on(const handler_finished& what) {
    drive_handler(what.connection, what.stream, exchange::event::handler_finished);
    request* found = find(what.connection, what.stream);
    if (found == nullptr || !found->handler_runs) return;
    found->handler_runs = false;
    forget_if_over(what.connection, what.stream);
    dispatch_waiting(what.connection);
    settle(what.connection);
  }

  // Time.
  void on(const timer_expired& what) {
    switch (what.which) {
      case timer::drain:
        server.drain_armed_ = false;
        drive(net_server::event::drain_expired);
        break;
      case timer::notice:
        at(what.connection).notice_armed = false;
        drive(what.connection, http2_goaway::event::notice_expired);
        settle(what.connection);
        break;
      case timer::linger:
        at(what.connection).linger_armed = false;
        drive(what.connection, http2_session::event::linger_expired);
        break;
      case timer::preface:
        at(what.connection).preface_armed = false;
        drive(what.connection, tcp_socket::event::destroy_called);
        break;
      default: break;  // of a server that shows its sockets, or of a Servlet request
    }
  }

  /// What is due whatever happened in the turn.
  void end() { await_quiescence(); }

 private:
  // Each drive() gives one machine one event and does what it commands.
  void drive(net_server::event what, connection_id who = 0);
  void drive(connection_id who, tcp_socket::event what);
  void drive(connection_id who, http2_session::event what);
  void drive(connection_id who, http2_goaway::event what);
  void drive(connection_id who, stream_id which, http2_stream::event what);
  void drive(connection_id who, stream_id which, exchange::event what, std::uint32_t length = 0);

  void drive_handler(connection_id who, stream_id which, exchange::event what, std::uint32_t length = 0) {
    const request* found = find(who, which);
    if (found == nullptr || found->stream == http2_stream::state::closed) return;  // detached: it speaks to nobody
    drive(who, which, what, length);
    settle(who);
  }

  template <class Transition, class State>
  static bool take(const Transition& taken, State& state) {
    invariant(taken.outcome != outcome::guarded, "every guard of a transition table refused an event");
    state = taken.next;
    return taken.outcome == outcome::taken;
  }

  connection& at(connection_id who) { return server.connections_[who]; }

  request* find(connection_id who, stream_id which) {
    for (auto& candidate : at(who).requests)
      if (candidate.id == which) return &candidate;
    return nullptr;
  }

  /// A session that is being flushed, lingers or is closed reads no frames any more.
  bool takes_frames(connection_id who) { return at(who).session == http2_session::state::open; }

  template <class Frame>
  void submit(connection_id who, const Frame& frame) {
    at(who).output_pending = true;
    out.push_back(frame);
    if (decisions.send_pump == send_pump::inside_submit) out.push_back(write_now{who});
  }

  void submit_settings(connection_id who) { submit(who, send_settings{who, decisions.stream_limit == stream_limit::one ? 1U : 0U}); }

  /// RFC 9113 5.1.2: open and half-closed streams count, handlers do not.
  bool is_full(const connection& which) const {
    if (decisions.stream_limit == stream_limit::none) return false;
    if (decisions.limit_counts == limit_counts::handlers) return is_busy(which);
    return which.streams_open >= 1;
  }
  bool is_busy(const connection& which) const { return std::ranges::any_of(which.requests, &request::handler_runs); }

  /// Requests reach the application in their order, at once unless the profile has them wait for a handler to return.
  void dispatch_waiting(connection_id who) {
    if (decisions.waiting_requests == waiting_requests::parked && server.is_closing()) return;
    const bool one_at_a_time =
        decisions.stream_limit != stream_limit::none && decisions.limit_counts == limit_counts::streams_and_handlers;
    for (const auto& each : at(who).requests)
      if (each.exchange == exchange::state::waiting && !(one_at_a_time && is_busy(at(who))))
        drive(who, each.id, exchange::event::handler_free);
  }

  /// DATA counts on the connection's window whatever becomes of its stream, and must be returned to it (RFC 9113 6.9). What the
  /// application is given returns at once too: only the window of a stream waits for its handler to read.
  void return_window(const recv_data& what) {
    if (what.length == 0 || !at(what.connection).is_live()) return;
    const request* found = find(what.connection, what.stream);
    const bool delivered = found != nullptr && (found->stream == http2_stream::state::open ||
                                                found->stream == http2_stream::state::half_closed_local);
    if (delivered || decisions.discarded_data == discarded_data::returns_window)
      out.push_back(model::return_window{what.connection, what.length});
  }

  /// The server takes this frame, of a stream it does not know or no longer knows, for a breach of the protocol.
  bool is_mistaken(connection_id who, stream_id which) {
    if (which > at(who).last_stream) return decisions.above_last_id == above_last_id::later_frames_are_errors;
    const request* found = find(who, which);
    const bool closed = found == nullptr || found->stream == http2_stream::state::closed;
    return closed && decisions.closed_stream_frames == closed_stream_frames::are_errors;
  }
  void find_error(connection_id who) {
    code = error_code::protocol_error;
    drive(who, http2_session::event::connection_error);
  }

  void tell(callback what, connection_id who, stream_id which = 0, bool failed = false) {
    out.push_back(notify{what, who, which, code, failed, false});
  }
  void tell_next_tick(callback what, connection_id who, stream_id which = 0, bool failed = false) {
    out.push_back(notify{what, who, which, code, failed, true});
  }

  void control_frame(connection_id who) {
    if (decisions.drain_timer == drain_timer::rearmed_by_control_frames && server.drain_armed_ && at(who).is_live())
      out.push_back(arm_timer{timer::drain, 0});
  }

  void set_drain_timer(bool armed) {
    if (server.drain_armed_ == armed) return;
    server.drain_armed_ = armed;
    if (armed) out.push_back(arm_timer{timer::drain, 0});
    else out.push_back(cancel_timer{timer::drain, 0});
  }

  void arm(connection_id who, timer which, bool& armed) {
    armed = true;
    out.push_back(arm_timer{which, who});
  }
  void cancel(connection_id who, timer which, bool& armed) {
    if (armed) out.push_back(cancel_timer{which, who});
    armed = false;
  }
  void cancel_preface_timer(connection_id who) { cancel(who, timer::preface, at(who).preface_armed); }

  /// Idle is several things at once; the profile says which of them this server looks at (nodejs/node#57809).
  bool is_quiet(const connection& which) const {
    const bool handlers_done = std::ranges::all_of(which.requests, [](const request& each) {
      return is_over(each.exchange) || each.exchange == exchange::state::writing;
    });
    if (decisions.idle_means == idle_means::handlers_done) return handlers_done;
    if (decisions.idle_means == idle_means::complete_requests_answered) {
      return !which.output_pending && std::ranges::all_of(which.requests, [](const request& each) {
        return each.stream != http2_stream::state::half_closed_remote;
      });
    }
    if (decisions.idle_means == idle_means::peer_has_left && !which.peer_has_ended) return false;
    return handlers_done && which.streams_open == 0 && !which.output_pending;
  }

  /// The end of a turn for one connection: a session that has nothing left to do learns it.
  void settle(connection_id who) {
    auto& which = at(who);
    const bool awaits_quiescence = which.goaway == http2_goaway::state::notice_sent && decisions.second_phase == second_phase::on_quiescence;
    if (awaits_quiescence && is_quiet(which)) drive(who, http2_goaway::event::quiescence_reached);
    for (;;) {
      const auto before = which.session;
      const bool announced = which.goaway == http2_goaway::state::final_sent ||
                             (which.goaway == http2_goaway::state::notice_sent && decisions.idle_ends == idle_ends::after_any_goaway);
      const bool leaving = announced || before == http2_session::state::closing;
      if (!leaving || !is_quiet(which)) return;
      drive(who, http2_session::event::drained);
      if (which.session == before) return;
    }
  }

  void forget_if_over(connection_id who, stream_id which) {
    auto& requests = at(who).requests;
    for (auto each = requests.begin(); each != requests.end(); ++each) {
      if (each->id != which) continue;
      if (each->stream == http2_stream::state::closed && is_over(each->exchange) && !each->handler_runs) requests.erase(each);
      return;
    }
  }

  /// Gives every request of the connection that `chosen` picks the event, oldest first. Requests may vanish meanwhile.
  template <class Predicate>
  void drive_each(connection_id who, http2_stream::event what, Predicate chosen) {
    stream_id after = 0;
    for (;;) {
      const request* next = nullptr;
      for (const auto& each : at(who).requests)
        if (each.id > after && chosen(each) && (next == nullptr || each.id < next->id)) next = &each;
      if (next == nullptr) return;
      after = next->id;
      drive(who, after, what);
    }
  }

  /// Of a destroyed socket only its close callbacks are still to come. A request that never ended stays visible.
  void forget_all_but_the_socket(connection_id who) {
    connection left;
    left.socket = at(who).socket;
    left.was_reset = at(who).was_reset;
    left.requests = at(who).requests;
    for (auto& each : left.requests) each.reads_body = each.handler_runs = false;
    at(who) = left;
  }

  /// Requests that the reset of their connection ended for good.
  void forget_over(connection_id who) {
    auto& requests = at(who).requests;
    for (auto each = requests.begin(); each != requests.end();) each = is_over(each->exchange) ? requests.erase(each) : each + 1;
  }

  // A server that announces nothing before its last request has ended.
  bool is_quiet_everywhere() const;
  void await_quiescence();
  void announce_if_quiet();

  void leave_unregistered(connection_id who);
  void destroy_session(connection_id who);
  void lose_last_response(connection_id who, stream_id which);
  void abort(connection_id who);
};

}  // namespace lastcall::model

#include "model/server_turn.hpp"
