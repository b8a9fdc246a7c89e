// What a client sees of a server that closes, on real sockets.
#include <gtest/gtest.h>

#include <string>

#include "tests/real/raw_client.hpp"
#include "tests/real/running_server.hpp"

namespace lastcall::test {
namespace {

using wire::frame_type;

constexpr std::uint32_t refused_stream = 7;

// Until the server has counted the request as its own: it answered a PING sent behind it.
void admit(raw_client& client, model::stream_id stream, std::string_view path) {
  client.send(get(stream, path) + frame(frame_type::ping, 0, 0, "12345678"));
  ASSERT_TRUE(client.read_until([&] { return !client.frames(frame_type::ping).empty(); }, patience));
}

bool sees_goaways(raw_client& client, std::size_t count) {
  return client.read_until([&] { return client.frames(frame_type::goaway).size() >= count; }, patience);
}

TEST(drain, a_response_in_flight_finishes) {
  running_server server("rfc9113");
  raw_client client(server.port());
  admit(client, 1, "/delay?ms=400");
  server.close();
  ASSERT_TRUE(client.read_until_end(patience));
  EXPECT_EQ(client.body(1), "Waited 400 ms.\n");
  EXPECT_TRUE(client.complete(1));
  EXPECT_FALSE(client.was_reset());
  client.close();
  const auto result = server.result();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_NE(server.report().find("requests: 1, completed 1, failed 0"), std::string::npos) << server.report();
}

TEST(drain, goaway_warns_first_and_then_counts) {
  running_server server("rfc9113");
  raw_client client(server.port());
  admit(client, 1, "/delay?ms=400");
  server.close();
  ASSERT_TRUE(client.read_until_end(patience));
  const auto goaways = client.frames(frame_type::goaway);
  ASSERT_EQ(goaways.size(), 2U);
  EXPECT_EQ(u32_at(goaways[0].payload, 0), model::highest_stream_id);
  EXPECT_EQ(u32_at(goaways[1].payload, 0), 1U);
  EXPECT_EQ(u32_at(goaways[0].payload, 4), 0U);
  EXPECT_EQ(u32_at(goaways[1].payload, 4), 0U);
}

TEST(drain, a_request_between_the_two_goaways_is_served) {
  running_server server("rfc9113", {.notice = 500ms});
  raw_client client(server.port());
  admit(client, 1, "/delay?ms=100");
  server.close();
  ASSERT_TRUE(sees_goaways(client, 1));
  client.send(get(3, "/"));
  ASSERT_TRUE(client.read_until_end(patience));
  EXPECT_EQ(u32_at(client.frames(frame_type::goaway).back().payload, 0), 3U);
  EXPECT_TRUE(client.complete(3));
}

TEST(drain, a_stream_above_the_last_id_is_refused) {
  running_server server("rfc9113");
  raw_client client(server.port());
  admit(client, 1, "/delay?ms=600");
  server.close();
  ASSERT_TRUE(sees_goaways(client, 2));
  client.send(get(3, "/"));
  ASSERT_TRUE(client.read_until_end(patience));
  const auto resets = client.frames(frame_type::rst_stream, 3);
  ASSERT_EQ(resets.size(), 1U);
  EXPECT_EQ(u32_at(resets[0].payload, 0), refused_stream);
  EXPECT_TRUE(client.frames(frame_type::headers, 3).empty());
  EXPECT_TRUE(client.complete(1));
}

TEST(drain, a_stream_above_the_last_id_is_ignored_where_the_profile_ignores_it) {
  running_server server("node-24.21.0");
  raw_client client(server.port());
  admit(client, 1, "/delay?ms=400");
  server.close();
  ASSERT_TRUE(sees_goaways(client, 1));
  client.send(get(3, "/"));
  ASSERT_TRUE(client.read_until_end(patience));
  EXPECT_TRUE(client.complete(1));
  for (const auto& seen : client.frames()) {
    EXPECT_NE(seen.stream, 3U);
  }
}

TEST(drain, new_connections_are_not_accepted) {
  running_server server("rfc9113");
  raw_client client(server.port());
  admit(client, 1, "/delay?ms=400");
  server.close();
  ASSERT_TRUE(sees_goaways(client, 1));
  EXPECT_THROW(raw_client late(server.port()), boost::system::system_error);
}

TEST(drain, an_idle_client_keeps_node_23_from_exiting) {
  running_server server("node-23.1.0");
  raw_client client(server.port());
  admit(client, 1, "/");
  server.close();
  EXPECT_FALSE(server.result(1500ms).has_value());  // nodejs/node#57611: for ever, were the client not to leave
  EXPECT_TRUE(client.frames(frame_type::goaway).empty());
  client.close();
  const auto result = server.result();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 0);
}

TEST(drain, an_idle_client_does_not_keep_a_right_server_from_exiting) {
  running_server server("rfc9113", {.drain_deadline = 60s});
  raw_client client(server.port());
  admit(client, 1, "/");
  server.close();
  ASSERT_TRUE(client.read_until_end(patience));
  client.close();
  EXPECT_TRUE(server.result().has_value());
}

TEST(drain, a_client_that_never_speaks_is_cut_off) {
  running_server server("rfc9113", {.drain_deadline = 300ms, .linger = 200ms});
  raw_client client(server.port(), false);
  ASSERT_TRUE(client.read_until([&] { return !client.frames().empty(); }, patience));  // our SETTINGS
  server.close();
  EXPECT_TRUE(server.result().has_value());
}

TEST(drain, a_client_that_keeps_its_half_open_is_cut_off_after_the_linger) {
  running_server server("rfc9113", {.drain_deadline = 60s, .linger = 200ms});
  raw_client client(server.port());
  admit(client, 1, "/");
  server.close();
  EXPECT_TRUE(server.result().has_value());  // the client never reads the FIN and never sends its own
}

TEST(drain, a_handler_that_never_returns_is_detached_at_the_deadline) {
  running_server server("rfc9113", {.drain_deadline = 300ms});
  raw_client client(server.port());
  admit(client, 1, "/hang");
  server.close();
  const auto result = server.result();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_NE(server.report().find("detached: GET /hang"), std::string::npos) << server.report();
  EXPECT_NE(server.report().find("at the drain deadline: 1"), std::string::npos) << server.report();
}

TEST(drain, a_client_that_stops_reading_is_cut_off_at_the_deadline) {
  running_server server("rfc9113", {.drain_deadline = 300ms});
  raw_client client(server.port());
  client.send(frame(frame_type::settings, 0, 0, std::string("\0\x04", 2) + u32(0x7fff'ffff)) +
              frame(frame_type::window_update, 0, 0, u32(0x7000'0000)));
  client.send(get(1, "/bytes?n=1000000000"));
  ASSERT_TRUE(client.read_until([&] { return !client.body(1).empty(); }, patience));
  server.close();
  EXPECT_TRUE(server.result().has_value());
}

TEST(drain, a_reset_of_the_last_blocked_response_ends_the_drain) {
  running_server server("rfc9113", {.drain_deadline = 60s});
  raw_client client(server.port());
  client.send(get(1, "/bytes?n=100000"));
  ASSERT_TRUE(client.read_until([&] { return client.body(1).size() == wire::default_window; }, patience));
  server.close();
  ASSERT_TRUE(sees_goaways(client, 2));
  EXPECT_TRUE(server.is_running());
  client.send(frame(frame_type::rst_stream, 0, 1, u32(8)));
  ASSERT_TRUE(client.read_until_end(patience));
  client.close();
  EXPECT_TRUE(server.result().has_value());
}

TEST(drain, a_blocked_response_goes_on_when_the_window_opens) {
  running_server server("rfc9113", {.drain_deadline = 60s});
  raw_client client(server.port());
  client.send(get(1, "/bytes?n=100000"));
  ASSERT_TRUE(client.read_until([&] { return client.body(1).size() == wire::default_window; }, patience));
  server.close();
  ASSERT_TRUE(sees_goaways(client, 2));
  client.send(frame(frame_type::window_update, 0, 0, u32(100'000)) +
              frame(frame_type::window_update, 0, 1, u32(100'000)));
  ASSERT_TRUE(client.read_until_end(patience));
  EXPECT_EQ(client.body(1).size(), 100'000U);
  EXPECT_TRUE(client.complete(1));
}

TEST(drain, a_connection_error_is_answered_with_goaway) {
  running_server server("rfc9113");
  raw_client client(server.port());
  client.send(frame(frame_type::ping, 0, 0, "short"));
  ASSERT_TRUE(client.read_until_end(patience));
  const auto goaways = client.frames(frame_type::goaway);
  ASSERT_EQ(goaways.size(), 1U);
  EXPECT_EQ(u32_at(goaways[0].payload, 4), 6U);  // FRAME_SIZE_ERROR
}

}  // namespace
}  // namespace lastcall::test
