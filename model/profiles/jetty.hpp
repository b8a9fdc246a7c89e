// Jetty as a Servlet container: what becomes of a request whose client resets its stream. Measured, release by release, with
// tests/peers/jetty; the logs are in tests/conformance/logs. How Jetty 9.4 drains is in other_servers.hpp, with its profile.
#pragma once

#include "model/profile.hpp"

namespace lastcall::model {

/// Who reads keeps the failure; of the others only an uncommitted request hears of it.
inline constexpr servlet_decisions jetty_9_servlet{
    .committed_failure = committed_failure::unnoticed,
    .reader_failure = reader_failure::ends_there,
    .reader_after_end = reader_after_end::not_told,
    .late_listener = late_listener::not_told,
    .timeout_after_commit = timeout_after_commit::lingers,
};

inline constexpr servlet_decisions jetty_11_servlet = [] {
  servlet_decisions made = jetty_9_servlet;
  made.reader_after_end = reader_after_end::told;
  return made;
}();

/// Jetty 12 tells the reader and then the request; its two containers differ in the rest.
inline constexpr servlet_decisions jetty_12_ee9_servlet = [] {
  servlet_decisions made = jetty_9_servlet;
  made.reader_failure = reader_failure::reaches_request;
  return made;
}();

inline constexpr servlet_decisions jetty_12_ee10_servlet = [] {
  servlet_decisions made = jetty_12_ee9_servlet;
  made.committed_failure = committed_failure::ends_untold;
  made.timeout_after_commit = timeout_after_commit::ends_response;
  return made;
}();

/// jetty/jetty.project#12370: commit status no longer decides whether the listeners are told.
constexpr servlet_decisions with_12370(servlet_decisions made) {
  made.committed_failure = committed_failure::tells_listeners;
  return made;
}

constexpr profile jetty_servlet(std::string_view name, std::string_view source, const servlet_decisions& decisions) {
  profile made{.name = name, .source = source, .speaks = protocols(protocol::servlet)};
  made.servlet = decisions;
  return made;
}

inline constexpr profile jetty_11 = jetty_servlet("jetty-11", "measured on Jetty 11.0.24", jetty_11_servlet);
inline constexpr profile jetty_12_14_ee9 =
    jetty_servlet("jetty-12.0.14-ee9", "measured on Jetty 12.0.14 with EE 9; jetty/jetty.project#12313", jetty_12_ee9_servlet);
inline constexpr profile jetty_12_14_ee10 =
    jetty_servlet("jetty-12.0.14-ee10", "measured on Jetty 12.0.14 with EE 10; jetty/jetty.project#12313", jetty_12_ee10_servlet);
inline constexpr profile jetty_12_15_ee9 = jetty_servlet(
    "jetty-12.0.15-ee9", "measured on Jetty 12.0.15 with EE 9; jetty/jetty.project#12370", with_12370(jetty_12_ee9_servlet));
inline constexpr profile jetty_12_15 = jetty_servlet(
    "jetty-12.0.15", "measured on Jetty 12.0.15 with EE 10; jetty/jetty.project#12370", with_12370(jetty_12_ee10_servlet));

}  // namespace lastcall::model
