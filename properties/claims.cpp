#include "properties/claims.hpp"

#include <array>

namespace lastcall::properties {
namespace {

using enum form;

constexpr std::array all{
    claim_description{"close_terminates", unbounded,
                      "from every state after close(), every fair execution reaches the 'close' event",
                      "nodejs/node#57611; RFC 9113 6.8"},
    claim_description{"close_terminates", bounded,
                      "whatever peers and handlers do, the 'close' event comes by drain deadline + linger",
                      "golang/go#53977; RFC 9113 6.8"},
    claim_description{"close_callback_once", safety, "each close() is answered exactly once", "jetty/jetty.project#8811"},
    claim_description{"no_new_after_final_goaway", safety,
                      "no stream above the last id of the final GOAWAY reaches the application", "RFC 9113 6.8"},
    claim_description{"honest_last_stream_id", safety,
                      "the last id of a GOAWAY never rises and leaves out no stream the application was given", "RFC 9113 6.8"},
    claim_description{"no_loss", safety,
                      "an admitted request gets its whole response, or fails by deadline, reset or a vanished peer",
                      "nodejs/node#57809; RFC 9112 9.6"},
    claim_description{"one_terminal_event", safety, "each admitted request ends for the application exactly once",
                      "jetty/jetty.project#12313"},
    claim_description{"counts_exact", safety, "counters of streams and connections agree with what they count",
                      "CVE-2024-34750; RFC 9113 5.1.2"},
    claim_description{"ordered_close", safety, "no full close while a RST could still overtake what was written",
                      "golang/go#18701; RFC 2525 2.17"},
    claim_description{"window_conserved", safety,
                      "DATA received returns to the window of the connection, whatever becomes of its stream",
                      "golang/go#20469, hyperium/h2#895; RFC 9113 6.9"},
    claim_description{"no_reentrancy", safety, "the send pump never runs inside a step that receives or submits frames",
                      "CVE-2026-56848, nodejs/node#42713"},
    claim_description{"only_data_waits", safety, "a write leaves nothing behind but DATA: RST_STREAM is not flow-controlled",
                      "golang/go#18111, hyperium/h2#896; RFC 9113 5.2.1"},
    claim_description{"refuses_within_reason", safety,
                      "a stream is refused only above the last id of a GOAWAY, or while others are open",
                      "dotnet/aspnetcore#12628; RFC 9113 5.1.2"},
    claim_description{"handlers_bounded", safety, "no more requests run at a time than the connection was promised streams",
                      "CVE-2023-44487, CVE-2025-8671; RFC 9113 10.5"},
    claim_description{"no_request_parked", safety, "a request waits for a handler only while one runs", "icing/mod_h2#212"},
    claim_description{"final_goaway_before_fin", safety,
                      "behind a notice, an idle session does not end before the GOAWAY that counts", "netty/netty#9207; RFC 9113 6.8"},
    claim_description{"escalation_shortens", safety,
                      "a connection error ends the connection, or bounds it by a timer, whatever was announced before",
                      "golang/go#53977, CVE-2022-27664; RFC 9113 5.4.1"},
    claim_description{"no_leak", safety, "a closed server keeps no connection, timer, listener or deferred work",
                      "nodejs/node#48604"},
    claim_description{"waits_are_bounded", safety,
                      "while closing, every connection is bounded by an armed timer, its own or the server's",
                      "hyperium/hyper#4170"},
    claim_description{"no_spin", no_cycle, "the server's own steps form no cycle: it never spins with the clock standing still",
                      "hyperium/h2 8dc26ad"},
    claim_description{"closes_with_requests_running", sometimes, "close() was called while a handler was running", "guard"},
    claim_description{"response_written_while_closing", sometimes, "a response was finished after close()", "guard"},
    claim_description{"connection_ends_while_closing", sometimes, "a connection that was there at close() has ended", "guard"},
    claim_description{"stream_arrives_above_last_id", sometimes, "HEADERS above the last id of a final GOAWAY arrived", "guard"},
    claim_description{"deadline_cuts_a_connection", sometimes, "the drain deadline ended a connection", "guard"},
    claim_description{"linger_expires", sometimes, "a connection was closed because its peer did not answer FIN", "guard"},
    claim_description{"error_while_closing", sometimes, "a connection error arrived after close()", "guard"},
    claim_description{"data_is_discarded", sometimes, "DATA arrived that no application will read", "guard"},
    claim_description{"reset_meets_blocked_data", sometimes, "a stream was reset while its DATA waited for a window", "guard"},
    claim_description{"handler_outlives_stream", sometimes, "a stream was reset and its handler still ran", "guard"},
    claim_description{"request_waits_for_handler", sometimes, "a request waited for another one's handler", "guard"},
};

}  // namespace

std::span<const claim_description> http2_claims() { return all; }

}  // namespace lastcall::properties
