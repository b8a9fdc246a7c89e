#include "model/net_server.hpp"

#include "model/msm.hpp"

namespace lastcall::model::net_server {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto no_other = &facts::no_other_connection;
constexpr auto listener_open = &facts::listener_open;
constexpr auto sessions_first = &facts::sessions_first;
constexpr auto forgets = &facts::forgets_callback;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<created>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row <created,   event::listen_called,     listening, then<start_listening>>,
    stay<created,   event::close_called,                 then<report_not_running>>,

    stay<listening, event::listen_called,                then<report_already_listening>>,
    stay<listening, event::connection_opened,            then<count_up>>,
    stay<listening, event::connection_gone,              then<count_down>>,
    // Stop admission, then sweep what was admitted: nodejs/node#57668.
    row <listening, event::close_called,      closing,   then<stop_listening, arm_drain_timer, drain_sessions>,   unless<no_other, sessions_first>>,
    row <listening, event::close_called,      closed,    then<stop_listening, emit_close>,                        all<when<no_other>, unless<sessions_first>>>,
    row <listening, event::close_called,      closing,   then<arm_drain_timer, drain_sessions, defer_stop_listening>, when<sessions_first>>,

    // Node lets a server listen again while the connections of its former life are still there.
    row <closing,   event::listen_called,     listening, then<cancel_drain_timer, start_listening>>,
    // A connection can still open here only while the listener is open.
    stay<closing,   event::connection_opened,            then<count_up>>,
    stay<closing,   event::connection_gone,              then<count_down>,                                        unless<no_other>>,
    stay<closing,   event::connection_gone,              then<count_down>,                                        when<no_other, listener_open>>,
    row <closing,   event::connection_gone,   closed,    then<count_down, cancel_drain_timer, emit_close>,        all<when<no_other>, unless<listener_open>>>,
    stay<closing,   event::deferred_ran,                 then<stop_listening>,                                    unless<no_other>>,
    row <closing,   event::deferred_ran,      closed,    then<stop_listening, cancel_drain_timer, emit_close>,    when<no_other>>,
    stay<closing,   event::drain_expired,                then<abort_connections>>,
    stay<closing,   event::close_called,                 then<report_not_running>>,

    row <closed,    event::listen_called,     listening, then<start_listening>>,
    // The callback of a close() that comes too late is still called: jetty#8811 forgot it.
    stay<closed,    event::close_called,                 then<report_not_running>,                                unless<forgets>>,
    stay<closed,    event::close_called,                 then<>,                                                  when<forgets>>
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

}  // namespace lastcall::model::net_server
