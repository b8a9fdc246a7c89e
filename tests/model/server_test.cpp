// The machines together: small scenarios, each effect in its place.
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "model/profiles/profiles.hpp"
#include "model/server.hpp"
#include "tests/model/effect_text.hpp"

namespace lastcall::model::test {
namespace {

/// A server under a profile. after(event) is what it does about the event, as text.
class scenario {
 public:
  explicit scenario(std::string_view profile) : decisions_(*find_profile(profile)) {}

  lines after(const event& happened) {
    effects done;
    server_.step(happened, decisions_, done);
    return text_of(done);
  }

  /// Listening, with one session whose preface is done and whose output is flushed.
  static scenario with_session(std::string_view profile) {
    scenario made(profile);
    made.after(listen_called{});
    made.open_session(0);
    return made;
  }
  void open_session(connection_id who) {
    after(connection_accepted{who});
    after(recv_settings{who});
    after(output_flushed{who});
  }
  /// close(), and for rfc9113 the notice timer: the GOAWAY that counts is written.
  void close_up_to_the_final_goaway() {
    after(close_called{});
    after(timer_expired{timer::notice, 0});
    after(output_flushed{0});
  }

  const model::server& server() const { return server_; }
  const auto& connection() const { return server_.connections()[0]; }

 private:
  const profile& decisions_;
  model::server server_;
};

// --- listen and close -------------------------------------------------------------------------------------------------

TEST(server, listens_once) {
  scenario s("rfc9113");
  EXPECT_EQ(s.after(listen_called{}), (lines{"start_listening", "notify listening"}));
  EXPECT_EQ(s.after(listen_called{}), (lines{"notify listening failed"}));
}

TEST(server, close_without_connections_is_closed_at_once) {
  scenario s("rfc9113");
  s.after(listen_called{});
  EXPECT_EQ(s.after(close_called{}), (lines{"stop_listening", "next_tick server_close", "next_tick close_callback"}));
  EXPECT_TRUE(s.server().is_closed());
  EXPECT_FALSE(s.server().listener_open());
}

TEST(server, close_on_a_never_started_server_calls_back_with_an_error) {
  scenario s("rfc9113");
  EXPECT_EQ(s.after(close_called{}), (lines{"next_tick server_close", "next_tick close_callback failed"}));
  EXPECT_EQ(s.server().state(), net_server::state::created);
}

TEST(server, second_close_is_answered_when_the_first_is) {
  auto s = scenario::with_session("rfc9113");
  s.after(close_called{});
  EXPECT_EQ(s.after(close_called{}), lines{});
  EXPECT_EQ(s.after(peer_rst{0}),
            (lines{"notify socket_error failed", "destroy_socket", "run_close_callbacks", "cancel_timer notice",
                   "cancel_timer drain", "notify session_error failed", "next_tick server_close",
                   "next_tick close_callback", "next_tick close_callback failed"}));
}

TEST(server, close_on_a_closed_server_calls_back_with_an_error) {
  scenario s("rfc9113");
  s.after(listen_called{});
  s.after(close_called{});
  EXPECT_EQ(s.after(close_called{}), (lines{"next_tick server_close", "next_tick close_callback failed"}));
}

TEST(server, the_mutant_that_forgets_late_closes_says_nothing) {
  scenario s("mutant-late-close-forgotten");
  s.after(listen_called{});
  s.after(close_called{});
  EXPECT_EQ(s.after(close_called{}), lines{});
}

// --- the start of a session -------------------------------------------------------------------------------------------

TEST(server, settings_are_the_first_frame_and_the_preface_is_acknowledged) {
  scenario s("rfc9113");
  s.after(listen_called{});
  EXPECT_EQ(s.after(connection_accepted{0}), (lines{"notify server_session", "notify server_connection", "send_settings"}));
  EXPECT_EQ(s.after(recv_settings{0}), (lines{"send_settings_ack"}));
  EXPECT_EQ(s.after(recv_settings_ack{0}), (lines{"notify session_local_settings"}));
  EXPECT_EQ(s.after(recv_ping{0}), (lines{"send_ping_ack"}));
}

TEST(server, no_frame_counts_before_the_preface) {
  scenario s("rfc9113");
  s.after(listen_called{});
  s.after(connection_accepted{0});
  EXPECT_EQ(s.after(recv_headers{0, 1, true}), lines{});
  EXPECT_EQ(s.after(recv_ping{0}), lines{});
}

// --- draining ---------------------------------------------------------------------------------------------------------

TEST(server, idle_session_gets_goaway_and_fin) {
  auto s = scenario::with_session("rfc9113");
  EXPECT_EQ(s.after(close_called{}),
            (lines{"stop_listening", "arm_timer drain", "send_goaway 2147483647 no_error", "arm_timer notice"}));
  EXPECT_EQ(s.after(output_flushed{0}), lines{});
  EXPECT_EQ(s.after(timer_expired{timer::notice, 0}), (lines{"send_goaway 0 no_error"}));
  EXPECT_EQ(s.after(output_flushed{0}), (lines{"shutdown_write", "arm_timer linger"}));
  EXPECT_TRUE(s.connection().linger_armed);
  EXPECT_EQ(s.after(peer_fin{0}), (lines{"notify socket_end", "destroy_socket", "run_close_callbacks", "cancel_timer linger",
                                         "cancel_timer drain", "next_tick server_close", "next_tick close_callback"}));
  EXPECT_EQ(s.after(close_callbacks_ran{0}), lines{"notify socket_close"});
  EXPECT_TRUE(s.server().is_closed());
}

TEST(server, a_peer_that_does_not_answer_fin_is_cut_when_the_linger_timer_expires) {
  auto s = scenario::with_session("rfc9113");
  s.close_up_to_the_final_goaway();
  EXPECT_EQ(s.after(timer_expired{timer::linger, 0}), (lines{"destroy_socket", "run_close_callbacks", "cancel_timer drain",
                                                             "next_tick server_close", "next_tick close_callback"}));
}

TEST(server, streams_between_the_two_goaways_are_admitted) {
  auto s = scenario::with_session("rfc9113");
  s.after(close_called{});
  EXPECT_EQ(s.after(recv_headers{0, 1, true}), (lines{"notify server_stream 1", "notify stream_end 1"}));
  EXPECT_EQ(s.after(timer_expired{timer::notice, 0}), (lines{"send_goaway 1 no_error"}));
  EXPECT_EQ(s.connection().announced, 1U);
}

TEST(server, refuses_streams_above_last_id) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  s.close_up_to_the_final_goaway();
  EXPECT_EQ(s.after(recv_headers{0, 3, true}), (lines{"send_rst_stream 3 refused_stream"}));
  EXPECT_EQ(s.connection().last_stream, 1U);
  EXPECT_EQ(s.connection().streams_open, 1U);
}

TEST(server, node_24_ignores_streams_above_last_id) {
  auto s = scenario::with_session("node-24.21.0");
  s.after(recv_headers{0, 1, true});
  s.after(close_called{});
  EXPECT_EQ(s.after(recv_headers{0, 3, true}), lines{});
  EXPECT_EQ(s.connection().last_stream, 1U);
}

TEST(server, finishes_what_was_admitted_before_fin) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  s.close_up_to_the_final_goaway();
  EXPECT_EQ(s.after(handler_responded{0, 1}), (lines{"send_headers 1"}));
  EXPECT_EQ(s.after(handler_wrote{0, 1, 7}), (lines{"send_data 1 length 7"}));
  EXPECT_EQ(s.after(handler_finished{0, 1}), (lines{"send_data 1 length 0 end"}));
  EXPECT_EQ(s.after(end_stream_written{0, 1}), (lines{"notify request_completed 1", "notify stream_close 1"}));
  EXPECT_EQ(s.after(output_flushed{0}), (lines{"shutdown_write", "arm_timer linger"}));
}

