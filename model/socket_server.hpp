// A server whose application sees sockets: one net_server and, per connection, a tcp_socket with the two streams that Node
// wraps around it. It routes events and calls to the machines and turns their commands into callbacks and effects, as
// model/server.hpp does for HTTP/2; what differs between releases is in the profile.
//
// One step is one turn of the event loop: a callback into the application, the calls it makes there, and then every
// process.nextTick callback that these have queued, in order. The application is therefore asked in the middle of a turn:
// see `socket_host`.
#pragma once

#include <boost/describe/enum.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "model/bounded.hpp"
#include "model/net_server.hpp"
#include "model/profile.hpp"
#include "model/server.hpp"
#include "model/socket_event.hpp"
#include "model/tcp_socket.hpp"
#include "model/tick_queue.hpp"

namespace lastcall::model {

/// Options of net.createServer() and of the server object.
struct socket_options {
  bool allow_half_open = false;
  bool pause_on_connect = false;
  bool limits_connections = false;
  std::uint32_t connections_max = 0;

  friend bool operator==(const socket_options&, const socket_options&) = default;
};

/// What a turn calls out to while it runs; derive from it what the application and the kernel do there.
struct socket_host {
  /// The application hears a callback, and makes its calls: `turn.call(...)`.
  template <class Turn>
  void told(const socket_notify&, Turn&) {}
  /// The loop calls the application for a reason of its own (`application_called`).
  template <class Turn>
  void called(Turn&) {}
  /// What the kernel does with a write.
  write_answer written(connection_id, std::uint32_t) { return {}; }
};

/// Whether data of a socket is handed to the application.
BOOST_DEFINE_FIXED_ENUM_CLASS(flow, std::uint8_t, undecided, flowing, paused)

struct socket_connection {
  tcp_socket::state socket = tcp_socket::state::closed;

  // The readable stream.
  model::flow flow = model::flow::undecided;
  bool reading = false;           ///< the handle reads (uv_read_start)
  bool listens = false;           ///< the application has a 'data' listener; without one, what flows is lost
  bool resume_scheduled = false;
  bool peer_has_ended = false;    ///< the FIN was read
  bool end_told = false;          ///< 'end'
  std::uint32_t buffered = 0;     ///< bytes read that the application has not taken

  // The writable stream: one write with the kernel, all later ones behind it.
  bool end_called = false;
  bool writing = false;
  bool needs_drain = false;
  bool shutdown_called = false;
  bool shutdown_pending = false;  ///< a request of its own, which keeps the loop alive
  bool destroys_on_finish = false;
  std::uint8_t end_callbacks = 0;
  std::uint8_t writing_callbacks = 0;
  std::uint8_t queued_callbacks = 0;
  std::uint32_t writing_length = 0;
  std::uint32_t queued_length = 0;
  node_error write_error = node_error::none;

  // The handle.
  bool referenced = true;
  bool reset = false;             ///< resetAndDestroy(): the socket closes with a RST
  bool timeout_armed = false;
  node_error error = node_error::none;  ///< why it was destroyed
  std::uint32_t timeout_ms = 0;

  bool is_live() const { return socket != tcp_socket::state::closed && socket != tcp_socket::state::destroyed; }
  model::ready_state ready_state() const {
    const bool readable = is_live() && !end_told;
    const bool writable = is_live() && !end_called && write_error == node_error::none;
    if (readable) return writable ? model::ready_state::open : model::ready_state::readOnly;
    return writable ? model::ready_state::writeOnly : model::ready_state::closed;
  }
  template <class Bits>
  void transfer(Bits& bits) {
    bits.field(socket, 3);
    bits.field(flow, 2);
    for (bool* each : {&reading, &listens, &resume_scheduled, &peer_has_ended, &end_told, &end_called, &writing, &needs_drain, &shutdown_called,
                       &shutdown_pending, &destroys_on_finish, &referenced, &reset, &timeout_armed})
      bits.field(*each, 1);
    for (std::uint8_t* each : {&end_callbacks, &writing_callbacks, &queued_callbacks}) bits.field(*each, 3);
    for (std::uint32_t* each : {&buffered, &writing_length, &queued_length, &timeout_ms}) bits.field(*each, 32);
    bits.field(write_error, 4);
    bits.field(error, 4);
  }
  friend bool operator==(const socket_connection&, const socket_connection&) = default;
};

/// A close() callback that waits for 'close'.
struct close_waiter {
  bool refused = false;  ///< it will be given ERR_SERVER_NOT_RUNNING

