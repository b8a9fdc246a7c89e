// One turn of a socket server, the second half of model/socket_server.hpp, to be included from there only. Each function says
// which one of Node's lib/net.js or lib/internal/streams it stands for.
#pragma once

namespace lastcall::model {

template <class Sizes>
template <class Host>
struct basic_socket_server<Sizes>::turn {
  basic_socket_server& server;
  const profile& decisions;
  Host& host;
  socket_work& work;
  const socket_connection* dying = nullptr;  ///< both its directions have ended: it is destroyed when its last callback returns

  using tick = socket_tick::kind_type;

  /// A call of the application, made in the callback that it is being told.
  template <class Call>
  void call(const Call& what) { on(what); }

  /// A callback has returned: what it put off runs now, ticks before microtasks. Node: processTicksAndRejections.
  void drain_queues() {
    while (!work.ticks.empty() || !work.microtasks.empty()) {
      while (!work.ticks.empty()) run(work.ticks.pop());
      while (!work.microtasks.empty()) run(work.microtasks.pop());
    }
  }

  // --- The kernel and the event loop.

  /// Node: onconnection.
  void on(const connection_accepted& what) {
    const auto& options = server.options_;
    const bool limited = options.limits_connections &&
                         (options.connections_max > 0 || decisions.net.zero_connections_max == zero_connections_max::nobody);
    if (limited && server.connections_counted_ >= options.connections_max) {
      emit(drop_connection{what.connection});
      return tell({callback::server_drop});
    }
    if (server.connections_.size() <= what.connection) server.connections_.resize(what.connection + 1);
    auto& accepted = at(what.connection);
    accepted = socket_connection{};
    accepted.socket = tcp_socket::state::open;
    if (options.pause_on_connect) accepted.flow = flow::paused;
    else start_reading(what.connection);
    drive(net_server::event::connection_opened);
    tell({callback::server_connection, what.connection});
  }
  /// Node: onStreamRead, Readable.push.
  void on(const bytes_received& what) {
    auto& from = at(what.connection);
    if (!from.is_live() || !from.reading) return;
    touch(what.connection);
    if (from.flow == flow::flowing && from.buffered == 0) return tell_data(what.connection, what.length);
    from.buffered += what.length;
    if (from.buffered >= decisions.net.high_water_mark) {
      from.reading = false;
      emit(model::stop_reading{what.connection});
    }
  }
  void on(const peer_fin& what) {
    auto& from = at(what.connection);
    if (!from.is_live() || !from.reading) return;
    touch(what.connection);
    from.reading = false;
    from.peer_has_ended = true;
    end_readable_if_empty(what.connection);
  }
  void on(const read_failed& what) {
    if (!at(what.connection).is_live()) return;
    if (what.behind_data && decisions.net.reset_behind_data == reset_behind_data::is_an_end) return on(peer_fin{what.connection});
    at(what.connection).error = what.error;
    drive(what.connection, tcp_socket::event::peer_rst);
  }
  /// Node: onWriteComplete. A destroyed socket's write was given up, and its callback hears of no error.
  void on(const write_completed& what) {
    auto& which = at(what.connection);
    if (!which.writing) return;
    if (what.error != node_error::none && which.is_live()) {
      take_write_error(what.connection, what.error);
      return fail_writes(what.connection, what.error);
    }
    touch(what.connection);
    const auto callbacks = which.writing_callbacks;
    which.writing = false;
    which.writing_length = which.writing_callbacks = 0;
    if (which.queued_length > 0 && which.is_live()) {
      const auto length = std::exchange(which.queued_length, 0);
      write(what.connection, length, std::exchange(which.queued_callbacks, std::uint8_t{0}));
    }
    after_write(what.connection, callbacks);
  }
  /// Node: afterShutdown, and onFinish of callFinal.
  void on(const shutdown_completed& what) {
    auto& which = at(what.connection);
    which.shutdown_pending = false;
    if (which.is_live()) queue(tick::finish, what.connection);
  }
  void on(const timer_expired& what) {
    if (what.which != timer::inactivity || !at(what.connection).timeout_armed) return;
    at(what.connection).timeout_armed = false;
    tell({callback::socket_timeout, what.connection});
  }
  /// libuv: uv__stream_destroy gives up what is under way, each in a callback of its own, before the close callback.
  void on(const close_callbacks_ran& what) {
    if (at(what.connection).socket != tcp_socket::state::destroyed) return;
    at(what.connection).shutdown_pending = false;
    on(write_completed{what.connection});
    drain_queues();
    drive(what.connection, tcp_socket::event::close_callbacks_ran);
  }
  void on(const application_called&) { host.called(*this); }

