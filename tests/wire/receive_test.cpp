// Bytes to events, and the connection errors that the codec reports by itself: a test for each row of the second
// table of docs/WIRE.md.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "tests/wire/codec_probe.hpp"

namespace lastcall::test {
namespace {

using wire::frame_type;
namespace flag = wire::flag;

constexpr int protocol_error = 1;
constexpr int flow_control_error = 3;
constexpr int frame_size_error = 6;

texts invalid(int code) { return {"invalid " + std::to_string(code)}; }

texts events_of(std::string_view from_peer) {
  codec_probe probe;
  probe.feed(from_peer);
  return probe.events;
}

TEST(receive, preface_and_settings_are_one_event) {
  codec_probe probe(false);
  probe.feed(wire::client_preface);
  EXPECT_TRUE(probe.events.empty());
  probe.feed(frame(frame_type::settings, 0, 0));
  EXPECT_EQ(probe.events, texts{"settings"});
}

TEST(receive, every_frame_is_one_event) {
  EXPECT_EQ(events_of(post(1) + frame(frame_type::data, 0, 1, "abc") + frame(frame_type::data, flag::end_stream, 1) +
                      frame(frame_type::ping, 0, 0, "12345678") + frame(frame_type::ping, flag::ack, 0, "lastcall") +
                      frame(frame_type::settings, flag::ack, 0) + frame(frame_type::window_update, 0, 0, u32(9)) +
                      frame(frame_type::window_update, 0, 1, u32(9)) + frame(frame_type::rst_stream, 0, 1, u32(8)) +
                      frame(frame_type::goaway, 0, 0, u32(7) + u32(2) + "why")),
            (texts{"headers 1", "data 1 3", "data 1 0 end", "ping", "ping_ack", "settings_ack", "window_update 0",
                   "window_update 1", "rst_stream 1 8", "goaway 7 2"}));
}

TEST(receive, the_cut_of_the_bytes_changes_nothing) {
  const std::string all = std::string(wire::client_preface) + frame(frame_type::settings, 0, 0) + post(1) +
                          frame(frame_type::headers, flag::end_stream, 3, get_block.substr(0, 2)) +
                          frame(frame_type::continuation, flag::end_headers, 3, get_block.substr(2)) +
                          frame(frame_type::data, flag::end_stream, 1, std::string(5000, 'd')) +
                          frame(frame_type::goaway, 0, 0, u32(0) + u32(0));
  codec_probe whole(false);
  whole.feed(all);
  ASSERT_EQ(whole.events.size(), 5U);
  EXPECT_TRUE(rc::check("the cut of the bytes changes nothing", [&] {
    codec_probe cut(false);
    for (std::string_view left = all; !left.empty();) {
      const auto size = *rc::gen::inRange<std::size_t>(1, std::min<std::size_t>(left.size(), 1500) + 1);
      cut.feed(left.substr(0, size));
      left.remove_prefix(size);
    }
    RC_ASSERT(cut.events == whole.events);
    RC_ASSERT(cut.data == whole.data);
  }));
}

TEST(receive, any_bytes_at_all_end_in_events_and_not_in_a_crash) {
  EXPECT_TRUE(rc::check("any bytes at all end in events", [] {
    codec_probe probe;
    for (const auto type : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 12))) {
      const auto payload = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
      probe.feed(frame(static_cast<frame_type>(type), *rc::gen::arbitrary<std::uint8_t>(), *rc::gen::inRange(0U, 6U),
                       payload));
      probe.sent();
    }
    const auto failed = std::count_if(probe.events.begin(), probe.events.end(),
                                      [](const auto& event) { return event.starts_with("invalid"); });
    RC_ASSERT(failed <= 1);
    if (failed == 1) {
      RC_ASSERT(probe.events.back().starts_with("invalid"));
    }
  }));
}

TEST(receive, nothing_follows_an_invalid_frame) {
  codec_probe probe;
  probe.feed(frame(frame_type::ping, 0, 0, "short") + get(1));
  probe.feed(get(3));
  EXPECT_EQ(probe.events, invalid(frame_size_error));
}

TEST(receive, a_sink_that_has_enough_gets_no_more) {
  wire::session_codec codec(0);
  int count = 0;
  const auto once = [&](const wire::received&) { return ++count < 2; };
  const auto all = std::string(wire::client_preface) + frame(frame_type::settings, 0, 0) + get(1) + get(3);
  codec.feed(as_bytes(all), once);
  codec.feed(as_bytes(get(5)), once);
  EXPECT_EQ(count, 2);
}