  friend bool operator==(const close_waiter&, const close_waiter&) = default;
};

/// Something that keeps the event loop alive.
BOOST_DEFINE_FIXED_ENUM_CLASS(alive, std::uint8_t,
  listener,
  socket,       ///< it reads
  write,        ///< a write the kernel has not taken
  shutdown,     ///< a FIN not sent yet
  closing,      ///< a close callback still to run
  timer         ///< of the application
)

/// A callback that waits in the next-tick queue.
struct socket_tick {
  enum class kind_type : std::uint8_t {
    application, host_looked_up, tell_listening, tell_server_error, tell_server_close, tell_connections,
    resume, end_readable, end_writable, after_write, write_failed, finish, tell_error, fail_write, fail_end
  };
  kind_type kind;
  connection_id connection = 0;
  node_error error = node_error::none;
  std::uint32_t count = 0;
};

/// What a turn leaves behind, and memory that is reused from turn to turn, so that a warm one allocates nothing.
struct socket_work {
  socket_effects effects;
  tick_queue<socket_tick> ticks;
  tick_queue<socket_tick> microtasks;  ///< run when no tick is left
};

template <class Sizes>
class basic_socket_server {
 public:
  basic_socket_server() = default;
  explicit basic_socket_server(const socket_options& options) : options_(options) {}

  /// One turn. Total: what a machine has no row for is ignored. Effects are appended in the order in which they must be
  /// carried out; callbacks stand among them as the application heard them.
  template <class Host>
  void step(const socket_event& happened, const profile& decisions, Host& host, socket_work& work) {
    turn<Host> now{*this, decisions, host, work};
    std::visit([&now](const auto& what) { now.on(what); }, happened);
    now.drain_queues();
  }

  const socket_options& options() const { return options_; }
  net_server::state state() const { return state_; }
  bool is_closed() const { return state_ == net_server::state::closed; }
  bool is_closing() const { return state_ == net_server::state::closing; }
  bool listener_open() const { return listener_open_; }
  std::uint32_t connections_counted() const { return connections_counted_; }
  const auto& connections() const { return connections_; }
  /// close() callbacks that wait for the next 'close'; true: it will be given not_running.
  const auto& close_callbacks() const { return close_callbacks_; }

  /// Calls visit(alive, connection) for everything that keeps the event loop alive.
  template <class Visit>
  void each_alive(Visit visit) const {
    if (listener_open_ && referenced_) visit(alive::listener, connection_id{0});
    for (connection_id who = 0; who < connections_.size(); ++who) {
      const auto& each = connections_[who];
      if (each.is_live() && each.reading && each.referenced) visit(alive::socket, who);
      if (each.writing) visit(alive::write, who);
      if (each.shutdown_pending) visit(alive::shutdown, who);
      if (each.socket == tcp_socket::state::destroyed) visit(alive::closing, who);
    }
    for (std::uint32_t i = 0; i < application_timers_; ++i) visit(alive::timer, connection_id{0});
  }
  bool is_alive() const {
    bool any = false;
    each_alive([&any](alive, connection_id) { any = true; });
    return any;
  }
  /// What process.getActiveResourcesInfo() lists: open handles, active or not, and requests under way.
  template <class Visit>
  void each_resource(Visit visit) const {
    for (connection_id who = 0; who < connections_.size(); ++who) {
      if (connections_[who].writing) visit(alive::write, who);
      if (connections_[who].shutdown_pending) visit(alive::shutdown, who);
    }
    if (listener_open_ && referenced_) visit(alive::listener, connection_id{0});
    for (connection_id who = 0; who < connections_.size(); ++who)
      if (connections_[who].is_live() && connections_[who].referenced) visit(alive::socket, who);
  }

  /// Writes or reads the whole value, but for the options, through `bits` (see sim/bits.hpp).
  template <class Bits>
  void transfer(Bits& bits, std::size_t connections_max, std::size_t closes_max) {
    bits.field(state_, 2);
    bits.field(listener_open_, 1);
    bits.field(referenced_, 1);
    bits.field(drain_armed_, 1);
    bits.field(lookups_, 2);
    bits.field(application_timers_, 8);
    bits.field(connections_counted_, 32);
    bits.sequence(close_callbacks_, closes_max, 2, [&bits](close_waiter& each) { bits.field(each.refused, 1); });
    bits.sequence(connections_, connections_max, 3, [&bits](socket_connection& each) { each.transfer(bits); });
  }

  friend bool operator==(const basic_socket_server&, const basic_socket_server&) = default;

 private:
  template <class Host>
  struct turn;

  socket_options options_;
  net_server::state state_ = net_server::state::created;
  bool listener_open_ = false;
  bool referenced_ = true;
  bool drain_armed_ = false;
  std::uint8_t lookups_ = 0;  ///< listen() calls whose host is being looked up and that a close() may give up
  std::uint8_t application_timers_ = 0;
  std::uint32_t connections_counted_ = 0;
  typename Sizes::template streams<close_waiter> close_callbacks_;
  typename Sizes::template connections<socket_connection> connections_;
};

/// The server of a process, or of a log.
using socket_server = basic_socket_server<growing>;

}  // namespace lastcall::model

#include "model/socket_server_turn.hpp"
