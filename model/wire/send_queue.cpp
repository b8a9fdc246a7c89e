#include "model/wire/send_queue.hpp"

#include <algorithm>
#include <utility>

namespace lastcall::wire {
namespace {

// A peer may grant two gigabytes; we hold no more than this in frames and leave the rest to the next take().
constexpr std::size_t framed_max = 256 * 1024;

}  // namespace

void send_queue::open(model::stream_id stream) {
  streams_.try_emplace(stream, outgoing{.window = initial_window_, .payload = {}});
}

void send_queue::abandon(model::stream_id stream) {
  streams_.erase(stream);
  std::erase(waiting_, stream);
}

void send_queue::control(frame_type type, std::uint8_t flags, model::stream_id stream,
                         std::span<const std::byte> payload) {
  append_frame(ready_.bytes, type, flags, stream, payload);
}

void send_queue::data(model::stream_id stream, std::span<const std::byte> payload, bool end_stream) {
  if (payload.empty() && !end_stream) {
    return;
  }
  open(stream);
  const auto at = streams_.find(stream);
  at->second.payload.insert(at->second.payload.end(), payload.begin(), payload.end());
  at->second.end_stream |= end_stream;
  if (std::find(waiting_.begin(), waiting_.end(), stream) == waiting_.end()) {
    waiting_.push_back(stream);
  }
  pump();  // now, so that a frame submitted later is also later on the wire
}

void send_queue::behind_data(frame_type type, model::stream_id stream, std::span<const std::byte> payload) {
  append_frame(streams_.at(stream).behind, type, flag::none, stream, payload);
}

bool send_queue::ends_later(model::stream_id stream) const {
  const auto at = streams_.find(stream);
  return at != streams_.end() && at->second.end_stream;
}

std::size_t send_queue::sendable(const outgoing& stream) const {
  const auto window = std::max<std::int64_t>(0, std::min(stream.window, connection_window_));
  return std::min({stream.left(), static_cast<std::size_t>(window), static_cast<std::size_t>(max_frame_size_)});
}

bool send_queue::can_frame(const outgoing& stream) const {
  // Empty DATA with END_STREAM needs no window (RFC 9113 6.9.1).
  return framed() < framed_max && (sendable(stream) > 0 || (stream.left() == 0 && stream.end_stream));
}

void send_queue::frame_one(streams::iterator at) {
  auto& [id, stream] = *at;
  const auto size = sendable(stream);
  const bool last = stream.end_stream && size == stream.left();
  append_frame(ready_.bytes, frame_type::data, last ? flag::end_stream : flag::none, id,
               std::span(stream.payload).subspan(stream.framed, size));
  stream.framed += size;
  stream.window -= static_cast<std::int64_t>(size);
  connection_window_ -= static_cast<std::int64_t>(size);
  if (stream.framed * 2 >= stream.payload.size()) {  // rarely enough to cost a constant per byte
    stream.payload.erase(stream.payload.begin(), stream.payload.begin() + static_cast<std::ptrdiff_t>(stream.framed));
    stream.framed = 0;
  }
  if (last) {
    ready_.bytes.insert(ready_.bytes.end(), stream.behind.begin(), stream.behind.end());
    ready_.ended.push_back(id);
    streams_.erase(at);
  }
}

// One frame per stream and round, so that a large response does not starve the others.
void send_queue::pump() {
  for (std::size_t blocked = 0; blocked < waiting_.size();) {
    const auto id = waiting_.front();
    waiting_.pop_front();
    auto at = streams_.find(id);
    const bool moves = can_frame(at->second);
    if (moves) {
      frame_one(at);
      at = streams_.find(id);
    }
    if (at != streams_.end() && (at->second.left() > 0 || at->second.end_stream)) {
      waiting_.push_back(id);  // what waits always has something left
    }
    blocked = moves ? 0 : blocked + 1;
  }
}

bool send_queue::widen(model::stream_id stream, std::uint32_t increment) {
  if (stream == 0) {
    connection_window_ += increment;
    return connection_window_ <= highest_window;
  }
  const auto at = streams_.find(stream);
  if (at == streams_.end()) {
    return true;
  }
  at->second.window += increment;
  return at->second.window <= highest_window;
}

bool send_queue::set_initial_window(std::uint32_t size) {
  const auto change = static_cast<std::int64_t>(size) - initial_window_;
  initial_window_ = size;
  bool fits = true;
  for (auto& [id, stream] : streams_) {
    stream.window += change;
    fits = fits && stream.window <= highest_window;
  }
  return fits;
}

output send_queue::take() {
  pump();
  return std::exchange(ready_, {});
}

std::size_t send_queue::waiting(model::stream_id stream) const {
  const auto at = streams_.find(stream);
  return at == streams_.end() ? 0 : at->second.left();
}

bool send_queue::has_output() const {
  return framed() > 0 || std::any_of(waiting_.begin(), waiting_.end(),
                                     [this](model::stream_id id) { return can_frame(streams_.at(id)); });
}

}  // namespace lastcall::wire
