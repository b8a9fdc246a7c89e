// What stays nghttp2's: header compression. One test for each row of the first table of docs/WIRE.md.
#include <gtest/gtest.h>

#include <string>

#include "tests/wire/codec_probe.hpp"

namespace lastcall::test {
namespace {

using wire::flag::end_headers;
using wire::flag::end_stream;

std::string headers(model::stream_id stream, std::string_view block) {
  return frame(wire::frame_type::headers, end_headers | end_stream, stream, block);
}

TEST(hpack, field_lines_arrive_in_wire_order) {
  codec_probe probe;
  probe.feed(get(1));
  EXPECT_EQ(probe.events, texts{"headers 1 end"});
  EXPECT_EQ(probe.fields,
            (wire::fields{{":method", "GET"}, {":scheme", "http"}, {":path", "/"}, {":authority", "a"}}));
}

TEST(hpack, the_dynamic_table_lives_from_block_to_block) {
  codec_probe probe;
  probe.feed(headers(1, std::string("\x40\x01" "x" "\x01" "y", 5)));  // literal with incremental indexing
  probe.feed(headers(3, "\xbe"));                                     // its index, 62
  EXPECT_EQ(probe.fields, (wire::fields{{"x", "y"}}));
}

TEST(hpack, an_index_outside_the_table_is_a_compression_error) {
  codec_probe probe;
  probe.feed(headers(1, "\xbe"));
  EXPECT_EQ(probe.events, texts{"invalid 9"});
}

TEST(hpack, a_block_that_ends_inside_a_field_line_is_a_compression_error) {
  codec_probe probe;
  probe.feed(headers(1, std::string("\x40\x05" "xy", 4)));
  EXPECT_EQ(probe.events, texts{"invalid 9"});
}

TEST(hpack, a_wrong_huffman_string_is_a_compression_error) {
  codec_probe probe;
  probe.feed(headers(1, std::string("\x40\x84\xff\xff\xff\xff\x01" "y", 8)));  // EOS inside a string
  EXPECT_EQ(probe.events, texts{"invalid 9"});
}

TEST(hpack, a_table_size_above_4096_is_a_compression_error) {
  codec_probe probe;
  probe.feed(headers(1, std::string("\x3f\xe2\x1f\x82", 4)));  // dynamic table size update to 4097
  EXPECT_EQ(probe.events, texts{"invalid 9"});
}

TEST(hpack, one_field_line_longer_than_nghttp2_holds_is_a_compression_error) {
  // nghttp2 keeps a name or value of at most 65,536 bytes; the announced value length here is 70,000.
  codec_probe probe;
  probe.feed(headers(1, std::string("\x40\x01" "x" "\x7f\xf1\xa1\x04", 7)));
  EXPECT_EQ(probe.events, texts{"invalid 9"});
}

TEST(hpack, the_encoder_obeys_the_peers_table_size) {
  const wire::fields response{{":status", "200"}, {"server", "lastcall"}};
  wire::hpack_encoder unlimited;
  unlimited.encode(response);
  const auto indexed = unlimited.encode(response);
  wire::hpack_encoder without_table;
  without_table.set_table_size(0);
  without_table.encode(response);
  const auto repeated = without_table.encode(response);
  EXPECT_EQ(indexed.size(), 2U);  // both lines by index
  EXPECT_GT(repeated.size(), indexed.size());
  wire::hpack_decoder decoder;
  EXPECT_TRUE(std::holds_alternative<wire::fields>(decoder.decode(indexed, 0xffff)) == false);  // 62 is nothing here
  EXPECT_EQ(std::get<wire::fields>(wire::hpack_decoder().decode(repeated, 0xffff)), response);
}

TEST(hpack, the_running_version_is_known) { EXPECT_FALSE(wire::nghttp2_version_text().empty()); }

// Ours: bounds that nghttp2's decoder does not have.

TEST(field_block, a_decoded_list_that_grows_beyond_the_bound_ends_the_connection) {
  codec_probe probe;
  std::string bomb = std::string("\x40\x01" "x" "\x7f\xa1\x1e", 6) + std::string(4000, 'v');
  bomb.append(20, '\xbe');  // twenty times 4 KB in twenty bytes
  probe.feed(headers(1, bomb));
  EXPECT_EQ(probe.events, texts{"invalid 11"});
}

TEST(field_block, continuations_without_end_end_the_connection) {
  codec_probe probe;
  probe.feed(frame(wire::frame_type::headers, 0, 1, get_block));
  for (int i = 0; i < 10'000 && probe.events.empty(); ++i) {
    probe.feed(frame(wire::frame_type::continuation, 0, 1));
  }
  EXPECT_EQ(probe.events, texts{"invalid 11"});
}

}  // namespace
}  // namespace lastcall::test
