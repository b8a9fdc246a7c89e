#include "sim/servlet_history.hpp"

#include <algorithm>

namespace lastcall::sim {

using model::callback, model::servlet, model::servlet_event;

bool tells(const model::effects& effects, callback what) {
  return std::ranges::any_of(effects, [what](const model::effect& each) {
    const auto* told = std::get_if<model::notify>(&each);
    return told != nullptr && told->what == what;
  });
}

void servlet_history::watch(const servlet& before, servlet_event what, const model::effects& effects, const servlet& after) {
  using enum model::servlet_request::state;
  const bool threw = std::ranges::any_of(effects, [](const model::effect& each) {
    const auto* told = std::get_if<model::notify>(&each);
    return told != nullptr && told->what == callback::call_returned && told->failed;
  });
  error_told |= tells(effects, callback::request_error);
  complete_told |= tells(effects, callback::request_completed);
  read_error_told |= tells(effects, callback::read_error);
  write_error_told |= tells(effects, callback::write_error);
  application_ended |= what == servlet_event::complete_called && !threw;
  application_ended |= what == servlet_event::service_returned && before.request == dispatched;

  const bool loses_stream = after.stream_lost && !before.stream_lost;
  const bool somebody_listens = before.listens || (before.reads && !before.reader_done);
  owes_error |= loses_stream && before.request == waiting && somebody_listens;
  owes_late_error |= what == servlet_event::service_returned && after.request == waiting && after.stream_lost && after.listens;
  const bool heard = error_told || complete_told || read_error_told || write_error_told || (threw && after.stream_lost);
  owes_error &= !heard;
  owes_late_error &= !heard;

  owes_end |= application_ended || tells(effects, callback::request_error) || what == servlet_event::timeout_expired;
  owes_end &= !model::servlet_request::is_over(after.request);
}

}  // namespace lastcall::sim
