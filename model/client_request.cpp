#include "model/client_request.hpp"

#include "model/msm.hpp"

namespace lastcall::model::client_request {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto forgets_unwritten = &facts::forgets_unwritten;
constexpr auto reset_overrides = &facts::reset_overrides;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<unused>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    row <unused,    event::submit_called,   submitted, then<send_headers>>,

    row <submitted, event::headers_written, open,      then<>>,
    // Between intent and write a request has no stream yet, and is a request all the same: grpc/grpc-java#12185.
    row <submitted, event::excluded,        over,      then<report_excluded>, unless<forgets_unwritten>>,
    row <submitted, event::excluded,        over,      then<>,                when<forgets_unwritten>>,
    row <submitted, event::connection_lost, over,      then<report_unsent>>,

    row <open,      event::response_ended,  answered,  then<>>,
    row <open,      event::reset_received,  over,      then<report_failed>>,
    row <open,      event::excluded,        over,      then<report_excluded>>,
    row <open,      event::connection_lost, over,      then<report_failed>>,

    // A complete response outlives what follows it (RFC 9113 8.1; hyperium/hyper#4130).
    stay<answered,  event::reset_received,             then<>,                unless<reset_overrides>>,
    row <answered,  event::reset_received,  over,      then<report_failed>,   when<reset_overrides>>,
    stay<answered,  event::connection_lost,            then<>>,
    row <answered,  event::response_read,   over,      then<report_completed>>
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

}  // namespace lastcall::model::client_request
