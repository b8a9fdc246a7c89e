#include "model/profiles/profiles.hpp"

#include <algorithm>
#include <array>

#include "model/profiles/jetty.hpp"
#include "model/profiles/other_servers.hpp"

namespace lastcall::model {
namespace {

/// What a right server does: two GOAWAYs with a timer between them, a deadline for the whole drain, a bounded linger.
constexpr profile rfc9113{
    .name = "rfc9113",
    .source = "RFC 9113 5.1, 6.8, 8.1, 8.7, 9.1; RFC 9112 9.6 for the staged close",
    .speaks = protocols(protocol::http2, protocol::http1, protocol::servlet, protocol::client),
    .registration = registration::on_preface,
    .late_session = late_session::drained,
    .close_announces = close_announces::notice,
    .second_phase = second_phase::on_timer,
    .above_last_id = above_last_id::refused,
    .early_response = early_response::resets_stream,
    .after_fin = after_fin::lingers,
    .drain_deadline = drain_deadline::from_close,
    .http1 = {},
};

/// Node's http.Server since 19: close() destroys idle connections, once, and with them the timer that checks the others.
constexpr http1::decisions node_http1{
    .deadlines = http1::deadlines::since_listening,
    .deadlines_at_close = http1::deadlines_at_close::dropped,
    .close_sweeps = http1::close_sweeps::once,
    .idle_means = http1::idle_means::responses_ended,
    .response_ends = http1::response_ends::when_ended,
    .idle_close = http1::idle_close::destroys,
    .closing_response = http1::closing_response::keeps_alive,
    .after_last_response = http1::after_last_response::closes,
    .keep_alive_ends = http1::keep_alive_ends::at_head,
    .half_close = http1::half_close::ends_at_once,
    .cancelled_write = http1::cancelled_write::is_lost,
    .request_close = http1::request_close::tick_after,
    .keep_alive_buffer_ms = 1000,
};

/// The same with the smallest limit on concurrent streams, so that small worlds reach it.
constexpr profile one_stream = [] {
  profile made = rfc9113;
  made.speaks = protocols(protocol::http2);
  made.name = "rfc9113-one-stream";
  made.source = "RFC 9113 5.1.2 and 10.5: SETTINGS_MAX_CONCURRENT_STREAMS is 1, and one handler runs at a time";
  made.stream_limit = stream_limit::one;
  return made;
}();

/// Its client's side, for mutants that are clients.
constexpr profile client_only = [] {
  profile made = rfc9113;
  made.speaks = protocols(protocol::client);
  return made;
}();

/// Node since 24: one GOAWAY with the real last id, another when the session ends, no timer anywhere.
constexpr profile node_24{
    .name = "node-24.21.0",
    .source = "measured on Node 24.21.0; nodejs/node#57668",
    .speaks = protocols(protocol::http2, protocol::http1, protocol::tcp),
    .registration = registration::on_accept,
    .close_announces = close_announces::final_goaway,
    .above_last_id = above_last_id::ignored,
    .farewell = farewell::goaway,
    .early_response = early_response::resets_unless_reading,
    .after_fin = after_fin::waits_for_peer,
    .peer_half_close = peer_half_close::drops_everything,
    .peer_goaway = peer_goaway::drains_session,
    .http1 = node_http1,
};

/// Node up to 23: close() stops the listener and leaves the sessions alone.
constexpr profile node_23 = [] {
  profile made = node_24;
  made.name = "node-23.1.0";
  made.source = "measured on Node 23.1.0; nodejs/node#57611";
  made.close_announces = close_announces::nothing;
  made.http1.cancelled_write = http1::cancelled_write::finishes;
  made.net.reset_behind_data = reset_behind_data::is_an_end;
  return made;
}();

/// Since nodejs/node#63470 a connection that never sent a byte is idle.
constexpr profile node_26 = [] {
  profile made = node_24;
  made.name = "node-26.10.0";
  made.source = "measured on Node 26.10.0; nodejs/node#63470";
  made.http1.idle_means = http1::idle_means::or_nothing_received;
  made.http1.request_close = http1::request_close::next_tick;
  return made;
}();

/// Node 20.20.2: as 23, with smaller buffers and another view of maxConnections.
constexpr profile node_20_20 = [] {
  profile made = node_23;
  made.name = "node-20.20.2";
  made.source = "measured on Node 20.20.2";
  made.net.zero_connections_max = zero_connections_max::unlimited;
  made.net.high_water_mark = 16384;
  return made;
}();

/// Node 20.3.1: as later in 20, but a session ends with its last stream, a listen() that is under way survives close(), and
/// before nodejs/node#48611 the timer that checks HTTP/1 connections was created with the server.
constexpr profile node_20_3 = [] {
  profile made = node_20_20;
  made.name = "node-20.3.1";
  made.source = "measured on Node 20.3.1; nodejs/node#42713, nodejs/node#48604";
  made.session_ends = session_ends::with_last_stream;
  made.net.listen_in_progress = listen_in_progress::listens_after_close;
  made.http1.deadlines = http1::deadlines::since_construction;
  made.http1.keep_alive_buffer_ms = 0;
  return made;
}();

template <std::size_t A, std::size_t B>
constexpr std::array<profile, A + B> joined(const std::array<profile, A>& first, const std::array<profile, B>& second) {
  std::array<profile, A + B> both{};
  std::ranges::copy(first, both.begin());
  std::ranges::copy(second, both.begin() + A);
  return both;
}

constexpr std::array field = joined(std::array{
    rfc9113,
    one_stream,
    node_20_3,
    node_20_20,
    node_23,
    node_24,
    node_26,
    jetty_11,
    jetty_12_14_ee9,
    jetty_12_14_ee10,
    jetty_12_15_ee9,
    jetty_12_15,
}, detail::other_servers);

template <class Change>
constexpr profile mutant(std::string_view name, std::string_view source, profile made, Change change) {
  if (made.speaks.has(protocol::http2)) made.speaks = protocols(protocol::http2);
  made.name = name;
  made.source = source;
  change(made);
  return made;
}

/// A mutant of HTTP/1 alone. Without a drain deadline the defect is not covered up.
template <class Change>
constexpr profile http1_mutant(std::string_view name, std::string_view source, Change change) {
  return mutant(name, source, rfc9113, [change](profile& p) {
    p.speaks = protocols(protocol::http1);
    p.drain_deadline = drain_deadline::none;
    change(p.http1);
  });
}

constexpr std::array planted{
    mutant("mutant-sweep-before-stop", "nodejs/node#57668, second trigger", node_24,
           [](profile& p) { p.close_order = close_order::sessions_first; p.late_session = late_session::served; }),
    mutant("mutant-late-session-served", "golang/go#81153", rfc9113,
           [](profile& p) { p.late_session = late_session::served; p.drain_deadline = drain_deadline::none; }),
    mutant("mutant-idle-when-handlers-done", "nodejs/node#57809", rfc9113,
           [](profile& p) { p.idle_means = idle_means::handlers_done; }),
    mutant("mutant-deadline-spares-announced", "golang/go#53977, CVE-2022-27664", rfc9113,
           [](profile& p) { p.at_deadline = at_deadline::spares_announced; }),
    mutant("mutant-serves-above-last-id", "golang/go#55846", rfc9113,
           [](profile& p) { p.above_last_id = above_last_id::served; }),
    mutant("mutant-second-phase-by-ack-only", "hyperium/h2 go_away_gracefully", rfc9113,
           [](profile& p) { p.second_phase = second_phase::on_ping_ack; p.drain_deadline = drain_deadline::from_final_goaway; }),
    mutant("mutant-second-phase-by-next-headers", "apache/tomcat#917", rfc9113,
           [](profile& p) { p.second_phase = second_phase::on_next_headers; p.drain_deadline = drain_deadline::from_final_goaway; }),
    mutant("mutant-control-frames-rearm-deadline", "haproxy/haproxy#1891", rfc9113,
           [](profile& p) { p.drain_timer = drain_timer::rearmed_by_control_frames; }),
    mutant("mutant-farewell-awaited", "jetty/jetty.project#11259, CVE-2024-22201", rfc9113,
           [](profile& p) { p.at_deadline = at_deadline::flushes_farewell; }),
    mutant("mutant-final-goaway-clears-deadline", "Node http.Server close() and its checking timer", rfc9113,
           [](profile& p) { p.drain_timer = drain_timer::cleared_by_final_goaway; }),
    mutant("mutant-error-after-goaway-unheeded", "golang/go#53977, CVE-2022-27664", rfc9113,
           [](profile& p) { p.error_after_goaway = error_after_goaway::stops_reading; }),
    mutant("mutant-preface-unbounded", "hyperium/hyper#4170", rfc9113,
           [](profile& p) { p.drain_deadline = drain_deadline::from_final_goaway; }),
    mutant("mutant-waits-for-peer-to-leave", "grpc/grpc-go#5930", rfc9113,
           [](profile& p) { p.idle_means = idle_means::peer_has_left; p.drain_deadline = drain_deadline::none; }),
    mutant("mutant-waits-for-peers-end", "boostorg/asio#164", rfc9113,
           [](profile& p) { p.after_fin = after_fin::waits_for_peer; p.drain_deadline = drain_deadline::none; }),
    mutant("mutant-notice-ends-idle-session", "netty/netty#9207", rfc9113,
           [](profile& p) { p.idle_ends = idle_ends::after_any_goaway; }),
    mutant("mutant-last-id-zero", "oven-sh/bun#31584", rfc9113,
           [](profile& p) { p.last_id = last_id::zero; }),
    mutant("mutant-headers-above-last-id-are-errors", "nghttp2/nghttp2 6858cda3", rfc9113,
           [](profile& p) { p.above_last_id = above_last_id::headers_are_errors; }),
    mutant("mutant-frames-above-last-id-are-errors", "golang/go#55846", rfc9113,
           [](profile& p) { p.above_last_id = above_last_id::later_frames_are_errors; }),
    mutant("mutant-late-frames-are-errors", "jetty/jetty.project#4965", rfc9113,
           [](profile& p) { p.closed_stream_frames = closed_stream_frames::are_errors; }),
    mutant("mutant-peer-goaway-fails-streams", "hyperium/h2#885", rfc9113,
           [](profile& p) { p.peer_goaway = peer_goaway::fails_streams_above; }),
    mutant("mutant-discarded-data-keeps-window", "hyperium/h2#895, golang/go#20469", rfc9113,
           [](profile& p) { p.discarded_data = discarded_data::keeps_window; }),
    mutant("mutant-submit-runs-pump", "CVE-2026-56848, nodejs/node#42713", rfc9113,
           [](profile& p) { p.send_pump = send_pump::inside_submit; }),
    mutant("mutant-reset-behind-data", "golang/go#18111, hyperium/h2#896", rfc9113,
           [](profile& p) { p.reset_order = reset_order::behind_data; p.drain_deadline = drain_deadline::none; }),
    mutant("mutant-limit-counts-handlers", "dotnet/aspnetcore#12628", one_stream,
           [](profile& p) { p.limit_counts = limit_counts::handlers; }),
    mutant("mutant-limit-counts-streams", "CVE-2023-44487, CVE-2025-8671", one_stream,
           [](profile& p) { p.limit_counts = limit_counts::streams; }),
    mutant("mutant-waiting-requests-parked", "icing/mod_h2#212", one_stream,
           [](profile& p) { p.waiting_requests = waiting_requests::parked; }),
    mutant("mutant-reset-never-counted", "hyperium/h2 492f4e7, apache/tomcat 2362172583", rfc9113,
           [](profile& p) { p.reset_counts = reset_counts::never; }),
    mutant("mutant-reset-counted-twice", "CVE-2024-34750", rfc9113,
           [](profile& p) { p.reset_counts = reset_counts::twice; }),
    mutant("mutant-closes-with-unread-input", "golang/go#18701", rfc9113,
           [](profile& p) { p.after_fin = after_fin::closes; }),
    mutant("mutant-committed-skips-listeners", "jetty/jetty.project#12313", rfc9113,
           [](profile& p) { p.reset_reaches_application = reset_reaches_application::unless_committed; }),
    mutant("mutant-client-notifies-first", "netty/netty#8080", client_only,
           [](profile& p) { p.client.goaway_order = goaway_order::notify_first; }),
    mutant("mutant-client-fails-first", "netty/netty#9986", client_only,
           [](profile& p) { p.client.goaway_order = goaway_order::fail_first; }),
    mutant("mutant-client-opens-below-last-id", "haproxy/haproxy#3215", client_only,
           [](profile& p) { p.client.below_last_id = below_last_id::opened; }),
    mutant("mutant-client-forgets-unwritten", "grpc/grpc-java#12185", client_only,
           [](profile& p) { p.client.unwritten_request = unwritten_request::forgotten; }),
    mutant("mutant-client-goaway-limits-itself", "netty/netty 4ae8bdc6ec", client_only,
           [](profile& p) { p.client.own_goaway = own_goaway::limits_own_streams; }),
    mutant("mutant-client-late-reset-fails-response", "hyperium/hyper#4130", client_only,
           [](profile& p) { p.client.late_reset = late_reset::fails_response; }),
    mutant("mutant-late-close-forgotten", "jetty/jetty.project#8811", rfc9113,
           [](profile& p) { p.close_when_closed = close_when_closed::forgets; }),

    http1_mutant("mutant-http1-checks-unheard", "nodejs/node#48604: a timer that the server's construction starts",
                 [](http1::decisions& d) { d.deadlines = http1::deadlines::since_construction; }),
    http1_mutant("mutant-http1-second-timer", "nodejs/node#52118: a timer beside the one that runs",
                 [](http1::decisions& d) { d.deadlines = http1::deadlines::since_each_listening; }),
    http1_mutant("mutant-http1-keeps-idle", "nodejs/node-v0.x-archive#9066",
                 [](http1::decisions& d) { d.close_sweeps = http1::close_sweeps::never; d.keep_alive = http1::keep_alive::for_ever; }),
    http1_mutant("mutant-http1-parser-idle", "nodejs/node#43771",
                 [](http1::decisions& d) { d.idle_means = http1::idle_means::parser_idle; }),
    http1_mutant("mutant-http1-silent-not-idle", "nodejs/node#63470",
                 [](http1::decisions& d) { d.idle_means = http1::idle_means::responses_ended; d.deadlines_at_close = http1::deadlines_at_close::dropped; }),
    http1_mutant("mutant-http1-close-drops-deadlines", "Node http.Server close() and its checking timer",
                 [](http1::decisions& d) { d.deadlines_at_close = http1::deadlines_at_close::dropped; }),
};

}  // namespace

std::span<const profile> profiles() { return field; }
std::span<const profile> mutants() { return planted; }

const profile* find_profile(std::string_view name) {
  for (const auto table : {profiles(), mutants()})
    for (const profile& each : table)
      if (each.name == name) return &each;
  return nullptr;
}

}  // namespace lastcall::model
