// How the server carries out what its machines command; the second half of model/server.hpp, to be included from there
// only.
#pragma once

namespace lastcall::model {

template <class Sizes>
void basic_server<Sizes>::turn::drive(net_server::event what, connection_id who) {
  const bool leaves = what == net_server::event::connection_gone;
  const net_server::facts known{
      .no_other_connection = server.connections_counted_ == (leaves ? 1U : 0U),
      .listener_open = server.listener_open_,
      .sessions_first = decisions.close_order == close_order::sessions_first,
      .forgets_callback = decisions.close_when_closed == close_when_closed::forgets,
  };
  const auto taken = net_server::step(server.state_, what, known);
  const auto was = server.state_;
  if (!take(taken, server.state_)) return;
  for (const auto command : taken.commands) {
    using enum net_server::command;
    switch (command) {
      case start_listening:
        server.listener_open_ = true;
        out.push_back(model::start_listening{});
        tell(callback::listening, who);
        break;
      case stop_listening:
        server.listener_open_ = false;
        out.push_back(model::stop_listening{});
        break;
      case defer_stop_listening: out.push_back(run_deferred{}); break;
      case drain_sessions:
        for (connection_id each = 0; each < server.connections_.size(); ++each) {
          if (!at(each).is_live()) continue;
          drive(each, http2_goaway::event::drain_called);
          if (decisions.requests_at_close == requests_at_close::dropped) drive(each, tcp_socket::event::destroy_called);
          else settle(each);
        }
        break;
      case arm_drain_timer:
        if (decisions.drain_deadline == drain_deadline::from_close) set_drain_timer(true);
        break;
      case cancel_drain_timer: set_drain_timer(false); break;
      case abort_connections:
        for (connection_id each = 0; each < server.connections_.size(); ++each)
          if (at(each).is_live()) abort(each);
        break;
      case count_up: ++server.connections_counted_; break;
      case count_down: --server.connections_counted_; break;
      case emit_close:
        tell_next_tick(callback::server_close, 0);
        tell_next_tick(callback::close_callback, 0);
        for (; server.late_closes_ > 0; --server.late_closes_) tell_next_tick(callback::close_callback, 0, 0, true);
        break;
      case report_already_listening: tell(callback::listening, 0, 0, true); break;
      case report_not_running:
        // While another close() is under way its 'close' event carries this answer too (Node: once('close')).
        if (was == net_server::state::closing) {
          ++server.late_closes_;
        } else {
          tell_next_tick(callback::server_close, 0);
          tell_next_tick(callback::close_callback, 0, 0, true);
        }
        break;
    }
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(connection_id who, tcp_socket::event what) {
  // A session ends its socket itself: an HTTP/2 server always allows half-open sockets (Node: http2.createServer).
  const tcp_socket::facts known{.closes_after_fin = decisions.after_fin == after_fin::closes, .allow_half_open = true};
  const auto taken = tcp_socket::step(at(who).socket, what, known);
  if (!take(taken, at(who).socket)) return;
  for (const auto command : taken.commands) {
    using enum tcp_socket::command;
    switch (command) {
      case shutdown_write:
        out.push_back(model::shutdown_write{who});
        // The session has flushed before: nothing is left to be written but the FIN.
        drive(who, tcp_socket::event::output_finished);
        break;
      case destroy:
        out.push_back(destroy_socket{who});
        out.push_back(run_close_callbacks{who});
        drive(who, http2_session::event::connection_lost);
        drive(who, http2_goaway::event::session_ended);
        cancel_preface_timer(who);
        forget_all_but_the_socket(who);
        // The server's 'close' comes after everything that its last connection has to tell and to cancel.
        drive(net_server::event::connection_gone, who);
        break;
      case report_end: tell(callback::socket_end, who); break;
      case end_later:
      case report_finish: break;
      case report_error: tell(callback::socket_error, who, 0, true); break;
      case report_reset:
        forget_over(who);
        tell(callback::session_error, who, 0, true);
        break;
      case report_closed:
        tell(callback::socket_close, who, 0, at(who).was_reset);
        at(who) = connection{};
        break;
    }
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(connection_id who, http2_session::event what) {
  const http2_session::facts known{
      .peer_has_ended = at(who).peer_has_ended,
      .drops_everything = decisions.peer_half_close != peer_half_close::finishes_requests,
      .error_only_stops_reading = decisions.error_after_goaway == error_after_goaway::stops_reading &&
                                  at(who).goaway == http2_goaway::state::final_sent,
  };
  const auto taken = http2_session::step(at(who).session, what, known);
  if (!take(taken, at(who).session)) return;
  for (const auto command : taken.commands) {
    using enum http2_session::command;
    switch (command) {
      case register_session:
        if (decisions.registration == registration::on_preface)
          drive(who, http2_goaway::event::session_registered);
        break;
      case send_farewell:
        if (decisions.farewell == farewell::goaway && !within_write)
          submit(who, send_goaway{who, at(who).last_stream, error_code::no_error});
        break;
      case end_socket: drive(who, tcp_socket::event::end_called); break;
      case begin_linger: {
        const bool reads_on = decisions.after_fin == after_fin::reads_on_before;
        if (!reads_on) drive(who, tcp_socket::event::end_called);
        if ((reads_on || decisions.after_fin == after_fin::lingers) && at(who).is_live())
          arm(who, timer::linger, at(who).linger_armed);
        break;
      }
      case cancel_linger_timer: cancel(who, timer::linger, at(who).linger_armed); break;
      case destroy_socket: drive(who, tcp_socket::event::destroy_called); break;
      case fail_streams:
        if (what == http2_session::event::peer_ended && decisions.peer_half_close == peer_half_close::cancels_streams)
          for (const auto& each : at(who).requests) submit(who, send_rst_stream{who, each.id, error_code::cancel});
        loses_connection = true;
        drive_each(who, http2_stream::event::connection_gone, [](const request&) { return true; });
        break;
      case fail_unfinished_requests:
        drive_each(who, http2_stream::event::connection_gone, [](const request& each) {
          return each.stream == http2_stream::state::open || each.stream == http2_stream::state::half_closed_local;
        });
        break;
      case send_error_goaway: submit(who, send_goaway{who, at(who).last_stream, code}); break;
    }
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(connection_id who, http2_goaway::event what) {
  const http2_goaway::facts known{
      .registered = decisions.registration == registration::on_accept || at(who).session != http2_session::state::preface,
      .closing = server.state_ == net_server::state::closing,
      .announces_final = decisions.close_announces == close_announces::final_goaway,
      .announces_notice = decisions.close_announces == close_announces::notice,
      .late_is_drained = decisions.late_session == late_session::drained &&
                         decisions.close_announces != close_announces::nothing,
      .ends_on_ping_ack = decisions.second_phase == second_phase::on_ping_ack || decisions.second_phase == second_phase::on_ping_ack_or_timer,
      .ends_on_headers = decisions.second_phase == second_phase::on_next_headers,
      .peer_goaway_drains = decisions.peer_goaway == peer_goaway::drains_session,
  };
  const auto taken = http2_goaway::step(at(who).goaway, what, known);
  if (!take(taken, at(who).goaway)) return;
  for (const auto command : taken.commands) {
    using enum http2_goaway::command;
    switch (command) {
      case send_notice: submit(who, send_goaway{who, highest_stream_id, error_code::no_error}); break;
      case send_ping:
        if (decisions.second_phase != second_phase::on_timer && decisions.second_phase != second_phase::on_quiescence)
          submit(who, model::send_ping{who});
        break;
      case send_final:
        at(who).announced = decisions.last_id == last_id::zero ? 0 : at(who).last_stream;
        submit(who, send_goaway{who, at(who).announced, error_code::no_error});
        if (decisions.drain_deadline == drain_deadline::from_final_goaway && server.is_closing()) set_drain_timer(true);
        if (decisions.drain_timer == drain_timer::cleared_by_final_goaway) set_drain_timer(false);
        break;
      case arm_notice_timer:
        if (decisions.second_phase == second_phase::on_timer || decisions.second_phase == second_phase::on_ping_ack_or_timer)
          arm(who, timer::notice, at(who).notice_armed);
        break;
      case cancel_notice_timer: cancel(who, timer::notice, at(who).notice_armed); break;
      case leave_without_preface:
        if (decisions.close_announces != close_announces::final_goaway_when_quiet) leave_unregistered(who);
        break;
    }
  }
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(connection_id who, stream_id which, http2_stream::event what) {
  const request* const found = find(who, which);
  if (found == nullptr) return;
  const bool reads_body = found->reads_body;
  const http2_stream::facts known{
      .resets_early = decisions.early_response != early_response::resets_unless_reading || !reads_body,
      .counts_twice = decisions.reset_counts == reset_counts::twice,
      .counts_never = decisions.reset_counts == reset_counts::never,
  };
  const auto taken = http2_stream::step(found->stream, what, known);
  if (!take(taken, find(who, which)->stream)) return;
  for (const auto command : taken.commands) {
    using enum http2_stream::command;
    switch (command) {
      case count_up: ++at(who).streams_open; break;
      case count_down: --at(who).streams_open; break;
      case dispatch: dispatch_waiting(who); break;
      case report_data: if (reads_body && carries_data) tell(callback::stream_data, who, which); break;
      case report_end:
        // Of a request that waits for a handler the application knows nothing yet.
        if (find(who, which)->exchange != exchange::state::waiting) tell(callback::stream_end, who, which);
        break;
      case response_done: drive(who, which, exchange::event::response_written); break;
      case fail_exchange: drive(who, which, exchange::event::request_failed); break;
      case reset_unfinished_request:
        submit(who, send_rst_stream{who, which,
                                    decisions.early_response == early_response::cancels_stream ? error_code::cancel : error_code::no_error});
        break;
      case send_reset_stream_closed:
        code = error_code::stream_closed;
        submit(who, send_rst_stream{who, which, code,
                                    decisions.reset_order == reset_order::behind_data &&
                                        find(who, which)->exchange == exchange::state::writing});
        break;
    }
  }
  if (loses_connection) return;
  if (taken.next == http2_stream::state::closed) tell(callback::stream_close, who, which);
  forget_if_over(who, which);
}

template <class Sizes>
void basic_server<Sizes>::turn::drive(connection_id who, stream_id which, exchange::event what, std::uint32_t length) {
  request* const found = find(who, which);
  const exchange::facts known{
      .listeners_skipped = by_reset && decisions.reset_reaches_application == reset_reaches_application::unless_committed};
  const auto taken = exchange::step(found->exchange, what, known);
  if (!take(taken, found->exchange)) return;
  for (const auto command : taken.commands) {
    using enum exchange::command;
    switch (command) {
      case dispatch:
        found->handler_runs = decisions.stream_limit != stream_limit::none;
        tell(callback::server_stream, who, which);
        break;
      case send_headers: submit(who, model::send_headers{who, which}); break;
      case send_data: submit(who, model::send_data{who, which, length, false}); break;
      case send_end: submit(who, model::send_data{who, which, 0, true}); break;
      case report_completed: tell(callback::request_completed, who, which); break;
      case report_error: tell(callback::request_error, who, which, true); break;
    }
  }
}

/// The application destroys the session: its streams fail at once. A session that was told to close waits for the peer's end
/// all the same.
template <class Sizes>
void basic_server<Sizes>::turn::destroy_session(connection_id who) {
  auto& which = at(who);
  if (!which.is_live()) return;
  code = error_code::no_error;
  // Each stream is reset, but the reset of the last one is overtaken by the GOAWAY behind which nothing is sent.
  stream_id last = 0;
  for (const auto& each : which.requests) last = std::max(last, each.id);
  for (const auto& each : which.requests)
    if (each.id != last && each.stream != http2_stream::state::closed) submit(who, send_rst_stream{who, each.id, code});
  if (which.goaway == http2_goaway::state::silent) return drive(who, http2_session::event::connection_error);
  loses_connection = true;
  drive_each(who, http2_stream::event::connection_gone, [](const request&) { return true; });
  loses_connection = false;
  settle(who);
}

/// The last stream takes its session with it, and with the session the write that was to end the stream.
template <class Sizes>
void basic_server<Sizes>::turn::lose_last_response(connection_id who, stream_id which) {
  within_write = true;
  drive(who, which, http2_stream::event::connection_gone);
  out.push_back(discard_output{who});
  at(who).output_pending = false;
  settle(who);
}

template <class Sizes>
bool basic_server<Sizes>::turn::is_quiet_everywhere() const {
  return std::ranges::all_of(server.connections_, [](const connection& which) {
    return !which.is_live() || std::ranges::all_of(which.requests, [](const request& each) {
      return is_over(each.exchange) || each.exchange == exchange::state::writing;
    });
  });
}

/// The end of a turn: the one who waits for the last request to end is woken, and runs in a turn of its own.
template <class Sizes>
void basic_server<Sizes>::turn::await_quiescence() {
  if (decisions.close_announces != close_announces::final_goaway_when_quiet || !server.is_closing()) return;
  const bool anyone_silent = std::ranges::any_of(server.connections_, [](const connection& which) {
    return which.is_live() && which.goaway == http2_goaway::state::silent;
  });
  if (anyone_silent && is_quiet_everywhere()) out.push_back(run_deferred{});
}

template <class Sizes>
void basic_server<Sizes>::turn::announce_if_quiet() {
  if (!server.is_closing() || !is_quiet_everywhere()) return;
  for (connection_id each = 0; each < server.connections_.size(); ++each) {
    if (!at(each).is_live() || at(each).goaway != http2_goaway::state::silent) continue;
    if (at(each).session == http2_session::state::preface) {
      leave_unregistered(each);
    } else {
      drive(each, http2_goaway::event::quiescence_reached);
      settle(each);
    }
  }
}

/// close() met a connection that it cannot announce anything to.
template <class Sizes>
void basic_server<Sizes>::turn::leave_unregistered(connection_id who) {
  switch (decisions.without_preface) {
    case without_preface::kept: break;
    case without_preface::destroyed: drive(who, tcp_socket::event::destroy_called); break;
    case without_preface::destroyed_after_grace: arm(who, timer::preface, at(who).preface_armed); break;
  }
}

/// The drain deadline has passed. A connection that lingers is bounded by its own timer; most servers leave it to that.
template <class Sizes>
void basic_server<Sizes>::turn::abort(connection_id who) {
  if (at(who).linger_armed && decisions.at_deadline != at_deadline::destroys_lingering_too) return;
  switch (decisions.at_deadline) {
    case at_deadline::destroys:
    case at_deadline::destroys_lingering_too: drive(who, tcp_socket::event::destroy_called); break;
    case at_deadline::announces:
      if (at(who).session != http2_session::state::preface) drive(who, http2_goaway::event::session_close_called);
      drive(who, tcp_socket::event::destroy_called);
      break;
    case at_deadline::spares_announced:
      if (at(who).goaway != http2_goaway::state::final_sent) drive(who, tcp_socket::event::destroy_called);
      break;
    case at_deadline::flushes_farewell:
      drive_each(who, http2_stream::event::connection_gone, [](const request&) { return true; });
      drive(who, http2_goaway::event::session_close_called);
      settle(who);
      break;
  }
}

}  // namespace lastcall::model
