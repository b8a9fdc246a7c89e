// The application behind the server: a few routes, each a shape of response that a drain may meet. It sees requests and
// bodies, never frames; whether what it says is sent is the model's decision.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/types.hpp"
#include "model/wire/hpack.hpp"

namespace lastcall::real {

struct exchange_key {
  model::connection_id connection;
  model::stream_id stream;
  auto operator<=>(const exchange_key&) const = default;
};

/// What a handler may do with its exchange. Nothing is done before the handler has returned.
class exchange_port {
 public:
  /// Reads the request body from now on.
  virtual void read_body(exchange_key which) = 0;
  /// `size` bytes of the body are done with.
  virtual void consumed(exchange_key which, std::size_t size) = 0;
  virtual void respond(exchange_key which, wire::fields response) = 0;
  virtual void write(exchange_key which, std::span<const std::byte> content) = 0;
  virtual void finish(exchange_key which) = 0;
  /// Bytes written that the peer's windows hold back.
  virtual std::size_t waiting(exchange_key which) const = 0;
  /// A handler that a timer called has returned: what it asked for is to be done.
  virtual void handler_returned() = 0;

 protected:
  ~exchange_port() = default;
};

class application {
 public:
  application(boost::asio::io_context& loop, exchange_port& port) : loop_(loop), port_(port) {}

  /// A request was admitted.
  void begin(exchange_key which, std::span<const wire::field> request);
  /// A piece of the body, for a handler that reads it; then its end.
  void body(exchange_key which, std::span<const std::byte> content);
  void body_ended(exchange_key which);
  /// The kernel took something of this connection: whoever waited may write on.
  void writable(model::connection_id connection);
  /// The response is written, or the exchange has failed. Returns the request line if the handler had not finished.
  std::optional<std::string> end(exchange_key which);
  /// The same for all of a connection that is gone.
  std::vector<std::string> end_all(model::connection_id connection);

 private:
  enum class route : std::uint8_t { answered, delay, bytes, stream, hang, echo };
  struct handler {
    handler(boost::asio::io_context& loop, std::uint64_t number) : timer(loop), serial(number) {}
    boost::asio::steady_timer timer;
    std::uint64_t serial;  ///< tells a timer that outlived its exchange from one that did not
    std::string request_line;
    application::route route = route::answered;
    std::uint64_t left = 0;  ///< bytes of `bytes`, chunks of `stream`
    std::chrono::milliseconds interval{0};
    std::size_t unread = 0;  ///< bytes of `echo` not yet returned to the window
    bool body_complete = false;
    bool finished = false;
  };

  void answer(exchange_key which, std::string_view status, std::string_view text);
  void finish(exchange_key which, handler& at);
  void progress(exchange_key which, handler& at);
  void wait(exchange_key which, handler& at);
  void on_timer(exchange_key which, handler& at);

  boost::asio::io_context& loop_;
  exchange_port& port_;
  std::map<exchange_key, handler> handlers_;
  std::uint64_t serial_ = 0;
};

}  // namespace lastcall::real
