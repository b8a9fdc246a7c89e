// A client as the field has it: an nghttp2 session in memory that remembers what it saw. It moves no bytes by itself;
// a test connects it to a codec or to a socket.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lastcall::test {

struct seen_frame {
  int type;
  int flags;
  std::int32_t stream;
  std::uint32_t code = 0;         // of RST_STREAM and GOAWAY
  std::int32_t last_stream = 0;  // of GOAWAY
};

struct seen_stream {
  std::string status;
  std::string body;
  bool closed = false;
  std::uint32_t close_code = 0;
};

class nghttp2_client {
 public:
  /// `reads_bodies` false: DATA is never acknowledged with WINDOW_UPDATE.
  explicit nghttp2_client(bool reads_bodies = true) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, reads_bodies ? 0 : 1);
    nghttp2_session* made = nullptr;
    nghttp2_session_client_new2(&made, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    session_.reset(made);
  }
  nghttp2_client(const nghttp2_client&) = delete;
  nghttp2_client& operator=(const nghttp2_client&) = delete;

  nghttp2_session* session() { return session_.get(); }

  void settings(std::vector<nghttp2_settings_entry> entries = {}) {
    nghttp2_submit_settings(session(), NGHTTP2_FLAG_NONE, entries.data(), entries.size());
  }

  /// Returns the stream. With `body` the request has one and ends after it.
  std::int32_t request(const std::string& path, const std::string* body = nullptr) {
    const std::string method = body == nullptr ? "GET" : "POST";
    const nghttp2_nv lines[] = {line(":method", method), line(":scheme", scheme_), line(":authority", authority_),
                                line(":path", path)};
    nghttp2_data_provider provider{};
    if (body != nullptr) {
      auto& source = bodies_.emplace_back(std::make_unique<upload>(upload{*body, 0}));
      provider.source.ptr = source.get();
      provider.read_callback = read_upload;
    }
    return nghttp2_submit_request(session(), nullptr, lines, std::size(lines), body == nullptr ? nullptr : &provider,
                                  nullptr);
  }

  std::string output() {
    std::string all;
    const std::uint8_t* part = nullptr;
    for (auto size = nghttp2_session_mem_send(session(), &part); size > 0;
         size = nghttp2_session_mem_send(session(), &part)) {
      all.append(reinterpret_cast<const char*>(part), static_cast<std::size_t>(size));
    }
    return all;
  }

  /// False if nghttp2 found the bytes unacceptable.
  bool input(std::span<const std::byte> from) {
    return nghttp2_session_mem_recv(session(), reinterpret_cast<const std::uint8_t*>(from.data()), from.size()) >= 0;
  }

  const std::vector<seen_frame>& frames() const { return frames_; }
  std::vector<seen_frame> frames(int type) const {
    std::vector<seen_frame> some;
    for (const auto& frame : frames_) {
      if (frame.type == type) {
        some.push_back(frame);
      }
    }
    return some;
  }
  const seen_stream& stream(std::int32_t id) { return streams_[id]; }

 private:
  struct upload {
    std::string content;
    std::size_t sent;
  };
  struct deleter {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  static nghttp2_nv line(const char* name, const std::string& value) {
    return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name)),
            reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), std::char_traits<char>::length(name),
            value.size(), NGHTTP2_NV_FLAG_NONE};
  }

  static ssize_t read_upload(nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t size, std::uint32_t* flags,
                             nghttp2_data_source* source, void*) {
    auto& from = *static_cast<upload*>(source->ptr);
    const auto part = std::min(size, from.content.size() - from.sent);
    std::copy_n(from.content.data() + from.sent, part, to);
    from.sent += part;
    if (from.sent == from.content.size()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    return static_cast<ssize_t>(part);
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    seen_frame seen{frame->hd.type, frame->hd.flags, frame->hd.stream_id};
    if (frame->hd.type == NGHTTP2_GOAWAY) {
      seen.code = frame->goaway.error_code;
      seen.last_stream = frame->goaway.last_stream_id;
    } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
      seen.code = frame->rst_stream.error_code;
    }
    static_cast<nghttp2_client*>(self)->frames_.push_back(seen);
    return 0;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* self) {
    if (std::string_view(reinterpret_cast<const char*>(name), name_size) == ":status") {
      static_cast<nghttp2_client*>(self)->streams_[frame->hd.stream_id].status.assign(
          reinterpret_cast<const char*>(value), value_size);
    }
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* data, std::size_t size,
                     void* self) {
    static_cast<nghttp2_client*>(self)->streams_[stream].body.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }

  static int on_close(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* self) {
    auto& seen = static_cast<nghttp2_client*>(self)->streams_[stream];
    seen.closed = true;
    seen.close_code = code;
    return 0;
  }

  std::unique_ptr<nghttp2_session, deleter> session_;
  std::vector<seen_frame> frames_;
  std::map<std::int32_t, seen_stream> streams_;
  std::vector<std::unique_ptr<upload>> bodies_;
  const std::string scheme_ = "http";
  const std::string authority_ = "localhost";
};

}  // namespace lastcall::test