TEST(receive, padding_is_not_data) {
  codec_probe probe;
  probe.feed(post(1) + frame(frame_type::data, flag::padded, 1, std::string("\x02" "abc\0\0", 6)));
  EXPECT_EQ(probe.data, "abc");
  EXPECT_EQ(probe.events.back(), "data 1 3");
}

TEST(receive, priority_and_padding_of_headers_are_skipped) {
  codec_probe probe;
  const auto payload = std::string("\x01", 1) + std::string(5, '\0') + get_block + std::string(1, '\0');
  probe.feed(frame(frame_type::headers, flag::end_headers | flag::padded | flag::priority, 1, payload));
  EXPECT_EQ(probe.events, texts{"headers 1"});
}

TEST(receive, unknown_types_settings_and_flags_are_ignored) {
  EXPECT_EQ(events_of(frame(static_cast<frame_type>(0x42), 0xff, 9, "x")), texts{});
  EXPECT_EQ(events_of(frame(frame_type::settings, 0, 0, std::string("\xff\xff", 2) + u32(1))), texts{"settings"});
  EXPECT_EQ(events_of(frame(frame_type::ping, 0xf0, 0, "12345678")), texts{"ping"});
}

TEST(receive, an_unknown_error_code_reads_as_internal_error) {
  EXPECT_EQ(events_of(get(1) + frame(frame_type::rst_stream, 0, 1, u32(0xdead))).back(), "rst_stream 1 2");
}

TEST(receive, an_ack_of_a_ping_we_never_sent_is_no_event) {
  EXPECT_EQ(events_of(frame(frame_type::ping, flag::ack, 0, "12345678")), texts{});
}

// What happens on a stream that is not idle is the model's business, whatever it is.

TEST(receive, frames_after_the_end_of_a_stream_reach_the_model) {
  EXPECT_EQ(events_of(get(1) + frame(frame_type::data, 0, 1, "x") + get(1) + get(5) + get(3)),
            (texts{"headers 1 end", "data 1 1", "headers 1 end", "headers 5 end", "headers 3 end"}));
}

TEST(receive, frames_after_our_reset_reach_the_model) {
  codec_probe probe;
  probe.feed(post(1));
  probe.codec.submit(model::send_rst_stream{0, 1, model::error_code::refused_stream});
  probe.feed(frame(frame_type::data, flag::end_stream, 1, "x") + frame(frame_type::window_update, 0, 1, u32(1)) +
             frame(frame_type::rst_stream, 0, 1, u32(0)));
  EXPECT_EQ(probe.events, (texts{"headers 1", "data 1 1 end", "window_update 1", "rst_stream 1 0"}));
}

TEST(receive, headers_after_any_goaway_reach_the_model) {
  codec_probe probe;
  probe.codec.submit(model::send_goaway{0, model::highest_stream_id, model::error_code::no_error});
  probe.codec.submit(model::send_goaway{0, 0, model::error_code::no_error});
  probe.feed(frame(frame_type::goaway, 0, 0, u32(0) + u32(0)) + get(1));
  EXPECT_EQ(probe.events, (texts{"goaway 0 0", "headers 1 end"}));
}

// Connection errors (RFC 9113 5.4.1).

TEST(connection_error, preface) {
  codec_probe probe(false);
  probe.feed("GET / HTTP/1.1\r\n");
  EXPECT_EQ(probe.events, invalid(protocol_error));
}

TEST(connection_error, the_first_frame_is_not_settings) {
  codec_probe probe(false);
  probe.feed(std::string(wire::client_preface) + frame(frame_type::ping, 0, 0, "12345678"));
  EXPECT_EQ(probe.events, invalid(protocol_error));
  codec_probe acked(false);
  acked.feed(std::string(wire::client_preface) + frame(frame_type::settings, flag::ack, 0));
  EXPECT_EQ(acked.events, invalid(protocol_error));
}

