#include "model/wire/session_codec.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace lastcall::wire {
namespace {

using model::error_code;

constexpr std::string_view ping_payload = "lastcall";
constexpr std::uint32_t return_at = default_window / 2;  // a WINDOW_UPDATE for every byte would be noise
constexpr std::size_t priority_size = 5;
constexpr std::size_t setting_size = 6;

std::span<const std::byte> as_bytes(std::string_view from) { return std::as_bytes(std::span(from)); }

// RFC 9113 7: a code without a meaning gets no treatment of its own.
error_code known_code(std::uint32_t code) {
  return code <= static_cast<std::uint32_t>(error_code::http_1_1_required) ? static_cast<error_code>(code)
                                                                           : error_code::internal_error;
}

// Removes the padding of DATA and HEADERS (6.1). False if there is more padding than payload.
bool strip_padding(const frame_header& header, std::span<const std::byte>& payload) {
  if ((header.flags & flag::padded) == 0) {
    return true;
  }
  if (payload.empty()) {
    return false;
  }
  const auto padding = std::to_integer<std::size_t>(payload[0]);
  if (padding >= payload.size()) {
    return false;
  }
  payload = payload.subspan(1, payload.size() - 1 - padding);
  return true;
}

}  // namespace

void session_codec::feed(std::span<const std::byte> from_peer, const sink& to) {
  if (phase_ == phase::failed) {
    return;
  }
  unread_.insert(unread_.end(), from_peer.begin(), from_peer.end());
  if (phase_ == phase::preface) {
    const auto seen = std::min(unread_.size(), client_preface.size());
    if (std::memcmp(unread_.data(), client_preface.data(), seen) != 0) {
      invalid(error_code::protocol_error, to);
      return;
    }
    if (seen < client_preface.size()) {
      return;
    }
    unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(seen));
    phase_ = phase::first_settings;
  }
  if (!feed_frames(to)) {
    phase_ = phase::failed;
    unread_.clear();
  }
}

// False when nothing more may be read: a connection error, or the sink had enough.
bool session_codec::feed_frames(const sink& to) {
  const auto all = std::exchange(unread_, {});
  std::span<const std::byte> left(all);
  while (left.size() >= frame_header_size) {
    const auto header = read_frame_header(left);
    if (header.length > default_max_frame_size) {
      return invalid(error_code::frame_size_error, to);
    }
    if (left.size() < frame_header_size + header.length) {
      break;
    }
    if (!on_frame(header, left.subspan(frame_header_size, header.length), to)) {
      return false;
    }
    left = left.subspan(frame_header_size + header.length);
  }
  unread_.assign(left.begin(), left.end());
  return true;
}

bool session_codec::invalid(error_code code, const sink& to) {
  phase_ = phase::failed;
  to({.event = model::recv_invalid{connection_, code}});
  return false;
}

bool session_codec::on_frame(const frame_header& header, std::span<const std::byte> payload, const sink& to) {
  if (block_ && (header.type != frame_type::continuation || header.stream != block_->stream)) {
    return invalid(error_code::protocol_error, to);  // 6.10: a field block is never interrupted
  }
  if (phase_ == phase::first_settings) {
    if (header.type != frame_type::settings || (header.flags & flag::ack) != 0) {
      return invalid(error_code::protocol_error, to);  // 3.4
    }
    phase_ = phase::frames;
  }
  switch (header.type) {
    case frame_type::data:
      return on_data(header, payload, to);
    case frame_type::headers:
      return on_headers(header, payload, to);
    case frame_type::priority:
      return on_priority(header, to);
    case frame_type::rst_stream:
      return on_rst_stream(header, payload, to);
    case frame_type::settings:
      return on_settings(header, payload, to);
    case frame_type::push_promise:
      return invalid(error_code::protocol_error, to);  // 8.4: clients do not push
    case frame_type::ping:
      return on_ping(header, payload, to);
    case frame_type::goaway:
      return on_goaway(header, payload, to);
    case frame_type::window_update:
      return on_window_update(header, payload, to);
    case frame_type::continuation:
      return block_ ? on_fragment(header, payload, to) : invalid(error_code::protocol_error, to);
  }
  return true;  // 4.1: unknown types are ignored
}

bool session_codec::on_data(const frame_header& header, std::span<const std::byte> payload, const sink& to) {
  if (is_idle(header.stream)) {
    return invalid(error_code::protocol_error, to);  // 5.1, 6.1
  }
  // The whole payload counts, padding included, and on the connection for any stream (6.9).
  connection_window_.window -= header.length;
  if (connection_window_.window < 0) {
    return invalid(error_code::flow_control_error, to);
  }
  if (!strip_padding(header, payload)) {
    return invalid(error_code::protocol_error, to);
  }
  return_window(header.length - payload.size());  // padding is nobody's to read
  const bool end_stream = (header.flags & flag::end_stream) != 0;
  const auto stream = incoming_.find(header.stream);
  if (stream != incoming_.end()) {
    stream->second.window -= header.length;
    if (stream->second.window < 0) {
      return invalid(error_code::flow_control_error, to);
    }
    if (end_stream) {
      incoming_.erase(stream);
    } else {
      consume(header.stream, header.length - payload.size());
    }
  }
  return to({.event = model::recv_data{connection_, header.stream, static_cast<std::uint32_t>(payload.size()), end_stream},
             .data = payload});
}

