// What must hold for a request in a Servlet container: predicates over one step, with their rules in servlet_claims.cpp.
// They look at what the application and the client were shown, never at a profile.
#pragma once

#include <algorithm>

#include "properties/claims.hpp"
#include "sim/servlet_history.hpp"

namespace lastcall::properties::servlet {

/// One step of the container: what it was given, what it showed, and the request before and after.
struct step_view {
  const model::servlet& before;
  const model::servlet& after;
  const sim::servlet_history& past;  ///< before the step
  const sim::servlet_history& known;  ///< after it
  model::servlet_event happened;
  const model::effects& effects;
};

namespace detail {

inline std::size_t count(const model::effects& effects, model::callback what) {
  return properties::detail::count_notified(effects, what, [](const model::notify&) { return true; });
}

}  // namespace detail

/// Each listener hears of the end once, nothing comes after AsyncListener.onComplete, and a request that is over has told its
/// AsyncListener so, by onError or onComplete.
inline bool one_terminal_event(const step_view& step) {
  using enum model::callback;
  const auto once = [&](model::callback what, bool already) { return detail::count(step.effects, what) + (already ? 1U : 0U) <= 1; };
  if (!once(request_error, step.past.error_told) || !once(request_completed, step.past.complete_told) ||
      !once(read_error, step.past.read_error_told) || !once(write_error, step.past.write_error_told))
    return false;
  bool completed = step.past.complete_told;
  for (const auto& each : step.effects) {
    const auto* told = std::get_if<model::notify>(&each);
    if (told == nullptr || told->what == call_returned) continue;
    if (completed) return false;
    completed = told->what == request_completed;
  }
  const bool ends = model::servlet_request::is_over(step.after.request) && !model::servlet_request::is_over(step.before.request);
  return !ends || !step.after.listens || step.known.error_told || step.known.complete_told;
}

/// A ReadListener hears of its end once: onAllDataRead, or onError.
inline bool reader_ends_once(const step_view& step) {
  const std::size_t ends =
      detail::count(step.effects, model::callback::stream_end) + detail::count(step.effects, model::callback::read_error);
  return ends + (step.before.reader_done ? 1U : 0U) <= 1 || ends == 0;
}

/// END_STREAM says that a response is whole. Only the application knows; a container may end what it sends of its own.
inline bool honest_end(const step_view& step) {
  const bool ends = properties::detail::any_effect<model::send_data>(step.effects, [](const auto& sent) { return sent.end_stream; });
  const bool is_of_container = step.before.output == model::servlet_output::state::uncommitted;
  return !ends || is_of_container || step.known.application_ended;
}

/// Nothing is sent on a closed stream.
inline bool legal_frames(const step_view& step) {
  using enum model::http2_stream::state;
  bool is_closed = step.before.stream == closed || step.after.stream_lost;
  for (const auto& each : step.effects) {
    const auto* data = std::get_if<model::send_data>(&each);
    const bool resets = std::holds_alternative<model::send_rst_stream>(each);
    if (is_closed && (data != nullptr || resets || std::holds_alternative<model::send_headers>(each))) return false;
    is_closed |= resets || (data != nullptr && data->end_stream && step.before.stream == half_closed_remote);
  }
  return true;
}

}  // namespace lastcall::properties::servlet