  // --- Calls of the application.

  /// Node: Server.listen. With a host it listens only after a look-up, which takes a tick even for an address.
  void on(const server_listen_called& what) {
    if (server.listener_open_) return tell({.what = callback::server_error, .error = node_error::already_listening});
    if (!what.looks_up_host) return listen();
    ++server.lookups_;
    queue(tick::host_looked_up);
  }
  void on(const close_called&) {
    if (decisions.net.listen_in_progress == listen_in_progress::given_up) server.lookups_ = 0;
    drive(net_server::event::close_called);
  }
  void on(const server_unref_called&) { server.referenced_ = false; }
  void on(const get_connections_called&) {
    queue(tick::tell_connections, 0, node_error::none, server.connections_counted_);
  }
  void on(const data_listener_added& what) {
    at(what.connection).listens = true;
    if (at(what.connection).flow != flow::paused) on(socket_resume_called{what.connection});
  }
  void on(const socket_resume_called& what) {
    auto& which = at(what.connection);
    if (which.flow == flow::flowing) return;
    which.flow = flow::flowing;
    if (which.resume_scheduled) return;
    which.resume_scheduled = true;
    queue(tick::resume, what.connection);
  }
  void on(const socket_pause_called& what) { at(what.connection).flow = flow::paused; }
  /// Node: Writable.write; writeAfterFIN once the peer has ended a socket that is not allowed to be half open.
  void on(const socket_write_called& what) {
    auto& which = at(what.connection);
    const std::uint8_t callbacks = what.has_callback ? 1 : 0;
    const auto refuse = [&](node_error error) {
      if (callbacks > 0) queue(tick::fail_write, what.connection, error);
      destroy(what.connection, error);
    };
    const bool replaced = which.end_told && !server.options_.allow_half_open;
    if (which.end_called) return refuse(replaced ? node_error::broken_pipe : node_error::write_after_end);
    if (!which.is_live()) return refuse(node_error::stream_destroyed);
    if (which.writing_length + which.queued_length + what.length >= decisions.net.high_water_mark) which.needs_drain = true;
    if (which.writing) {
      which.queued_length += what.length;
      which.queued_callbacks = static_cast<std::uint8_t>(which.queued_callbacks + callbacks);
    } else {
      write(what.connection, what.length, callbacks);
    }
  }
  void on(const socket_end_called& what) {
    auto& which = at(what.connection);
    const bool was_ending = which.end_called;
    which.end_called = true;
    if (what.has_callback) {
      if (was_ending && !which.is_live()) queue(tick::fail_end, what.connection, node_error::stream_destroyed);
      else ++which.end_callbacks;
    }
    if (!was_ending) drive(what.connection, tcp_socket::event::end_called);
  }
  void on(const socket_destroy_called& what) { destroy(what.connection, what.error); }
  void on(const socket_destroy_soon_called& what) {
    on(socket_end_called{what.connection});
    if (at(what.connection).socket == tcp_socket::state::write_ended) destroy(what.connection, node_error::none);
    else at(what.connection).destroys_on_finish = true;
  }
  void on(const socket_reset_called& what) {
    at(what.connection).reset = at(what.connection).is_live();
    destroy(what.connection, node_error::none);
  }
  void on(const socket_unref_called& what) { at(what.connection).referenced = false; }
  void on(const socket_set_timeout_called& what) {
    at(what.connection).timeout_ms = what.ms;
    if (what.ms > 0) touch(what.connection);
    else disarm(what.connection);
  }
  void on(const application_timer_set&) { ++server.application_timers_; }
  void on(const application_timer_done&) { --server.application_timers_; }
  void on(const next_tick_called& what) { queue(tick::application, 0, node_error::none, what.tag); }
  void on(const microtask_queued& what) { work.microtasks.push({tick::application, 0, node_error::none, what.tag}); }