TEST(server, the_mutant_idle_when_handlers_are_done_cuts_an_unwritten_response) {
  auto s = scenario::with_session("mutant-idle-when-handlers-done");
  s.after(recv_headers{0, 1, true});
  s.close_up_to_the_final_goaway();
  EXPECT_EQ(s.after(handler_finished{0, 1}),
            (lines{"send_headers 1", "send_data 1 length 0 end", "shutdown_write", "arm_timer linger"}));
}

TEST(server, late_registrant_is_drained) {
  scenario s("rfc9113");
  s.after(listen_called{});
  s.after(connection_accepted{0});
  EXPECT_EQ(s.after(close_called{}), (lines{"stop_listening", "arm_timer drain"})) << "the sweep cannot find it yet";
  EXPECT_EQ(s.after(recv_settings{0}), (lines{"send_goaway 0 no_error", "send_settings_ack"}));
  EXPECT_EQ(s.after(output_flushed{0}), (lines{"shutdown_write", "arm_timer linger"}));
}

TEST(server, the_mutant_that_serves_late_registrants_sends_them_no_goaway) {
  scenario s("mutant-late-session-served");
  s.after(listen_called{});
  s.after(connection_accepted{0});
  EXPECT_EQ(s.after(close_called{}), (lines{"stop_listening"}));
  EXPECT_EQ(s.after(recv_settings{0}), (lines{"send_settings_ack"}));
}

