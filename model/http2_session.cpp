#include "model/http2_session.hpp"

#include "model/msm.hpp"

namespace lastcall::model::http2_session {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto peer_has_ended = &facts::peer_has_ended;
constexpr auto drops = &facts::drops_everything;
constexpr auto error_only_stops_reading = &facts::error_only_stops_reading;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<preface>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row <preface,   event::settings_received, open,      then<register_session>>,
    row <preface,   event::drained,           closing,   then<send_farewell>>,
    row <preface,   event::peer_ended,        closing,   then<>,                                  unless<drops>>,
    row <preface,   event::peer_ended,        closed,    then<end_socket>,                        when<drops>>,
    row <preface,   event::connection_error,  closed,    then<send_error_goaway, destroy_socket>>,
    row <preface,   event::connection_lost,   closed,    then<>>,

    row <open,      event::drained,           closing,   then<send_farewell>>,
    row <open,      event::peer_ended,        closing,   then<fail_unfinished_requests>,          unless<drops>>,
    row <open,      event::peer_ended,        closed,    then<fail_streams, end_socket>,          when<drops>>,
    row <open,      event::connection_error,  closed,    then<fail_streams, send_error_goaway, destroy_socket>, unless<error_only_stops_reading>>,
    // A graceful GOAWAY must not outrank an error: CVE-2022-27664 waited for requests whose rest it no longer read.
    row <open,      event::connection_error,  closing,   then<>,                                  when<error_only_stops_reading>>,
    row <open,      event::connection_lost,   closed,    then<fail_streams>>,

    // FIN only after everything was flushed, and a full close only when both sides have said FIN (RFC 9112 9.6).
    row <closing,   event::drained,           lingering, then<begin_linger>,                      unless<peer_has_ended>>,
    row <closing,   event::drained,           closed,    then<end_socket>,                        when<peer_has_ended>>,
    stay<closing,   event::peer_ended,                   then<fail_unfinished_requests>,          unless<drops>>,
    row <closing,   event::peer_ended,        closed,    then<fail_streams, end_socket>,          when<drops>>,
    row <closing,   event::connection_lost,   closed,    then<fail_streams>>,

    row <lingering, event::linger_expired,    closed,    then<destroy_socket>>,
    row <lingering, event::peer_ended,        closed,    then<cancel_linger_timer, end_socket>>,
    row <lingering, event::connection_lost,   closed,    then<fail_streams, cancel_linger_timer>>
  >;
  // clang-format on
};

}  // namespace

transition<state, command> step(state now, event what, const facts& known) {
  return msm::step<machine>(now, what, known);
}

const std::vector<table_row>& table() {
  static const auto rows = msm::describe<machine>();
  return rows;
}

}  // namespace lastcall::model::http2_session
