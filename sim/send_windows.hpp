// How much a server may write on one connection: HTTP/2 windows (RFC 9113 5.2, 6.9) and what the two socket buffers hold of
// a client that does not read. The model itself knows no windows; they only delay what it has submitted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "model/types.hpp"

namespace lastcall::sim {

/// What a client that has stopped reading still takes, in bytes. Measured on Linux loopback: 2.4 to 3.3 million, as the kernel
/// tunes the buffers; a smaller response always fits.
inline constexpr std::uint32_t unread_bytes_max = 2'000'000;

class send_windows {
 public:
  /// The client's INITIAL_WINDOW_SIZE moves the windows of all streams (6.9.2); they may become negative.
  void set_initial_window(std::uint32_t size) {
    for (window& each : streams_) each.left += std::int64_t{size} - initial_;
    initial_ = size;
  }
  void update(model::stream_id stream, std::uint32_t increment) {
    (stream == 0 ? connection_ : of(stream)) += increment;
  }
  std::uint32_t room(model::stream_id stream) {
    const std::int64_t left = std::min(connection_, of(stream));
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<std::uint32_t>::max()));
  }
  void spend(model::stream_id stream, std::uint32_t bytes) {
    connection_ -= bytes;
    of(stream) -= bytes;
  }

  template <class Key>
  void put(Key& key) const {
    key.field(connection_);
    key.field(initial_);
    for (const window& each : streams_) {
      key.field(each.stream);
      key.field(each.left);
    }
  }

 private:
  struct window {
    model::stream_id stream;
    std::int64_t left;
  };
  std::int64_t& of(model::stream_id stream) {
    for (window& each : streams_)
      if (each.stream == stream) return each.left;
    return streams_.emplace_back(window{stream, initial_}).left;
  }

  std::int64_t connection_ = 65'535;
  std::int64_t initial_ = 65'535;
  std::vector<window> streams_;
};

}  // namespace lastcall::sim
