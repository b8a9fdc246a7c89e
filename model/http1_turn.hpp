// One step of the HTTP/1 server at work; the second half of model/http1_server.hpp, to be included from there only.
#pragma once

namespace lastcall::model::http1 {

template <class Sizes>
struct basic_server<Sizes>::turn {
  basic_server& server;
  const profile& decisions;
  effects& out;
  const head_received* received = nullptr;  ///< the head behind this step
  node_error broken_by = node_error::none;        ///< what is wrong with the message of this step

  // The application's calls.
  void on(const constructed& what) {
    server.options_ = what.with;
    if (decisions.http1.deadlines == deadlines::since_construction) start_checking();
  }
  void on(const listen_called&) { drive(net_server::event::listen_called); }
  void on(const listening_emitted&) { start_checking_if_listening(); }
  void on(const close_called&) {
    const bool again = !server.listener_open_;
    drive(net_server::event::close_called);
    if (again) sweep_at_close();
    if (decisions.http1.deadlines_at_close == deadlines_at_close::dropped) drop_deadlines();
  }
  void on(const close_idle_called&) { sweep(); }
  void on(const close_all_called&) {
    for (connection_id who = 0; who < server.connections_.size(); ++who)
      if (at(who).parser != http1_connection::state::upgraded) destroy(who);
  }

  // The listener and the socket.
  void on(const connection_accepted& what) {
    if (server.connections_.size() <= what.connection) server.connections_.resize(what.connection + 1);
    at(what.connection) = connection{};
    at(what.connection).socket = tcp_socket::state::open;
    at(what.connection).parser = http1_connection::state::fresh;
    drive(net_server::event::connection_opened, what.connection);
    arm_deadlines(what.connection);
    tell({.what = callback::server_connection, .connection = what.connection});
    settle(what.connection);
  }
  void on(const peer_fin& what) {
    at(what.connection).peer_has_ended = true;
    drive(what.connection, tcp_socket::event::peer_fin);
  }
  void on(const peer_rst& what) {
    at(what.connection).had_error = true;
    drive(what.connection, tcp_socket::event::peer_rst);
  }
  void on(const output_flushed& what) {
    at(what.connection).output_pending = false;
    end_if_flushed(what.connection);
  }
  void on(const fin_sent& what) {
    drive(what.connection, tcp_socket::event::output_finished);
    if (at(what.connection).closes_after_fin) destroy(what.connection);
  }
  void on(const close_callbacks_ran& what) {
    // A write that the kernel gives up calls back first, and in some releases as if it were done.
    const request* const due = current(what.connection);
    const bool cancelled = due != nullptr && due->response == exchange::state::writing && at(what.connection).output_pending;
    if (cancelled && decisions.http1.cancelled_write == cancelled_write::finishes) {
      at(what.connection).output_pending = false;
      drive(what.connection, due->id, exchange::event::response_written);
      out.push_back(run_close_callbacks{what.connection});
      return;
    }
    drive(what.connection, tcp_socket::event::close_callbacks_ran);
  }

  // Bytes of requests.
  void on(const message_began& what) {
    if (!takes_requests(what.connection)) return;
    touch_keep_alive(what.connection, decisions.http1.keep_alive_ends == keep_alive_ends::at_first_byte);
    drive(what.connection, http1_connection::event::message_began);
  }
  void on(const bytes_received& what) {
    if (reads(what.connection)) touch_keep_alive(what.connection, false);
  }
  void on(const head_received& what) {
    if (!takes_requests(what.connection)) return;
    received = &what;
    drive(what.connection, what.upgrades ? http1_connection::event::upgrade_completed : http1_connection::event::head_completed);
  }
  void on(const message_received& what) {
    if (!reads(what.connection)) return;
    touch_keep_alive(what.connection, false);
    drive(what.connection, http1_connection::event::message_completed);
  }
  void on(const message_broken& what) {
    if (reads(what.connection)) break_message(what.connection, node_error::bad_message);
  }

