// The nine bytes in front of every HTTP/2 frame (RFC 9113 4.1) and the numbers of section 6.
// Bytes only: nothing here may know what a frame does to a connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/types.hpp"

namespace lastcall::wire {

using bytes = std::vector<std::byte>;

/// RFC 9113 6.1 to 6.10, by the number on the wire. A type outside this list is ignored (4.1).
enum class frame_type : std::uint8_t {
  data,
  headers,
  priority,
  rst_stream,
  settings,
  push_promise,
  ping,
  goaway,
  window_update,
  continuation,
};

namespace flag {
inline constexpr std::uint8_t none = 0x0;
inline constexpr std::uint8_t end_stream = 0x1;
inline constexpr std::uint8_t ack = 0x1;
inline constexpr std::uint8_t end_headers = 0x4;
inline constexpr std::uint8_t padded = 0x8;
inline constexpr std::uint8_t priority = 0x20;
}  // namespace flag

/// RFC 9113 6.5.2: the settings that this codec sends or obeys.
enum class setting : std::uint16_t {
  header_table_size = 1,
  enable_push = 2,
  max_concurrent_streams = 3,
  initial_window_size = 4,
  max_frame_size = 5,
  max_header_list_size = 6,
};

inline constexpr std::string_view client_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
inline constexpr std::size_t frame_header_size = 9;
inline constexpr std::uint32_t default_window = 65'535;          ///< 6.9.2
inline constexpr std::uint32_t default_max_frame_size = 16'384;  ///< 6.5.2
inline constexpr std::uint32_t highest_max_frame_size = 0xff'ffff;
inline constexpr std::int64_t highest_window = 0x7fff'ffff;  ///< 6.9.1

struct frame_header {
  std::uint32_t length;
  frame_type type;
  std::uint8_t flags;
  model::stream_id stream;  ///< the reserved bit is dropped
};

/// `from` holds at least nine bytes.
frame_header read_frame_header(std::span<const std::byte> from);

/// `from` holds at least four, or two, bytes. Network order.
std::uint32_t read_u32(std::span<const std::byte> from);
std::uint16_t read_u16(std::span<const std::byte> from);

void append_u32(bytes& to, std::uint32_t value);
void append_u16(bytes& to, std::uint16_t value);

/// Appends header and payload; the payload must not be longer than 2^24-1 bytes.
void append_frame(bytes& to, frame_type type, std::uint8_t flags, model::stream_id stream,
                  std::span<const std::byte> payload);

}  // namespace lastcall::wire
