// serve() as a command: signals, exit codes, what it prints.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/real/raw_client.hpp"
#include "tests/real/running_server.hpp"

namespace lastcall::test {
namespace {

const model::profile& rfc9113() { return *model::find_profile("rfc9113"); }

TEST(serve, a_server_without_connections_closes_at_once) {
  running_server server("rfc9113", {.drain_deadline = 60s});
  server.close();
  const auto result = server.result();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 0);
  EXPECT_NE(server.report().find("connections: 0;"), std::string::npos) << server.report();
}

TEST(serve, a_second_signal_ends_it_at_once) {
  running_server server("node-23.1.0");
  raw_client client(server.port());
  ASSERT_TRUE(client.read_until([&] { return !client.frames().empty(); }, patience));
  server.close();
  server.signal_again();
  const auto result = server.result();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 128 + SIGTERM);
  EXPECT_NE(result->message.find("connections open: 1"), std::string::npos) << result->message;
}

TEST(serve, a_port_that_is_taken_is_the_environments_failure) {
  running_server first("rfc9113");
  std::ostringstream report;
  const auto result = real::serve(rfc9113(), {.port = first.port()}, report);
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_NE(result.message.find("127.0.0.1:" + std::to_string(first.port())), std::string::npos) << result.message;
  EXPECT_EQ(report.str(), "");
}

TEST(serve, a_name_is_not_an_address) {
  std::ostringstream report;
  const auto result = real::serve(rfc9113(), {.address = "localhost"}, report);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.message.find("'localhost'"), std::string::npos) << result.message;
}

TEST(serve, it_can_listen_twice_in_a_row_on_one_port) {
  std::uint16_t port = 0;
  for (int i = 0; i < 2; ++i) {
    running_server server("rfc9113", {.port = port});
    port = server.port();
    raw_client client(port);
    client.send(get(1, "/"));
    ASSERT_TRUE(client.read_until([&] { return client.complete(1); }, patience));
    server.close();
    ASSERT_TRUE(client.read_until_end(patience));
    client.close();
    ASSERT_TRUE(server.result().has_value());
  }
}

TEST(serve, the_routes_answer) {
  running_server server("rfc9113");
  raw_client client(server.port());
  client.send(get(1, "/") + get(3, "/delay?ms=1") + get(5, "/bytes?n=20000") + get(7, "/stream?n=3&ms=1") +
              get(9, "/nothing") + get(11, "/bytes?n=many") + get(13, "/bytes?n=0") + get(15, "/echo"));
  ASSERT_TRUE(client.read_until(
      [&] {
        for (model::stream_id stream = 1; stream <= 15; stream += 2) {
          if (!client.complete(stream)) {
            return false;
          }
        }
        return true;
      },
      patience));
  EXPECT_EQ(client.body(1), "This round is on the house.\n");
  EXPECT_EQ(client.body(3), "Waited 1 ms.\n");
  EXPECT_EQ(client.body(5), std::string(20'000, '.'));
  EXPECT_EQ(client.body(7), "2 to go\n1 to go\n0 to go\n");
  EXPECT_EQ(client.body(9), "Not on the menu.\n");
  EXPECT_NE(client.body(11).find("/bytes?n=N"), std::string::npos);
  EXPECT_EQ(client.body(13), "");
  EXPECT_EQ(client.body(15), "");
}

}  // namespace
}  // namespace lastcall::test