 private:

  // --- The next-tick queue.

  void run(const socket_tick& next) {
    const connection_id who = next.connection;
    switch (next.kind) {
      case tick::application: tell({.what = callback::application_tick, .count = next.count}); break;
      case tick::host_looked_up:
        if (server.lookups_ == 0) break;
        --server.lookups_;
        listen();
        break;
      case tick::tell_listening:
        if (server.listener_open_) tell({callback::listening});
        break;
      case tick::tell_server_error: tell({.what = callback::server_error, .error = next.error}); break;
      case tick::tell_server_close: tell_server_close(); break;
      case tick::tell_connections: tell({.what = callback::connections_counted, .count = next.count}); break;
      case tick::resume: run_resume(who); break;
      case tick::end_readable: drive(who, tcp_socket::event::peer_fin); break;
      case tick::end_writable:
        if (!at(who).end_called) on(socket_end_called{who});
        break;
      case tick::after_write: after_write(who, static_cast<std::uint8_t>(next.count)); break;
      case tick::write_failed: fail_writes(who, next.error); break;
      case tick::finish: drive(who, tcp_socket::event::output_finished); break;
      case tick::tell_error: tell({.what = callback::socket_error, .connection = who, .error = next.error}); break;
      case tick::fail_write: tell({.what = callback::write_callback, .connection = who, .error = next.error}); break;
      case tick::fail_end: tell({.what = callback::end_callback, .connection = who, .error = next.error}); break;
    }
  }

  // --- The server.

  /// Node: setupListenHandle. A second look-up that ends finds the handle there and only tells of it again.
  void listen() {
    drive(net_server::event::listen_called);
    queue(tick::tell_listening);
  }
  /// 'close', and the callbacks of close() that wait for it.
  void tell_server_close() {
    tell({callback::server_close});
    const auto callbacks = std::exchange(server.close_callbacks_, {});
    for (const auto [refused] : callbacks)
      tell({.what = callback::close_callback, .error = refused ? node_error::not_running : node_error::none, .failed = refused});
  }
  void drive(net_server::event what);

  // --- The readable stream.

  void start_reading(connection_id who) {
    if (at(who).reading || at(who).peer_has_ended || !at(who).is_live()) return;
    at(who).reading = true;
    emit(model::start_reading{who});
  }
  void tell_data(connection_id who, std::uint32_t length) {
    if (at(who).listens) tell({.what = callback::socket_data, .connection = who, .count = length});
  }
  /// Node: resume_ and flow.
  void run_resume(connection_id who) {
    at(who).resume_scheduled = false;
    start_reading(who);
    if (at(who).flow != flow::flowing) return;
    if (const auto length = std::exchange(at(who).buffered, 0); length > 0 && at(who).is_live()) tell_data(who, length);
    end_readable_if_empty(who);
  }
  /// Node: endReadable.
  void end_readable_if_empty(connection_id who) {
    if (at(who).peer_has_ended && at(who).buffered == 0 && at(who).is_live()) queue(tick::end_readable, who);
  }

  // --- The writable stream.

