// Commands to bytes: order, windows, and when END_STREAM is really out.
#include <gtest/gtest.h>

#include <string>

#include "tests/wire/codec_probe.hpp"

namespace lastcall::test {
namespace {

using model::error_code;
using wire::frame_type;
namespace flag = wire::flag;

const wire::fields ok{{":status", "200"}};

std::string initial_window(std::uint32_t size) {
  return frame(frame_type::settings, 0, 0, std::string("\0\x04", 2) + u32(size));
}

void respond(codec_probe& probe, model::stream_id stream, std::size_t size, bool end_stream = true) {
  probe.codec.submit(model::send_data{0, stream, static_cast<std::uint32_t>(size), end_stream},
                     as_bytes(std::string(size, 'r')));
}

TEST(send, goaway_is_seventeen_bytes) {
  codec_probe probe;
  probe.codec.submit(model::send_goaway{0, 5, error_code::enhance_your_calm});
  probe.sent();
  EXPECT_EQ(probe.raw, std::string("\0\0\x08\x07\0\0\0\0\0\0\0\0\x05\0\0\0\x0b", 17));
}

TEST(send, our_settings_limit_no_streams) {
  codec_probe probe;
  probe.codec.submit(model::send_settings{0});
  probe.sent();
  EXPECT_EQ(probe.raw, std::string("\0\0\x06\x04\0\0\0\0\0\0\x06\0\x01\0\0", 15));
}

TEST(send, settings_are_acknowledged_only_when_told) {
  codec_probe probe;
  EXPECT_EQ(probe.sent(), texts{});
  probe.codec.submit(model::send_settings_ack{0});
  EXPECT_EQ(probe.sent(), texts{"settings 0 1 0"});
}

TEST(send, a_ping_is_answered_only_when_told_and_with_its_own_payload) {
  codec_probe probe;
  probe.feed(frame(frame_type::ping, 0, 0, "first---") + frame(frame_type::ping, 0, 0, "second--"));
  EXPECT_EQ(probe.sent(), texts{});
  probe.codec.submit(model::send_ping_ack{0});
  EXPECT_EQ(probe.sent(), texts{"ping 0 1 8"});
  EXPECT_EQ(probe.raw.substr(9), "first---");
  probe.codec.submit(model::send_ping_ack{0});
  probe.sent();
  EXPECT_EQ(probe.raw.substr(9), "second--");
}

TEST(send, the_order_of_submission_is_the_order_on_the_wire) {
  codec_probe probe;
  probe.feed(post(1) + get(3) + frame(frame_type::ping, 0, 0, "12345678"));
  probe.codec.submit(model::send_headers{0, 3}, ok);
  respond(probe, 3, 10);
  probe.codec.submit(model::send_ping_ack{0});
  probe.codec.submit(model::send_goaway{0, 3, error_code::no_error});
  probe.codec.submit(model::send_rst_stream{0, 1, error_code::cancel});
  probe.codec.submit(model::send_ping{0});
  EXPECT_EQ(probe.sent(), (texts{"headers 3 4 1", "data 3 1 10", "ping 0 1 8", "goaway 0 0 8", "rst_stream 1 0 4",
                                 "ping 0 0 8"}));
  EXPECT_EQ(probe.ended, (std::vector<model::stream_id>{3}));
}

TEST(send, what_the_protocol_forbids_goes_out_as_commanded) {
  codec_probe probe;
  probe.feed(get(1));
  probe.codec.submit(model::send_rst_stream{0, 1, error_code::cancel});
  probe.codec.submit(model::send_rst_stream{0, 1, error_code::cancel});
  probe.codec.submit(model::send_headers{0, 1}, ok);
  respond(probe, 1, 1);
  probe.codec.submit(model::send_rst_stream{0, 9, error_code::cancel});
  probe.codec.submit(model::send_goaway{0, 1, error_code::no_error});
  probe.codec.submit(model::send_goaway{0, 3, error_code::no_error});
  EXPECT_EQ(probe.sent(), (texts{"rst_stream 1 0 4", "rst_stream 1 0 4", "headers 1 4 1", "data 1 1 1",
                                 "rst_stream 9 0 4", "goaway 0 0 8", "goaway 0 0 8"}));
}

TEST(send, data_stops_at_the_window_of_the_stream) {
  codec_probe probe;
  probe.feed(initial_window(10) + get(1));
  respond(probe, 1, 25);
  EXPECT_EQ(probe.sent(), texts{"data 1 0 10"});
  EXPECT_TRUE(probe.ended.empty());
  EXPECT_EQ(probe.codec.waiting(1), 15U);
  EXPECT_FALSE(probe.codec.drained());
  EXPECT_FALSE(probe.codec.has_output());
  probe.feed(frame(frame_type::window_update, 0, 1, u32(14)));
  EXPECT_TRUE(probe.codec.has_output());
  EXPECT_EQ(probe.sent(), texts{"data 1 0 14"});
  EXPECT_TRUE(probe.ended.empty());
  probe.feed(frame(frame_type::window_update, 0, 1, u32(1)));
  EXPECT_EQ(probe.sent(), texts{"data 1 1 1"});
  EXPECT_EQ(probe.ended, (std::vector<model::stream_id>{1}));
  EXPECT_TRUE(probe.codec.drained());
}

TEST(send, data_stops_at_the_window_of_the_connection) {
  codec_probe probe;
  probe.feed(initial_window(1'000'000) + get(1));
  respond(probe, 1, 70'000);
  EXPECT_EQ(probe.sent(), (texts{"data 1 0 16384", "data 1 0 16384", "data 1 0 16384", "data 1 0 16383"}));
  probe.feed(frame(frame_type::window_update, 0, 0, u32(100'000)));
  EXPECT_EQ(probe.sent(), texts{"data 1 1 4465"});
}

TEST(send, an_end_without_data_needs_no_window) {
  codec_probe probe;
  probe.feed(initial_window(0) + get(1));
  respond(probe, 1, 0);
  EXPECT_EQ(probe.sent(), texts{"data 1 1 0"});
}

TEST(send, an_end_behind_blocked_data_waits_with_it) {
  codec_probe probe;
  probe.feed(initial_window(4) + get(1));
  respond(probe, 1, 6, false);
  respond(probe, 1, 0);
  EXPECT_EQ(probe.sent(), texts{"data 1 0 4"});
  probe.feed(frame(frame_type::window_update, 0, 1, u32(2)));
  EXPECT_EQ(probe.sent(), texts{"data 1 1 2"});
}

TEST(send, a_smaller_initial_window_makes_windows_negative) {
  codec_probe probe;
  probe.feed(initial_window(10) + get(1));
  respond(probe, 1, 20);
  probe.sent();
  probe.feed(initial_window(5) + frame(frame_type::window_update, 0, 1, u32(5)));
  EXPECT_FALSE(probe.codec.has_output());
  probe.feed(frame(frame_type::window_update, 0, 1, u32(1)));
  EXPECT_EQ(probe.sent(), texts{"data 1 0 1"});
}

TEST(send, no_data_follows_a_reset) {
  codec_probe probe;
  probe.feed(initial_window(4) + get(1) + get(3));
  respond(probe, 1, 10);
  respond(probe, 3, 10);
  probe.sent();
  probe.codec.submit(model::send_rst_stream{0, 1, error_code::internal_error});
  probe.feed(frame(frame_type::rst_stream, 0, 3, u32(8)) + initial_window(100));
  EXPECT_EQ(probe.sent(), texts{"rst_stream 1 0 4"});
  EXPECT_TRUE(probe.codec.drained());
}

TEST(send, streams_take_turns) {
  codec_probe probe;
  probe.feed(initial_window(0) + get(1) + get(3));
  respond(probe, 1, 40'000);
  respond(probe, 3, 10);
  probe.feed(initial_window(60'000));
  EXPECT_EQ(probe.sent(), (texts{"data 1 0 16384", "data 3 1 10", "data 1 0 16384", "data 1 1 7232"}));
}

TEST(send, a_generous_window_does_not_fill_the_memory) {
  codec_probe probe;
  probe.feed(initial_window(0x7fff'ffff) + get(1) + frame(frame_type::window_update, 0, 0, u32(0x7000'0000)));
  respond(probe, 1, 1'000'000);
  EXPECT_LT(probe.codec.framed(), 300'000U);
  std::size_t total = 0;
  while (probe.codec.has_output()) {
    probe.sent();
    total += probe.raw.size();
  }
  EXPECT_GT(total, 1'000'000U);
  EXPECT_EQ(probe.ended, (std::vector<model::stream_id>{1}));
}

TEST(send, a_long_field_block_is_continued) {
  codec_probe probe;
  probe.feed(get(1));
  const wire::fields large{{":status", "200"}, {"x", std::string(20'000, '\x01')}};
  probe.codec.submit(model::send_headers{0, 1}, large);
  const auto sent = probe.sent();
  ASSERT_GE(sent.size(), 2U);
  EXPECT_EQ(sent.front(), "headers 1 0 16384");
  EXPECT_TRUE(sent.back().starts_with("continuation 1 4 "));
}

// Our own windows (RFC 9113 6.9).

TEST(receive_window, the_connection_gets_its_bytes_back_whatever_becomes_of_the_stream) {
  codec_probe probe;
  probe.feed(post(1));
  probe.codec.submit(model::send_rst_stream{0, 1, error_code::refused_stream});
  probe.sent();
  std::size_t returned = 0;
  for (int i = 0; i < 100; ++i) {
    probe.feed(frame(frame_type::data, flag::padded, 1, std::string(1, '\xff') + std::string(15'000, '\0')));
    for (const auto& sent : probe.sent()) {
      EXPECT_EQ(sent, "window_update 0 0 4");
      returned += wire::read_u32(as_bytes(probe.raw).subspan(9));
    }
  }
  EXPECT_EQ(probe.events.back(), "data 1 14745");
  EXPECT_GE(returned + 32'767, 100U * 15'001U);
  EXPECT_LE(returned, 100U * 15'001U);
}

TEST(receive_window, what_the_model_does_not_return_is_lost_to_the_connection) {
  codec_probe probe;
  probe.returns_windows = false;
  probe.feed(post(1));
  for (int i = 0; i < 4; ++i) probe.feed(frame(frame_type::data, 0, 1, std::string(16'000, 'x')));
  EXPECT_EQ(probe.events.back(), "data 1 16000");
  EXPECT_EQ(probe.sent(), texts{});
  probe.codec.return_window(64'000);
  EXPECT_EQ(probe.sent(), texts{"window_update 0 0 4"});
}

TEST(send, a_reset_drops_the_data_of_its_stream_unless_it_is_to_wait_behind_it) {
  for (const bool behind : {false, true}) {
    codec_probe probe;
    probe.feed(initial_window(0) + get(1));
    probe.codec.submit(model::send_headers{0, 1}, {});
    probe.codec.submit(model::send_data{0, 1, 3, true}, as_bytes("abc"));
    probe.codec.submit(model::send_rst_stream{0, 1, error_code::cancel, behind});
    EXPECT_EQ(probe.sent().back(), behind ? "headers 1 4 0" : "rst_stream 1 0 4");
    probe.feed(frame(frame_type::window_update, 0, 1, u32(3)));
    EXPECT_EQ(probe.sent(), behind ? (texts{"data 1 1 3", "rst_stream 1 0 4"}) : texts{});
  }
}

TEST(send, settings_announce_a_limit_of_streams_if_there_is_one) {
  codec_probe probe;
  probe.codec.submit(model::send_settings{0});
  EXPECT_EQ(probe.sent(), texts{"settings 0 0 6"});
  probe.codec.submit(model::send_settings{0, 1});
  EXPECT_EQ(probe.sent(), texts{"settings 0 0 12"});
  EXPECT_EQ(wire::read_u32(as_bytes(probe.raw).subspan(11)), 1U);
}

TEST(receive_window, a_stream_gets_its_bytes_back_when_the_application_reads) {
  codec_probe probe;
  probe.feed(post(1) + frame(frame_type::data, 0, 1, std::string(16'384, 'x')) +
             frame(frame_type::data, 0, 1, std::string(16'384, 'x')));
  EXPECT_EQ(probe.sent(), texts{"window_update 0 0 4"});
  probe.codec.consume(1, 32'768);
  EXPECT_EQ(probe.sent(), texts{"window_update 1 0 4"});
  EXPECT_EQ(wire::read_u32(as_bytes(probe.raw).subspan(9)), 32'768U);
}

TEST(receive_window, a_complete_request_gets_nothing_back) {
  codec_probe probe;
  probe.feed(post(1) + frame(frame_type::data, flag::end_stream, 1, std::string(16'384, 'x')));
  probe.codec.consume(1, 60'000);
  EXPECT_EQ(probe.sent(), texts{});
}

}  // namespace
}  // namespace lastcall::test
