// What must hold. Each claim is a predicate over one step or one state of the server, with the rule it comes from in
// properties/claims.cpp. Predicates look at observations and never at a profile: what a server intends excuses nothing.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "properties/step_view.hpp"

namespace lastcall::properties {

/// What kind of statement a claim is; part of every verdict.
BOOST_DEFINE_FIXED_ENUM_CLASS(form, std::uint8_t,
  safety,     ///< no step or state breaks it
  unbounded,  ///< every fair execution reaches the goal
  bounded,    ///< the goal is reached by a deadline, whatever the peers and handlers do
  no_cycle,   ///< no cycle of the server's own steps
  sometimes   ///< a guard: something interesting was reached, so that the others are not vacuous
)

struct claim_description {
  std::string_view name;
  properties::form form;
  std::string_view rule;    ///< what it says
  std::string_view source;  ///< RFC section, field bug
};

/// The claims about servers that speak this protocol, in the order in which verdicts list them.
std::span<const claim_description> claims(model::protocol = model::protocol::http2);

/// The list behind claims() for HTTP/2 servers.
std::span<const claim_description> http2_claims();

/// True when some claim, of whatever protocol, has this name.
bool is_claim(std::string_view name);

namespace detail {

template <class Effect, class Predicate>
bool any_effect(const model::effects& effects, Predicate predicate) {
  return std::ranges::any_of(effects, [&](const model::effect& each) {
    const auto* one = std::get_if<Effect>(&each);
    return one != nullptr && predicate(*one);
  });
}

template <class Predicate>
std::size_t count_notified(const model::effects& effects, model::callback what, Predicate predicate) {
  return static_cast<std::size_t>(std::ranges::count_if(effects, [&](const model::effect& each) {
    const auto* told = std::get_if<model::notify>(&each);
    return told != nullptr && told->what == what && predicate(*told);
  }));
}

template <class Connection>
const model::request* find_request(const Connection& which, model::stream_id stream) {
  for (const auto& each : which.requests)
    if (each.id == stream) return &each;
  return nullptr;
}

template <class Server, class Predicate>
bool any_request(const Server& server, Predicate predicate) {
  return std::ranges::any_of(server.connections(), [&](const auto& which) { return std::ranges::any_of(which.requests, predicate); });
}

inline bool has_unwritten_response(const model::request& each) {
  return each.exchange == model::exchange::state::writing && each.stream != model::http2_stream::state::closed;
}

/// The request can still become complete: its END_STREAM has not arrived.
inline bool is_unfinished(const model::request& each) {
  return each.stream == model::http2_stream::state::open || each.stream == model::http2_stream::state::half_closed_local;
}

/// DATA of this stream would be a stream error of the peer's own making (RFC 9113 5.1).
template <class Connection>
bool is_after_end(const Connection& which, model::stream_id stream) {
  const auto* request = find_request(which, stream);
  return request != nullptr && request->stream == model::http2_stream::state::half_closed_remote;
}

}  // namespace detail

/// An admitted request gets its whole response written, or fails for a reason that lies outside: the deadline, a reset
/// or a vanished peer, or a peer that ended before its request did. RFC 9113 8.1, RFC 9112 9.6.
template <class Server>
bool no_loss(const step_view<Server>& step) {
  const bool failed_without_reason =
      detail::count_notified(step.effects, model::callback::request_error, [&](const model::notify& told) {
        switch (step.why) {
          case cause::drain_expired: return false;
          case cause::peer_rst:
          case cause::peer_error: return told.connection != step.connection;
          case cause::stream_reset: return told.connection != step.connection || told.stream != step.stream;
          case cause::peer_fin: {
            const auto* request = detail::find_request(step.connection_before(told.connection), told.stream);
            return request == nullptr || !detail::is_unfinished(*request);
          }
          default: return true;
        }
      }) > 0;
  const bool cut_off = detail::any_effect<model::shutdown_write>(step.effects, [&](const model::shutdown_write& fin) {
    return std::ranges::any_of(step.after.connections()[fin.connection].requests, detail::has_unwritten_response);
  });
  return !failed_without_reason && !cut_off;
}

/// Once the final GOAWAY is submitted, no stream above its last id reaches the application. RFC 9113 6.8.
template <class Server>
bool no_new_after_final_goaway(const step_view<Server>& step) {
  return detail::count_notified(step.effects, model::callback::server_stream, [&](const model::notify& told) {
    if (!step.existed(told.connection)) return false;
    const auto& was = step.connection_before(told.connection);
    return was.goaway == model::http2_goaway::state::final_sent && told.stream > was.announced;
  }) == 0;
}

/// The last id of a GOAWAY never rises and never leaves out a stream the application was given. RFC 9113 6.8.
template <class Server>
bool honest_last_stream_id(const step_view<Server>& step) {
  return !detail::any_effect<model::send_goaway>(step.effects, [&](const model::send_goaway& sent) {
    if (!step.existed(sent.connection)) return false;
    const auto& was = step.connection_before(sent.connection);
    const bool rises = was.goaway == model::http2_goaway::state::final_sent && sent.last_stream > was.announced;
    return rises || sent.last_stream < was.last_stream;
  });
}

/// Every admitted request ends for the application exactly once: completed, or failed. Servlet 2.3.3.3; jetty#12313.
template <class Server>
bool one_terminal_event(const step_view<Server>& step) {
  for (const auto& each : step.effects) {
    const auto* told = std::get_if<model::notify>(&each);
    if (told == nullptr) continue;
    if (told->what != model::callback::request_completed && told->what != model::callback::request_error) continue;
    const auto* request = detail::find_request(step.connection_before(told->connection), told->stream);
    if (request != nullptr && model::is_over(request->exchange)) return false;
    const auto ends = [&](const model::notify& other) {
      return other.connection == told->connection && other.stream == told->stream;
    };
    if (detail::count_notified(step.effects, model::callback::request_completed, ends) +
            detail::count_notified(step.effects, model::callback::request_error, ends) != 1)
      return false;
  }
  for (const auto& which : step.after.connections()) {
    if (which.socket != model::tcp_socket::state::destroyed) continue;
    for (const auto& request : which.requests)
      if (!model::is_over(request.exchange)) return false;
  }
  return true;
}

/// Each close() is answered once: by the step that closes the server, or at once when there is nothing to close.
template <class Server>
bool close_callback_once(const step_view<Server>& step) {
  const auto answers =
      detail::count_notified(step.effects, model::callback::close_callback, [](const model::notify&) { return true; });
  if (step.after.is_closed() && !step.before.is_closed()) return answers == 1U + step.before.late_closes();
  const bool at_once = step.why == cause::close_called && (step.before.is_closed() || !step.before.was_started());
  return answers == (at_once ? 1U : 0U);
}

/// A connection is fully closed only when the peer has ended too, or when nothing written can be lost by a RST that
/// unread input would cause. RFC 9112 9.6, RFC 2525 2.17.
template <class Server>
bool ordered_close(const step_view<Server>& step) {
  if (step.why == cause::drain_expired || step.why == cause::linger_expired || step.why == cause::peer_rst ||
      step.why == cause::peer_error)
    return true;
  return !detail::any_effect<model::destroy_socket>(step.effects, [&](const model::destroy_socket& destroyed) {
    const bool peer_ended = step.connection_before(destroyed.connection).peer_has_ended ||
                            (step.why == cause::peer_fin && destroyed.connection == step.connection);
    return !peer_ended;
  });
}

/// Counters agree with what they count. RFC 9113 5.1.2; CVE-2024-34750.
template <class Server>
bool counts_exact(const Server& now) {
  std::uint32_t live = 0;
  for (const auto& which : now.connections()) {
    if (!which.is_live()) continue;
    ++live;
    const auto open = std::ranges::count_if(which.requests, [](const model::request& each) {
      return each.stream != model::http2_stream::state::idle && each.stream != model::http2_stream::state::closed;
    });
    if (which.streams_open != static_cast<std::uint32_t>(open)) return false;
  }
  return now.connections_counted() == live;
}

/// DATA received returns to the window of the connection, all of it and once, whatever becomes of its stream: bytes that nobody
/// will read must not use up what other streams need. RFC 9113 6.9; golang/go#20469.
template <class Server>
bool window_conserved(const step_view<Server>& step) {
  if (step.data == 0 || !step.after.connections()[step.connection].is_live()) return true;
  std::uint32_t returned = 0;
  for (const auto& each : step.effects)
    if (const auto* one = std::get_if<model::return_window>(&each); one != nullptr && one->connection == step.connection)
      returned += one->length;
  return returned == step.data;
}

/// The send pump runs in steps of its own, and only there a response ends: not inside a step that receives or submits a frame,
/// where others still speak of the stream. CVE-2026-56848, nodejs/node#42713.
template <class Server>
bool no_reentrancy(const step_view<Server>& step) {
  if (step.why == cause::written || step.why == cause::end_written) return true;
  return detail::count_notified(step.effects, model::callback::request_completed, [](const model::notify&) { return true; }) == 0;
}

/// A write leaves nothing behind but DATA: RST_STREAM and all other frames are not flow-controlled. RFC 9113 5.2.1, 6.9.
template <class Server>
bool only_data_waits(const step_view<Server>& step) {
  if (step.why != cause::written) return true;
  const auto& which = step.after.connections()[step.connection];
  return !which.is_live() || !which.output_pending || std::ranges::any_of(step.effects, model::is_frame);
}

/// A stream is refused only above the last id of a GOAWAY, or while others are open: handlers that still run take up no place
/// of a stream. RFC 9113 5.1.2; dotnet/aspnetcore#12628.
template <class Server>
bool refuses_within_reason(const step_view<Server>& step) {
  return !detail::any_effect<model::send_rst_stream>(step.effects, [&](const model::send_rst_stream& sent) {
    const auto& was = step.connection_before(sent.connection);
    return sent.code == model::error_code::refused_stream && was.goaway != model::http2_goaway::state::final_sent &&
           was.streams_open == 0;
  });
}

/// Behind a notice, an idle session does not end before the GOAWAY that counts: the peer would not learn which of its requests
/// were seen. RFC 9113 6.8; netty/netty#9207.
template <class Server>
bool final_goaway_before_fin(const step_view<Server>& step) {
  return !detail::any_effect<model::shutdown_write>(step.effects, [&](const model::shutdown_write& fin) {
    if (!step.existed(fin.connection)) return false;
    const auto& was = step.connection_before(fin.connection);
    const bool peer_ended = was.peer_has_ended || (step.why == cause::peer_fin && step.connection == fin.connection);
    const bool says_so_now = detail::any_effect<model::send_goaway>(step.effects, [&](const model::send_goaway& sent) {
      return sent.connection == fin.connection && sent.last_stream != model::highest_stream_id;
    });
    return was.goaway == model::http2_goaway::state::notice_sent && !peer_ended && !says_so_now;
  });
}

/// No more requests run at a time than the connection was promised streams, whatever is reset. RFC 9113 10.5; CVE-2025-8671.
template <class Server>
bool handlers_bounded(const Server& now) {
  return std::ranges::all_of(now.connections(), [](const auto& which) {
    return std::ranges::count_if(which.requests, &model::request::handler_runs) <= 1;  // the smallest limit is the only one
  });
}

/// A request waits for a handler only while one runs. icing/mod_h2#212.
template <class Server>
bool no_request_parked(const Server& now) {
  return std::ranges::all_of(now.connections(), [](const auto& which) {
    return !which.is_live() || std::ranges::any_of(which.requests, &model::request::handler_runs) ||
           std::ranges::none_of(which.requests, [](const auto& each) { return each.exchange == model::exchange::state::waiting; });
  });
}

/// A connection error ends the connection, or bounds it by a timer of its own, whatever was announced before: the severity of a
/// close only rises. RFC 9113 5.4.1 and 6.8; golang/go#53977.
template <class Server>
bool escalation_shortens(const step_view<Server>& step) {
  if (step.why != cause::peer_error) return true;
  const auto session = step.connection_before(step.connection).session;
  if (session == model::http2_session::state::closing || session == model::http2_session::state::lingering) return true;  // not read
  const auto& which = step.after.connections()[step.connection];
  return !which.is_live() || which.linger_armed;
}

/// A closed server keeps nothing: no connection, timer, listener or deferred work. Handlers that were told of a failure
/// are detached and not counted.
template <class Server>
bool no_leak(const Server& now, bool deferred) {
  if (!now.is_closed()) return true;
  const bool any_left = std::ranges::any_of(
      now.connections(), [](const auto& which) { return which.is_live() || which.notice_armed || which.linger_armed; });
  return !any_left && !now.drain_armed() && !now.listener_open() && !deferred;
}

/// INV-5: while closing, each connection is bounded by a timer that is armed, its own or the server's.
template <class Server>
bool waits_are_bounded(const Server& now) {
  if (!now.is_closing() || now.drain_armed()) return true;
  return std::ranges::all_of(now.connections(), [](const auto& which) { return !which.is_live() || which.linger_armed; });
}

/// close_terminates in its bounded form, proved by structure: close() arms the drain timer, nothing cancels or re-arms
/// it before the server is closed; when it fires, every connection is destroyed or lingers; a linger timer is armed once
/// and not after that; when it fires the connection is destroyed; and a server without connections is closed. So the
/// server is closed no later than drain deadline + linger.
template <class Server>
bool bounded_close(const step_view<Server>& step) {
  const bool was_closing = step.before.is_closing();
  const bool is_closing = step.after.is_closing();
  if (is_closing && !was_closing && !step.after.drain_armed()) return false;
  for (const auto& each : step.effects) {
    if (const auto* armed = std::get_if<model::arm_timer>(&each)) {
      if (armed->which == model::timer::drain && (was_closing || !(is_closing || step.after.is_closed()))) return false;
      if (armed->which == model::timer::linger && step.connection_before(armed->connection).linger_armed) return false;
      if (armed->which == model::timer::linger && was_closing && !step.before.drain_armed()) return false;
    }
    if (const auto* cancelled = std::get_if<model::cancel_timer>(&each)) {
      if (cancelled->which == model::timer::drain && !step.after.is_closed()) return false;
    }
  }
  const auto& connections = step.after.connections();
  if (step.why == cause::drain_expired &&
      !std::ranges::all_of(connections, [](const auto& which) { return !which.is_live() || which.linger_armed; }))
    return false;
  if (step.why == cause::linger_expired && connections[step.connection].is_live()) return false;
  const bool any_live = std::ranges::any_of(connections, [](const auto& which) { return which.is_live(); });
  return !is_closing || any_live || step.after.listener_open();
}

}  // namespace lastcall::properties