void session_codec::return_window(std::size_t size) {
  connection_window_.consumed += static_cast<std::uint32_t>(size);
  if (connection_window_.consumed >= return_at) {
    bytes increment;
    append_u32(increment, connection_window_.consumed);
    out_.control(frame_type::window_update, flag::none, 0, increment);
    connection_window_.window += std::exchange(connection_window_.consumed, 0);
  }
}

void session_codec::consume(model::stream_id stream, std::size_t size) {
  const auto at = incoming_.find(stream);
  if (at == incoming_.end()) {
    return;
  }
  at->second.consumed += static_cast<std::uint32_t>(size);
  if (at->second.consumed >= return_at) {
    bytes increment;
    append_u32(increment, at->second.consumed);
    out_.control(frame_type::window_update, flag::none, stream, increment);
    at->second.window += std::exchange(at->second.consumed, 0);
  }
}

bool session_codec::on_headers(const frame_header& header, std::span<const std::byte> payload, const sink& to) {
  if (header.stream % 2 == 0) {
    return invalid(error_code::protocol_error, to);  // 5.1.1
  }
  if (!strip_padding(header, payload)) {
    return invalid(error_code::protocol_error, to);
  }
  if ((header.flags & flag::priority) != 0) {
    if (payload.size() < priority_size) {
      return invalid(error_code::frame_size_error, to);
    }
    payload = payload.subspan(priority_size);
  }
  block_ = field_block{.stream = header.stream, .end_stream = (header.flags & flag::end_stream) != 0, .fragments = {}};
  return on_fragment(header, payload, to);
}

bool session_codec::on_fragment(const frame_header& header, std::span<const std::byte> fragment, const sink& to) {
  auto& block = *block_;
  block.fragments.insert(block.fragments.end(), fragment.begin(), fragment.end());
  block.cost += frame_header_size + fragment.size();
  if (block.cost > header_list_size_max) {
    return invalid(error_code::enhance_your_calm, to);
  }
  return (header.flags & flag::end_headers) == 0 || on_field_block(to);
}

bool session_codec::on_field_block(const sink& to) {
  const auto block = std::move(*block_);
  block_.reset();
  const auto decoded = decoder_.decode(block.fragments, header_list_size_max);
  if (const auto* code = std::get_if<error_code>(&decoded)) {
    return invalid(*code, to);
  }
  if (block.stream > highest_stream_) {
    highest_stream_ = block.stream;
    incoming_.emplace(block.stream, incoming{});
    out_.open(block.stream);
  }
  if (block.end_stream) {
    incoming_.erase(block.stream);
  }
  return to({.event = model::recv_headers{connection_, block.stream, block.end_stream},
             .fields = std::get<fields>(decoded)});
}

bool session_codec::on_priority(const frame_header& header, const sink& to) {
  if (header.stream == 0) {
    return invalid(error_code::protocol_error, to);
  }
  return header.length == priority_size || invalid(error_code::frame_size_error, to);
}

bool session_codec::on_rst_stream(const frame_header& header, std::span<const std::byte> payload, const sink& to) {
  if (header.length != 4) {
    return invalid(error_code::frame_size_error, to);
  }
  if (is_idle(header.stream)) {
    return invalid(error_code::protocol_error, to);  // 6.4
  }
  incoming_.erase(header.stream);
  out_.abandon(header.stream);
  return to({.event = model::recv_rst_stream{connection_, header.stream, known_code(read_u32(payload))}});
}

bool session_codec::on_settings(const frame_header& header, std::span<const std::byte> payload, const sink& to) {
  if (header.stream != 0) {
    return invalid(error_code::protocol_error, to);
  }
  if ((header.flags & flag::ack) != 0) {
    return header.length == 0 ? to({.event = model::recv_settings_ack{connection_}})
                              : invalid(error_code::frame_size_error, to);
  }
  if (header.length % setting_size != 0) {
    return invalid(error_code::frame_size_error, to);
  }
  for (; !payload.empty(); payload = payload.subspan(setting_size)) {
    const auto code = apply_setting(static_cast<setting>(read_u16(payload)), read_u32(payload.subspan(2)));
    if (code != error_code::no_error) {
      return invalid(code, to);
    }
  }
  return to({.event = model::recv_settings{connection_}});
}