  // The request handler.
  void on(const handler_read& what) {
    if (request* found = find(what.connection, what.request)) resume(what.connection, *found);
  }
  void on(const handler_responded& what) {
    if (request* found = find(what.connection, what.request)) found->status = what.status;
    drive_handler(what.connection, what.request, exchange::event::handler_responded);
  }
  void on(const handler_wrote& what) {
    const request* const found = find(what.connection, what.request);
    if (found == nullptr && what.has_callback) queue({tick_kind::write_refused, what.connection, what.request});
    else if (found != nullptr) drive_handler(what.connection, what.request, exchange::event::handler_wrote, what.length);
  }
  void on(const handler_finished& what) { drive_handler(what.connection, what.request, exchange::event::handler_finished); }
  void on(const socket_answered& what) {
    if (can_write(what.connection)) submit(what.connection, send_response{what.connection, 0, what.status, what.closes});
  }
  void on(const socket_end_called& what) { end(what.connection); }
  void on(const socket_destroy_called& what) { destroy(what.connection); }
  void on(const response_written& what) {
    if (what.in_turn) queue({tick_kind::response_written, what.connection, what.request});
    else finish(what.connection, what.request);
  }

  // Time and the next-tick queue.
  void on(const timer_expired& what) {
    switch (what.which) {
      case timer::drain:
        server.drain_armed_ = false;
        drive(net_server::event::drain_expired);
        break;
      case timer::head:
      case timer::request:
        (what.which == timer::head ? at(what.connection).head_armed : at(what.connection).request_armed) = false;
        drive(what.connection, http1_connection::event::deadline_passed);
        break;
      case timer::keep_alive:
        at(what.connection).keep_alive_armed = false;
        close_idle(what.connection);
        tell({.what = callback::socket_timeout, .connection = what.connection});
        break;
      case timer::linger:
        at(what.connection).linger_armed = false;
        destroy(what.connection);
        break;
      default: break;
    }
  }
  void on(const tick_ran& ran);

 private:
  // Each drive() gives one machine one event and does what it commands.
  void drive(net_server::event what, connection_id who = 0);
  void drive(connection_id who, tcp_socket::event what);
  void drive(connection_id who, http1_connection::event what);
  void drive(connection_id who, request_id which, exchange::event what, std::uint32_t length = 0);
  void tell_closed(connection_id who);
  void finish(connection_id who, request_id which);

  void drive_handler(connection_id who, request_id which, exchange::event what, std::uint32_t length = 0) {
    if (find(who, which) != nullptr && at(who).is_live()) drive(who, which, what, length);
  }

  template <class Transition, class State>
  static bool take(const Transition& taken, State& state) {
    invariant(taken.outcome != outcome::guarded, "every guard of a transition table refused an event");
    state = taken.next;
    return taken.outcome == outcome::taken;
  }

  connection& at(connection_id who) { return server.connections_[who]; }
  void tell(const notify& what) { out.push_back(what); }
  void queue(const tick& what) { out.push_back(next_tick{what}); }

  // --- Requests.

  request* find(connection_id who, request_id which) {
    if (who >= server.connections_.size()) return nullptr;
    for (auto& each : at(who).requests)
      if (each.id == which) return &each;
    return nullptr;
  }
  /// The oldest request whose response is not over: the one whose response the socket takes.
  request* current(connection_id who) {
    for (auto& each : at(who).requests)
      if (!is_over(each.response)) return &each;
    return nullptr;
  }
  bool is_current(connection_id who, request_id which) {
    const request* const first = current(who);
    return first != nullptr && first->id == which;
  }
  /// The request that is coming in, or the last that came.
  request* latest(connection_id who) { return at(who).requests.empty() ? nullptr : &at(who).requests.back(); }

  void forget_if_over(connection_id who, request_id which) {
    auto& requests = at(who).requests;
    for (auto each = requests.begin(); each != requests.end(); ++each) {
      if (each->id != which) continue;
      if (is_over(each->response) && each->ended) requests.erase(each);
      return;
    }
  }

  void resume(connection_id who, request& which) {
    if (which.flowing) return;
    which.flowing = true;
    queue({tick_kind::request_resumed, who, which.id});
  }
  /// A request that flows and has been read to its end is told so in a later turn of the queue.
  void queue_end(connection_id who, request& which) {
    if (!which.complete || !which.flowing || which.end_queued) return;
    which.end_queued = true;
    queue({tick_kind::request_ended, who, which.id});
  }

  // --- Output.