  /// Node: writeGeneric and onwrite. The kernel takes what it can at once; the callback then comes with the next ticks.
  void write(connection_id who, std::uint32_t length, std::uint8_t callbacks) {
    auto& which = at(who);
    touch(who);
    const write_answer answer = host.written(who, length);
    if (answer.error != node_error::none) {
      which.writing_callbacks = callbacks;
      take_write_error(who, answer.error);
      return queue(tick::write_failed, who, answer.error);
    }
    emit(write_bytes{who, length});
    if (answer.waits) {
      which.writing = true;
      which.writing_length = length;
      which.writing_callbacks = callbacks;
    } else {
      queue(tick::after_write, who, node_error::none, callbacks);
    }
  }
  /// Node: afterWrite.
  void after_write(connection_id who, std::uint8_t callbacks) {
    auto& which = at(who);
    if (which.needs_drain && !which.end_called && which.is_live() && !which.writing && which.queued_length == 0) {
      which.needs_drain = false;
      tell({callback::socket_drain, who});
    }
    for (; callbacks > 0; --callbacks) tell({callback::write_callback, who});
    if (!at(who).is_live()) fail_queued(who);
    shut_down_if_written(who);
  }
  void take_write_error(connection_id who, node_error error) {
    at(who).writing = false;
    at(who).writing_length = 0;
    at(who).write_error = error;
  }
  /// Node: onwriteError. The callbacks hear it before 'error' does.
  void fail_writes(connection_id who, node_error error) {
    for (auto left = std::exchange(at(who).writing_callbacks, std::uint8_t{0}); left > 0; --left)
      tell({.what = callback::write_callback, .connection = who, .error = error});
    fail_queued(who);
    destroy(who, error);
  }
  /// Node: errorBuffer.
  void fail_queued(connection_id who) {
    auto& which = at(who);
    if (which.writing) return;
    which.queued_length = 0;
    const node_error error = which.error != node_error::none ? which.error : which.write_error != node_error::none ? which.write_error : node_error::stream_destroyed;
    for (auto left = std::exchange(which.queued_callbacks, std::uint8_t{0}); left > 0; --left)
      tell({.what = callback::write_callback, .connection = who, .error = error});
    for (auto left = std::exchange(at(who).end_callbacks, std::uint8_t{0}); left > 0; --left)
      tell({.what = callback::end_callback, .connection = who, .error = error});
  }
  /// Node: finishMaybe, prefinish and Socket._final.
  void shut_down_if_written(connection_id who) {
    auto& which = at(who);
    const bool ends = which.socket == tcp_socket::state::ending || which.socket == tcp_socket::state::both_ending;
    if (!ends || which.shutdown_called || which.writing || which.queued_length > 0 || which.write_error != node_error::none) return;
    which.shutdown_called = which.shutdown_pending = true;
    emit(model::shutdown_write{who});
  }

  // --- The socket.

  void destroy(connection_id who, node_error error) {
    auto& which = at(who);
    if (!which.is_live() && dying != &which) return;
    which.error = error;
    if (error != node_error::none) queue(tick::tell_error, who, error);
    drive(who, tcp_socket::event::destroy_called);
  }
  /// Node: Socket._destroy.
  void close_socket(connection_id who) {
    disarm(who);
    at(who).reading = false;
    emit(model::close_socket{who, at(who).reset});
    emit(run_close_callbacks{who});
    drive(net_server::event::connection_gone);
  }
  /// Socket._unrefTimer: activity starts the inactivity timer anew.
  void touch(connection_id who) {
    if (at(who).timeout_ms == 0 || !at(who).is_live()) return;
    at(who).timeout_armed = true;
    emit(start_timer{timer::inactivity, who, at(who).timeout_ms});
  }
  void disarm(connection_id who) {
    if (at(who).timeout_armed) emit(cancel_timer{timer::inactivity, who});
    at(who).timeout_armed = false;
  }
  void drive(connection_id who, tcp_socket::event what);

