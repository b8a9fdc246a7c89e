// The codec against nghttp2 as the field's client: both ends in memory, the test plays the model.
#include <gtest/gtest.h>

#include <string>

#include "tests/wire/codec_probe.hpp"
#include "tests/wire/nghttp2_client.hpp"

namespace lastcall::test {
namespace {

using model::error_code;

const wire::fields ok{{":status", "200"}, {"content-type", "text/plain"}};

class session : public ::testing::Test {
 protected:
  session() : server(0) { client.settings(); }

  // Until neither end has anything to say.
  void exchange() {
    for (bool moved = true; moved;) {
      const auto up = client.output();
      if (!up.empty()) {
        server.feed(as_bytes(up), [this](const wire::received& one) {
          events.push_back(name(one.event));
          body.append(reinterpret_cast<const char*>(one.data.data()), one.data.size());
          server.return_window(one.data.size());
          if (!one.fields.empty()) {
            request.assign(one.fields.begin(), one.fields.end());
          }
          return true;
        });
      }
      const auto down = server.take_output();
      ended.insert(ended.end(), down.ended.begin(), down.ended.end());
      EXPECT_TRUE(client.input(down.bytes));
      moved = !up.empty() || !down.bytes.empty();
    }
  }

  void start() {
    server.submit(model::send_settings{0});
    server.submit(model::send_settings_ack{0});
    exchange();
    events.clear();
  }

  void respond(model::stream_id stream, std::string_view content) {
    server.submit(model::send_headers{0, stream}, ok);
    server.submit(model::send_data{0, stream, static_cast<std::uint32_t>(content.size()), true}, as_bytes(content));
    exchange();
  }

  nghttp2_client client;
  wire::session_codec server;
  texts events;
  std::string body;
  wire::fields request;
  std::vector<model::stream_id> ended;
};

TEST_F(session, starts_with_settings_and_acks_both_ways) {
  server.submit(model::send_settings{0});
  server.submit(model::send_settings_ack{0});
  exchange();
  EXPECT_EQ(events, (texts{"settings", "settings_ack"}));
  EXPECT_EQ(client.frames(NGHTTP2_SETTINGS).size(), 2U);
}

TEST_F(session, carries_a_request_and_its_response) {
  start();
  const auto stream = client.request("/hello");
  exchange();
  EXPECT_EQ(events, texts{"headers 1 end"});
  EXPECT_EQ(request.at(3), (wire::field{":path", "/hello"}));
  respond(1, "hello");
  EXPECT_EQ(client.stream(stream).status, "200");
  EXPECT_EQ(client.stream(stream).body, "hello");
  EXPECT_TRUE(client.stream(stream).closed);
  EXPECT_EQ(client.stream(stream).close_code, 0U);
  EXPECT_EQ(ended, (std::vector<model::stream_id>{1}));
}

TEST_F(session, carries_a_large_body_up_while_the_application_reads) {
  start();
  const std::string upload(300'000, 'u');
  client.request("/echo", &upload);
  for (std::size_t read = 0; body.size() < upload.size();) {
    exchange();
    ASSERT_GT(body.size(), read) << "the window never opened";
    server.consume(1, body.size() - read);
    read = body.size();
  }
  EXPECT_EQ(body, upload);
  EXPECT_TRUE(events.back().ends_with(" end"));
}

TEST_F(session, a_body_that_nobody_reads_stops_at_the_window) {
  start();
  const std::string upload(300'000, 'u');
  client.request("/hang", &upload);
  exchange();
  EXPECT_EQ(body.size(), wire::default_window);
}

TEST_F(session, an_end_that_waits_for_a_window_is_not_reported_written) {
  nghttp2_client stalled(false);
  stalled.settings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 100}});
  const auto stream = stalled.request("/");
  wire::session_codec codec(0);
  codec.submit(model::send_settings{0});
  const auto ignore = [](const wire::received&) { return true; };
  codec.feed(as_bytes(stalled.output()), ignore);
  codec.submit(model::send_headers{0, 1}, ok);
  codec.submit(model::send_data{0, 1, 150, true}, as_bytes(std::string(150, 'r')));
  auto out = codec.take_output();
  EXPECT_TRUE(out.ended.empty());
  EXPECT_FALSE(codec.drained());
  EXPECT_TRUE(stalled.input(out.bytes));
  EXPECT_EQ(stalled.stream(stream).body.size(), 100U);
  nghttp2_submit_window_update(stalled.session(), NGHTTP2_FLAG_NONE, stream, 50);
  codec.feed(as_bytes(stalled.output()), ignore);
  out = codec.take_output();
  EXPECT_EQ(out.ended, (std::vector<model::stream_id>{1}));
  EXPECT_TRUE(stalled.input(out.bytes));
  EXPECT_EQ(stalled.stream(stream).body.size(), 150U);
}

TEST_F(session, two_phases_of_goaway_reach_the_client_in_order) {
  start();
  client.request("/");
  exchange();
  server.submit(model::send_goaway{0, model::highest_stream_id, error_code::no_error});
  exchange();
  server.submit(model::send_goaway{0, 1, error_code::no_error});
  respond(1, "last");
  const auto seen = client.frames(NGHTTP2_GOAWAY);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].last_stream, 0x7fff'ffff);
  EXPECT_EQ(seen[1].last_stream, 1);
  EXPECT_EQ(client.frames().back().type, NGHTTP2_DATA);
  EXPECT_EQ(client.stream(1).body, "last");
}

TEST_F(session, a_stream_ignored_in_silence_leaves_the_tables_of_both_ends_in_step) {
  start();
  client.request("/one");
  exchange();
  const auto ignored = client.request("/a-path-that-enters-the-dynamic-table");
  exchange();
  server.submit(model::send_goaway{0, 1, error_code::no_error});
  respond(1, "one");
  EXPECT_EQ(client.stream(1).body, "one");
  EXPECT_EQ(client.stream(ignored).close_code, static_cast<std::uint32_t>(NGHTTP2_REFUSED_STREAM));
  EXPECT_EQ(events, (texts{"headers 1 end", "headers 3 end"}));
}

TEST_F(session, a_refused_stream_does_not_hurt_the_next) {
  start();
  const auto refused = client.request("/refused");
  exchange();
  server.submit(model::send_rst_stream{0, 1, error_code::refused_stream});
  exchange();
  EXPECT_EQ(client.stream(refused).close_code, static_cast<std::uint32_t>(NGHTTP2_REFUSED_STREAM));
  const auto next = client.request("/refused");
  exchange();
  respond(static_cast<model::stream_id>(next), "next");
  EXPECT_EQ(client.stream(next).body, "next");
}

TEST_F(session, carries_a_thousand_requests_one_after_the_other) {
  start();
  for (int i = 0; i < 1000; ++i) {
    const auto stream = client.request(std::string("/").append(std::to_string(i)));
    exchange();
    respond(static_cast<model::stream_id>(stream), "x");
    ASSERT_EQ(client.stream(stream).body, "x");
  }
  EXPECT_TRUE(server.drained());
  EXPECT_EQ(ended.size(), 1000U);
}

}  // namespace
}  // namespace lastcall::test