  bool reads(connection_id who) { return at(who).socket == tcp_socket::state::open && !at(who).ends; }
  bool takes_requests(connection_id who) { return reads(who) && !at(who).no_more_requests; }
  bool can_write(connection_id who) {
    const auto socket = at(who).socket;
    return (socket == tcp_socket::state::open || socket == tcp_socket::state::read_ended) && !at(who).ends;
  }
  template <class Output>
  void submit(connection_id who, const Output& what) {
    at(who).output_pending = true;
    out.push_back(what);
  }
  void send_head(connection_id who, const request& which) {
    if (can_write(who)) submit(who, send_response{who, which.id, which.status, which.closes});
  }
  /// A response becomes the connection's current one: what its handler has said so far goes out.
  void send_queued(connection_id who, request& which) {
    if (!can_write(who) || which.response == exchange::state::dispatched) return;
    send_head(who, which);
    if (which.unsent > 0) submit(who, send_body{who, which.id, which.unsent});
    which.unsent = 0;
    if (which.response == exchange::state::writing) submit(who, model::http1::send_end{who, which.id});
  }

  // --- The end of a connection.

  void end(connection_id who) {
    if (!can_write(who)) return;
    at(who).ends = true;
    cancel_deadlines(who);
    set_timer(who, timer::keep_alive, false);
    end_if_flushed(who);
  }
  void end_if_flushed(connection_id who) {
    if (!at(who).ends || at(who).output_pending) return;
    drive(who, tcp_socket::event::end_called);
    if (!at(who).closes_after_fin) drive(who, tcp_socket::event::output_finished);
  }
  void destroy(connection_id who) { drive(who, tcp_socket::event::destroy_called); }
  void close_idle(connection_id who) {
    if (decisions.http1.idle_close == idle_close::destroys) destroy(who);
    else end(who);
  }
  /// A connection on which nothing sensible can follow: an error response if none has begun, and the end.
  void give_up(connection_id who, node_error why, std::uint16_t status) {
    if (server.options_.handles_client_errors) {
      at(who).error_told = true;
      return tell({.what = callback::server_client_error, .connection = who, .error = why});
    }
    const request* const due = current(who);
    if (decisions.http1.half_close == half_close::finishes_responses && due != nullptr && due->complete) {
      at(who).no_more_requests = true;
      return;
    }
    const bool begun = due != nullptr && due->response != exchange::state::dispatched;
    if (can_write(who) && !begun) submit(who, send_response{who, 0, status, true});
    if (decisions.http1.idle_close == idle_close::ends && due == nullptr) return end(who);
    at(who).had_error = true;
    destroy(who);
  }
  void break_message(connection_id who, node_error why) {
    broken_by = why;
    drive(who, http1_connection::event::message_broken);
  }

  // --- Idle.

  bool has_due(connection_id who) {
    const request* const due = current(who);
    if (due == nullptr) return false;
    return decisions.http1.response_ends == response_ends::when_written || due->response != exchange::state::writing;
  }
  void sweep() {
    for (connection_id who = 0; who < server.connections_.size(); ++who)
      if (at(who).is_live()) drive(who, http1_connection::event::sweep_called);
  }
  void sweep_at_close() {
    if (decisions.http1.close_sweeps != close_sweeps::never) sweep();
  }
  /// The end of what one connection was doing: while closing, a server that keeps looking finds it idle now.
  void settle(connection_id who) {
    if (!server.is_closing() || decisions.http1.close_sweeps != close_sweeps::throughout || !can_write(who)) return;
    drive(who, http1_connection::event::sweep_called);
  }

  // --- Timers.

