#include "model/http2_stream.hpp"

#include "model/msm.hpp"

namespace lastcall::model::http2_stream {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto resets_early = &facts::resets_early;
constexpr auto counts_twice = &facts::counts_twice;
constexpr auto counts_never = &facts::counts_never;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<idle>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row <idle,               event::headers_received,     open,               then<count_up, dispatch>>,
    row <idle,               event::headers_end_received, half_closed_remote, then<count_up, dispatch, report_end>>,

    stay<open,               event::data_received,                            then<report_data>>,
    row <open,               event::end_received,         half_closed_remote, then<report_data, report_end>>,
    row <open,               event::end_written,          closed,             then<response_done, reset_unfinished_request, count_down>, when<resets_early>>,
    row <open,               event::end_written,          half_closed_local,  then<response_done>,                                       unless<resets_early>>,
    row <open,               event::reset_received,       closed,             then<fail_exchange, count_down>>,
    row <open,               event::connection_gone,      closed,             then<fail_exchange, count_down>>,

    row <half_closed_remote, event::data_received,        closed,             then<send_reset_stream_closed, fail_exchange, count_down>>,
    row <half_closed_remote, event::end_received,         closed,             then<send_reset_stream_closed, fail_exchange, count_down>>,
    row <half_closed_remote, event::end_written,          closed,             then<response_done, count_down>>,
    row <half_closed_remote, event::reset_received,       closed,             then<fail_exchange, count_down>,                      unless<counts_twice, counts_never>>,
    row <half_closed_remote, event::reset_received,       closed,             then<fail_exchange, count_down, count_down>,          when<counts_twice>>,
    row <half_closed_remote, event::reset_received,       closed,             then<fail_exchange>,                                  when<counts_never>>,
    row <half_closed_remote, event::connection_gone,      closed,             then<fail_exchange, count_down>>,

    stay<half_closed_local,  event::data_received,                            then<report_data>>,
    row <half_closed_local,  event::end_received,         closed,             then<report_data, report_end, count_down>>,
    row <half_closed_local,  event::reset_received,       closed,             then<count_down>>,
    row <half_closed_local,  event::connection_gone,      closed,             then<count_down>>
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

}  // namespace lastcall::model::http2_stream
