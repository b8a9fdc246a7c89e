// A profile: the decisions in which one server differs from another. Systems in the field share their machines and
// differ in these rows; nothing here says which of them are wrong, that is for the checker to find.
#pragma once

#include <boost/describe/enum.hpp>
#include <cstdint>
#include <string_view>

#include "model/http1_decisions.hpp"

namespace lastcall::model {

/// What a server speaks, as far as it is modelled: each has a composition of machines, a world and claims of its own.
BOOST_DEFINE_FIXED_ENUM_CLASS(protocol, std::uint8_t,
  http2,    ///< HTTP/2 server connections
  http1,    ///< HTTP/1 connections, with their timers
  tcp,      ///< bare sockets
  servlet,  ///< one HTTP/2 request as a Servlet application sees it
  client    ///< HTTP/2 client connections
)

class protocols {
 public:
  template <class... Each>
  constexpr explicit protocols(Each... each) : bits_((0U | ... | bit(each))) {}
  constexpr bool has(protocol one) const { return (bits_ & bit(one)) != 0; }

 private:
  static constexpr std::uint32_t bit(protocol one) { return 1U << static_cast<unsigned>(one); }
  std::uint32_t bits_;
};

/// When the listener hands over a connection: once it is there, or once its first bytes are (TCP_DEFER_ACCEPT). One that
/// says nothing then stays unknown to the server, and the kernel forgets it in silence when the listener closes.
BOOST_DEFINE_FIXED_ENUM_CLASS(accepts, std::uint8_t, connections, first_bytes)

/// When a connection becomes a session that close() can find.
BOOST_DEFINE_FIXED_ENUM_CLASS(registration, std::uint8_t, on_accept, on_preface)

/// When the server's SETTINGS go out.
BOOST_DEFINE_FIXED_ENUM_CLASS(server_preface, std::uint8_t, on_accept, after_client_preface)

/// What close() does to a connection that has not registered: nothing, destroy it, or destroy it if its preface does not
/// come within a while (Go: five seconds).
BOOST_DEFINE_FIXED_ENUM_CLASS(without_preface, std::uint8_t, kept, destroyed, destroyed_after_grace)

/// What a session does that registers after close() was called.
BOOST_DEFINE_FIXED_ENUM_CLASS(late_session, std::uint8_t, drained, served)

/// What close() sends to each registered session: nothing, the GOAWAY that counts, first one that only warns, or the one
/// that counts but only when no request is left in the whole server.
BOOST_DEFINE_FIXED_ENUM_CLASS(close_announces, std::uint8_t, nothing, final_goaway, notice, final_goaway_when_quiet)

/// What close() does to requests under way: it lets them finish, or it destroys their connections behind the GOAWAY.
BOOST_DEFINE_FIXED_ENUM_CLASS(requests_at_close, std::uint8_t, finished, dropped)

/// In which order close() does its two jobs. `sessions_first` leaves the listener open until a later turn.
BOOST_DEFINE_FIXED_ENUM_CLASS(close_order, std::uint8_t, listener_first, sessions_first)

/// What moves a session from the warning GOAWAY to the one that counts.
BOOST_DEFINE_FIXED_ENUM_CLASS(second_phase, std::uint8_t, on_timer, on_ping_ack, on_ping_ack_or_timer, on_next_headers, on_quiescence)

/// What happens to a stream above the last id of the final GOAWAY (RFC 9113 6.8). The last two take a peer that could not
/// know better for one that breaks the protocol: by its HEADERS, or by the frames behind them.
BOOST_DEFINE_FIXED_ENUM_CLASS(above_last_id, std::uint8_t, ignored, refused, served, headers_are_errors, later_frames_are_errors)

/// Which last id the final GOAWAY carries: the highest stream handed to the application, or 0 whatever was handed over.
BOOST_DEFINE_FIXED_ENUM_CLASS(last_id, std::uint8_t, highest_handed_over, zero)

/// What idle ends: a session that has announced its final GOAWAY, or also one that has only given notice.
BOOST_DEFINE_FIXED_ENUM_CLASS(idle_ends, std::uint8_t, after_final_goaway, after_any_goaway)

/// SETTINGS_MAX_CONCURRENT_STREAMS that the server announces (RFC 9113 5.1.2): none, or the smallest there is.
BOOST_DEFINE_FIXED_ENUM_CLASS(stream_limit, std::uint8_t, none, one)

/// What the limit is held against. A stream that is reset frees its place while its handler still runs, so that one count
/// does not do for both: streams over the limit are refused, requests over it wait for a handler to return.
BOOST_DEFINE_FIXED_ENUM_CLASS(limit_counts, std::uint8_t, streams_and_handlers, streams, handlers)

/// Requests that wait for a handler when close() is called.
BOOST_DEFINE_FIXED_ENUM_CLASS(waiting_requests, std::uint8_t, run_while_draining, parked)

/// A frame on a stream that is closed and whose id is not new (RFC 9113 5.1).
BOOST_DEFINE_FIXED_ENUM_CLASS(closed_stream_frames, std::uint8_t, ignored, are_errors)

/// DATA that no application will read: it returns to the window of the connection, or it does not (RFC 9113 6.9).
BOOST_DEFINE_FIXED_ENUM_CLASS(discarded_data, std::uint8_t, returns_window, keeps_window)

/// When the send pump runs: in a turn of its own, or inside the call that submits a frame.
BOOST_DEFINE_FIXED_ENUM_CLASS(send_pump, std::uint8_t, own_turn, inside_submit)

/// Where RST_STREAM waits: with the frames that no window holds back, or behind the DATA of its stream (RFC 9113 5.2.1).
BOOST_DEFINE_FIXED_ENUM_CLASS(reset_order, std::uint8_t, control_frame, behind_data)

/// When a draining session counts as idle. `complete_requests_answered` does not wait for a request that is still coming in,
/// `peer_has_left` waits for the peer besides.
BOOST_DEFINE_FIXED_ENUM_CLASS(idle_means, std::uint8_t, everything_written, handlers_done, complete_requests_answered, peer_has_left)

/// What an idle draining session still says before its FIN.
BOOST_DEFINE_FIXED_ENUM_CLASS(farewell, std::uint8_t, none, goaway)

/// A complete response before the request is complete (RFC 9113 8.1): RST_STREAM with NO_ERROR, with CANCEL, or with
/// NO_ERROR and only if the handler does not read the request.
BOOST_DEFINE_FIXED_ENUM_CLASS(early_response, std::uint8_t, resets_stream, cancels_stream, resets_unless_reading)

/// What follows our FIN: wait for the peer's with a timer, without one, or close at once. `reads_on_before` sends no FIN by
/// itself: it reads for a while, then closes both directions (Go).
BOOST_DEFINE_FIXED_ENUM_CLASS(after_fin, std::uint8_t, lingers, waits_for_peer, closes, reads_on_before)

/// A peer that half-closes while requests are active. `cancels_streams` drops everything but says so on each stream.
BOOST_DEFINE_FIXED_ENUM_CLASS(peer_half_close, std::uint8_t, finishes_requests, drops_everything, cancels_streams)

/// A connection error (RFC 9113 5.4.1) behind the GOAWAY that counts: it ends the connection, or the GOAWAY already sent
/// is taken for all that there is to do, while nothing is read any more.
BOOST_DEFINE_FIXED_ENUM_CLASS(error_after_goaway, std::uint8_t, ends_connection, stops_reading)

/// A GOAWAY received. Its last id speaks of streams that the server opened; `fails_streams_above` takes it for the client's.
BOOST_DEFINE_FIXED_ENUM_CLASS(peer_goaway, std::uint8_t, noted, drains_session, fails_streams_above)

/// When the drain timer starts, if there is one.
BOOST_DEFINE_FIXED_ENUM_CLASS(drain_deadline, std::uint8_t, none, from_close, from_final_goaway)

/// What may move the drain timer.
BOOST_DEFINE_FIXED_ENUM_CLASS(drain_timer, std::uint8_t, absolute, rearmed_by_control_frames, cleared_by_final_goaway)

/// What happens at the drain deadline to a connection that has not finished. One that lingers is left to its own timer,
/// except by `destroys_lingering_too`; `announces` says GOAWAY before it destroys.
BOOST_DEFINE_FIXED_ENUM_CLASS(at_deadline, std::uint8_t, destroys, destroys_lingering_too, announces, flushes_farewell, spares_announced)

/// When the application learns of RST_STREAM.
BOOST_DEFINE_FIXED_ENUM_CLASS(reset_reaches_application, std::uint8_t, always, unless_committed)

/// When a session that was told to close ends: in a turn after its last stream, or with that stream, which closes while the
/// write of its END_STREAM is being put together. What that write had in it is then lost (nodejs/node#42713).
BOOST_DEFINE_FIXED_ENUM_CLASS(session_ends, std::uint8_t, after_last_stream, with_last_stream)

/// How a reset leaves the count of open streams.
BOOST_DEFINE_FIXED_ENUM_CLASS(reset_counts, std::uint8_t, once, twice, never)

/// What a close() on a closed server does with its callback.
BOOST_DEFINE_FIXED_ENUM_CLASS(close_when_closed, std::uint8_t, calls_back, forgets)

/// What maxConnections = 0 means (net.Server).
BOOST_DEFINE_FIXED_ENUM_CLASS(zero_connections_max, std::uint8_t, unlimited, nobody)

/// What becomes of a listen() that still looks up its host when close() is called (net.Server).
BOOST_DEFINE_FIXED_ENUM_CLASS(listen_in_progress, std::uint8_t, listens_after_close, given_up)

/// What the reader of a socket is told of a RST that waits behind unread data: the end of input (libuv 1.45, at POLLHUP), or
/// ECONNRESET.
BOOST_DEFINE_FIXED_ENUM_CLASS(reset_behind_data, std::uint8_t, is_an_end, is_an_error)

/// The decisions of a server whose application sees sockets.
struct net_decisions {
  model::zero_connections_max zero_connections_max = zero_connections_max::nobody;
  model::listen_in_progress listen_in_progress = listen_in_progress::given_up;
  model::reset_behind_data reset_behind_data = reset_behind_data::is_an_error;
  std::uint32_t high_water_mark = 65536;  ///< bytes a socket that nobody reads buffers before it stops reading
};

/// Servlet: what becomes of an asynchronous request whose stream is lost when its response is committed. `unnoticed`: nothing,
/// until the application writes; `ends_untold`: it ends and nobody is told.
BOOST_DEFINE_FIXED_ENUM_CLASS(committed_failure, std::uint8_t, tells_listeners, ends_untold, unnoticed)

/// Servlet: what follows ReadListener.onError for the AsyncListeners and the request.
BOOST_DEFINE_FIXED_ENUM_CLASS(reader_failure, std::uint8_t, reaches_request, ends_there)

/// Servlet: what a ReadListener hears of a lost stream when it has had onAllDataRead.
BOOST_DEFINE_FIXED_ENUM_CLASS(reader_after_end, std::uint8_t, not_told, told)

/// Servlet: what a listener hears that is registered when the stream is lost already.
BOOST_DEFINE_FIXED_ENUM_CLASS(late_listener, std::uint8_t, told, not_told)

/// Servlet: the asynchronous timeout of a request whose response is committed. `lingers`: onTimeout is called, and nobody can end
/// the request after that.
BOOST_DEFINE_FIXED_ENUM_CLASS(timeout_after_commit, std::uint8_t, resets_stream, ends_response, lingers)

/// What a Servlet container decides. The machines are servlet_request and servlet_output.
struct servlet_decisions {
  model::committed_failure committed_failure = committed_failure::tells_listeners;
  model::reader_failure reader_failure = reader_failure::reaches_request;
  model::reader_after_end reader_after_end = reader_after_end::not_told;
  model::late_listener late_listener = late_listener::told;
  model::timeout_after_commit timeout_after_commit = timeout_after_commit::resets_stream;
};

/// In which order an HTTP/2 client records a GOAWAY, tells its application and fails the requests above its last id.
BOOST_DEFINE_FIXED_ENUM_CLASS(goaway_order, std::uint8_t, record_notify_fail, notify_first, fail_first)

/// Streams that a client would open below the last id of the GOAWAY it has received.
BOOST_DEFINE_FIXED_ENUM_CLASS(below_last_id, std::uint8_t, not_opened, opened)

/// A request whose HEADERS are submitted and not written when a GOAWAY excludes it.
BOOST_DEFINE_FIXED_ENUM_CLASS(unwritten_request, std::uint8_t, told, forgotten)

/// What the last id of a client's own GOAWAY limits.
BOOST_DEFINE_FIXED_ENUM_CLASS(own_goaway, std::uint8_t, limits_peers_streams, limits_own_streams)

/// RST_STREAM behind a complete response that the application has not read (RFC 9113 8.1).
BOOST_DEFINE_FIXED_ENUM_CLASS(late_reset, std::uint8_t, ignored, fails_response)

/// The decisions of a client.
struct client_decisions {
  model::goaway_order goaway_order = goaway_order::record_notify_fail;
  model::below_last_id below_last_id = below_last_id::not_opened;
  model::unwritten_request unwritten_request = unwritten_request::told;
  model::own_goaway own_goaway = own_goaway::limits_peers_streams;
  model::late_reset late_reset = late_reset::ignored;
};

/// How long a server's timers run, in milliseconds; 0 where nobody said it. No decision hangs on them: they say whether a
/// log's silence was long enough for a timer.
struct durations {
  std::uint32_t preface_ms = 0;
  std::uint32_t notice_ms = 0;
  std::uint32_t linger_ms = 0;
  std::uint32_t drain_ms = 0;
};

struct profile {
  std::string_view name;
  std::string_view source;  ///< where the decisions were read or measured
  protocols speaks = protocols(protocol::http2);
  model::accepts accepts = accepts::connections;
  model::registration registration = registration::on_accept;
  model::server_preface server_preface = server_preface::on_accept;
  model::without_preface without_preface = without_preface::kept;
  model::late_session late_session = late_session::drained;
  model::close_announces close_announces = close_announces::final_goaway;
  model::requests_at_close requests_at_close = requests_at_close::finished;
  model::close_order close_order = close_order::listener_first;
  model::second_phase second_phase = second_phase::on_timer;
  model::above_last_id above_last_id = above_last_id::ignored;
  model::last_id last_id = last_id::highest_handed_over;
  model::idle_ends idle_ends = idle_ends::after_final_goaway;
  model::idle_means idle_means = idle_means::everything_written;
  model::farewell farewell = farewell::none;
  model::early_response early_response = early_response::resets_stream;
  model::after_fin after_fin = after_fin::lingers;
  model::peer_half_close peer_half_close = peer_half_close::finishes_requests;
  model::error_after_goaway error_after_goaway = error_after_goaway::ends_connection;
  model::peer_goaway peer_goaway = peer_goaway::noted;
  model::drain_deadline drain_deadline = drain_deadline::none;
  model::drain_timer drain_timer = drain_timer::absolute;
  model::at_deadline at_deadline = at_deadline::destroys;
  model::reset_reaches_application reset_reaches_application = reset_reaches_application::always;
  model::session_ends session_ends = session_ends::after_last_stream;
  model::reset_counts reset_counts = reset_counts::once;
  model::close_when_closed close_when_closed = close_when_closed::calls_back;
  model::stream_limit stream_limit = stream_limit::none;
  model::limit_counts limit_counts = limit_counts::streams_and_handlers;
  model::waiting_requests waiting_requests = waiting_requests::run_while_draining;
  model::closed_stream_frames closed_stream_frames = closed_stream_frames::ignored;
  model::discarded_data discarded_data = discarded_data::returns_window;
  model::send_pump send_pump = send_pump::own_turn;
  model::reset_order reset_order = reset_order::control_frame;
  net_decisions net{};
  servlet_decisions servlet = {};
  http1::decisions http1{};
  client_decisions client{};
  model::durations durations = {};
};

}  // namespace lastcall::model
