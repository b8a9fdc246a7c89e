// One request in a Servlet container, event by event: what the application is told, and what its calls come to.
#include <gtest/gtest.h>

#include <boost/describe/enum_to_string.hpp>
#include <string>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "model/servlet.hpp"

namespace lastcall::model::test {
namespace {

using enum servlet_event;

/// What the last of these events comes to, as text.
std::vector<std::string> after(const char* profile, const std::vector<servlet_event>& events) {
  servlet request;
  effects out;
  for (const auto each : events) {
    out.clear();
    request.step(each, *find_profile(profile), out);
  }
  std::vector<std::string> told;
  for (const auto& each : out) {
    if (const auto* one = std::get_if<notify>(&each))
      told.push_back(std::string(boost::describe::enum_to_string(one->what, "?")) + (one->failed ? " failed" : ""));
    if (std::holds_alternative<send_headers>(each)) told.emplace_back("HEADERS");
    if (const auto* one = std::get_if<send_data>(&each)) told.emplace_back(one->end_stream ? "DATA END_STREAM" : "DATA");
    if (std::holds_alternative<send_rst_stream>(each)) told.emplace_back("RST_STREAM");
  }
  return told;
}

using told = std::vector<std::string>;

/// A request with an AsyncListener that waits; then `more`.
std::vector<servlet_event> waiting(const std::vector<servlet_event>& more) {
  std::vector<servlet_event> events{headers_end_received, start_async_called, listener_added, service_returned};
  for (const servlet_event each : more) events.push_back(each);
  return events;
}

TEST(servlet, tells_a_waiting_uncommitted_request_of_the_reset_in_every_release) {
  for (const char* profile : {"rfc9113", "jetty-9.4.57", "jetty-11", "jetty-12.0.14-ee9", "jetty-12.0.14-ee10", "jetty-12.0.15"}) {
    EXPECT_EQ(after(profile, waiting({reset_received})), told{"request_error"}) << profile;
    EXPECT_EQ(after(profile, waiting({reset_received, listeners_returned})), told{"request_completed"}) << profile;
  }
}

TEST(servlet, tells_a_committed_request_of_the_reset_only_since_12_0_15) {
  const auto committed = waiting({print_called, flush_called, reset_received});
  EXPECT_EQ(after("jetty-12.0.15", committed), told{"request_error"});
  EXPECT_EQ(after("jetty-12.0.15-ee9", committed), told{"request_error"});
  EXPECT_EQ(after("jetty-12.0.14-ee9", committed), told{});
  EXPECT_EQ(after("jetty-12.0.14-ee10", committed), told{});
  EXPECT_EQ(after("jetty-11", committed), told{});
}

TEST(servlet, says_nothing_more_when_a_committed_request_was_aborted) {
  EXPECT_EQ(after("jetty-12.0.15", waiting({flush_called, reset_received, listeners_returned})), told{});
  EXPECT_EQ(after("jetty-12.0.15", waiting({flush_called, reset_received, listeners_returned, complete_called})),
            told{"call_returned failed"});
}

TEST(servlet, throws_from_the_flush_where_nobody_was_told) {
  EXPECT_EQ(after("jetty-11", waiting({flush_called, reset_received, print_called})), told{"call_returned"});
  EXPECT_EQ(after("jetty-11", waiting({flush_called, reset_received, print_called, flush_called})), told{"call_returned failed"});
  EXPECT_EQ(after("jetty-12.0.14-ee10", waiting({flush_called, reset_received, print_called})), told{"call_returned failed"});
}

TEST(servlet, calls_the_write_listener_where_a_flush_meets_the_lost_stream) {
  const std::vector<servlet_event> writes{headers_end_received, start_async_called, writer_set, service_returned, flush_called,
                                          reset_received, is_ready_called, flush_called};
  EXPECT_EQ(after("jetty-11", writes), (told{"write_error", "call_returned"}));
}

TEST(servlet, refuses_a_write_that_is_ready_did_not_allow) {
  const std::vector<servlet_event> writes{headers_end_received, start_async_called, writer_set, service_returned, flush_called};
  auto again = writes;
  again.push_back(flush_called);
  EXPECT_EQ(after("jetty-11", writes), (told{"HEADERS", "DATA", "call_returned"}));
  EXPECT_EQ(after("jetty-11", again), told{"call_returned failed"});
}

TEST(servlet, tells_the_reader_first_and_the_others_only_since_12) {
  const std::vector<servlet_event> reads{headers_received, start_async_called, listener_added, reader_set, service_returned, reset_received};
  EXPECT_EQ(after("jetty-11", reads), told{"read_error"});
  EXPECT_EQ(after("jetty-12.0.14-ee9", reads), (told{"read_error", "request_error"}));
}

TEST(servlet, tells_a_reader_of_jetty_11_twice_that_it_is_over) {
  const std::vector<servlet_event> reads{headers_received, start_async_called, listener_added, reader_set, service_returned,
                                         data_received, end_received, reset_received};
  EXPECT_EQ(after("jetty-11", reads), told{"read_error"});
  EXPECT_EQ(after("jetty-9.4.57", reads), told{"request_error"});
}

TEST(servlet, forgets_a_reset_that_came_before_the_request_waited_except_in_the_reference) {
  const std::vector<servlet_event> late{headers_end_received, reset_received, start_async_called, listener_added, service_returned};
  EXPECT_EQ(after("jetty-12.0.15", late), told{});
  EXPECT_EQ(after("rfc9113", late), told{"request_error"});
}

TEST(servlet, cannot_end_a_committed_request_after_its_timeout_in_the_older_containers) {
  const std::vector<servlet_event> timed_out{headers_end_received, start_async_called, timeout_set,      listener_added,
                                             service_returned,     flush_called,       timeout_expired, listeners_returned};
  auto completed = timed_out;
  completed.push_back(complete_called);
  EXPECT_EQ(after("jetty-12.0.15-ee9", timed_out), told{});
  EXPECT_EQ(after("jetty-12.0.15-ee9", completed), told{"call_returned failed"});
  EXPECT_EQ(after("jetty-12.0.15", timed_out), (told{"DATA END_STREAM", "RST_STREAM", "request_completed"}));
  EXPECT_EQ(after("rfc9113", timed_out), (told{"RST_STREAM", "request_completed"}));
}

TEST(servlet, cancels_the_timeout_of_a_request_that_has_ended) {
  servlet request;
  effects out;
  for (const auto each : {headers_end_received, start_async_called, timeout_set, service_returned})
    request.step(each, *find_profile("rfc9113"), out);
  EXPECT_TRUE(request.timeout_armed);
  request.step(complete_called, *find_profile("rfc9113"), out);
  EXPECT_FALSE(request.timeout_armed);
}

TEST(servlet, wants_no_more_of_a_body_when_the_response_is_complete) {
  EXPECT_EQ(after("jetty-12.0.15", {headers_received, start_async_called, service_returned, complete_called}),
            (told{"HEADERS", "DATA END_STREAM", "RST_STREAM", "call_returned"}));
}

TEST(servlet, sends_nothing_on_a_lost_stream) {
  for (const auto last : {flush_called, complete_called})
    for (const auto& each : after("jetty-11", waiting({flush_called, reset_received, last})))
      EXPECT_TRUE(each.starts_with("call_returned") || each.starts_with("request_")) << each;
}

}  // namespace
}  // namespace lastcall::model::test
