// net_server: the listener's life, as Node's net.Server has it. It knows that connections exist, not what they are.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::net_server {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t, created, listening, closing, closed)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  listen_called,
  close_called,
  connection_opened,
  connection_gone,
  deferred_ran,
  drain_expired
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  start_listening,
  stop_listening,
  defer_stop_listening,      ///< the listener stays open until a later turn
  drain_sessions,            ///< tell every registered session
  arm_drain_timer,           ///< if the profile has a deadline that runs from close()
  cancel_drain_timer,
  abort_connections,
  count_up,
  count_down,
  emit_close,
  report_already_listening,  ///< ERR_SERVER_ALREADY_LISTEN
  report_not_running         ///< ERR_SERVER_NOT_RUNNING, through the callback of this close()
)

struct facts {
  bool no_other_connection;  ///< no connection, or none but the one that goes
  bool listener_open;
  bool sessions_first;       ///< profile: close_order
  bool forgets_callback;     ///< profile: close_when_closed
};
BOOST_DESCRIBE_STRUCT(facts, (), (no_other_connection, listener_open, sessions_first, forgets_callback))

/// Node: net.Server listen, close and _emitCloseIfDrained.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::net_server
