// Servers of the field that are not Node: nginx, h2o, nghttpd, nghttpx, Go, Jetty 9.4, and the three strategies for the second
// of two GOAWAYs. Data only, to be included from profiles.cpp only.
//
// What "close" is for each: nginx and nghttpx QUIT, h2o and nghttpd TERM, Go `Server.Shutdown`, Jetty `Server.stop`. Timeouts that
// a server has in ordinary life too (nginx: 60 s for a client that neither reads nor sends) are no decisions about closing.
#pragma once

#include <array>

#include "model/profile.hpp"
#include "model/profiles/jetty.hpp"

namespace lastcall::model::detail {

template <class Change>
constexpr profile derived(profile made, std::string_view name, std::string_view source, Change change) {
  made.name = name;
  made.source = source;
  change(made);
  return made;
}

/// One GOAWAY with the real last id; a client that ignores the FIN is given `lingering_timeout`.
constexpr profile nginx{
    .name = "nginx-1.22",
    .source = "measured on nginx 1.22.1, SIGQUIT; a connection without preface as in nginx 145b22853",
    .registration = registration::on_preface,
    .server_preface = server_preface::after_client_preface,
    .without_preface = without_preface::kept,
    .late_session = late_session::served,
    .close_announces = close_announces::final_goaway,
    .above_last_id = above_last_id::ignored,
    .after_fin = after_fin::lingers,
    .peer_half_close = peer_half_close::drops_everything,
    .durations = {.linger_ms = 5'000},
};

/// Two GOAWAYs a second apart. Files are served to complete requests; one that is still coming in holds nobody up.
constexpr profile h2o{
    .name = "h2o-2.2.5",
    .source = "measured on h2o 2.2.5, SIGTERM",
    .accepts = accepts::first_bytes,
    .registration = registration::on_preface,
    .server_preface = server_preface::after_client_preface,
    .without_preface = without_preface::destroyed,
    .close_announces = close_announces::notice,
    .second_phase = second_phase::on_timer,
    .above_last_id = above_last_id::ignored,
    .idle_means = idle_means::complete_requests_answered,
    .after_fin = after_fin::closes,
    .peer_half_close = peer_half_close::drops_everything,
    .durations = {.notice_ms = 1'000},
};

/// It has no graceful end: SIGTERM ends the process, and the kernel closes its connections.
constexpr profile nghttpd{
    .name = "nghttpd-1.52",
    .source = "measured on nghttpd 1.52.0, SIGTERM",
    .registration = registration::on_accept,
    .close_announces = close_announces::nothing,
    .requests_at_close = requests_at_close::dropped,
    .after_fin = after_fin::closes,
    .peer_half_close = peer_half_close::drops_everything,
};

constexpr profile nghttpx = derived(h2o, "nghttpx-1.52", "measured on nghttpx 1.52.0, SIGQUIT", [](profile& p) {
  p.idle_means = idle_means::everything_written;
  p.durations = {.notice_ms = 2'000};
});

/// One GOAWAY; a second after the last stream both directions close, without a FIN of its own before. A connection that
/// has not become HTTP/2 is given up after five seconds; one that becomes it after Shutdown() is served for ever.
constexpr profile go_1_18_6{
    .name = "go-1.18.6",
    .source = "golang/net f3363e06, the repair of CVE-2022-27664; drain as measured on Go 1.19.8",
    .registration = registration::on_preface,
    .server_preface = server_preface::after_client_preface,
    .without_preface = without_preface::destroyed_after_grace,
    .late_session = late_session::served,
    .close_announces = close_announces::final_goaway,
    .above_last_id = above_last_id::ignored,
    .after_fin = after_fin::reads_on_before,
    .peer_half_close = peer_half_close::drops_everything,
    .peer_goaway = peer_goaway::drains_session,
    .durations = {.preface_ms = 5'000, .linger_ms = 1'000},
};
constexpr profile go_1_18_5 = derived(go_1_18_6, "go-1.18.5", "golang/go#53977, CVE-2022-27664", [](profile& p) {
  p.error_after_goaway = error_after_goaway::stops_reading;
});
constexpr profile go_1_19_8 = derived(go_1_18_6, "go-1.19.8", "measured on Go 1.19.8, TLS, Shutdown() without a deadline", [](profile&) {});

/// Server.stop() without a graceful handler: GOAWAY, and the connection is closed behind it.
constexpr profile jetty_9_4{
    .name = "jetty-9.4.57",
    .source = "measured on Jetty 9.4.57, h2c, Server.stop(); its Servlet container with a client that resets its stream",
    .speaks = protocols(protocol::http2, protocol::servlet),
    .registration = registration::on_preface,
    .server_preface = server_preface::after_client_preface,
    .without_preface = without_preface::destroyed,
    .close_announces = close_announces::final_goaway,
    .requests_at_close = requests_at_close::dropped,
    .above_last_id = above_last_id::ignored,
    .early_response = early_response::cancels_stream,
    .after_fin = after_fin::closes,
    .peer_half_close = peer_half_close::cancels_streams,
    .servlet = jetty_9_servlet,
};

/// A server that gives its streams a deadline once the real last id is out. The three below differ from it and from each other in
/// what brings the second GOAWAY, and in nothing else.
constexpr profile two_phase_timer{
    .name = "two-phase-timer",
    .source = "h2o 2.2.5 and Envoy drain_timeout: the second GOAWAY after a fixed time",
    .registration = registration::on_preface,
    .without_preface = without_preface::destroyed,
    .close_announces = close_announces::notice,
    .second_phase = second_phase::on_timer,
    .above_last_id = above_last_id::ignored,
    .after_fin = after_fin::lingers,
    .drain_deadline = drain_deadline::from_final_goaway,
};

constexpr std::array other_servers{
    nginx,
    derived(nginx, "nginx-1.22+worker_shutdown_timeout", "measured on nginx 1.22.1, SIGQUIT, worker_shutdown_timeout 3s",
            [](profile& p) {
              p.drain_deadline = drain_deadline::from_close;
              p.at_deadline = at_deadline::destroys_lingering_too;
              p.durations.drain_ms = 3'000;
            }),
    h2o,
    derived(h2o, "h2o-2.2.5+graceful-shutdown-timeout", "measured on h2o 2.2.5, SIGTERM, http2-graceful-shutdown-timeout 3",
            [](profile& p) {
              p.drain_deadline = drain_deadline::from_final_goaway;
              p.durations.drain_ms = 3'000;
            }),
    nghttpd,
    nghttpx,
    go_1_18_5,
    go_1_18_6,
    go_1_19_8,
    derived(go_1_19_8, "go-1.19.8+timeout", "measured on Go 1.19.8, TLS, a program that exits when Shutdown() has waited 10 s",
            [](profile& p) {
              p.drain_deadline = drain_deadline::from_close;
              p.at_deadline = at_deadline::destroys_lingering_too;
              p.durations.drain_ms = 10'000;
            }),
    jetty_9_4,
    derived(jetty_9_4, "jetty-9.4.57+StatisticsHandler", "measured on Jetty 9.4.57, h2c, Server.stop() with a stopTimeout of 5 s",
            [](profile& p) {
              p.close_announces = close_announces::final_goaway_when_quiet;
              p.requests_at_close = requests_at_close::finished;
              p.drain_deadline = drain_deadline::from_close;
              p.at_deadline = at_deadline::announces;
              p.durations.drain_ms = 5'000;
            }),
    two_phase_timer,
    derived(two_phase_timer, "two-phase-ack", "hyperium/h2 go_away_gracefully: the second GOAWAY on the PING's ack, without a timer",
            [](profile& p) { p.second_phase = second_phase::on_ping_ack; }),
    derived(two_phase_timer, "two-phase-ack-or-timer", "grpc-go and grpc-java: the second GOAWAY on the PING's ack or after some seconds",
            [](profile& p) { p.second_phase = second_phase::on_ping_ack_or_timer; }),
    derived(two_phase_timer, "two-phase-quiescence", "Jetty 12: the second GOAWAY when the last stream has ended",
            [](profile& p) { p.second_phase = second_phase::on_quiescence; }),
};

}  // namespace lastcall::model::detail
