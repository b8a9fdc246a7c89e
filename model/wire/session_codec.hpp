// The server's end of one HTTP/2 connection as bytes: what the peer sends becomes events of the model, what the model
// commands becomes frames. Framing, header compression and flow control are done here; no decision is taken here. A
// command that the protocol forbids goes out as it is, for a codec that corrects its master hides the master's faults.
// It knows no socket, no clock and no request. docs/WIRE.md lists what it checks by itself and what stays nghttp2's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string_view>

#include "model/effect.hpp"
#include "model/event.hpp"
#include "model/wire/frame.hpp"
#include "model/wire/hpack.hpp"
#include "model/wire/send_queue.hpp"

namespace lastcall::wire {

/// Announced as SETTINGS_MAX_HEADER_LIST_SIZE. It bounds the decoded list, and the field block together with the nine
/// bytes of each frame that carries a piece of it, so that empty CONTINUATION frames have an end too.
inline constexpr std::uint32_t header_list_size_max = 64 * 1024;

/// One event and what came with it; the spans live until the sink returns.
struct received {
  model::event event;
  std::span<const field> fields = {};     ///< of recv_headers
  std::span<const std::byte> data = {};  ///< of recv_data, without padding
};

/// False: the connection is gone, drop the bytes behind this frame.
using sink = std::function<bool(const received&)>;

class session_codec {
 public:
  explicit session_codec(model::connection_id connection) : connection_(connection) {}

  /// Bytes from the peer, cut anywhere. Each frame that means something to the model is handed to `to` at once, which
  /// may submit frames meanwhile. After `recv_invalid` whatever follows is ignored.
  void feed(std::span<const std::byte> from_peer, const sink& to);

  /// Frames to send (RFC 9113 6). Their order on the wire is the order of the calls; only DATA may wait for a window.
  void submit(model::send_settings);
  void submit(model::send_settings_ack);
  void submit(model::send_ping);
  void submit(model::send_ping_ack);  ///< answers the oldest PING that is unanswered
  void submit(model::send_goaway);
  /// Drops what waits on this stream (RFC 9113 5.4.2: nothing follows it), unless it is to wait behind that itself.
  void submit(model::send_rst_stream);
  void submit(model::send_headers, std::span<const field> response);
  void submit(model::send_data, std::span<const std::byte> content);

  /// So many bytes of DATA return to the window of the connection (RFC 9113 6.9); padding has returned on receipt.
  void return_window(std::size_t size);

  /// The application has read `size` bytes of a request body: they return to the window of the stream.
  void consume(model::stream_id stream, std::size_t size);

  /// What take_output() hands over must be written in full, and before the next call's.
  bool has_output() const { return out_.has_output(); }
  output take_output() { return out_.take(); }

  /// Everything submitted has been taken: nothing waits for a window either.
  bool drained() const { return out_.empty(); }

  /// Bytes of this stream, and frames of this connection, that were submitted and not taken.
  std::size_t waiting(model::stream_id stream) const { return out_.waiting(stream); }
  std::size_t framed() const { return out_.framed(); }

 private:
  struct incoming {
    std::int64_t window = default_window;
    std::uint32_t consumed = 0;  ///< read by the application and not yet returned by WINDOW_UPDATE
  };
  struct field_block {
    model::stream_id stream;
    bool end_stream;
    wire::bytes fragments;
    std::size_t cost = 0;  ///< fragments and the headers of their frames
  };

  bool feed_frames(const sink& to);
  bool on_frame(const frame_header& header, std::span<const std::byte> payload, const sink& to);
  bool on_data(const frame_header& header, std::span<const std::byte> payload, const sink& to);
  bool on_headers(const frame_header& header, std::span<const std::byte> payload, const sink& to);
  bool on_fragment(const frame_header& header, std::span<const std::byte> fragment, const sink& to);
  bool on_field_block(const sink& to);
  bool on_priority(const frame_header& header, const sink& to);
  bool on_rst_stream(const frame_header& header, std::span<const std::byte> payload, const sink& to);
  bool on_settings(const frame_header& header, std::span<const std::byte> payload, const sink& to);
  bool on_ping(const frame_header& header, std::span<const std::byte> payload, const sink& to);
  bool on_goaway(const frame_header& header, std::span<const std::byte> payload, const sink& to);
  bool on_window_update(const frame_header& header, std::span<const std::byte> payload, const sink& to);
  model::error_code apply_setting(setting which, std::uint32_t value);
  bool invalid(model::error_code code, const sink& to);
  bool is_idle(model::stream_id stream) const { return stream % 2 == 0 || stream > highest_stream_; }

  model::connection_id connection_;
  enum class phase : std::uint8_t { preface, first_settings, frames, failed } phase_ = phase::preface;
  wire::bytes unread_;  ///< an incomplete frame
  std::optional<field_block> block_;  ///< HEADERS that waits for its CONTINUATIONs
  std::deque<wire::bytes> unanswered_pings_;
  std::map<model::stream_id, incoming> incoming_;  ///< streams whose request is not complete
  incoming connection_window_;
  model::stream_id highest_stream_ = 0;
  hpack_decoder decoder_;
  hpack_encoder encoder_;
  send_queue out_;
};

}  // namespace lastcall::wire
