#include "model/http2_goaway.hpp"

#include "model/msm.hpp"

namespace lastcall::model::http2_goaway {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto registered = &facts::registered;
constexpr auto closing = &facts::closing;
constexpr auto final = &facts::announces_final;
constexpr auto notice = &facts::announces_notice;
constexpr auto late_is_drained = &facts::late_is_drained;
constexpr auto on_ping_ack = &facts::ends_on_ping_ack;
constexpr auto on_headers = &facts::ends_on_headers;
constexpr auto drains = &facts::peer_goaway_drains;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<silent>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row <silent,      event::drain_called,       final_sent,  then<send_final>,                               when<registered, final>>,
    row <silent,      event::drain_called,       notice_sent, then<send_notice, arm_notice_timer, send_ping>, when<registered, notice>>,
    stay<silent,      event::drain_called,                    then<>,                                         all<when<registered>, unless<final, notice>>>,
    stay<silent,      event::drain_called,                    then<leave_without_preface>,                    unless<registered>>,
    row <silent,      event::session_close_called, final_sent, then<send_final>>,
    row <silent,      event::quiescence_reached, final_sent,  then<send_final>>,
    // The late registrant tests the flag itself: no sweep will come for it again (golang/go#81153).
    row <silent,      event::session_registered, final_sent,  then<send_final>,                               when<closing, late_is_drained>>,
    stay<silent,      event::session_registered,              then<>,                                         all<when<closing>, unless<late_is_drained>>>,
    stay<silent,      event::session_registered,              then<>,                                         unless<closing>>,
    row <silent,      event::goaway_received,    final_sent,  then<send_final>,                               when<drains>>,
    stay<silent,      event::goaway_received,                 then<>,                                         unless<drains>>,

    // The second phase must not depend on the peer: a timer, not an answer and not the next request (RFC 9113 6.8).
    row <notice_sent, event::notice_expired,     final_sent,  then<send_final>>,
    row <notice_sent, event::ping_ack_received,  final_sent,  then<cancel_notice_timer, send_final>,          when<on_ping_ack>>,
    stay<notice_sent, event::ping_ack_received,               then<>,                                         unless<on_ping_ack>>,
    row <notice_sent, event::headers_received,   final_sent,  then<send_final>,                               when<on_headers>>,
    stay<notice_sent, event::headers_received,                then<>,                                         unless<on_headers>>,
    row <notice_sent, event::quiescence_reached, final_sent,  then<send_final>>,
    row <notice_sent, event::session_ended,      silent,      then<cancel_notice_timer>>,
    row <final_sent,  event::session_ended,      silent,      then<>>
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

}  // namespace lastcall::model::http2_goaway
