// What the kernels between a client and a server do, rule by rule.
#include "sim/kernel_socket.hpp"

#include <gtest/gtest.h>

namespace lastcall::sim::test {
namespace {

using model::node_error;

TEST(kernel_socket, bytes_are_read_before_the_fin_that_follows_them) {
  kernel_socket s;
  client_sends(s, 2);
  s.client_fin = true;
  EXPECT_EQ(next_read(s), readable::bytes);
  s.received = 0;
  EXPECT_EQ(next_read(s), readable::end);
  s.client_fin_read = true;
  EXPECT_EQ(next_read(s), readable::nothing);
}

TEST(kernel_socket, a_close_with_unread_input_resets) {
  kernel_socket s;
  client_sends(s, 1);
  server_closes(s, false, false);
  EXPECT_TRUE(s.reset_by_server);
  EXPECT_FALSE(s.server_fin);
}

TEST(kernel_socket, a_close_without_unread_input_ends) {
  kernel_socket s;
  server_closes(s, false, false);
  EXPECT_TRUE(s.server_fin);
  EXPECT_FALSE(s.reset_by_server);
}

TEST(kernel_socket, an_abortive_close_resets_whatever_there_is) {
  kernel_socket s;
  server_closes(s, true, false);
  EXPECT_TRUE(s.reset_by_server);
}

TEST(kernel_socket, bytes_for_a_socket_that_is_gone_are_answered_by_a_reset_unless_a_fin_came_first) {
  kernel_socket with_fin;
  server_closes(with_fin, false, false);
  client_sends(with_fin, 1);
  EXPECT_FALSE(with_fin.reset_by_server);
  kernel_socket without;
  without.server_left = true;
  client_sends(without, 1);
  EXPECT_TRUE(without.reset_by_server);
}

TEST(kernel_socket, a_write_to_a_client_that_left_succeeds_once_and_then_breaks_the_pipe) {
  kernel_socket s;
  client_closes(s);
  EXPECT_EQ(write_error(s), node_error::none);
  server_writes(s, 3);
  EXPECT_EQ(write_error(s), node_error::broken_pipe);
}

TEST(kernel_socket, a_client_that_leaves_input_unread_resets) {
  kernel_socket s;
  server_writes(s, 3);
  client_closes(s);
  EXPECT_EQ(next_read(s), readable::error);
  EXPECT_EQ(write_error(s), node_error::connection_reset);
}

constexpr vigilance probing{.keep_alive_idle_ms = 1000, .keep_alive_interval_ms = 100, .keep_alive_probes = 3};

TEST(kernel_socket, keep_alive_finds_a_vanished_peer_of_an_idle_connection) {
  EXPECT_EQ(gives_up_after(probing, false, false), 1300U);
  EXPECT_EQ(gives_up_after({}, false, false), std::nullopt);
  EXPECT_EQ(gives_up_after(probing, false, true), std::nullopt);
}

TEST(kernel_socket, output_that_waits_suppresses_keep_alive) {
  EXPECT_EQ(gives_up_after(probing, true, true), std::nullopt);
  EXPECT_EQ(gives_up_after(probing, true, false), vigilance{}.retransmits_for_ms);
}

TEST(kernel_socket, the_user_timeout_bounds_output_that_waits_even_if_the_peer_answers) {
  EXPECT_EQ(gives_up_after({.user_timeout_ms = 500}, true, true), 500U);
  EXPECT_EQ(gives_up_after({.user_timeout_ms = 500}, true, false), 500U);
}

}  // namespace
}  // namespace lastcall::sim::test
