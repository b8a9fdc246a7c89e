// A client that sends any bytes it likes and sees the frames that come back, as they come. It keeps no rules of its own,
// so that it can do what no decent HTTP/2 library would. Every wait has an end.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/wire/frame.hpp"

namespace lastcall::test {

struct raw_frame {
  wire::frame_type type;
  std::uint8_t flags;
  model::stream_id stream;
  std::string payload;
};

inline std::string frame(wire::frame_type type, std::uint8_t flags, model::stream_id stream,
                         std::string_view payload = {}) {
  wire::bytes all;
  wire::append_frame(all, type, flags, stream, std::as_bytes(std::span(payload)));
  return {reinterpret_cast<const char*>(all.data()), all.size()};
}

inline std::string u32(std::uint32_t value) {
  wire::bytes four;
  wire::append_u32(four, value);
  return {reinterpret_cast<const char*>(four.data()), four.size()};
}

inline std::uint32_t u32_at(std::string_view payload, std::size_t offset) {
  return wire::read_u32(std::as_bytes(std::span(payload)).subspan(offset));
}

/// GET by the static table of RFC 7541, the path as a literal without indexing. At most 126 bytes of path.
inline std::string get(model::stream_id stream, std::string_view path) {
  const auto block = "\x82\x86\x04" + std::string(1, static_cast<char>(path.size())) + std::string(path);
  return frame(wire::frame_type::headers, wire::flag::end_headers | wire::flag::end_stream, stream, block);
}

class raw_client {
 public:
  explicit raw_client(std::uint16_t port, bool preface = true) {
    socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    if (preface) {
      send(std::string(wire::client_preface) + frame(wire::frame_type::settings, 0, 0));
    }
  }

  void send(const std::string& bytes) { boost::asio::write(socket_, boost::asio::buffer(bytes)); }
  void end() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }
  void close() { socket_.close(); }

  /// Reads until `enough`, until the server has ended the connection, or until `limit` has passed. Returns `enough`.
  bool read_until(const std::function<bool()>& enough, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!enough() && !ended_) {
      if (!reading_) {
        start_read();
      }
      loop_.restart();
      if (loop_.run_one_until(until) == 0) {
        break;
      }
    }
    return enough();
  }

  bool read_until_end(std::chrono::milliseconds limit) { return read_until([this] { return ended_; }, limit); }
  bool ended() const { return ended_; }
  bool was_reset() const { return reset_; }

  const std::vector<raw_frame>& frames() const { return frames_; }

  std::vector<raw_frame> frames(wire::frame_type type, std::optional<model::stream_id> stream = {}) const {
    std::vector<raw_frame> some;
    for (const auto& one : frames_) {
      if (one.type == type && (!stream || one.stream == *stream)) {
        some.push_back(one);
      }
    }
    return some;
  }

  std::string body(model::stream_id stream) const {
    std::string all;
    for (const auto& one : frames(wire::frame_type::data, stream)) {
      all += one.payload;
    }
    return all;
  }

  bool complete(model::stream_id stream) const {
    const auto data = frames(wire::frame_type::data, stream);
    return !data.empty() && (data.back().flags & wire::flag::end_stream) != 0;
  }

 private:
  void start_read() {
    reading_ = true;
    socket_.async_read_some(boost::asio::buffer(input_), [this](boost::system::error_code error, std::size_t size) {
      reading_ = false;
      unread_.append(input_.data(), size);
      ended_ = bool(error);
      reset_ = error && error != boost::asio::error::eof;
      while (unread_.size() >= wire::frame_header_size) {
        const auto header = wire::read_frame_header(std::as_bytes(std::span(unread_)));
        if (unread_.size() < wire::frame_header_size + header.length) {
          break;
        }
        frames_.push_back({header.type, header.flags, header.stream,
                           unread_.substr(wire::frame_header_size, header.length)});
        unread_.erase(0, wire::frame_header_size + header.length);
      }
    });
  }

  boost::asio::io_context loop_;
  boost::asio::ip::tcp::socket socket_{loop_};
  std::array<char, 16 * 1024> input_{};
  std::string unread_;
  std::vector<raw_frame> frames_;
  bool reading_ = false;
  bool ended_ = false;
  bool reset_ = false;
};

}  // namespace lastcall::test
