#include "properties/http1_claims.hpp"

#include <array>

namespace lastcall::properties::http1 {
namespace {

using enum form;

constexpr std::array all{
    claim_description{"close_terminates", unbounded,
                      "from every state after close(), every fair execution reaches the 'close' event",
                      "nodejs/node-v0.x-archive#9066; nodejs/node#63470"},
    claim_description{"close_terminates", bounded,
                      "whatever peers and handlers do, the 'close' event comes by drain deadline + linger", "RFC 9112 9.6"},
    claim_description{"close_callback_once", safety, "each close() is answered exactly once", "jetty/jetty.project#8811"},
    claim_description{"no_loss", safety,
                      "an admitted request gets its whole response, or fails by deadline, reset or a request never completed",
                      "nodejs/node#43771; RFC 9112 9.6"},
    claim_description{"counts_exact", safety, "the counter of connections agrees with what it counts", "RFC 9293 3.6"},
    claim_description{"ordered_close", safety, "no full close while a RST could still overtake what was written",
                      "RFC 9112 9.6; RFC 2525 2.17"},
    claim_description{"no_leak", safety,
                      "a server that does not listen, not yet or not any more, keeps no timer; a timer replaced is stopped",
                      "nodejs/node#48604; nodejs/node#52118"},
    claim_description{"waits_are_bounded", safety,
                      "while closing, a wait for a request, or for the rest of one, is bounded by an armed timer",
                      "Node http.Server close() and its checking timer"},
    claim_description{"no_spin", no_cycle, "the server's own steps form no cycle: it never spins with the clock standing still",
                      "hyperium/h2 8dc26ad"},
    claim_description{"closes_with_requests_running", sometimes, "close() was called while a response was due", "guard"},
    claim_description{"closes_with_half_a_request", sometimes, "close() was called while a request was coming in", "guard"},
    claim_description{"response_written_while_closing", sometimes, "a response was finished after close()", "guard"},
    claim_description{"connection_ends_while_closing", sometimes, "a connection that was there at close() has ended", "guard"},
    claim_description{"request_arrives_while_closing", sometimes, "a request was dispatched after close()", "guard"},
    claim_description{"deadline_passes", sometimes, "a head or a request was overdue", "guard"},
    claim_description{"deadline_cuts_a_connection", sometimes, "the drain deadline ended a connection", "guard"},
    claim_description{"linger_expires", sometimes, "a connection was closed because its peer did not answer FIN", "guard"},
};

}  // namespace

std::span<const claim_description> claims() { return all; }

}  // namespace lastcall::properties::http1
