#include "model/wire/frame.hpp"

namespace lastcall::wire {

std::uint32_t read_u32(std::span<const std::byte> from) {
  return std::to_integer<std::uint32_t>(from[0]) << 24 | std::to_integer<std::uint32_t>(from[1]) << 16 |
         std::to_integer<std::uint32_t>(from[2]) << 8 | std::to_integer<std::uint32_t>(from[3]);
}

std::uint16_t read_u16(std::span<const std::byte> from) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(from[0]) << 8 | std::to_integer<unsigned>(from[1]));
}

frame_header read_frame_header(std::span<const std::byte> from) {
  return {.length = read_u32(from) >> 8,
          .type = static_cast<frame_type>(from[3]),
          .flags = std::to_integer<std::uint8_t>(from[4]),
          .stream = read_u32(from.subspan(5)) & model::highest_stream_id};
}

void append_u32(bytes& to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    to.push_back(static_cast<std::byte>(value >> shift));
  }
}

void append_u16(bytes& to, std::uint16_t value) {
  to.push_back(static_cast<std::byte>(value >> 8));
  to.push_back(static_cast<std::byte>(value));
}

void append_frame(bytes& to, frame_type type, std::uint8_t flags, model::stream_id stream,
                  std::span<const std::byte> payload) {
  append_u32(to, static_cast<std::uint32_t>(payload.size()) << 8 | static_cast<std::uint32_t>(type));
  to.push_back(static_cast<std::byte>(flags));
  append_u32(to, stream);
  to.insert(to.end(), payload.begin(), payload.end());
}

}  // namespace lastcall::wire
