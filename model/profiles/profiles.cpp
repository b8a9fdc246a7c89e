#include "model/profiles/profiles.hpp"

#include <array>

#include "model/profiles/jetty.hpp"

namespace lastcall::model {
namespace {

/// What a right server does: two GOAWAYs with a timer between them, a deadline for the whole drain, a bounded linger.
constexpr profile rfc9113{
    .name = "rfc9113",
    .source = "RFC 9113 5.1, 6.8, 8.1, 8.7, 9.1; RFC 9112 9.6 for the staged close",
    .speaks = protocols(protocol::http2, protocol::servlet),
    .registration = registration::on_preface,
    .late_session = late_session::drained,
    .close_announces = close_announces::notice,
    .second_phase = second_phase::on_timer,
    .above_last_id = above_last_id::refused,
    .early_response = early_response::resets_stream,
    .after_fin = after_fin::lingers,
    .drain_deadline = drain_deadline::from_close,
};

/// Node since 24: one GOAWAY with the real last id, another when the session ends, no timer anywhere.
constexpr profile node_24{
    .name = "node-24.21.0",
    .source = "measured on Node 24.21.0; nodejs/node#57668",
    .speaks = protocols(protocol::http2, protocol::tcp),
    .registration = registration::on_accept,
    .close_announces = close_announces::final_goaway,
    .above_last_id = above_last_id::ignored,
    .farewell = farewell::goaway,
    .early_response = early_response::resets_unless_reading,
    .after_fin = after_fin::waits_for_peer,
    .peer_half_close = peer_half_close::drops_everything,
    .peer_goaway = peer_goaway::drains_session,
};

/// Node up to 23: close() stops the listener and leaves the sessions alone.
constexpr profile node_23 = [] {
  profile made = node_24;
  made.name = "node-23.1.0";
  made.source = "measured on Node 23.1.0; nodejs/node#57611";
  made.close_announces = close_announces::nothing;
  made.net.reset_behind_data = reset_behind_data::is_an_end;
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

/// Node 20.3.1: as later in 20, but a session ends with its last stream, and a listen() that is under way survives close().
constexpr profile node_20_3 = [] {
  profile made = node_20_20;
  made.name = "node-20.3.1";
  made.source = "measured on Node 20.3.1; nodejs/node#42713";
  made.session_ends = session_ends::with_last_stream;
  made.net.listen_in_progress = listen_in_progress::listens_after_close;
  return made;
}();

/// The same decisions, measured in other releases.
constexpr profile renamed(profile made, std::string_view name, std::string_view source) {
  made.name = name;
  made.source = source;
  return made;
}

constexpr std::array field{
    rfc9113,
    node_20_3,
    node_20_20,
    node_23,
    node_24,
    renamed(node_24, "node-26.10.0", "measured on Node 26.10.0"),
    jetty_9,
    jetty_11,
    jetty_12_14_ee9,
    jetty_12_14_ee10,
    jetty_12_15_ee9,
    jetty_12_15,
};

template <class Change>
constexpr profile mutant(std::string_view name, std::string_view source, profile made, Change change) {
  made.name = name;
  made.source = source;
  change(made);
  return made;
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
    mutant("mutant-reset-counted-twice", "CVE-2024-34750", rfc9113,
           [](profile& p) { p.reset_counts = reset_counts::twice; }),
    mutant("mutant-closes-with-unread-input", "golang/go#18701", rfc9113,
           [](profile& p) { p.after_fin = after_fin::closes; }),
    mutant("mutant-committed-skips-listeners", "jetty/jetty.project#12313", rfc9113,
           [](profile& p) { p.reset_reaches_application = reset_reaches_application::unless_committed; }),
    mutant("mutant-late-close-forgotten", "jetty/jetty.project#8811", rfc9113,
           [](profile& p) { p.close_when_closed = close_when_closed::forgets; }),
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