TEST(server, drain_deadline_destroys_and_reports_failure_once) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  s.close_up_to_the_final_goaway();
  EXPECT_EQ(s.after(timer_expired{timer::drain, 0}),
            (lines{"destroy_socket", "run_close_callbacks", "notify request_error 1 failed", "next_tick server_close",
                   "next_tick close_callback"}));
  EXPECT_EQ(s.after(handler_finished{0, 1}), lines{}) << "a detached handler speaks to nobody";
  EXPECT_EQ(s.after(close_callbacks_ran{0}), lines{"notify socket_close"});
}

TEST(server, close_comes_after_everything_its_last_connection_fails_and_cancels) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  s.after(close_called{});
  const lines done = s.after(peer_rst{0});
  const auto closes = std::ranges::find(done, "next_tick server_close");
  ASSERT_NE(closes, done.end());
  EXPECT_LT(std::ranges::find(done, "notify request_error 1 failed"), closes);
  EXPECT_LT(std::ranges::find(done, "cancel_timer notice"), closes);
}

TEST(server, drain_deadline_leaves_a_lingering_connection_to_its_own_timer) {
  auto s = scenario::with_session("rfc9113");
  s.close_up_to_the_final_goaway();
  EXPECT_EQ(s.after(timer_expired{timer::drain, 0}), lines{});
  EXPECT_TRUE(s.server().is_closing());
}

TEST(server, drain_deadline_ends_every_connection) {
  auto s = scenario::with_session("rfc9113");
  s.open_session(1);
  EXPECT_EQ(s.after(close_called{}),
            (lines{"stop_listening", "arm_timer drain", "send_goaway 2147483647 no_error", "arm_timer notice",
                   "send_goaway 2147483647 no_error on 1", "arm_timer notice on 1"}));
  EXPECT_EQ(s.after(timer_expired{timer::drain, 0}),
            (lines{"destroy_socket", "run_close_callbacks", "cancel_timer notice", "destroy_socket on 1",
                   "run_close_callbacks on 1", "cancel_timer notice on 1", "next_tick server_close",
                   "next_tick close_callback"}));
}

TEST(server, node_23_leaves_sessions_alone) {
  auto s = scenario::with_session("node-23.1.0");
  EXPECT_EQ(s.after(close_called{}), (lines{"stop_listening"}));
  EXPECT_EQ(s.after(recv_headers{0, 1, true}), (lines{"notify server_stream 1", "notify stream_end 1"}));
  EXPECT_TRUE(s.server().is_closing());
}

TEST(server, node_24_sends_goaway_twice_then_fin) {
  auto s = scenario::with_session("node-24.21.0");
  EXPECT_EQ(s.after(close_called{}), (lines{"stop_listening", "send_goaway 0 no_error"}));
  EXPECT_EQ(s.after(output_flushed{0}), (lines{"send_goaway 0 no_error"}));
  EXPECT_EQ(s.after(output_flushed{0}), (lines{"shutdown_write"})) << "no timer waits for the peer's FIN";
  EXPECT_EQ(s.after(peer_fin{0}), (lines{"notify socket_end", "destroy_socket", "run_close_callbacks", "next_tick server_close",
                                         "next_tick close_callback"}));
}