  /// Of a closed socket only what a late write() is answered by is left, where slots are not used again.
  static void forget(socket_connection& which) {
    socket_connection left;
    if constexpr (std::is_same_v<Sizes, growing>) {
      left.end_told = which.end_told;
      left.end_called = which.end_called;
    }
    which = left;
  }

  // --- All of it.

  template <class Transition, class State>
  static bool take(const Transition& taken, State& state) {
    invariant(taken.outcome != outcome::guarded, "every guard of a transition table refused an event");
    state = taken.next;
    return taken.outcome == outcome::taken;
  }
  socket_connection& at(connection_id who) { return server.connections_[who]; }
  void emit(const socket_effect& what) { work.effects.push_back(what); }
  void tell(socket_notify what) {
    work.effects.push_back(what);
    host.told(what, *this);
  }
  void queue(tick kind, connection_id who = 0, node_error error = node_error::none, std::uint32_t count = 0) {
    work.ticks.push({kind, who, error, count});
  }
};

template <class Sizes>
template <class Host>
void basic_socket_server<Sizes>::turn<Host>::drive(net_server::event what) {
  const bool leaves = what == net_server::event::connection_gone;
  const net_server::facts known{
      .no_other_connection = server.connections_counted_ == (leaves ? 1U : 0U),
      .listener_open = server.listener_open_,
      .sessions_first = false,
      .forgets_callback = decisions.close_when_closed == close_when_closed::forgets,
  };
  const auto taken = net_server::step(server.state_, what, known);
  if (!take(taken, server.state_)) return;
  for (const auto command : taken.commands) {
    using enum net_server::command;
    switch (command) {
      case start_listening:
        server.listener_open_ = true;
        emit(model::start_listening{});
        break;
      case stop_listening:
        server.listener_open_ = false;
        emit(model::stop_listening{});
        server.close_callbacks_.push_back({.refused = false});
        break;
      case emit_close: queue(tick::tell_server_close); break;
      case report_not_running:
        server.close_callbacks_.push_back({.refused = true});
        if (server.connections_counted_ == 0) queue(tick::tell_server_close);
        break;
      case count_up: ++server.connections_counted_; break;
      case count_down: --server.connections_counted_; break;
      case arm_drain_timer:
      case cancel_drain_timer:
      case abort_connections:
      case drain_sessions:
      case defer_stop_listening:
      case report_already_listening: break;
    }
  }
}

template <class Sizes>
template <class Host>
void basic_socket_server<Sizes>::turn<Host>::drive(connection_id who, tcp_socket::event what) {
  auto& which = at(who);
  const tcp_socket::facts known{.closes_after_fin = false, .allow_half_open = server.options_.allow_half_open};
  const auto taken = tcp_socket::step(which.socket, what, known);
  if (!take(taken, which.socket)) return;
  if (taken.next == tcp_socket::state::destroyed) dying = &which;
  for (const auto command : taken.commands) {
    using enum tcp_socket::command;
    switch (command) {
      case shutdown_write: shut_down_if_written(who); break;
      case report_end:
        which.end_told = true;
        tell({.what = callback::socket_end, .connection = who, .ready_state = which.ready_state()});
        break;
      case end_later: queue(tick::end_writable, who); break;
      case report_finish:
        for (auto left = std::exchange(which.end_callbacks, std::uint8_t{0}); left > 0; --left) tell({callback::end_callback, who});
        tell({.what = callback::socket_finish, .connection = who, .ready_state = which.ready_state()});
        if (which.destroys_on_finish) this->destroy(who, node_error::none);
        break;
      case report_error: queue(tick::tell_error, who, which.error); break;
      case destroy:
        dying = nullptr;
        close_socket(who);
        break;
      case report_reset: break;
      case report_closed:
        tell({.what = callback::socket_close, .connection = who, .failed = which.error != node_error::none});
        forget(which);
        break;
    }
  }
}

}  // namespace lastcall::model
