#include "model/event_loop.hpp"

#include "model/msm.hpp"

namespace lastcall::model::event_loop {
namespace {

using msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto alive = &facts::alive;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<timers>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row<timers,          event::phase_done, pending,         then<run_pending>,  when<alive>>,
    row<timers,          event::phase_done, ended,           then<exit_process>, unless<alive>>,
    row<pending,         event::phase_done, prepare,         then<run_prepare>>,
    row<prepare,         event::phase_done, poll,            then<run_poll>>,
    row<poll,            event::phase_done, pending_in_poll, then<run_pending>>,
    row<pending_in_poll, event::phase_done, check,           then<run_check>>,
    row<check,           event::phase_done, closing,         then<run_closing>>,
    row<closing,         event::phase_done, timers,          then<run_timers>>
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

}  // namespace lastcall::model::event_loop
