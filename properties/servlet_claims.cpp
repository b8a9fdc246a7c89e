#include "properties/servlet_claims.hpp"

#include <array>

#include "properties/servlet_world.hpp"

namespace lastcall::properties::servlet {
namespace {

using enum form;

constexpr std::array all{
    claim_description{"error_reaches_application", unbounded,
                      "a stream lost while the request waits is told to a listener without anybody having to write",
                      "jetty/jetty.project#12313"},
    claim_description{"late_listener_is_told", unbounded,
                      "a listener registered after the stream was lost hears of it without anybody having to write",
                      "measured on Jetty 9.4 to 12.0.15; the late registrant of golang/go#81153"},
    claim_description{"request_ends", unbounded,
                      "a request ends once the application completes it, an error was told or its timeout expires",
                      "jetty/jetty.project#12313; measured on Jetty 9.4 to 12.0.15"},
    claim_description{"one_terminal_event", safety,
                      "each listener hears of the end once, onComplete comes last, and no request ends without onError or onComplete",
                      "Servlet 6.0 2.3.3.3; jetty/jetty.project#12313"},
    claim_description{"reader_ends_once", safety, "a ReadListener hears onAllDataRead or onError, and only one of them, once",
                      "Servlet 6.0 3.7; jakartaee/servlet#433"},
    claim_description{"honest_end", safety, "no response that its application left unfinished ends with END_STREAM",
                      "RFC 9113 8.1"},
    claim_description{"legal_frames", safety, "no frame is sent on a closed stream", "RFC 9113 5.1"},
    claim_description{"reset_meets_a_waiting_request", sometimes, "RST_STREAM arrived while the request waited", "guard"},
    claim_description{"reset_meets_a_committed_response", sometimes, "RST_STREAM arrived when the response was committed", "guard"},
    claim_description{"reset_meets_a_reader", sometimes, "RST_STREAM arrived while a ReadListener waited for data", "guard"},
    claim_description{"listener_comes_late", sometimes, "a listener was registered when the stream was lost", "guard"},
    claim_description{"timeout_after_commit", sometimes, "the timeout expired when the response was committed", "guard"},
    claim_description{"request_completes", sometimes, "a request with a listener was completed by its application", "guard"},
};

}  // namespace

std::span<const claim_description> claims() { return all; }

}  // namespace lastcall::properties::servlet