error_code session_codec::apply_setting(setting which, std::uint32_t value) {
  switch (which) {
    case setting::header_table_size:
      encoder_.set_table_size(value);
      return error_code::no_error;
    case setting::enable_push:
      return value <= 1 ? error_code::no_error : error_code::protocol_error;
    case setting::initial_window_size:
      return value <= highest_window && out_.set_initial_window(value) ? error_code::no_error
                                                                       : error_code::flow_control_error;
    case setting::max_frame_size:
      if (value < default_max_frame_size || value > highest_max_frame_size) {
        return error_code::protocol_error;
      }
      out_.set_max_frame_size(value);
      return error_code::no_error;
    case setting::max_concurrent_streams:  // limits pushed streams, and we push none
      return error_code::no_error;
    case setting::max_header_list_size:
      return error_code::no_error;  // advice about responses, ours are short
  }
  return error_code::no_error;  // 6.5.2: unknown settings are ignored
}

bool session_codec::on_ping(const frame_header& header, std::span<const std::byte> payload, const sink& to) {
  if (header.stream != 0) {
    return invalid(error_code::protocol_error, to);
  }
  if (header.length != 8) {
    return invalid(error_code::frame_size_error, to);
  }
  if ((header.flags & flag::ack) == 0) {
    unanswered_pings_.emplace_back(payload.begin(), payload.end());
    return to({.event = model::recv_ping{connection_}});
  }
  // An ack with another payload answers no PING of ours (6.7).
  const bool ours = std::equal(payload.begin(), payload.end(), as_bytes(ping_payload).begin());
  return !ours || to({.event = model::recv_ping_ack{connection_}});
}

bool session_codec::on_goaway(const frame_header& header, std::span<const std::byte> payload, const sink& to) {
  if (header.stream != 0) {
    return invalid(error_code::protocol_error, to);
  }
  if (header.length < 8) {
    return invalid(error_code::frame_size_error, to);
  }
  return to({.event = model::recv_goaway{connection_, read_u32(payload) & model::highest_stream_id,
                                         known_code(read_u32(payload.subspan(4)))}});
}

bool session_codec::on_window_update(const frame_header& header, std::span<const std::byte> payload, const sink& to) {
  if (header.length != 4) {
    return invalid(error_code::frame_size_error, to);
  }
  if (header.stream != 0 && is_idle(header.stream)) {
    return invalid(error_code::protocol_error, to);  // 5.1
  }
  const auto increment = read_u32(payload) & static_cast<std::uint32_t>(highest_window);
  if (increment == 0) {
    return invalid(error_code::protocol_error, to);  // 6.9
  }
  if (!out_.widen(header.stream, increment)) {
    return invalid(error_code::flow_control_error, to);  // 6.9.1
  }
  return to({.event = model::recv_window_update{connection_, header.stream}});
}

void session_codec::submit(model::send_settings settings) {
  bytes payload;
  if (settings.stream_limit != 0) {
    append_u16(payload, static_cast<std::uint16_t>(setting::max_concurrent_streams));
    append_u32(payload, settings.stream_limit);
  }
  append_u16(payload, static_cast<std::uint16_t>(setting::max_header_list_size));
  append_u32(payload, header_list_size_max);
  out_.control(frame_type::settings, flag::none, 0, payload);
}

void session_codec::submit(model::send_settings_ack) { out_.control(frame_type::settings, flag::ack, 0, {}); }

void session_codec::submit(model::send_ping) { out_.control(frame_type::ping, flag::none, 0, as_bytes(ping_payload)); }

void session_codec::submit(model::send_ping_ack) {
  bytes payload(8);
  if (!unanswered_pings_.empty()) {
    payload = std::move(unanswered_pings_.front());
    unanswered_pings_.pop_front();
  }
  out_.control(frame_type::ping, flag::ack, 0, payload);
}

void session_codec::submit(model::send_goaway goaway) {
  bytes payload;
  append_u32(payload, goaway.last_stream);
  append_u32(payload, static_cast<std::uint32_t>(goaway.code));
  out_.control(frame_type::goaway, flag::none, 0, payload);
}

void session_codec::submit(model::send_rst_stream reset) {
  incoming_.erase(reset.stream);
  bytes payload;
  append_u32(payload, static_cast<std::uint32_t>(reset.code));
  if (reset.behind_data && out_.ends_later(reset.stream)) {
    out_.behind_data(frame_type::rst_stream, reset.stream, payload);
    return;
  }
  out_.abandon(reset.stream);
  out_.control(frame_type::rst_stream, flag::none, reset.stream, payload);
}

void session_codec::submit(model::send_headers headers, std::span<const field> response) {
  const auto block = encoder_.encode(response);
  std::span<const std::byte> left(block);
  auto type = frame_type::headers;
  do {
    const auto fragment = left.first(std::min<std::size_t>(left.size(), out_.max_frame_size()));
    left = left.subspan(fragment.size());
    out_.control(type, left.empty() ? flag::end_headers : flag::none, headers.stream, fragment);
    type = frame_type::continuation;
  } while (!left.empty());
}

void session_codec::submit(model::send_data data, std::span<const std::byte> content) {
  out_.data(data.stream, content, data.end_stream);
}

}  // namespace lastcall::wire