  bool deadlines_run() const {
    if (decisions.http1.deadlines != deadlines::own_timers) return server.checking_armed_;
    return decisions.http1.deadlines_at_close == deadlines_at_close::kept || !server.is_closing();
  }
  void start_checking_if_listening() {
    if (decisions.http1.deadlines == deadlines::since_listening ||
        decisions.http1.deadlines == deadlines::since_each_listening)
      start_checking();
  }
  void start_checking() {
    if (server.checking_armed_ && decisions.http1.deadlines == deadlines::since_each_listening)
      server.timer_lost_ = true;
    server.checking_armed_ = true;
    out.push_back(arm_timer{timer::checking, 0});
  }
  void drop_deadlines() {
    if (server.checking_armed_) out.push_back(cancel_timer{timer::checking, 0});
    server.checking_armed_ = false;
    for (connection_id who = 0; who < server.connections_.size(); ++who) cancel_deadlines(who);
  }
  void arm_deadlines(connection_id who) {
    if (!deadlines_run()) return;
    if (server.options_.head_deadline) set_timer(who, timer::head, true);
    if (server.options_.request_deadline) set_timer(who, timer::request, true);
  }
  void cancel_deadlines(connection_id who) {
    set_timer(who, timer::head, false);
    set_timer(who, timer::request, false);
  }
  void touch_keep_alive(connection_id who, bool is_over) {
    if (at(who).keep_alive_armed) set_timer(who, timer::keep_alive, !is_over);
  }
  /// The wait for another request: since the last response, and for some servers only if no request is under way already.
  void await_request(connection_id who) {
    const bool timed = server.options_.keep_alive_timeout && decisions.http1.keep_alive == keep_alive::timed;
    if (!timed || !can_write(who)) return;
    if (decisions.http1.keep_alive_ends == keep_alive_ends::at_first_byte && at(who).parser != http1_connection::state::idle)
      return;
    set_timer(who, timer::keep_alive, true);
  }
  bool& armed(connection_id who, timer which) {
    auto& owner = at(who);
    switch (which) {
      case timer::head: return owner.head_armed;
      case timer::request: return owner.request_armed;
      case timer::keep_alive: return owner.keep_alive_armed;
      default: return owner.linger_armed;
    }
  }
  void set_timer(connection_id who, timer which, bool on) {
    bool& is_armed = armed(who, which);
    if (on) out.push_back(arm_timer{which, who});
    else if (is_armed) out.push_back(cancel_timer{which, who});
    is_armed = on;
  }
  void set_drain_timer(bool on) {
    if (server.drain_armed_ == on) return;
    server.drain_armed_ = on;
    if (on) out.push_back(arm_timer{timer::drain, 0});
    else out.push_back(cancel_timer{timer::drain, 0});
  }
};

template <class Sizes>
void basic_server<Sizes>::turn::on(const tick_ran& ran) {
  const tick& now = ran.what;
  request* const found = find(now.connection, now.request);
  switch (now.kind) {
    case tick_kind::server_close:
      tell({.what = callback::server_close});
      tell({.what = callback::close_callback, .error = now.aborted ? node_error::not_running : node_error::none, .failed = now.aborted});
      break;
    case tick_kind::socket_error: {
      const auto& from = at(now.connection);
      if (from.parser == http1_connection::state::upgraded) {
        tell({.what = callback::socket_error, .connection = now.connection, .error = node_error::connection_reset});
      } else if (server.options_.handles_client_errors && !from.error_told) {
        tell({.what = callback::server_client_error, .connection = now.connection, .error = node_error::connection_reset});
      }
      break;
    }
    case tick_kind::request_resumed:
      if (found == nullptr) break;
      found->resumed = true;
      queue_end(now.connection, *found);
      break;
    case tick_kind::request_readable:
      if (found != nullptr) queue_end(now.connection, *found);
      break;
    case tick_kind::request_ended:
      if (found == nullptr || !at(now.connection).is_live()) break;
      found->ended = true;
      tell({.what = callback::request_end, .connection = now.connection, .request = now.request});
      queue({decisions.http1.request_close == request_close::tick_after ? tick_kind::request_destroyed : tick_kind::request_closed,
             now.connection, now.request, true, false});
      forget_if_over(now.connection, now.request);
      break;
    case tick_kind::request_destroyed:
      queue({tick_kind::request_closed, now.connection, now.request, now.complete, now.aborted});
      break;
    case tick_kind::request_closed:
      if (now.aborted)
        tell({.what = callback::request_failed, .connection = now.connection, .request = now.request,
              .error = node_error::connection_reset});
      tell({.what = callback::request_close, .connection = now.connection, .request = now.request, .complete = now.complete,
            .aborted = now.aborted});
      break;
    case tick_kind::response_written: finish(now.connection, now.request); break;
    case tick_kind::response_closed:
      tell({.what = callback::response_close, .connection = now.connection, .request = now.request, .written = true});
      break;
    case tick_kind::write_refused:
      tell({.what = callback::response_write_error, .connection = now.connection, .request = now.request,
            .error = node_error::stream_destroyed});
      break;
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(net_server::event what, connection_id who) {
  const bool leaves = what == net_server::event::connection_gone;
  const net_server::facts known{
      .no_other_connection = server.connections_counted_ == (leaves ? 1U : 0U),
      .listener_open = server.listener_open_,
      .sessions_first = false,
      .forgets_callback = decisions.close_when_closed == close_when_closed::forgets,
  };
  const auto was = server.state_;
  const auto taken = net_server::step(was, what, known);
  if (!take(taken, server.state_)) return;
  for (const auto command : taken.commands) {
    using enum net_server::command;
    switch (command) {
      case start_listening:
        server.listener_open_ = true;
        out.push_back(model::start_listening{});
        start_checking_if_listening();
        tell({.what = callback::listening});
        break;
      case stop_listening:
        server.listener_open_ = false;
        out.push_back(model::stop_listening{});
        break;
      case defer_stop_listening: break;
      case drain_sessions: sweep_at_close(); break;
      case arm_drain_timer:
        if (decisions.drain_deadline != drain_deadline::none) set_drain_timer(true);
        break;
      case cancel_drain_timer: set_drain_timer(false); break;
      case abort_connections:
        for (connection_id each = 0; each < server.connections_.size(); ++each)
          if (at(each).is_live() && !at(each).linger_armed) destroy(each);
        break;
      case count_up: ++server.connections_counted_; break;
      case count_down: --server.connections_counted_; break;
      case emit_close:
        queue({tick_kind::server_close, who});
        for (; server.late_closes_ > 0; --server.late_closes_) queue({tick_kind::server_close, who, 0, false, true});
        break;
      case report_already_listening: tell({.what = callback::listening, .failed = true}); break;
      case report_not_running:
        if (was == net_server::state::closing) ++server.late_closes_;
        else queue({tick_kind::server_close, who, 0, false, true});
        break;
    }
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(connection_id who, tcp_socket::event what) {
  const auto taken = tcp_socket::step(at(who).socket, what, tcp_socket::facts{.closes_after_fin = false, .allow_half_open = true});
  if (!take(taken, at(who).socket)) return;
  for (const auto command : taken.commands) {
    using enum tcp_socket::command;
    switch (command) {
      case shutdown_write:
        out.push_back(model::shutdown_write{who});
        if (taken.next == tcp_socket::state::ending && !at(who).closes_after_fin && decisions.http1.after_last_response == after_last_response::lingers)
          set_timer(who, timer::linger, true);
        break;
      case destroy:
        cancel_deadlines(who);
        set_timer(who, timer::keep_alive, false);
        set_timer(who, timer::linger, false);
        out.push_back(destroy_socket{who});
        out.push_back(run_close_callbacks{who});
        drive(net_server::event::connection_gone, who);
        break;
      case report_end:
        if (at(who).parser == http1_connection::state::head || at(who).parser == http1_connection::state::body)
          break_message(who, node_error::incomplete_message);
        else
          drive(who, http1_connection::event::peer_ended);
        tell({.what = callback::socket_end, .connection = who});
        break;
      case report_error: queue({tick_kind::socket_error, who}); break;
      case end_later:
      case report_finish:
      case report_reset: break;
      case report_closed: tell_closed(who); break;
    }
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(connection_id who, http1_connection::event what) {
  const http1_connection::facts known{
      .response_due = has_due(who),
      .parser_idle_suffices = decisions.http1.idle_means == idle_means::parser_idle,
      .nothing_received_is_idle = decisions.http1.idle_means == idle_means::or_nothing_received,
  };
  const auto taken = http1_connection::step(at(who).parser, what, known);
  if (!take(taken, at(who).parser)) return;
  for (const auto command : taken.commands) {
    using enum http1_connection::command;
    switch (command) {
      case arm_deadlines: turn::arm_deadlines(who); break;
      case cancel_head_deadline: set_timer(who, timer::head, false); break;
      case cancel_request_deadline: set_timer(who, timer::request, false); break;
      case cancel_deadlines: turn::cancel_deadlines(who); break;
      case dispatch_request: {
        set_timer(who, timer::keep_alive, false);
        request made;
        made.id = received->request;
        made.keeps_alive = received->keeps_alive;
        at(who).requests.push_back(made);
        if (received->wants_continue && is_current(who, made.id)) submit(who, send_response{who, made.id, 100, false});
        tell({.what = callback::server_request, .connection = who, .request = made.id});
        break;
      }
      case end_request:
        if (request* whole = latest(who); whole != nullptr && !whole->complete) {
          whole->complete = true;
          if (whole->resumed) queue_end(who, *whole);
          else queue({tick_kind::request_readable, who, whole->id});
        }
        if (current(who) == nullptr && decisions.http1.keep_alive_ends == keep_alive_ends::at_first_byte) {
          await_request(who);
          settle(who);
        }
        break;
      case hand_over:
        set_timer(who, timer::keep_alive, false);
        tell({.what = callback::server_upgrade, .connection = who});
        break;
      case close_idle: turn::close_idle(who); break;
      case end_for_peer:
        if (decisions.http1.half_close == half_close::ends_at_once || current(who) == nullptr) end(who);
        break;
      case answer_timeout: give_up(who, node_error::request_timeout, 408); break;
      case answer_bad_request: give_up(who, broken_by, 400); break;
    }
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(connection_id who, request_id which, exchange::event what, std::uint32_t length) {
  request* const found = find(who, which);
  const auto taken = exchange::step(found->response, what, exchange::facts{.listeners_skipped = false});
  if (!take(taken, found->response)) return;
  const bool goes_out = is_current(who, which) && can_write(who);
  for (const auto command : taken.commands) {
    using enum exchange::command;
    switch (command) {
      case dispatch: break;  // of a server that lets requests wait for a handler
      case send_headers: {
        const bool is_last = &at(who).requests.back() == found;
        // No request is taken after a response that says close, nor while closing after one that cannot say it because
        // another is queued behind it (RFC 9112 9.6).
        if (server.is_closing() && decisions.http1.closing_response == closing_response::says_close) at(who).no_more_requests = true;
        found->closes = !found->keeps_alive || (is_last && at(who).no_more_requests);
        at(who).no_more_requests |= found->closes;
        if (goes_out) send_head(who, *found);
        break;
      }
      case send_data:
        if (goes_out) submit(who, send_body{who, which, length});
        else found->unsent += length;
        break;
      case send_end:
        if (goes_out) submit(who, model::http1::send_end{who, which});
        break;
      case report_completed:
        if (at(who).is_live()) resume(who, *found);
        queue({tick_kind::response_closed, who, which});
        if (found->closes) {
          at(who).closes_after_fin = decisions.http1.after_last_response == after_last_response::closes;
          end(who);
        } else if (request* next = current(who)) {
          send_queued(who, *next);
        } else if (at(who).peer_has_ended || at(who).no_more_requests) {
          end(who);
        } else {
          await_request(who);
        }
        tell({.what = callback::response_finish, .connection = who, .request = which, .written = true});
        settle(who);
        forget_if_over(who, which);
        break;
      case report_error:
        tell({.what = callback::response_close, .connection = who, .request = which});
        break;
    }
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::finish(connection_id who, request_id which) {
  const request* const found = find(who, which);
  if (found == nullptr || at(who).had_error) return;
  if (!at(who).is_live() && decisions.http1.cancelled_write == cancelled_write::is_lost) return;
  drive(who, which, exchange::event::response_written);
}

/// 'close' of a socket: the server's own listener aborts the requests, then come the application's, then the response's.
template <class Sizes>
void basic_server<Sizes>::turn::tell_closed(connection_id who) {
  const bool aborts = at(who).parser != http1_connection::state::upgraded;
  for (const auto& each : at(who).requests) {
    if (!aborts || is_over(each.response) || each.ended) continue;
    tell({.what = callback::request_aborted, .connection = who, .request = each.id});
    queue({decisions.http1.request_close == request_close::tick_after ? tick_kind::request_destroyed : tick_kind::request_closed, who,
           each.id, each.complete, true});
  }
  tell({.what = callback::socket_close, .connection = who, .failed = at(who).had_error});
  if (const request* due = current(who)) drive(who, due->id, exchange::event::request_failed);
  at(who) = connection{};
}

}  // namespace lastcall::model::http1
