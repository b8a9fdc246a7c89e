// What must hold of an HTTP/1 server: predicates over one step or one state, as in properties/claims.hpp. They look at
// observations and never at a profile.
#pragma once

#include <algorithm>

#include "model/http1_server.hpp"
#include "properties/claims.hpp"

namespace lastcall::properties::http1 {

/// Why the server took a step, as far as a claim may excuse something by it.
enum class cause : std::uint8_t {
  other,
  close_called,
  close_all_called,
  drain_expired,
  linger_expired,
  deadline_passed,  ///< of the head or the request of `connection`
  peer_fin,         ///< of `connection`
  peer_rst,         ///< of `connection`
  peer_error        ///< what `connection` sent is no HTTP/1
};

template <class Server>
struct step_view {
  const Server& before;
  const Server& after;
  const model::http1::effects& effects;
  cause why = cause::other;
  model::connection_id connection = 0;

  bool existed(model::connection_id who) const { return who < before.connections().size(); }
};

namespace detail {

template <class Effect, class Predicate>
bool any_effect(const model::http1::effects& effects, Predicate predicate) {
  return std::ranges::any_of(effects, [&](const model::http1::effect& each) {
    const auto* one = std::get_if<Effect>(&each);
    return one != nullptr && predicate(*one);
  });
}

inline std::size_t count_told(const model::http1::effects& effects, model::callback what) {
  return static_cast<std::size_t>(std::ranges::count_if(effects, [&](const model::http1::effect& each) {
    const auto* told = std::get_if<model::http1::notify>(&each);
    return told != nullptr && told->what == what;
  }));
}

inline bool is_due(const model::http1::request& each) { return !model::is_over(each.response); }

template <class Connection>
bool waits_for_request(const Connection& which) {
  using enum model::http1_connection::state;
  if (which.socket != model::tcp_socket::state::open || which.ends || which.no_more_requests) return false;
  const bool at_rest = which.parser == fresh || which.parser == idle;
  return which.parser == head || which.parser == body || (at_rest && std::ranges::none_of(which.requests, is_due));
}

}  // namespace detail

/// An admitted request gets its whole response, unless a deadline, a reset or the peer's end in the middle of a request comes
/// first. A client's FIN behind a whole request is no such end (RFC 9112 9.6; rule of half-closed clients, RFC 9293 3.6).
template <class Server>
bool no_loss(const step_view<Server>& step) {
  const auto cuts_a_response = [&](model::connection_id who) {
    if (!step.existed(who)) return false;
    const auto& was = step.before.connections()[who];
    const auto& is = step.after.connections()[who];
    const bool excused = step.why == cause::drain_expired || step.why == cause::close_all_called ||
                         (step.connection == who && (step.why == cause::peer_rst || step.why == cause::peer_error));
    if (excused || !was.is_live()) return false;
    const bool excuses_the_incomplete =
        step.connection == who && (step.why == cause::peer_fin || step.why == cause::deadline_passed);
    return std::ranges::any_of(is.requests, [&](const model::http1::request& each) {
      return detail::is_due(each) && (each.complete || !excuses_the_incomplete);
    });
  };
  return !detail::any_effect<model::destroy_socket>(step.effects, [&](const auto& e) { return cuts_a_response(e.connection); }) &&
         !detail::any_effect<model::shutdown_write>(step.effects, [&](const auto& e) { return cuts_a_response(e.connection); });
}

/// Each close() is answered once: by the step that closes the server, or at once when there is nothing to close.
template <class Server>
bool close_callback_once(const step_view<Server>& step) {
  const auto answers = detail::count_told(step.effects, model::callback::close_callback);
  const bool closes = step.after.is_closed() && !step.before.is_closed();
  if (closes) return answers == 1U + step.before.late_closes();
  const bool at_once = step.why == cause::close_called && (step.before.is_closed() || !step.before.was_started());
  return answers == (at_once ? 1U : 0U);
}

/// A connection is fully closed only when the peer has ended too, or when nothing written can be lost by a RST that unread
/// input would cause. RFC 9112 9.6, RFC 2525 2.17.
template <class Server>
bool ordered_close(const step_view<Server>& step) {
  if (step.why != cause::other && step.why != cause::close_called && step.why != cause::peer_fin) return true;
  return !detail::any_effect<model::destroy_socket>(step.effects, [&](const model::destroy_socket& destroyed) {
    const bool peer_ended = step.before.connections()[destroyed.connection].peer_has_ended ||
                            (step.why == cause::peer_fin && destroyed.connection == step.connection);
    return !peer_ended;
  });
}

template <class Server>
bool counts_exact(const Server& now) {
  const auto live = std::ranges::count_if(now.connections(), [](const auto& which) { return which.is_live(); });
  return now.connections_counted() == static_cast<std::uint32_t>(live);
}

/// A server that does not listen, not yet or not any more, and has no connection keeps nothing; and a timer that is replaced
/// is stopped. nodejs/node#48604, nodejs/node#52118.
template <class Server>
bool no_leak(const Server& now) {
  if (now.timer_lost()) return false;
  if (now.was_started() && !now.is_closed()) return true;
  const bool any_left = std::ranges::any_of(now.connections(), [](const auto& which) {
    return which.is_live() || which.head_armed || which.request_armed || which.keep_alive_armed || which.linger_armed;
  });
  return !any_left && !now.drain_armed() && !now.checking_armed() && !now.listener_open();
}

/// INV-5: while closing, a connection that waits for a request, or for the rest of one, is bounded by a timer that is armed.
template <class Server>
bool waits_are_bounded(const Server& now) {
  if (!now.is_closing() || now.drain_armed()) return true;
  return std::ranges::all_of(now.connections(), [](const auto& which) {
    return !which.is_live() || !detail::waits_for_request(which) || which.head_armed || which.request_armed ||
           which.keep_alive_armed || which.linger_armed;
  });
}

/// close_terminates in its bounded form, proved by structure as in properties/claims.hpp.
template <class Server>
bool bounded_close(const step_view<Server>& step) {
  const bool was_closing = step.before.is_closing();
  const bool is_closing = step.after.is_closing();
  if (is_closing && !was_closing && !step.after.drain_armed()) return false;
  for (const auto& each : step.effects) {
    if (const auto* armed = std::get_if<model::arm_timer>(&each)) {
      if (armed->which == model::timer::drain && (was_closing || !is_closing)) return false;
      if (armed->which == model::timer::linger && step.before.connections()[armed->connection].linger_armed) return false;
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

/// All claims about HTTP/1 servers, in the order in which verdicts list them.
std::span<const claim_description> claims();

}  // namespace lastcall::properties::http1