TEST(connection_error, a_frame_is_longer_than_we_allow) {
  EXPECT_EQ(events_of(post(1) + frame(frame_type::data, 0, 1, std::string(16'385, 'x'))).back(), "invalid 6");
}

TEST(connection_error, a_fixed_size_is_wrong) {
  for (const auto& bad :
       {frame(frame_type::rst_stream, 0, 1, "123"), frame(frame_type::settings, 0, 0, "12345"),
        frame(frame_type::settings, flag::ack, 0, "123456"), frame(frame_type::ping, 0, 0, "1234567"),
        frame(frame_type::goaway, 0, 0, "1234567"), frame(frame_type::window_update, 0, 0, "123"),
        frame(frame_type::priority, 0, 1, "1234"),
        frame(frame_type::headers, flag::end_headers | flag::priority, 3, "1234")}) {
    EXPECT_EQ(events_of(get(1) + bad).back(), "invalid 6") << static_cast<int>(bad[3]);
  }
}

TEST(connection_error, a_frame_is_on_a_stream_where_it_cannot_be) {
  for (const auto& bad :
       {frame(frame_type::data, 0, 0, "x"), frame(frame_type::headers, flag::end_headers, 0, get_block),
        frame(frame_type::priority, 0, 0, "12345"), frame(frame_type::rst_stream, 0, 0, u32(0)),
        frame(frame_type::settings, 0, 1), frame(frame_type::ping, 0, 1, "12345678"),
        frame(frame_type::goaway, 0, 1, u32(0) + u32(0)), frame(frame_type::push_promise, 0, 1, u32(2)),
        frame(frame_type::headers, flag::end_headers, 2, get_block)}) {
    EXPECT_EQ(events_of(get(1) + bad).back(), "invalid 1") << static_cast<int>(bad[3]);
  }
}

TEST(connection_error, a_frame_is_on_an_idle_stream) {
  for (const auto& bad : {frame(frame_type::data, 0, 3, "x"), frame(frame_type::rst_stream, 0, 3, u32(0)),
                          frame(frame_type::window_update, 0, 3, u32(1))}) {
    EXPECT_EQ(events_of(get(1) + bad).back(), "invalid 1") << static_cast<int>(bad[3]);
  }
}

TEST(connection_error, a_stream_that_was_ignored_is_not_idle) {
  codec_probe probe;
  probe.feed(get(1));
  probe.codec.submit(model::send_goaway{0, 1, model::error_code::no_error});
  probe.feed(post(3) + frame(frame_type::data, 0, 3, "x") + frame(frame_type::rst_stream, 0, 3, u32(8)));
  EXPECT_EQ(probe.events, (texts{"headers 1 end", "headers 3", "data 3 1", "rst_stream 3 8"}));
}

TEST(connection_error, a_field_block_is_interrupted) {
  const auto begun = frame(frame_type::headers, 0, 1, get_block);
  EXPECT_EQ(events_of(begun + frame(frame_type::ping, 0, 0, "12345678")), invalid(protocol_error));
  EXPECT_EQ(events_of(begun + frame(frame_type::continuation, flag::end_headers, 3)), invalid(protocol_error));
  EXPECT_EQ(events_of(frame(frame_type::continuation, flag::end_headers, 1)), invalid(protocol_error));
}

TEST(connection_error, there_is_more_padding_than_payload) {
  EXPECT_EQ(events_of(post(1) + frame(frame_type::data, flag::padded, 1, "\x03" "ab")).back(), "invalid 1");
  EXPECT_EQ(events_of(post(1) + frame(frame_type::data, flag::padded, 1)).back(), "invalid 1");
}

TEST(connection_error, a_setting_is_out_of_range) {
  const auto setting = [](std::string_view id, std::uint32_t value) {
    return frame(frame_type::settings, 0, 0, std::string(1, '\0') + std::string(id) + u32(value));
  };
  EXPECT_EQ(events_of(setting("\x02", 2)), invalid(protocol_error));
  EXPECT_EQ(events_of(setting("\x04", 0x8000'0000)), invalid(flow_control_error));
  EXPECT_EQ(events_of(setting("\x05", 16'383)), invalid(protocol_error));
  EXPECT_EQ(events_of(setting("\x05", 0x100'0000)), invalid(protocol_error));
}

TEST(connection_error, a_window_increment_is_zero_or_too_much) {
  EXPECT_EQ(events_of(frame(frame_type::window_update, 0, 0, u32(0))), invalid(protocol_error));
  EXPECT_EQ(events_of(get(1) + frame(frame_type::window_update, 0, 1, u32(0))).back(), "invalid 1");
  EXPECT_EQ(events_of(frame(frame_type::window_update, 0, 0, u32(0x7fff'ffff))), invalid(flow_control_error));
  EXPECT_EQ(events_of(get(1) + frame(frame_type::window_update, 0, 1, u32(0x7fff'ffff))).back(), "invalid 3");
}

TEST(connection_error, the_peer_ignores_the_window_of_a_stream) {
  codec_probe probe;
  probe.feed(post(1));
  const auto full = frame(frame_type::data, 0, 1, std::string(16'384, 'x'));
  for (int i = 0; i < 3; ++i) {
    probe.feed(full);
  }
  probe.feed(frame(frame_type::data, 0, 1, std::string(16'383, 'x')));
  EXPECT_EQ(probe.events.back(), "data 1 16383");
  probe.feed(frame(frame_type::data, 0, 1, "x"));
  EXPECT_EQ(probe.events.back(), "invalid 3");
}

}  // namespace
}  // namespace lastcall::test
