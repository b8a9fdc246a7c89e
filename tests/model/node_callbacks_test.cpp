// What an application of Node hears of one stream, cause by cause, in either API: small stories told to the table. Whole logs
// are held against it in tests/conformance.
#include <gtest/gtest.h>

#include <boost/describe/enum_to_string.hpp>
#include <deque>
#include <string>

#include "model/node_callbacks.hpp"
#include "model/profiles/profiles.hpp"

namespace lastcall::model::test {
namespace {

/// One session with stream 1, and the nextTick queue, which runs after each thing that happens.
class story {
 public:
  explicit story(const node_application& application = {}, std::string_view release = "node-24.21.0")
      : callbacks_(application, *find_profile(release)) {
    happened({callback::server_session, 0, 0});
    happened({callback::server_stream, 0, 1});
    heard_.clear();
  }

  story& happened(const notify& what) {
    node_calls calls;
    callbacks_.told(sessions_, what, calls);
    run(calls);
    return *this;
  }
  story& called(const event& what) {
    node_calls calls;
    callbacks_.called(sessions_, what, calls);
    run(calls);
    return *this;
  }
  std::string heard() { return std::exchange(heard_, {}); }

 private:
  void run(const node_calls& calls) {
    std::deque<node_call> queue(calls.begin(), calls.end());
    while (!queue.empty()) {
      const node_call next = queue.front();
      queue.pop_front();
      node_calls more;
      for (const notify& each : callbacks_.run(sessions_, next, more))
        heard_ += std::string(heard_.empty() ? "" : " ") + boost::describe::enum_to_string(each.what, "?");
      queue.insert(queue.end(), more.begin(), more.end());
    }
  }

  node_callbacks callbacks_;
  node_sessions sessions_;
  std::string heard_;
};

notify stream_closed(error_code code) { return {callback::stream_close, 0, 1, code}; }
const event reads = handler_read{0, 1};
const event ends = handler_finished{0, 1};

TEST(node_callbacks, a_reset_with_cancel_is_no_error) {
  EXPECT_EQ(story().called(reads).happened(stream_closed(error_code::cancel)).heard(),
            "stream_aborted stream_finish stream_end stream_close");
}

TEST(node_callbacks, a_reset_with_another_code_is_an_error_and_no_end) {
  EXPECT_EQ(story().called(reads).happened(stream_closed(error_code::internal_error)).heard(),
            "stream_aborted stream_finish stream_error stream_close");
}

TEST(node_callbacks, an_error_that_nobody_hears_takes_the_close_with_it) {
  EXPECT_EQ(story({.hears_errors = false}).happened(stream_closed(error_code::internal_error)).heard(),
            "stream_aborted stream_finish uncaught_exception");
}

TEST(node_callbacks, the_compatibility_api_tells_of_request_and_response_and_never_of_errors) {
  EXPECT_EQ(story({.compat = true}).called(reads).happened(stream_closed(error_code::internal_error)).heard(),
            "request_aborted stream_aborted stream_finish request_close response_finish response_close stream_close request_end");
}

TEST(node_callbacks, a_response_that_was_ended_is_not_aborted) {
  EXPECT_EQ(story().called(ends).happened(stream_closed(error_code::cancel)).heard(), "stream_close");
}

TEST(node_callbacks, a_write_that_is_blocked_keeps_finish_back) {
  EXPECT_EQ(story().called(handler_wrote{0, 1, 5}).happened(stream_closed(error_code::cancel)).heard(),
            "stream_aborted stream_close");
}

TEST(node_callbacks, a_stream_whose_request_is_over_closes_before_its_finish) {
  story s;
  s.called(reads).happened({callback::stream_end, 0, 1}).called(ends);
  EXPECT_EQ(s.heard(), "stream_end");
  EXPECT_EQ(s.happened({callback::request_completed, 0, 1}).happened(stream_closed(error_code::no_error)).heard(), "stream_close");
}

TEST(node_callbacks, a_request_that_nobody_reads_is_thrown_away_before_the_stream_closes) {
  story s;
  s.happened({callback::stream_end, 0, 1}).called(ends);
  EXPECT_EQ(s.heard(), "");
  EXPECT_EQ(s.happened({callback::request_completed, 0, 1}).happened(stream_closed(error_code::no_error)).heard(),
            "stream_end stream_finish stream_close");
}

TEST(node_callbacks, a_session_ends_after_its_streams_and_in_20_3_before_the_last_one_closes) {
  const notify closed{callback::socket_close, 0, 0};
  EXPECT_EQ(story().happened(closed).heard(), "stream_aborted socket_close stream_finish stream_close session_close");
  EXPECT_EQ(story({}, "node-20.3.1").happened(closed).heard(),
            "stream_aborted socket_close stream_finish session_close stream_close");
}

TEST(node_callbacks, a_reset_connection_is_an_error_unless_the_peer_has_said_goaway) {
  const notify error{callback::socket_error, 0, 0, error_code::no_error, true};
  const notify lost{callback::session_error, 0, 0, error_code::no_error, true};
  EXPECT_EQ(story().happened(error).happened(lost).heard(),
            "stream_aborted socket_error stream_error stream_close server_session_error session_error session_close");
  EXPECT_EQ(story().happened({callback::session_goaway, 0, 0}).happened(error).happened(lost).heard(),
            "session_goaway stream_aborted socket_error stream_close session_close");
}

}  // namespace
}  // namespace lastcall::model::test
