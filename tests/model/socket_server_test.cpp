// A server that shows its sockets, event by event: what its application hears, in which order.
#include <gtest/gtest.h>

#include <boost/describe/enum_to_string.hpp>
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "model/socket_server.hpp"

namespace lastcall::model::test {
namespace {

using heard = std::vector<std::string>;

std::string text_of(const socket_notify& told) {
  std::string text = boost::describe::enum_to_string(told.what, "?");
  if (told.error != node_error::none) text += std::string(" ") + boost::describe::enum_to_string(told.error, "?");
  if (told.failed) text += " failed";
  return text;
}

/// A server and an application that makes given calls in its n-th callback.
class running : public socket_host {
 public:
  explicit running(const socket_options& options = {}, std::string_view profile = "node-24.21.0")
      : server(options), decisions(*find_profile(profile)) {
    step(server_listen_called{});
  }

  void step(const socket_event& event) {
    work.effects.clear();
    server.step(event, decisions, *this, work);
    std::ranges::copy(work.effects, std::back_inserter(effects));
  }
  void accept() {
    step(connection_accepted{0});
    step(data_listener_added{0});
    log.clear();
  }

  template <class Turn>
  void told(const socket_notify& what, Turn& turn) {
    log.push_back(text_of(what));
    if (const auto calls = in_callback.find(what.what); calls != in_callback.end())
      for (const auto& each : calls->second) std::visit([&](const auto& call) { turn.call(call); }, each);
  }
  write_answer written(connection_id, std::uint32_t) { return answer; }

  socket_server server;
  const profile& decisions;
  socket_work work;
  socket_effects effects;
  heard log;
  write_answer answer;
  std::map<callback, std::vector<socket_event>> in_callback;
};

TEST(socket_server, a_peer_that_leaves_is_answered_by_end_finish_and_close) {
  running now;
  now.accept();
  now.step(close_called{});
  now.step(peer_fin{0});
  EXPECT_EQ(now.log, (heard{"socket_end"}));
  now.step(shutdown_completed{0});
  now.step(close_callbacks_ran{0});
  EXPECT_EQ(now.log, (heard{"socket_end", "socket_finish", "server_close", "close_callback", "socket_close"}));
  EXPECT_FALSE(now.server.is_alive());
}

TEST(socket_server, a_reset_is_an_error_and_then_a_close) {
  running now;
  now.accept();
  now.step(read_failed{0, node_error::connection_reset});
  now.step(close_callbacks_ran{0});
  EXPECT_EQ(now.log, (heard{"socket_error connection_reset", "socket_close failed"}));
}

TEST(socket_server, closed_twice_while_idle_it_tells_of_it_twice) {
  running now;
  now.log.clear();
  now.step(application_called{});
  now.in_callback[callback::server_close] = {};
  now.step(close_called{});
  now.step(close_called{});
  EXPECT_EQ(now.log, (heard{"server_close", "close_callback", "server_close", "close_callback not_running failed"}));
}

TEST(socket_server, a_failed_write_tells_its_callback_before_it_is_an_error) {
  running now({.allow_half_open = true});
  now.accept();
  now.answer.error = node_error::broken_pipe;
  now.step(socket_write_called{0, 3, true});
  now.step(close_callbacks_ran{0});
  EXPECT_EQ(now.log, (heard{"write_callback broken_pipe", "socket_error broken_pipe", "socket_close failed"}));
}

TEST(socket_server, a_write_in_the_end_handler_is_sent_before_the_socket_ends_itself) {
  running now;
  now.accept();
  now.in_callback[callback::socket_end] = {socket_write_called{0, 3, true}};
  now.step(peer_fin{0});
  now.step(shutdown_completed{0});
  now.step(close_callbacks_ran{0});
  EXPECT_EQ(now.log, (heard{"socket_end", "write_callback", "socket_finish", "socket_close"}));
}

TEST(socket_server, a_socket_that_nobody_reads_keeps_nothing_alive_once_its_peer_has_ended) {
  running now;
  now.step(connection_accepted{0});
  now.step(bytes_received{0, 2});
  now.step(peer_fin{0});
  now.step(close_called{});
  EXPECT_FALSE(now.server.is_alive());
  EXPECT_TRUE(now.server.is_closing());
}

}  // namespace
}  // namespace lastcall::model::test
