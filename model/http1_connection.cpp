#include "model/http1_connection.hpp"

#include "model/msm.hpp"

namespace lastcall::model::http1_connection {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto response_due = &facts::response_due;
constexpr auto parser_idle_suffices = &facts::parser_idle_suffices;
constexpr auto nothing_received_is_idle = &facts::nothing_received_is_idle;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<fresh>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row <fresh,  event::message_began,     head,     then<arm_deadlines>>,
    // A browser's spare connection, which no request ever names as idle: nodejs/node#63470.
    stay<fresh,  event::sweep_called,                then<>,                                         unless<nothing_received_is_idle>>,
    stay<fresh,  event::sweep_called,                then<close_idle>,                               when<nothing_received_is_idle>>,
    stay<fresh,  event::deadline_passed,             then<cancel_deadlines, answer_timeout>>,
    stay<fresh,  event::peer_ended,                  then<end_for_peer>>,

    row <head,   event::head_completed,    body,     then<cancel_head_deadline, dispatch_request>>,
    row <head,   event::upgrade_completed, upgraded, then<cancel_deadlines, hand_over>>,
    stay<head,   event::sweep_called,                then<>>,
    stay<head,   event::deadline_passed,             then<cancel_deadlines, answer_timeout>>,
    row <head,   event::message_broken,    failed,   then<cancel_deadlines, answer_bad_request>>,

    row <body,   event::message_completed, idle,     then<cancel_request_deadline, end_request>>,
    stay<body,   event::sweep_called,                then<>>,
    stay<body,   event::deadline_passed,             then<cancel_deadlines, answer_timeout>>,
    row <body,   event::message_broken,    failed,   then<cancel_deadlines, answer_bad_request>>,

    row <idle,   event::message_began,     head,     then<arm_deadlines>>,
    stay<idle,   event::sweep_called,                then<close_idle>,                               unless<response_due>>,
    stay<idle,   event::sweep_called,                then<>,                                         all<when<response_due>, unless<parser_idle_suffices>>>,
    // Idle by its parser and yet owing a response: nodejs/node#43771.
    stay<idle,   event::sweep_called,                then<close_idle>,                               when<response_due, parser_idle_suffices>>,
    stay<idle,   event::peer_ended,                  then<end_for_peer>>,

    stay<failed, event::peer_ended,                  then<end_for_peer>>
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

}  // namespace lastcall::model::http1_connection
