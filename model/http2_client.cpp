#include "model/http2_client.hpp"

#include "model/msm.hpp"

namespace lastcall::model::http2_client {
namespace {

using msm::all, msm::unless, msm::when, msm::then;
using enum state;
using enum command;
constexpr auto notifies_first = &facts::notifies_first;
constexpr auto fails_first = &facts::fails_first;
constexpr auto opens_below = &facts::opens_below;

struct machine : msm::front_end<machine, state, event, command, facts> {
  using initial_state = msm::is<open>;

  // clang-format off
  using transition_table = msm::mpl::vector<
    stay<open,    event::request_wanted,           then<open_stream>>,
    // Record, so that no listener opens a stream (netty/netty#8080); notify, so that what fails next has a cause that
    // says it may be repeated (netty/netty#9986); then fail.
    row <open,    event::goaway_received, leaving, then<record, notify, fail_excluded>, unless<notifies_first, fails_first>>,
    row <open,    event::goaway_received, leaving, then<notify, record, fail_excluded>, when<notifies_first>>,
    row <open,    event::goaway_received, leaving, then<record, fail_excluded, notify>, when<fails_first>>,
    row <open,    event::close_called,    leaving, then<record, send_goaway>>,
    row <open,    event::connection_lost, closed,  then<record, fail_all>>,

    // The last id says what the server may still do, never what the client may open (RFC 9113 6.8; haproxy/haproxy#3215).
    stay<leaving, event::request_wanted,           then<turn_away>,                     unless<opens_below>>,
    stay<leaving, event::request_wanted,           then<open_stream>,                   when<opens_below>>,
    stay<leaving, event::goaway_received,          then<notify, fail_excluded>,         unless<fails_first>>,
    stay<leaving, event::goaway_received,          then<fail_excluded, notify>,         when<fails_first>>,
    row <leaving, event::connection_lost, closed,  then<record, fail_all>>,

    stay<closed,  event::request_wanted,           then<turn_away>>
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

}  // namespace lastcall::model::http2_client
