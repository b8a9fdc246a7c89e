// Each claim on steps made by hand: one that keeps it, and one that breaks it for each reason it knows. Steps that no
// server takes are the point: they show that the claim would notice.
#include "properties/claims.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string_view>
#include <vector>

#include "tests/properties/step_claims.hpp"

namespace lastcall::properties::test {
namespace {

using namespace model;
using connection = model::connection<growing>;
using stream_state = http2_stream::state;
using exchange_state = exchange::state;

/// A server that is what a test says it is.
struct hand_made {
  net_server::state now = net_server::state::listening;
  bool listens = false;
  bool drains = false;
  std::vector<connection> present;
  std::uint32_t counted = 0;
  std::uint32_t waiting_closes = 0;

  bool was_started() const { return now != net_server::state::created; }
  std::uint32_t late_closes() const { return waiting_closes; }
  bool is_closing() const { return now == net_server::state::closing; }
  bool is_closed() const { return now == net_server::state::closed; }
  bool listener_open() const { return listens; }
  bool drain_armed() const { return drains; }
  std::uint32_t connections_counted() const { return counted; }
  const std::vector<connection>& connections() const { return present; }
};

request request_of(stream_id id, stream_state stream, exchange_state exchange) { return {id, stream, exchange}; }

connection live(std::vector<request> requests = {}) {
  connection made;
  made.socket = tcp_socket::state::open;
  made.session = http2_session::state::open;
  made.streams_open = static_cast<std::uint32_t>(requests.size());
  if (!requests.empty()) made.last_stream = requests.back().id;
  made.requests = std::move(requests);
  return made;
}

connection lingering() {
  connection made = live();
  made.socket = tcp_socket::state::write_ended;
  made.session = http2_session::state::lingering;
  made.linger_armed = true;
  return made;
}

connection destroyed(std::vector<request> requests = {}) {
  connection made;
  made.socket = tcp_socket::state::destroyed;
  made.requests = std::move(requests);
  return made;
}

hand_made with(net_server::state now, std::vector<connection> present = {}) {
  hand_made made;
  made.now = now;
  made.counted = static_cast<std::uint32_t>(present.size());
  made.present = std::move(present);
  return made;
}
hand_made listening(std::vector<connection> present = {}) {
  hand_made made = with(net_server::state::listening, std::move(present));
  made.listens = true;
  return made;
}
hand_made closing(std::vector<connection> present = {}) {
  hand_made made = with(net_server::state::closing, std::move(present));
  made.drains = true;
  return made;
}
hand_made closed() { return with(net_server::state::closed); }

hand_made without_deadline(hand_made made) {
  made.drains = false;
  return made;
}

struct step {
  hand_made before;
  hand_made after;
  model::effects effects{};
  cause why = cause::other;
  connection_id connection = 0;
  stream_id stream = 0;

