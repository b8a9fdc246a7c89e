// One accepted socket and its codec: reads when told to, writes what the codec has, says what happened. It knows bytes
// and the kernel; what a frame means is for its owner to ask the model.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "model/event.hpp"
#include "model/wire/session_codec.hpp"

namespace lastcall::real {

class connection;

/// Who is told what happens on a connection, from the event loop.
class connection_owner {
 public:
  /// Bytes arrived: feed them to the codec.
  virtual void on_bytes(connection& from, std::span<const std::byte> bytes) = 0;
  /// FIN, or RST where `reset`; nothing is read any more.
  virtual void on_read_end(connection& from, bool reset) = 0;
  /// The kernel took what was written, with the ends of these streams.
  virtual void on_written(connection& from, std::span<const model::stream_id> ended) = 0;

 protected:
  ~connection_owner() = default;
};

class connection : public std::enable_shared_from_this<connection> {
 public:
  using socket_type = boost::asio::ip::tcp::socket;

  connection(model::connection_id id, socket_type socket, connection_owner& owner);

  model::connection_id id() const { return id_; }
  wire::session_codec& codec() { return codec_; }

  /// Reads until FIN, RST or destroy(), but not while the peer leaves too much of our output unread: whoever does not
  /// read our answers may not send us more questions.
  void read();

  /// Hands what the codec has to the kernel, then the FIN if one was asked for.
  void pump();

  /// A frame was submitted: idle() will be news.
  void submitted() { unflushed_ = true; }

  /// True once after each submission: everything submitted since was handed to the kernel, or dropped with its stream.
  bool take_flushed();

  /// FIN, after what was submitted.
  void shutdown_write();

  /// close(2), at once. What the kernel was not ready to take is lost.
  void destroy();
  bool destroyed() const { return destroyed_; }

 private:
  bool idle() const { return !writing_ && codec_.drained(); }
  void written(boost::system::error_code error);

  model::connection_id id_;
  socket_type socket_;
  connection_owner& owner_;
  wire::session_codec codec_;
  std::array<std::byte, 16 * 1024> input_;
  wire::output output_;  ///< on its way to the kernel
  bool reading_ = false;
  bool read_ended_ = false;
  bool writing_ = false;
  bool write_failed_ = false;
  bool unflushed_ = false;
  bool fin_wanted_ = false;
  bool destroyed_ = false;
};

}  // namespace lastcall::real
