// What must hold of an HTTP/2 client that is told to leave: predicates over one step of the client's world, put to the checker
// by client_claims() in the order of their descriptions. They look at frames and reports, and never at a profile.
#pragma once

#include <algorithm>
#include <tuple>

#include "properties/claims.hpp"
#include "sim/client_world.hpp"
#include "sim/explore/claims.hpp"

namespace lastcall::properties::client {

using state = sim::client_world::state;
using sim::client_action, sim::client_observation;
using request_state = model::client_request::state;

/// The descriptions, in the order in which verdicts list them.
std::span<const claim_description> descriptions();

/// The frame that this step hands to the client; null when it hands over none.
inline const sim::reply* arrival(const state& before, const client_action& chosen) {
  const bool receives = chosen.what == sim::client_side_move::client_receives || chosen.what == sim::client_side_move::client_receives_and_asks;
  return receives ? &before.to_client.front() : nullptr;
}
inline bool is_goaway(const sim::reply* frame) {
  return frame != nullptr && (frame->kind == sim::reply_kind::goaway || frame->kind == sim::reply_kind::notice);
}

inline bool is_waiting(request_state at) { return at == request_state::submitted || at == request_state::open; }

inline std::ptrdiff_t count_reports(const client_observation& seen, model::client_report what, model::stream_id stream) {
  return std::ranges::count_if(seen.effects, [&](const model::client_effect& each) {
    const auto* told = std::get_if<model::report>(&each);
    return told != nullptr && told->what == what && told->stream == stream;
  });
}
inline std::ptrdiff_t count_endings(const client_observation& seen, model::stream_id stream) {
  using enum model::client_report;
  return count_reports(seen, completed, stream) + count_reports(seen, failed, stream) + count_reports(seen, retryable, stream);
}
inline bool opens_a_stream(const client_observation& seen) {
  return std::ranges::any_of(seen.effects, [](const auto& each) { return std::holds_alternative<model::open_stream>(each); });
}

/// Whether `holds(stream, its state before, its state after)` for every stream.
template <class Predicate>
bool every_request(const state& before, const state& after, Predicate holds) {
  for (model::stream_id stream = 1; stream / 2 < model::client::streams_max; stream += 2)
    if (!holds(stream, before.client.request(stream), after.client.request(stream))) return false;
  return true;
}

/// Nothing is sent that the server must take for an error: stream ids are odd and rise without a gap, and a connection whose
/// GOAWAY was read carries no new stream. RFC 9113 5.1.1, 6.8; haproxy/haproxy#3215.
inline bool legal_frames(const state& before, const client_observation& seen) {
  model::stream_id next = before.client.next_stream();
  for (const auto& each : seen.effects) {
    const auto* opened = std::get_if<model::open_stream>(&each);
    if (opened == nullptr) continue;
    if (before.client.goaway_was_received() || opened->stream != next) return false;
    next += 2;
  }
  return true;
}

/// From the moment a GOAWAY arrives no stream is opened, not even by the listener that hears of it. netty/netty#8080.
inline bool no_new_after_goaway(const state& before, const client_action& chosen, const client_observation& seen) {
  return !opens_a_stream(seen) || !(before.client.goaway_was_received() || is_goaway(arrival(before, chosen)));
}

/// A request above the last id of a GOAWAY, or one that never left, is reported as one that may be repeated. RFC 9113 8.7.
inline bool retryable_told(const state& before, const client_action& chosen, const client_observation& seen, const state& after) {
  const sim::reply* frame = arrival(before, chosen);
  if (frame == nullptr) return true;
  return every_request(before, after, [&](model::stream_id stream, request_state was, request_state) {
    const bool excluded = is_goaway(frame) && is_waiting(was) && stream > after.client.last_stream();
    const bool never_left = frame->kind == sim::reply_kind::fin && was == request_state::submitted;
    return !(excluded || never_left) || count_reports(seen, model::client_report::retryable, stream) == 1;
  });
}

/// A complete response that arrives for an open request is kept for the application, whatever follows it. RFC 9113 8.1.
inline bool responses_delivered(const state& before, const client_action& chosen, const client_observation& seen, const state& after) {
  const sim::reply* frame = arrival(before, chosen);
  return every_request(before, after, [&](model::stream_id stream, request_state was, request_state is) {
    const bool arrives = frame != nullptr && frame->kind == sim::reply_kind::response && sim::client_world::id_of(frame->stream) == stream;
    if (arrives && was == request_state::open) return is == request_state::answered;
    return was != request_state::answered || count_reports(seen, model::client_report::failed, stream) == 0;
  });
}

/// A request ends for its application exactly once, in the step in which it is over.
inline bool each_request_ends_once(const state& before, const client_observation& seen, const state& after) {
  return every_request(before, after, [&](model::stream_id stream, request_state was, request_state is) {
    const bool ends = was != request_state::over && is == request_state::over;
    return count_endings(seen, stream) == (ends ? 1 : 0);
  });
}

/// All claims about a client's connection, in the order of descriptions().
inline auto claims() {
  using explore::always_step, explore::sometimes_step;
  return std::tuple{
      always_step("legal_frames", [](const state& before, const client_action&, const client_observation& seen,
                                     const state&) { return legal_frames(before, seen); }),
      always_step("no_new_after_goaway", [](const state& before, const client_action& chosen, const client_observation& seen,
                                            const state&) { return no_new_after_goaway(before, chosen, seen); }),
      always_step("retryable_told", retryable_told),
      always_step("responses_delivered", responses_delivered),
      always_step("each_request_ends_once", [](const state& before, const client_action&, const client_observation& seen,
                                               const state& after) { return each_request_ends_once(before, seen, after); }),
      sometimes_step("goaway_excludes_a_request",
                     [](const state& before, const client_action& chosen, const client_observation&, const state& after) {
                       return is_goaway(arrival(before, chosen)) &&
                              !every_request(before, after, [&](model::stream_id stream, request_state was, request_state) {
                                return was != request_state::open || stream <= after.client.last_stream();
                              });
                     }),
      sometimes_step("goaway_meets_unwritten_request",
                     [](const state& before, const client_action& chosen, const client_observation&, const state& after) {
                       return is_goaway(arrival(before, chosen)) &&
                              !every_request(before, after, [&](model::stream_id stream, request_state was, request_state) {
                                return was != request_state::submitted || stream <= after.client.last_stream();
                              });
                     }),
      sometimes_step("listener_asks_again",
                     [](const state&, const client_action& chosen, const client_observation&, const state&) {
                       return chosen.what == sim::client_side_move::client_receives_and_asks;
                     }),
      sometimes_step("reset_follows_response",
                     [](const state& before, const client_action& chosen, const client_observation&, const state&) {
                       const sim::reply* frame = arrival(before, chosen);
                       return frame != nullptr && frame->kind == sim::reply_kind::reset &&
                              before.client.request(sim::client_world::id_of(frame->stream)) == request_state::answered;
                     }),
      sometimes_step("answer_behind_own_goaway",
                     [](const state& before, const client_action& chosen, const client_observation&, const state&) {
                       const sim::reply* frame = arrival(before, chosen);
                       return frame != nullptr && frame->kind == sim::reply_kind::response && before.leaves;
                     }),
  };
}

}  // namespace lastcall::properties::client