  step_view<hand_made> view() const { return {before, after, effects, why, connection, stream}; }
};

notify told(callback what, stream_id stream = 0, connection_id who = 0) { return {what, who, stream}; }

const request dispatched = request_of(1, stream_state::half_closed_remote, exchange_state::dispatched);
const request unfinished = request_of(1, stream_state::open, exchange_state::dispatched);
const request unwritten = request_of(1, stream_state::half_closed_remote, exchange_state::writing);

// --- no_loss ----------------------------------------------------------------------------------------------------------

bool loses_nothing(cause why, connection_id who, stream_id stream, const request& failed = dispatched) {
  const hand_made server = listening({live({failed}), live({failed})});
  return no_loss(step{server, server, {told(callback::request_error, 1)}, why, who, stream}.view());
}

TEST(no_loss, excuses_a_failure_by_the_deadline_a_reset_or_the_end_of_the_peer) {
  EXPECT_TRUE(loses_nothing(cause::drain_expired, 0, 0));
  EXPECT_TRUE(loses_nothing(cause::peer_rst, 0, 0));
  EXPECT_TRUE(loses_nothing(cause::peer_error, 0, 0));
  EXPECT_TRUE(loses_nothing(cause::stream_reset, 0, 1));
  EXPECT_TRUE(loses_nothing(cause::peer_fin, 0, 0, unfinished));
}

TEST(no_loss, breaks_when_a_request_fails_for_no_such_reason) {
  EXPECT_FALSE(loses_nothing(cause::other, 0, 0));
  EXPECT_FALSE(loses_nothing(cause::close_called, 0, 0));
  EXPECT_FALSE(loses_nothing(cause::linger_expired, 0, 0));
  EXPECT_FALSE(loses_nothing(cause::peer_rst, 1, 0)) << "another connection was reset";
  EXPECT_FALSE(loses_nothing(cause::peer_error, 1, 0)) << "another connection was at fault";
  EXPECT_FALSE(loses_nothing(cause::stream_reset, 0, 3)) << "another stream was reset";
  EXPECT_FALSE(loses_nothing(cause::stream_reset, 1, 1)) << "a stream of another connection was reset";
  EXPECT_FALSE(loses_nothing(cause::peer_fin, 0, 0)) << "the request was complete: a half-close does not end it";
}

TEST(no_loss, breaks_when_fin_overtakes_a_response) {
  const auto after_fin = [](const request& left) {
    const hand_made server = closing({live({left})});
    return no_loss(step{server, server, {shutdown_write{0}}}.view());
  };
  EXPECT_FALSE(after_fin(unwritten));
  EXPECT_TRUE(after_fin(request_of(1, stream_state::closed, exchange_state::writing))) << "the stream was reset";
  EXPECT_TRUE(no_loss(step{closing({live()}), closing({lingering()}), {shutdown_write{0}}}.view()));
}

// --- GOAWAY -----------------------------------------------------------------------------------------------------------

connection announced(stream_id last, stream_id handed_over) {
  connection made = live();
  made.goaway = http2_goaway::state::final_sent;
  made.announced = last;
  made.last_stream = handed_over;
  return made;
}

TEST(no_new_after_final_goaway, breaks_when_a_stream_above_the_last_id_is_dispatched) {
  const auto dispatches = [](const connection& which, stream_id stream) {
    const hand_made server = closing({which});
    return no_new_after_final_goaway(step{server, server, {told(callback::server_stream, stream)}}.view());
  };
  EXPECT_FALSE(dispatches(announced(1, 1), 3));
  EXPECT_TRUE(dispatches(announced(3, 3), 3));
  EXPECT_TRUE(dispatches(live(), 3)) << "nothing was announced";
}

TEST(no_new_after_final_goaway, speaks_of_connections_that_were_there) {
  EXPECT_TRUE(no_new_after_final_goaway(step{listening(), listening({live()}), {told(callback::server_stream, 1)}}.view()));
}

TEST(honest_last_stream_id, breaks_when_the_last_id_rises_or_leaves_out_what_was_handed_over) {
  const auto sends = [](const connection& which, stream_id last) {
    const hand_made server = closing({which});
    return honest_last_stream_id(step{server, server, {send_goaway{0, last, error_code::no_error}}}.view());
  };
  EXPECT_TRUE(sends(live({dispatched}), 1));
  EXPECT_TRUE(sends(live({dispatched}), highest_stream_id)) << "the first GOAWAY may announce everything";
  EXPECT_TRUE(sends(announced(3, 3), 3));
  EXPECT_FALSE(sends(live({dispatched}), 0)) << "stream 1 was handed over";
  EXPECT_FALSE(sends(announced(3, 3), 5)) << "it rises";
  EXPECT_FALSE(sends(announced(3, 3), highest_stream_id)) << "it rises";
}

TEST(honest_last_stream_id, speaks_of_connections_that_were_there) {
  EXPECT_TRUE(honest_last_stream_id(step{listening(), listening({live()}), {send_goaway{0, 0, error_code::no_error}}}.view()));
}

// --- what the application is told -------------------------------------------------------------------------------------

TEST(one_terminal_event, holds_when_a_request_ends_once) {
  for (const callback what : {callback::request_completed, callback::request_error}) {
    const step once{listening({live({dispatched})}), listening({live()}), {told(what, 1)}};
    EXPECT_TRUE(one_terminal_event(once.view()));
  }
}

TEST(one_terminal_event, breaks_when_a_request_ends_twice) {
  const step both{listening({live({dispatched})}), listening({live()}),
                  {told(callback::request_completed, 1), told(callback::request_error, 1)}};
  EXPECT_FALSE(one_terminal_event(both.view()));
  const step twice{listening({live({dispatched})}), listening({live()}),
                   {told(callback::request_error, 1), told(callback::request_error, 1)}};
  EXPECT_FALSE(one_terminal_event(twice.view()));
  const request over = request_of(1, stream_state::half_closed_local, exchange_state::completed);
  const step again{listening({live({over})}), listening({live()}), {told(callback::request_error, 1)}};
  EXPECT_FALSE(one_terminal_event(again.view())) << "it had ended in an earlier step";
}

TEST(one_terminal_event, counts_each_stream_of_each_connection_apart) {
  const request other = request_of(3, stream_state::open, exchange_state::dispatched);
  const hand_made server = listening({live({dispatched, other}), live({dispatched})});
  const step three{server, server,
                   {told(callback::request_error, 1), told(callback::request_error, 3), told(callback::request_error, 1, 1)}};
  EXPECT_TRUE(one_terminal_event(three.view()));
}

TEST(one_terminal_event, breaks_when_a_connection_goes_and_a_request_was_never_told) {
  EXPECT_FALSE(one_terminal_event(step{listening({live({dispatched})}), listening({destroyed({dispatched})})}.view()));
  const request failed = request_of(1, stream_state::closed, exchange_state::failed);
  EXPECT_TRUE(one_terminal_event(step{listening({live({failed})}), listening({destroyed({failed})})}.view()));
}

TEST(close_callback_once, is_answered_by_the_step_that_closes) {
  const auto answer = told(callback::close_callback);
  EXPECT_TRUE(close_callback_once(step{closing({live()}), closed(), {answer}}.view()));
  EXPECT_FALSE(close_callback_once(step{closing({live()}), closed(), {answer, answer}}.view())) << "answered twice";
  hand_made with_another_close = closing({live()});
  with_another_close.waiting_closes = 1;
  EXPECT_TRUE(close_callback_once(step{with_another_close, closed(), {answer, answer}}.view()));
  EXPECT_FALSE(close_callback_once(step{with_another_close, closed(), {answer}}.view())) << "the other close() was forgotten";
  EXPECT_FALSE(close_callback_once(step{closing({live()}), closed()}.view())) << "nobody was answered";
  EXPECT_FALSE(close_callback_once(step{closing({live()}), closing({live()}), {answer}}.view())) << "too early";
}

TEST(close_callback_once, is_answered_at_once_when_the_server_was_never_started) {
  hand_made created;
  created.now = net_server::state::created;
  EXPECT_TRUE(close_callback_once(step{created, created, {told(callback::close_callback)}, cause::close_called}.view()));
  EXPECT_FALSE(close_callback_once(step{created, created, {}, cause::close_called}.view()));
}

TEST(close_callback_once, is_answered_at_once_when_the_server_is_closed) {
  const auto answer = told(callback::close_callback);
  EXPECT_TRUE(close_callback_once(step{closed(), closed(), {answer}, cause::close_called}.view()));
  EXPECT_FALSE(close_callback_once(step{closed(), closed(), {}, cause::close_called}.view())) << "forgotten";
  EXPECT_FALSE(close_callback_once(step{closed(), closed(), {answer, answer}, cause::close_called}.view())) << "answered twice";
  EXPECT_FALSE(close_callback_once(step{closed(), closed(), {answer}}.view())) << "answered unasked";
}

// --- counters, sockets, timers ----------------------------------------------------------------------------------------

TEST(counts_exact, breaks_when_a_counter_is_off_by_one) {
  EXPECT_TRUE(counts_exact(listening({live({dispatched}), lingering()})));
  hand_made streams = listening({live({dispatched})});
  streams.present[0].streams_open = 0;
  EXPECT_FALSE(counts_exact(streams));
  streams.present[0].streams_open = 2;
  EXPECT_FALSE(counts_exact(streams));
  hand_made connections = listening({live()});
  connections.counted = 0;
  EXPECT_FALSE(counts_exact(connections));
  connections.counted = 2;
  EXPECT_FALSE(counts_exact(connections));
}

TEST(counts_exact, counts_neither_closed_streams_nor_destroyed_connections) {
  hand_made server = listening({live({request_of(1, stream_state::closed, exchange_state::writing)}), destroyed()});
  server.present[0].streams_open = 0;
  server.counted = 1;
  EXPECT_TRUE(counts_exact(server));
}

TEST(ordered_close, breaks_when_a_socket_is_destroyed_before_the_peer_ended) {
  const auto destroys = [](cause why, bool peer_ended, connection_id by = 0) {
    hand_made before = closing({live(), live()});
    before.present[0].peer_has_ended = peer_ended;
    return ordered_close(step{before, closing({destroyed(), live()}), {destroy_socket{0}}, why, by}.view());
  };
  EXPECT_FALSE(destroys(cause::other, false));
  EXPECT_FALSE(destroys(cause::close_called, false));
  EXPECT_FALSE(destroys(cause::peer_fin, false, 1)) << "another peer ended";
  EXPECT_TRUE(destroys(cause::other, true));
  EXPECT_TRUE(destroys(cause::peer_fin, false)) << "it ends in this step";
  for (const cause why : {cause::drain_expired, cause::linger_expired, cause::peer_rst, cause::peer_error})
    EXPECT_TRUE(destroys(why, false));
}

TEST(window_conserved, asks_that_data_returns_whole_and_once) {
  const auto returns = [](std::uint32_t received, model::effects effects, connection after = live()) {
    step one{listening({live()}), listening({std::move(after)}), std::move(effects), cause::other, 0, 1};
    auto view = one.view();
    view.data = received;
    return window_conserved(view);
  };
  EXPECT_TRUE(returns(3, {return_window{0, 3}}));
  EXPECT_TRUE(returns(0, {}));
  EXPECT_TRUE(returns(3, {}, destroyed())) << "the connection is gone";
  EXPECT_FALSE(returns(3, {}));
  EXPECT_FALSE(returns(3, {return_window{0, 2}}));
  EXPECT_FALSE(returns(3, {return_window{0, 3}, return_window{0, 3}})) << "twice";
  EXPECT_FALSE(returns(3, {return_window{1, 3}})) << "to another connection";
}

TEST(no_reentrancy, breaks_when_a_response_ends_in_a_step_that_is_no_write) {
  const auto ends = [](cause why, callback what) {
    const hand_made server = listening({live({unwritten})});
    return no_reentrancy(step{server, server, {told(what, 1)}, why}.view());
  };
  EXPECT_TRUE(ends(cause::written, callback::request_completed));
  EXPECT_TRUE(ends(cause::other, callback::request_error));
  EXPECT_FALSE(ends(cause::other, callback::request_completed));
  EXPECT_FALSE(ends(cause::close_called, callback::request_completed));
}

TEST(only_data_waits, breaks_when_a_write_leaves_a_frame_behind) {
  const auto leaves = [](bool pending, model::effects effects, cause why = cause::written) {
    connection after = live();
    after.output_pending = pending;
    return only_data_waits(step{listening({live()}), listening({after}), std::move(effects), why}.view());
  };
  EXPECT_TRUE(leaves(false, {}));
  EXPECT_TRUE(leaves(true, {send_rst_stream{0, 1, error_code::no_error}})) << "submitted in answer to the write";
  EXPECT_TRUE(leaves(true, {}, cause::other)) << "nothing was written";
  EXPECT_FALSE(leaves(true, {}));
}

TEST(refuses_within_reason, breaks_when_nothing_is_open_and_nothing_was_announced) {
  const auto refuses = [](connection which, error_code code = error_code::refused_stream) {
    const hand_made server = listening({std::move(which)});
    return refuses_within_reason(step{server, server, {send_rst_stream{0, 3, code}}}.view());
  };
  EXPECT_TRUE(refuses(live({dispatched}))) << "another stream is open";
  EXPECT_TRUE(refuses(announced(1, 1))) << "it is above the last id";
  EXPECT_TRUE(refuses(live(), error_code::cancel)) << "that is no refusal";
  EXPECT_FALSE(refuses(live()));
}

TEST(handlers_bounded, breaks_when_two_handlers_run_for_one_connection) {
  request runs = dispatched;
  runs.handler_runs = true;
  EXPECT_TRUE(handlers_bounded(listening({live({runs, unfinished}), live({runs})})));
  EXPECT_FALSE(handlers_bounded(listening({live({runs, runs})})));
}

TEST(no_request_parked, breaks_when_a_request_waits_and_no_handler_runs) {
  request runs = dispatched;
  runs.handler_runs = true;
  const request waits = request_of(3, stream_state::half_closed_remote, exchange_state::waiting);
  EXPECT_TRUE(no_request_parked(listening({live({runs, waits})})));
  EXPECT_TRUE(no_request_parked(listening({live({dispatched})})));
  EXPECT_TRUE(no_request_parked(listening({destroyed({waits})}))) << "its connection is gone";
  EXPECT_FALSE(no_request_parked(listening({live({waits})})));
}

TEST(final_goaway_before_fin, breaks_when_an_idle_session_ends_behind_a_mere_notice) {
  const auto ends = [](http2_goaway::state said, model::effects effects, bool peer_ended = false, cause why = cause::other) {
    connection which = live();
    which.goaway = said;
    which.peer_has_ended = peer_ended;
    const hand_made server = closing({which});
    return final_goaway_before_fin(step{server, server, std::move(effects), why}.view());
  };
  EXPECT_TRUE(ends(http2_goaway::state::final_sent, {shutdown_write{0}}));
  EXPECT_TRUE(ends(http2_goaway::state::silent, {shutdown_write{0}})) << "nothing was announced that a final GOAWAY would settle";
  EXPECT_TRUE(ends(http2_goaway::state::notice_sent, {shutdown_write{0}}, true)) << "the peer has ended";
  EXPECT_TRUE(ends(http2_goaway::state::notice_sent, {shutdown_write{0}}, false, cause::peer_fin));
  EXPECT_TRUE(ends(http2_goaway::state::notice_sent, {send_goaway{0, 1, error_code::no_error}, shutdown_write{0}}));
  EXPECT_FALSE(ends(http2_goaway::state::notice_sent, {shutdown_write{0}}));
  EXPECT_FALSE(ends(http2_goaway::state::notice_sent, {send_goaway{0, highest_stream_id, error_code::no_error}, shutdown_write{0}}));
}

TEST(escalation_shortens, asks_that_a_connection_error_ends_the_connection_or_bounds_it) {
  const auto errs = [](const connection& before, const connection& after, cause why = cause::peer_error) {
    return escalation_shortens(step{closing({before}), closing({after}), {}, why, 0}.view());
  };
  EXPECT_TRUE(errs(live(), destroyed()));
  EXPECT_TRUE(errs(live(), lingering()));
  EXPECT_FALSE(errs(live(), live())) << "the error is not heeded";
  EXPECT_FALSE(errs(announced(1, 1), announced(1, 1))) << "a GOAWAY that came before is no excuse";
  EXPECT_TRUE(errs(live(), live(), cause::other)) << "nothing was wrong";
  connection deaf = lingering();
  deaf.linger_armed = false;
  EXPECT_TRUE(errs(deaf, deaf)) << "frames behind our FIN are not read";
}

TEST(no_leak, breaks_for_each_thing_that_a_closed_server_keeps) {
  EXPECT_TRUE(no_leak(closed(), false));
  EXPECT_TRUE(no_leak(closing({live()}), true)) << "it is not closed yet";
  EXPECT_FALSE(no_leak(closed(), true)) << "deferred work";
  EXPECT_FALSE(no_leak(with(net_server::state::closed, {live()}), false)) << "a connection";
  hand_made timer = closed();
  timer.drains = true;
  EXPECT_FALSE(no_leak(timer, false)) << "the drain timer";
  hand_made listener = closed();
  listener.listens = true;
  EXPECT_FALSE(no_leak(listener, false)) << "the listener";
  hand_made linger = with(net_server::state::closed, {destroyed()});
  EXPECT_TRUE(no_leak(linger, false)) << "close callbacks may still be to run";
  linger.present[0].linger_armed = true;
  EXPECT_FALSE(no_leak(linger, false)) << "a linger timer";
  hand_made notice = with(net_server::state::closed, {destroyed()});
  notice.present[0].notice_armed = true;
  EXPECT_FALSE(no_leak(notice, false)) << "a notice timer";
}

TEST(waits_are_bounded, breaks_when_a_connection_waits_without_any_timer) {
  EXPECT_TRUE(waits_are_bounded(closing({live()}))) << "the drain timer bounds it";
  EXPECT_TRUE(waits_are_bounded(without_deadline(closing({lingering()})))) << "its linger timer bounds it";
  EXPECT_TRUE(waits_are_bounded(listening({live()}))) << "before close() there is nothing to bound";
  EXPECT_TRUE(waits_are_bounded(without_deadline(closing({destroyed()}))));
  EXPECT_FALSE(waits_are_bounded(without_deadline(closing({live()}))));
  EXPECT_FALSE(waits_are_bounded(without_deadline(closing({lingering(), live()}))));
}

// --- close_terminates -------------------------------------------------------------------------------------------------

TEST(bounded_close, asks_that_close_arms_the_deadline) {
  const model::effects arms{arm_timer{timer::drain, 0}};
  EXPECT_TRUE(bounded_close(step{listening({live()}), closing({live()}), arms, cause::close_called}.view()));
  EXPECT_FALSE(bounded_close(step{listening({live()}), without_deadline(closing({live()})), {}, cause::close_called}.view()));
}

TEST(bounded_close, asks_that_nothing_moves_the_deadline) {
  const hand_made server = closing({live()});
  EXPECT_FALSE(bounded_close(step{server, server, {arm_timer{timer::drain, 0}}}.view())) << "armed anew";
  EXPECT_FALSE(bounded_close(step{listening({live()}), listening({live()}), {arm_timer{timer::drain, 0}}}.view())) << "too early";
  EXPECT_FALSE(bounded_close(step{server, without_deadline(server), {cancel_timer{timer::drain, 0}}}.view())) << "cancelled";
  EXPECT_TRUE(bounded_close(step{server, closed(), {cancel_timer{timer::drain, 0}}}.view())) << "there is nothing left to bound";
}

TEST(bounded_close, asks_that_the_deadline_leaves_only_connections_that_linger) {
  const hand_made before = closing({live(), lingering()});
  const auto expires = [&](std::vector<connection> left) {
    return bounded_close(step{before, without_deadline(closing(std::move(left))), {}, cause::drain_expired}.view());
  };
  EXPECT_TRUE(expires({destroyed(), lingering()}));
  EXPECT_FALSE(expires({live(), lingering()}));
  connection announcing = live();
  announcing.goaway = http2_goaway::state::final_sent;
  EXPECT_FALSE(expires({announcing, lingering()})) << "having announced the end is no end";
}

TEST(bounded_close, asks_that_linger_is_armed_once_and_before_the_deadline) {
  const model::effects arms{arm_timer{timer::linger, 0}};
  EXPECT_TRUE(bounded_close(step{closing({live()}), closing({lingering()}), arms}.view()));
  EXPECT_FALSE(bounded_close(step{closing({lingering()}), closing({lingering()}), arms}.view())) << "armed anew";
  EXPECT_FALSE(bounded_close(step{without_deadline(closing({live()})), without_deadline(closing({lingering()})), arms}.view()))
      << "after the deadline";
  EXPECT_TRUE(bounded_close(step{listening({live()}), listening({lingering()}), arms}.view())) << "one session closed by itself";
}

TEST(bounded_close, asks_that_linger_ends_the_connection) {
  const hand_made before = closing({lingering(), live()});
  EXPECT_TRUE(bounded_close(step{before, closing({destroyed(), live()}), {}, cause::linger_expired}.view()));
  EXPECT_FALSE(bounded_close(step{before, closing({live(), live()}), {}, cause::linger_expired}.view()));
}

TEST(bounded_close, asks_that_a_server_without_connections_is_closed) {
  EXPECT_FALSE(bounded_close(step{closing({live()}), closing({destroyed()})}.view()));
  hand_made listens = closing({destroyed()});
  listens.listens = true;
  EXPECT_TRUE(bounded_close(step{closing({live()}), listens}.view())) << "the listener is still to be stopped";
  EXPECT_TRUE(bounded_close(step{closing({live()}), closed()}.view()));
}

// --- the bridge to the simulated world, and the guards ----------------------------------------------------------------

struct hand_made_state {
  hand_made server;
  std::array<sim::link, 1> links{};
  bool deferred = false;
};

hand_made_state state_of(hand_made server, sim::client_frame front = sim::client_frame::none) {
  hand_made_state made{std::move(server), {}, false};
  if (front != sim::client_frame::none) made.links[0].to_server.push_back({front, 1});
  return made;
}

TEST(close_terminates, asks_of_a_closing_server_that_it_is_closed_in_the_end) {
  const auto claim = std::get<0>(world_claims<hand_made_state>());
  EXPECT_EQ(claim.name, "close_terminates");
  EXPECT_TRUE(claim.trigger(state_of(closing())));
  EXPECT_FALSE(claim.trigger(state_of(listening())));
  EXPECT_FALSE(claim.trigger(state_of(closed())));
  EXPECT_TRUE(claim.goal(state_of(closed())));
  EXPECT_FALSE(claim.goal(state_of(closing())));
}

TEST(no_spin, is_about_what_the_server_does_without_peers_handlers_or_time) {
  using enum sim::move;
  const std::set<sim::move> own{accept, receive, pump, run_deferred, run_close_callbacks};
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<sim::move>>(
      [&](auto each) { EXPECT_EQ(is_own_step({each.value}), own.contains(each.value)) << each.name; });
}

TEST(view, says_what_caused_the_step) {
  const auto cause_of = [](const sim::action& chosen, sim::client_frame front = sim::client_frame::none) {
    const hand_made_state any = state_of(listening(), front);
    return view_of(any, chosen, {}, any).why;
  };
  EXPECT_EQ(cause_of({sim::move::close}), cause::close_called);
  EXPECT_EQ(cause_of({sim::move::pump}), cause::written);
  EXPECT_EQ(cause_of({sim::move::receive}, sim::client_frame::invalid), cause::peer_error);
  EXPECT_EQ(cause_of({sim::move::fire_drain}), cause::drain_expired);
  EXPECT_EQ(cause_of({sim::move::fire_linger}), cause::linger_expired);
  EXPECT_EQ(cause_of({sim::move::fire_notice}), cause::other);
  EXPECT_EQ(cause_of({sim::move::handler_finishes}), cause::other);
  EXPECT_EQ(cause_of({sim::move::receive}, sim::client_frame::fin), cause::peer_fin);
  EXPECT_EQ(cause_of({sim::move::receive}, sim::client_frame::rst), cause::peer_rst);
  EXPECT_EQ(cause_of({sim::move::receive}, sim::client_frame::rst_stream), cause::stream_reset);
  EXPECT_EQ(cause_of({sim::move::receive}, sim::client_frame::headers), cause::other);
  const hand_made_state reset = state_of(listening(), sim::client_frame::rst_stream);
  EXPECT_EQ(view_of(reset, sim::action{sim::move::receive}, {}, reset).stream, 3U);
}

bool is_met(std::string_view guard, const hand_made_state& before, sim::move what, model::effects effects,
            const hand_made_state& after) {
  for (const auto& each : guards<hand_made_state>())
    if (each.name == guard) return each.holds(before, {what}, {std::move(effects)}, after);
  ADD_FAILURE() << "no guard named " << guard;
  return false;
}

TEST(guard, closes_with_requests_running) {
  const auto is = [](hand_made before, sim::move what, hand_made after) {
    return is_met("closes_with_requests_running", state_of(std::move(before)), what, {}, state_of(std::move(after)));
  };
  EXPECT_TRUE(is(listening({live({dispatched})}), sim::move::close, closing({live({dispatched})})));
  EXPECT_FALSE(is(listening({live()}), sim::move::close, closing({live()})));
  EXPECT_FALSE(is(listening({live({dispatched})}), sim::move::receive, listening({live({dispatched})})));
  EXPECT_FALSE(is(closed(), sim::move::close, closed()));
}

TEST(guard, response_written_while_closing) {
  const auto is = [](hand_made before, model::effects effects) {
    return is_met("response_written_while_closing", state_of(std::move(before)), sim::move::pump, std::move(effects),
                  state_of(closing()));
  };
  EXPECT_TRUE(is(closing({live({unwritten})}), {told(callback::request_completed, 1)}));
  EXPECT_FALSE(is(closing({live({unwritten})}), {told(callback::request_error, 1)}));
  EXPECT_FALSE(is(listening({live({unwritten})}), {told(callback::request_completed, 1)}));
}

TEST(guard, connection_ends_while_closing) {
  const auto is = [](hand_made before, model::effects effects) {
    return is_met("connection_ends_while_closing", state_of(std::move(before)), sim::move::receive, std::move(effects),
                  state_of(closed()));
  };
  EXPECT_TRUE(is(closing({live()}), {destroy_socket{0}}));
  EXPECT_FALSE(is(closing({live()}), {shutdown_write{0}}));
  EXPECT_FALSE(is(listening({live()}), {destroy_socket{0}}));
}

TEST(guard, stream_arrives_above_last_id) {
  const auto is = [](const connection& which, sim::client_frame front, sim::move what = sim::move::receive) {
    const hand_made_state any = state_of(closing({which}), front);
    return is_met("stream_arrives_above_last_id", any, what, {}, any);
  };
  EXPECT_TRUE(is(announced(1, 1), sim::client_frame::headers));
  EXPECT_TRUE(is(announced(1, 1), sim::client_frame::headers_end));
  EXPECT_FALSE(is(announced(1, 1), sim::client_frame::ping));
  EXPECT_FALSE(is(announced(1, 1), sim::client_frame::headers, sim::move::pump));
  EXPECT_FALSE(is(live(), sim::client_frame::headers)) << "nothing was announced";
}

TEST(guard, deadline_cuts_a_connection) {
  const auto is = [](sim::move what, model::effects effects) {
    return is_met("deadline_cuts_a_connection", state_of(closing({live()})), what, std::move(effects), state_of(closed()));
  };
  EXPECT_TRUE(is(sim::move::fire_drain, {destroy_socket{0}}));
  EXPECT_FALSE(is(sim::move::fire_drain, {}));
  EXPECT_FALSE(is(sim::move::fire_linger, {destroy_socket{0}}));
}

TEST(guard, linger_expires) {
  const hand_made_state before = state_of(closing({lingering()}));
  EXPECT_TRUE(is_met("linger_expires", before, sim::move::fire_linger, {}, state_of(closed())));
  EXPECT_FALSE(is_met("linger_expires", before, sim::move::fire_drain, {}, before));
}

TEST(guard, error_while_closing) {
  const auto is = [](hand_made before, sim::client_frame front) {
    const hand_made_state any = state_of(std::move(before), front);
    return is_met("error_while_closing", any, sim::move::receive, {}, any);
  };
  EXPECT_TRUE(is(closing({live()}), sim::client_frame::invalid));
  EXPECT_FALSE(is(closing({live()}), sim::client_frame::ping));
  EXPECT_FALSE(is(listening({live()}), sim::client_frame::invalid));
}

TEST(guard, data_is_discarded) {
  const auto is = [](connection which, sim::client_frame front) {
    const hand_made_state any = state_of(listening({std::move(which)}), front);
    return is_met("data_is_discarded", any, sim::move::receive, {}, any);
  };
  EXPECT_TRUE(is(live(), sim::client_frame::data_end));
  EXPECT_TRUE(is(live({request_of(3, stream_state::half_closed_remote, exchange_state::dispatched)}), sim::client_frame::data_end));
  EXPECT_FALSE(is(live({request_of(3, stream_state::open, exchange_state::dispatched)}), sim::client_frame::data_end));
  EXPECT_FALSE(is(live(), sim::client_frame::ping));
}

TEST(guard, reset_meets_blocked_data) {
  const auto is = [](const request& which, bool window_closed) {
    hand_made_state any = state_of(listening({live({which})}));
    any.links[0].window_closed = window_closed;
    return is_met("reset_meets_blocked_data", any, sim::move::receive, {send_rst_stream{0, 1, error_code::stream_closed}}, any);
  };
  EXPECT_TRUE(is(unwritten, true));
  EXPECT_FALSE(is(unwritten, false));
  EXPECT_FALSE(is(dispatched, true));
}

TEST(guard, handlers_and_requests_that_wait) {
  const auto is = [](std::string_view guard, const request& which) {
    const hand_made_state any = state_of(listening({live({which})}));
    return is_met(guard, any, sim::move::receive, {}, any);
  };
  request outlived = request_of(1, stream_state::closed, exchange_state::failed);
  EXPECT_FALSE(is("handler_outlives_stream", outlived));
  outlived.handler_runs = true;
  EXPECT_TRUE(is("handler_outlives_stream", outlived));
  EXPECT_FALSE(is("request_waits_for_handler", dispatched));
  EXPECT_TRUE(is("request_waits_for_handler", request_of(1, stream_state::open, exchange_state::waiting)));
}

TEST(guards, are_all_tested_here) { EXPECT_EQ(guards<hand_made_state>().size(), 11U); }

TEST(world, lists_its_claims_in_the_order_of_the_descriptions) {
  std::vector<std::string> names;
  std::apply([&](const auto&... claim) { (names.push_back(claim.name), ...); }, world_claims<hand_made_state>());
  ASSERT_EQ(names.size(), claims().size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& described = claims()[i];
    EXPECT_EQ(names[i], (described.form == form::bounded ? "bounded " : "") + std::string(described.name));
  }
}

}  // namespace
}  // namespace lastcall::properties::test
