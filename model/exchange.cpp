#include "model/exchange.hpp"

#include "model/msm.hpp"

namespace lastcall::model::exchange {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto listeners_skipped = &facts::listeners_skipped;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<waiting>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row <waiting,    event::handler_free,      dispatched, then<dispatch>>,
    // The application does not know of it yet, and is told nothing.
    row <waiting,    event::request_failed,    failed,    then<>>,

    row <dispatched, event::handler_responded, committed, then<send_headers>>,
    row <dispatched, event::handler_finished,  writing,   then<send_headers, send_end>>,
    row <dispatched, event::request_failed,    failed,    then<report_error>>,

    stay<committed,  event::handler_wrote,                then<send_data>>,
    row <committed,  event::handler_finished,  writing,   then<send_end>>,
    // A committed response once skipped the application's listeners: jetty/jetty.project#12313.
    row <committed,  event::request_failed,    failed,    then<report_error>, unless<listeners_skipped>>,
    stay<committed,  event::request_failed,               then<>,             when<listeners_skipped>>,

    row <writing,    event::response_written,  completed, then<report_completed>>,
    row <writing,    event::request_failed,    failed,    then<report_error>, unless<listeners_skipped>>,
    stay<writing,    event::request_failed,               then<>,             when<listeners_skipped>>
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

}  // namespace lastcall::model::exchange
