// What goes out on one connection: frames in the order of their submission, except that DATA waits for the windows of
// RFC 9113 6.9. It decides nothing: whoever submits a frame that the protocol forbids finds it on the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

#include "model/wire/frame.hpp"

namespace lastcall::wire {

/// Bytes for the kernel, and the streams whose END_STREAM is among them, in order.
struct output {
  wire::bytes bytes;
  std::vector<model::stream_id> ended;
};

class send_queue {
 public:
  /// The peer opened this stream: from now on its WINDOW_UPDATEs count.
  void open(model::stream_id stream);

  /// No more DATA for this stream; what waits for a window is dropped.
  void abandon(model::stream_id stream);

  /// A frame that no window holds back.
  void control(frame_type type, std::uint8_t flags, model::stream_id stream, std::span<const std::byte> payload);

  void data(model::stream_id stream, std::span<const std::byte> payload, bool end_stream);

  /// A frame that follows the last DATA of this stream, whose END_STREAM is still to be framed.
  void behind_data(frame_type type, model::stream_id stream, std::span<const std::byte> payload);
  bool ends_later(model::stream_id stream) const;

  /// WINDOW_UPDATE, stream 0 for the connection. False if the window would pass 2^31-1. Of a stream that is neither
  /// open nor remembered nothing is kept (RFC 9113 5.1: no error after END_STREAM or RST_STREAM).
  [[nodiscard]] bool widen(model::stream_id stream, std::uint32_t increment);

  /// SETTINGS_INITIAL_WINDOW_SIZE: moves the window of every open stream (6.9.2). False if one would pass 2^31-1.
  [[nodiscard]] bool set_initial_window(std::uint32_t size);

  void set_max_frame_size(std::uint32_t size) { max_frame_size_ = size; }
  std::uint32_t max_frame_size() const { return max_frame_size_; }

  /// Frames what the windows allow and hands everything over.
  output take();

  /// Nothing waits, neither in frames nor for a window.
  bool empty() const { return ready_.bytes.empty() && waiting_.empty(); }

  /// Bytes framed and not yet taken.
  std::size_t framed() const { return ready_.bytes.size(); }

  /// Bytes of this stream that wait for a window.
  std::size_t waiting(model::stream_id stream) const;

  /// Whether take() would hand over anything.
  bool has_output() const;

 private:
  struct outgoing {
    std::int64_t window;
    wire::bytes payload;
    std::size_t framed = 0;  ///< bytes of `payload` that are frames already
    bool end_stream = false;
    wire::bytes behind = {};  ///< frames that follow the last DATA
    std::size_t left() const { return payload.size() - framed; }
  };
  using streams = std::map<model::stream_id, outgoing>;

  std::size_t sendable(const outgoing& stream) const;
  bool can_frame(const outgoing& stream) const;
  void frame_one(streams::iterator stream);
  void pump();

  output ready_;
  streams streams_;
  std::deque<model::stream_id> waiting_;  ///< streams with something left, the next in turn first
  std::int64_t connection_window_ = default_window;
  std::int64_t initial_window_ = default_window;
  std::uint32_t max_frame_size_ = default_max_frame_size;
};

}  // namespace lastcall::wire