TEST(server, sweeping_before_stopping_leaves_the_listener_open_until_a_later_turn) {
  auto s = scenario::with_session("mutant-sweep-before-stop");
  EXPECT_EQ(s.after(close_called{}), (lines{"send_goaway 0 no_error", "run_deferred"}));
  EXPECT_TRUE(s.server().listener_open());
  s.after(connection_accepted{1});
  EXPECT_EQ(s.after(deferred_ran{}), (lines{"stop_listening"}));
  EXPECT_EQ(s.after(recv_settings{1}), (lines{"send_settings_ack on 1"})) << "the late session is never told";
}

TEST(server, session_close_drains_one_session_and_keeps_listening) {
  auto s = scenario::with_session("rfc9113");
  EXPECT_EQ(s.after(session_close_called{0}), (lines{"send_goaway 0 no_error"}));
  EXPECT_EQ(s.after(output_flushed{0}), (lines{"shutdown_write", "arm_timer linger"}));
  EXPECT_EQ(s.server().state(), net_server::state::listening);
}

TEST(server, a_goaway_of_the_peer_drains_in_node_and_is_noted_elsewhere) {
  auto node = scenario::with_session("node-24.21.0");
  EXPECT_EQ(node.after(recv_goaway{0, 0, error_code::no_error}), (lines{"notify session_goaway", "send_goaway 0 no_error"}));
  auto other = scenario::with_session("rfc9113");
  EXPECT_EQ(other.after(recv_goaway{0, 0, error_code::no_error}), (lines{"notify session_goaway"}));
}

TEST(server, a_second_phase_by_ping_ack_waits_for_the_peer) {
  auto s = scenario::with_session("mutant-second-phase-by-ack-only");
  EXPECT_EQ(s.after(close_called{}), (lines{"stop_listening", "send_goaway 2147483647 no_error", "send_ping"}));
  EXPECT_EQ(s.after(recv_ping_ack{0}), (lines{"send_goaway 0 no_error", "arm_timer drain"}));
}

TEST(server, a_second_phase_by_the_next_headers_waits_for_a_request) {
  auto s = scenario::with_session("mutant-second-phase-by-next-headers");
  s.after(close_called{});
  EXPECT_EQ(s.after(recv_headers{0, 1, true}),
            (lines{"notify server_stream 1", "notify stream_end 1", "send_goaway 1 no_error", "arm_timer drain"}));
}

TEST(server, only_the_mutant_lets_a_ping_move_the_deadline) {
  auto right = scenario::with_session("rfc9113");
  right.after(close_called{});
  EXPECT_EQ(right.after(recv_ping{0}), (lines{"send_ping_ack"}));
  auto wrong = scenario::with_session("mutant-control-frames-rearm-deadline");
  wrong.after(close_called{});
  EXPECT_EQ(wrong.after(recv_ping{0}), (lines{"send_ping_ack", "arm_timer drain"}));
}

// --- streams ----------------------------------------------------------------------------------------------------------

TEST(server, reset_tells_the_application_once) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  EXPECT_EQ(s.after(recv_rst_stream{0, 1, error_code::cancel}),
            (lines{"notify request_error 1 cancel failed", "notify stream_close 1 cancel"}));
  EXPECT_EQ(s.after(recv_rst_stream{0, 1, error_code::cancel}), lines{});
  EXPECT_EQ(s.after(handler_finished{0, 1}), lines{});
  EXPECT_EQ(s.connection().streams_open, 0U);
  EXPECT_TRUE(s.connection().requests.empty());
}

TEST(server, reset_while_draining_releases_its_slot_and_lets_the_session_end) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  s.close_up_to_the_final_goaway();
  EXPECT_EQ(s.after(recv_rst_stream{0, 1, error_code::cancel}),
            (lines{"notify request_error 1 cancel failed", "notify stream_close 1 cancel", "shutdown_write",
                   "arm_timer linger"}));
}

TEST(server, the_mutant_that_skips_listeners_of_a_committed_response_tells_nobody_of_its_reset) {
  auto s = scenario::with_session("mutant-committed-skips-listeners");
  s.after(recv_headers{0, 1, true});
  s.after(handler_responded{0, 1});
  EXPECT_EQ(s.after(recv_rst_stream{0, 1, error_code::cancel}), lines{"notify stream_close 1 cancel"});
}

