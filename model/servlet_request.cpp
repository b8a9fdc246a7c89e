#include "model/servlet_request.hpp"

#include "model/msm.hpp"

namespace lastcall::model::servlet_request {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto listens = &facts::listens;
constexpr auto committed = &facts::committed;
constexpr auto unnoticed = &facts::unnoticed;
constexpr auto ends_untold = &facts::ends_untold;
constexpr auto timeout_resets = &facts::timeout_resets;
constexpr auto timeout_ends = &facts::timeout_ends;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<dispatched>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row <dispatched,       event::start_async_called, async_started,    then<>>,
    row <dispatched,       event::service_returned,   completed,        then<end_response>>,

    row <async_started,    event::service_returned,   waiting,          then<arm_timeout, call_io_listeners>>,

    row <waiting,          event::complete_called,    completed,        then<cancel_timeout, end_response, tell_complete>>,
    // The four rows of jetty/jetty.project#12313: commit status decides what may be sent, not whether anybody is told.
    row <waiting,          event::stream_failed,      telling_error,    then<cancel_timeout, tell_error>,                    all<when<listens>, unless<unnoticed, ends_untold>>>,
    row <waiting,          event::stream_failed,      completed,        then<cancel_timeout, send_error_page>,               unless<listens, committed>>,
    row <waiting,          event::stream_failed,      aborted,          then<cancel_timeout, cut_response>,                  all<when<committed>, unless<listens, unnoticed, ends_untold>>>,
    row <waiting,          event::stream_failed,      aborted,          then<cancel_timeout, cut_response>,                  when<ends_untold>>,
    stay<waiting,          event::stream_failed,                        then<>,                                              when<unnoticed>>,
    row <waiting,          event::timeout_expired,    telling_timeout,  then<tell_timeout>>,

    stay<telling_error,    event::complete_called,                      then<>>,
    row <telling_error,    event::listeners_returned, completed,        then<send_error_page, tell_complete>,                unless<committed>>,
    row <telling_error,    event::listeners_returned, aborted,          then<cut_response>,                                  when<committed>>,

    row <telling_timeout,  event::complete_called,    timeout_answered, then<>>,
    row <telling_timeout,  event::listeners_returned, completed,        then<send_error_page, tell_complete>,                unless<committed>>,
    row <telling_timeout,  event::listeners_returned, completed,        then<cut_response, reset_stream, tell_complete>,     when<committed, timeout_resets>>,
    row <telling_timeout,  event::listeners_returned, completed,        then<end_response, reset_stream, tell_complete>,     when<committed, timeout_ends>>,
    row <telling_timeout,  event::listeners_returned, lingering,        then<>,                                              all<when<committed>, unless<timeout_resets, timeout_ends>>>,

    row <timeout_answered, event::listeners_returned, completed,        then<end_response, tell_complete>>
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

}  // namespace lastcall::model::servlet_request
