#include "model/servlet_output.hpp"

#include "model/msm.hpp"

namespace lastcall::model::servlet_output {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto stream_lost = &facts::stream_lost;
constexpr auto has_writer = &facts::has_writer;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<uncommitted>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    // A buffer takes what a lost stream never will: print() throws only when the output is closed.
    stay<uncommitted, event::print_called,            then<>>,
    row <uncommitted, event::flush_called, committed, then<send_headers, send_data>, unless<stream_lost>>,
    row <uncommitted, event::flush_called, failed,    then<throw_exception>,         all<when<stream_lost>, unless<has_writer>>>,
    row <uncommitted, event::flush_called, failed,    then<tell_writer>,             when<stream_lost, has_writer>>,
    row <uncommitted, event::ended,        closed,    then<send_headers, send_end>,  unless<stream_lost>>,
    row <uncommitted, event::ended,        closed,    then<>,                        when<stream_lost>>,
    row <uncommitted, event::cut,          closed,    then<>>,

    stay<committed,   event::print_called,            then<>>,
    stay<committed,   event::flush_called,            then<send_data>,               unless<stream_lost>>,
    row <committed,   event::flush_called, failed,    then<throw_exception>,         all<when<stream_lost>, unless<has_writer>>>,
    row <committed,   event::flush_called, failed,    then<tell_writer>,             when<stream_lost, has_writer>>,
    row <committed,   event::ended,        closed,    then<send_end>,                unless<stream_lost>>,
    row <committed,   event::ended,        closed,    then<>,                        when<stream_lost>>,
    row <committed,   event::cut,          closed,    then<>>,

    stay<failed,      event::print_called,            then<throw_exception>>,
    stay<failed,      event::flush_called,            then<throw_exception>>,
    row <failed,      event::ended,        closed,    then<>>,
    row <failed,      event::cut,          closed,    then<>>,

    stay<closed,      event::print_called,            then<throw_exception>>,
    stay<closed,      event::flush_called,            then<throw_exception>>
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

}  // namespace lastcall::model::servlet_output