TEST(server, early_response_is_reset_no_error) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, false});
  EXPECT_EQ(s.after(handler_finished{0, 1}), (lines{"send_headers 1", "send_data 1 length 0 end"}));
  EXPECT_EQ(s.after(end_stream_written{0, 1}),
            (lines{"notify request_completed 1", "send_rst_stream 1 no_error", "notify stream_close 1"}));
  EXPECT_EQ(s.connection().streams_open, 0U);
}

TEST(server, node_keeps_an_early_response_open_while_the_handler_reads) {
  auto s = scenario::with_session("node-24.21.0");
  s.after(recv_headers{0, 1, false});
  s.after(handler_read{0, 1});
  s.after(handler_finished{0, 1});
  EXPECT_EQ(s.after(end_stream_written{0, 1}), lines{"notify request_completed 1"});
  EXPECT_EQ(s.connection().streams_open, 1U);
  EXPECT_EQ(s.after(recv_data{0, 1, 5, true}),
            (lines{"return_window 5", "notify stream_data 1", "notify stream_end 1", "notify stream_close 1"}));
  EXPECT_EQ(s.connection().streams_open, 0U);
}

TEST(server, a_reset_after_an_early_response_releases_its_slot_and_is_no_failure) {
  auto s = scenario::with_session("node-24.21.0");
  s.after(recv_headers{0, 1, false});
  s.after(handler_read{0, 1});
  s.after(handler_finished{0, 1});
  s.after(end_stream_written{0, 1});
  ASSERT_EQ(s.connection().requests[0].stream, http2_stream::state::half_closed_local);
  EXPECT_EQ(s.after(recv_rst_stream{0, 1, error_code::cancel}), lines{"notify stream_close 1 cancel"});
  EXPECT_EQ(s.connection().streams_open, 0U);
  EXPECT_TRUE(s.connection().requests.empty());
}

TEST(server, data_after_end_stream_is_a_stream_error) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  EXPECT_EQ(s.after(recv_data{0, 1, 1, false}),
            (lines{"return_window 1", "send_rst_stream 1 stream_closed", "notify request_error 1 stream_closed failed",
                   "notify stream_close 1 stream_closed"}));
  EXPECT_EQ(s.connection().session, http2_session::state::open) << "the connection goes on";
}

TEST(server, a_body_reaches_only_a_handler_that_reads_it) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, false});
  s.after(recv_headers{0, 3, false});
  EXPECT_EQ(s.after(handler_read{0, 1}), lines{});
  EXPECT_EQ(s.after(recv_data{0, 1, 5, false}), (lines{"return_window 5", "notify stream_data 1"}));
  EXPECT_EQ(s.after(recv_data{0, 3, 5, false}), lines{"return_window 5"});
  EXPECT_EQ(s.after(recv_data{0, 1, 5, true}), (lines{"return_window 5", "notify stream_data 1", "notify stream_end 1"}));
}

TEST(server, a_stream_over_the_limit_is_refused_and_a_request_over_it_waits_for_the_handler) {
  auto s = scenario::with_session("rfc9113-one-stream");
  s.after(recv_headers{0, 1, true});
  EXPECT_EQ(s.after(recv_headers{0, 3, true}), lines{"send_rst_stream 3 refused_stream"});
  s.after(recv_rst_stream{0, 1, error_code::cancel});
  EXPECT_EQ(s.connection().streams_open, 0U);
  ASSERT_EQ(s.connection().requests.size(), 1U) << "its handler still runs";
  EXPECT_EQ(s.after(recv_headers{0, 5, true}), lines{}) << "it waits";
  EXPECT_EQ(s.after(handler_finished{0, 1}), (lines{"notify server_stream 5"}));
  ASSERT_EQ(s.connection().requests.size(), 1U);
  EXPECT_EQ(s.connection().requests[0].exchange, exchange::state::dispatched);
}

TEST(server, a_request_that_is_reset_while_it_waits_is_never_told) {
  auto s = scenario::with_session("rfc9113-one-stream");
  s.after(recv_headers{0, 1, true});
  s.after(recv_rst_stream{0, 1, error_code::cancel});
  s.after(recv_headers{0, 3, true});
  for (const auto& line : s.after(recv_rst_stream{0, 3, error_code::cancel})) EXPECT_EQ(line.find("request_"), std::string::npos);
  EXPECT_EQ(s.after(handler_finished{0, 1}), lines{});
  EXPECT_TRUE(s.connection().requests.empty());
}

