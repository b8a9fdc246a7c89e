// The HTTP/1 server: one net_server, and per connection a tcp_socket, an http1_connection and, per request, an exchange. Like
// model/server.hpp for HTTP/2 it routes events to machines, tells them their facts and turns commands into effects, and decides
// nothing itself.
//
// One step is one callback of the event loop, or one entry of Node's next-tick queue. The queue itself is the world's: a
// `next_tick` effect is put at its end, and it is empty before the loop goes on.
#pragma once

#include <algorithm>

#include "model/bounded.hpp"
#include "model/exchange.hpp"
#include "model/http1_connection.hpp"
#include "model/http1_words.hpp"
#include "model/net_server.hpp"
#include "model/profile.hpp"
#include "model/server.hpp"
#include "model/tcp_socket.hpp"

namespace lastcall::model::http1 {

/// A request and its response. Forgotten when the response is over and the application was told of the request's end.
struct request {
  request_id id = 0;
  exchange::state response = exchange::state::dispatched;
  bool keeps_alive = true;
  bool closes = false;      ///< its response was committed as the connection's last
  bool complete = false;    ///< the whole request has come
  bool flowing = false;     ///< it is being consumed
  bool resumed = false;     ///< and that has begun
  bool end_queued = false;
  bool ended = false;       ///< 'end' was emitted
  std::uint16_t status = 200;
  std::uint32_t unsent = 0; ///< bytes of the body that wait for the response before it

  friend bool operator==(const request&, const request&) = default;
};

template <class Sizes>
struct connection {
  tcp_socket::state socket = tcp_socket::state::closed;  ///< closed: the slot is free
  http1_connection::state parser = http1_connection::state::failed;
  bool output_pending = false;   ///< something submitted has not been handed to the kernel
  bool ends = false;             ///< FIN follows what is submitted
  bool closes_after_fin = false;
  bool no_more_requests = false; ///< it ends when the responses that are due have left
  bool peer_has_ended = false;
  bool had_error = false;
  bool error_told = false;       ///< its errors went to the 'clientError' listener
  bool head_armed = false;
  bool request_armed = false;
  bool keep_alive_armed = false;
  bool linger_armed = false;
  typename Sizes::template streams<request> requests;

  bool is_live() const { return socket != tcp_socket::state::closed && socket != tcp_socket::state::destroyed; }
  friend bool operator==(const connection&, const connection&) = default;
};

template <class Sizes>
class basic_server {
 public:
  using connection = http1::connection<Sizes>;

  /// Total: what a machine has no row for is ignored, as a server ignores it.
  void step(const event& happened, const profile& decisions, effects& out) {
    turn now{*this, decisions, out};
    std::visit([&now](const auto& what) { now.on(what); }, happened);
  }

  net_server::state state() const { return state_; }
  bool is_closed() const { return state_ == net_server::state::closed; }
  bool is_closing() const { return state_ == net_server::state::closing; }
  bool was_started() const { return state_ != net_server::state::created; }
  bool listener_open() const { return listener_open_; }
  bool drain_armed() const { return drain_armed_; }
  bool checking_armed() const { return checking_armed_; }
  /// A checking timer was forgotten while it ran.
  bool timer_lost() const { return timer_lost_; }
  std::uint32_t late_closes() const { return late_closes_; }
  std::uint32_t connections_counted() const { return connections_counted_; }
  const auto& connections() const { return connections_; }

  /// Writes or reads the whole value but its options through `bits` (see sim/bits.hpp); `item` does one connection.
  template <class Bits, class Item>
  void transfer(Bits& bits, std::size_t connections_max, Item item) {
    bits.field(state_, 2);
    bits.field(listener_open_, 1);
    bits.field(drain_armed_, 1);
    bits.field(checking_armed_, 1);
    bits.field(timer_lost_, 1);
    bits.field(late_closes_, 2);
    bits.field(connections_counted_, 32);
    bits.sequence(connections_, connections_max, 3, item);
  }

  friend bool operator==(const basic_server&, const basic_server&) = default;

 private:
  struct turn;

  http1::options options_;
  net_server::state state_ = net_server::state::created;
  bool listener_open_ = false;
  bool drain_armed_ = false;
  bool checking_armed_ = false;
  bool timer_lost_ = false;
  std::uint8_t late_closes_ = 0;
  std::uint32_t connections_counted_ = 0;
  typename Sizes::template connections<connection> connections_;
};

/// The server of any size.
using server = basic_server<growing>;

}  // namespace lastcall::model::http1

#include "model/http1_turn.hpp"
