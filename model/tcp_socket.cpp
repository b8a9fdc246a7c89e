#include "model/tcp_socket.hpp"

#include "model/msm.hpp"

namespace lastcall::model::tcp_socket {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto closes_after_fin = &facts::closes_after_fin;
constexpr auto half_open = &facts::allow_half_open;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<open>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row<open,        event::peer_fin,            read_ended,  then<report_end>,              when<half_open>>,
    row<open,        event::peer_fin,            read_ended,  then<report_end, end_later>,   unless<half_open>>,
    row<open,        event::end_called,          ending,      then<shutdown_write>,          unless<closes_after_fin>>,
    // Closing both directions at once lets unread input turn into a RST that overtakes our last bytes (RFC 2525 2.17).
    row<open,        event::end_called,          destroyed,   then<shutdown_write, destroy>, when<closes_after_fin>>,
    row<open,        event::peer_rst,            destroyed,   then<report_error, destroy, report_reset>>,
    row<open,        event::destroy_called,      destroyed,   then<destroy>>,

    row<read_ended,  event::end_called,          both_ending, then<shutdown_write>>,
    row<read_ended,  event::peer_rst,            destroyed,   then<report_error, destroy, report_reset>>,
    row<read_ended,  event::destroy_called,      destroyed,   then<destroy>>,

    row<ending,      event::output_finished,     write_ended, then<report_finish>>,
    row<ending,      event::peer_fin,            both_ending, then<report_end>>,
    row<ending,      event::peer_rst,            destroyed,   then<report_error, destroy, report_reset>>,
    row<ending,      event::destroy_called,      destroyed,   then<destroy>>,

    row<both_ending, event::output_finished,     destroyed,   then<report_finish, destroy>>,
    row<both_ending, event::peer_rst,            destroyed,   then<report_error, destroy, report_reset>>,
    row<both_ending, event::destroy_called,      destroyed,   then<destroy>>,

    row<write_ended, event::peer_fin,            destroyed,   then<report_end, destroy>>,
    row<write_ended, event::peer_rst,            destroyed,   then<report_error, destroy, report_reset>>,
    row<write_ended, event::destroy_called,      destroyed,   then<destroy>>,

    row<destroyed,   event::close_callbacks_ran, closed,      then<report_closed>>
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

}  // namespace lastcall::model::tcp_socket
