// event_loop: which phase of libuv's loop comes next, and when the loop ends. It knows that there is something to run in a
// phase, not what: that is the business of whoever runs the loop, between two steps.
//
// Since libuv 1.45 (Node 20) an iteration ends with the timers, and what poll has made ready runs before check.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::event_loop {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  timers,
  pending,         ///< completions that were made ready since the last poll: a write, a shutdown
  prepare,
  poll,            ///< input, connections, signals
  pending_in_poll, ///< completions that poll itself has made ready
  check,           ///< setImmediate
  closing,         ///< close callbacks, the last closed handle first
  ended            ///< nothing is alive: Node emits 'exit'
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  phase_done
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  run_timers,
  run_pending,
  run_prepare,
  run_poll,
  run_check,
  run_closing,
  exit_process
)

struct facts {
  bool alive;  ///< a referenced handle is active, a request is under way, a handle is closing
};
BOOST_DESCRIBE_STRUCT(facts, (), (alive))

/// libuv: uv_run, UV_RUN_DEFAULT.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::event_loop