TEST(server, discarded_data_returns_to_the_window) {
  auto s = scenario::with_session("rfc9113");
  EXPECT_EQ(s.after(recv_data{0, 3, 5, true}), lines{"return_window 5"}) << "of a stream it does not know";
  auto keeps = scenario::with_session("mutant-discarded-data-keeps-window");
  EXPECT_EQ(keeps.after(recv_data{0, 3, 5, true}), lines{});
}

TEST(server, trailers_end_the_request) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, false});
  s.after(recv_headers{0, 1, true});
  EXPECT_EQ(s.connection().requests[0].stream, http2_stream::state::half_closed_remote);
}

TEST(server, a_stream_id_is_not_used_twice) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 3, true});
  s.after(recv_rst_stream{0, 3, error_code::cancel});
  EXPECT_EQ(s.after(recv_headers{0, 3, true}), lines{});
  EXPECT_EQ(s.after(recv_headers{0, 1, true}), lines{}) << "RFC 9113 5.1.1: opening 3 closed 1";
}

// --- the end of a connection ------------------------------------------------------------------------------------------

TEST(server, peer_half_close_lets_complete_requests_finish_and_fails_the_others) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  s.after(recv_headers{0, 3, false});
  EXPECT_EQ(s.after(peer_fin{0}),
            (lines{"notify socket_end", "notify request_error 3 failed", "notify stream_close 3"}));
  EXPECT_EQ(s.after(handler_finished{0, 1}), (lines{"send_headers 1", "send_data 1 length 0 end"}));
  EXPECT_EQ(s.after(end_stream_written{0, 1}), (lines{"notify request_completed 1", "notify stream_close 1"}));
  EXPECT_EQ(s.after(output_flushed{0}), (lines{"shutdown_write", "destroy_socket", "run_close_callbacks"}));
  EXPECT_EQ(s.server().connections_counted(), 0U);
}

TEST(server, peer_half_close_drops_everything_in_node) {
  auto s = scenario::with_session("node-24.21.0");
  s.after(recv_headers{0, 1, true});
  s.after(recv_headers{0, 3, false});
  EXPECT_EQ(s.after(peer_fin{0}),
            (lines{"notify socket_end", "notify request_error 1 failed", "notify request_error 3 failed", "shutdown_write",
                   "destroy_socket", "run_close_callbacks"}));
}

TEST(server, the_mutant_that_closes_after_fin_does_not_wait_for_the_peer) {
  auto s = scenario::with_session("mutant-closes-with-unread-input");
  s.after(close_called{});
  s.after(timer_expired{timer::notice, 0});
  EXPECT_EQ(s.after(output_flushed{0}), (lines{"shutdown_write", "destroy_socket", "run_close_callbacks", "cancel_timer drain",
                                               "next_tick server_close", "next_tick close_callback"}));
}

TEST(server, a_connection_error_fails_the_streams_says_goaway_and_destroys) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, true});
  EXPECT_EQ(s.after(recv_invalid{0, error_code::protocol_error}),
            (lines{"notify request_error 1 protocol_error failed", "send_goaway 1 protocol_error", "destroy_socket",
                   "run_close_callbacks"}));
}

TEST(server, a_reset_connection_is_reported_as_an_error_and_closed_once) {
  auto s = scenario::with_session("rfc9113");
  EXPECT_EQ(s.after(peer_rst{0}),
            (lines{"notify socket_error failed", "destroy_socket", "run_close_callbacks",
                   "notify session_error failed"}));
  EXPECT_EQ(s.after(peer_rst{0}), lines{});
  EXPECT_EQ(s.after(close_callbacks_ran{0}), lines{"notify socket_close failed"});
  EXPECT_EQ(s.after(close_callbacks_ran{0}), lines{});
  EXPECT_EQ(s.server().connections_counted(), 0U);
}

TEST(server, a_slot_is_used_again_without_a_trace_of_the_old_connection) {
  auto s = scenario::with_session("rfc9113");
  s.after(recv_headers{0, 1, false});
  s.after(peer_rst{0});
  s.after(close_callbacks_ran{0});
  s.open_session(0);
  const scenario fresh = scenario::with_session("rfc9113");
  EXPECT_TRUE(s.connection() == fresh.connection());
}

}  // namespace
}  // namespace lastcall::model::test
