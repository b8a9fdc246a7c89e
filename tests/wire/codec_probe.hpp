// A codec under a microscope: frames written by hand go in, events and frames come out as short text.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "model/wire/session_codec.hpp"

namespace lastcall::test {

inline std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string u32(std::uint32_t value) {
  wire::bytes four;
  wire::append_u32(four, value);
  return {reinterpret_cast<const char*>(four.data()), four.size()};
}

inline std::string frame(wire::frame_type type, std::uint8_t flags, model::stream_id stream,
                         std::string_view payload = {}) {
  wire::bytes all;
  wire::append_frame(all, type, flags, stream, as_bytes(payload));
  return {reinterpret_cast<const char*>(all.data()), all.size()};
}

// GET http://a/ by the static table of RFC 7541, appendix A.
inline const std::string get_block("\x82\x86\x84\x41\x01" "a", 6);

inline std::string get(model::stream_id stream) {
  return frame(wire::frame_type::headers, wire::flag::end_headers | wire::flag::end_stream, stream, get_block);
}

inline std::string post(model::stream_id stream) {
  return frame(wire::frame_type::headers, wire::flag::end_headers, stream, get_block);
}

struct event_names {
  std::string operator()(const model::recv_settings&) const { return "settings"; }
  std::string operator()(const model::recv_settings_ack&) const { return "settings_ack"; }
  std::string operator()(const model::recv_headers& e) const {
    return "headers " + std::to_string(e.stream) + (e.end_stream ? " end" : "");
  }
  std::string operator()(const model::recv_data& e) const {
    return "data " + std::to_string(e.stream) + " " + std::to_string(e.length) + (e.end_stream ? " end" : "");
  }
  std::string operator()(const model::recv_rst_stream& e) const {
    return "rst_stream " + std::to_string(e.stream) + " " + std::to_string(static_cast<int>(e.code));
  }
  std::string operator()(const model::recv_ping&) const { return "ping"; }
  std::string operator()(const model::recv_ping_ack&) const { return "ping_ack"; }
  std::string operator()(const model::recv_window_update& e) const {
    return "window_update " + std::to_string(e.stream);
  }
  std::string operator()(const model::recv_goaway& e) const {
    return "goaway " + std::to_string(e.last_stream) + " " + std::to_string(static_cast<int>(e.code));
  }
  std::string operator()(const model::recv_invalid& e) const {
    return "invalid " + std::to_string(static_cast<int>(e.code));
  }
  std::string operator()(const auto&) const { return "another"; }
};

inline std::string name(const model::event& event) { return std::visit(event_names{}, event); }

class codec_probe {
 public:
  /// After preface and empty SETTINGS, if `started`.
  explicit codec_probe(bool started = true) : codec(0) {
    if (started) {
      feed(std::string(wire::client_preface) + frame(wire::frame_type::settings, 0, 0));
      events.clear();
    }
  }

  void feed(std::string_view from_peer) {
    codec.feed(as_bytes(from_peer), [this](const wire::received& one) {
      events.push_back(name(one.event));
      data.append(reinterpret_cast<const char*>(one.data.data()), one.data.size());
      if (returns_windows) codec.return_window(one.data.size());
      if (!one.fields.empty()) {
        fields.assign(one.fields.begin(), one.fields.end());
      }
      return true;
    });
  }

  /// One text per frame: type, stream, flags, and the length.
  std::vector<std::string> sent() {
    const auto out = codec.take_output();
    ended = out.ended;
    raw = {reinterpret_cast<const char*>(out.bytes.data()), out.bytes.size()};
    std::vector<std::string> all;
    for (std::span<const std::byte> left(out.bytes); !left.empty();) {
      const auto header = wire::read_frame_header(left);
      static constexpr const char* types[] = {"data", "headers", "priority", "rst_stream", "settings",
                                              "push_promise", "ping", "goaway", "window_update", "continuation"};
      all.push_back(std::string(types[static_cast<int>(header.type)]) + " " + std::to_string(header.stream) + " " +
                    std::to_string(header.flags) + " " + std::to_string(header.length));
      left = left.subspan(wire::frame_header_size + header.length);
    }
    return all;
  }

  wire::session_codec codec;
  bool returns_windows = true;  ///< as the model commands for all DATA
  std::vector<std::string> events;
  std::string data;
  wire::fields fields;
  std::vector<model::stream_id> ended;
  std::string raw;
};

using texts = std::vector<std::string>;

}  // namespace lastcall::test
