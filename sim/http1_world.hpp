// The world of an HTTP/1 server: the server, its clients, the network between them and the timers, as one small value that can
// be explored exhaustively. Like sim/world.hpp it has no clock and takes no protocol decision. Requests are pieces: the first
// bytes of a head, the rest of it, the end of a body; a client may leave a request half sent for ever.
//
// One step of the server is one callback with the next-tick queue that it leaves behind. What the server has submitted leaves
// in one write; a connection holds one such write that the client has not read, and `channel_capacity` pieces that the server
// has not read. A client has at most `streams` requests under way on one connection, and may make as many as it likes one
// after another.
#pragma once

#include <array>
#include <boost/describe/enum_to_string.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "model/bounded.hpp"
#include "model/http1_server.hpp"
#include "sim/bits.hpp"
#include "sim/world_options.hpp"

namespace lastcall::sim::http1 {

/// What a client has written and the server has not read.
BOOST_DEFINE_FIXED_ENUM_CLASS(piece, std::uint8_t,
  none,
  head_part,  ///< bytes of a head, not its end
  head,       ///< the end of a head whose request has a body
  request,    ///< the end of a head, and with it of the request
  body,       ///< the end of a body
  fin,
  rst
)

/// Everything that can happen next.
BOOST_DEFINE_FIXED_ENUM_CLASS(move, std::uint8_t,
  listen,
  emit_listening,   ///< the cluster module reports 'listening' once more
  close,
  accept,
  receive,          ///< the server takes one piece, FIN or RST from the channel
  pump,             ///< what was submitted is handed to the kernel
  fin_leaves,       ///< the kernel reports that our FIN is sent
  run_close_callbacks,
  fire_head,
  fire_request,
  fire_keep_alive,
  fire_linger,
  fire_drain,
  handler_responds,
  handler_finishes,
  client_connects,
  client_begins_head,
  client_drips,     ///< more bytes of a head that is never complete
  client_ends_head, ///< of a request with a body
  client_ends_request,
  client_ends_body,
  client_sends_fin,
  client_aborts,
  client_reads
)
struct action {
  move what = move::listen;
  std::uint8_t connection = 0;
  std::uint8_t request = 0;
  friend bool operator==(const action&, const action&) = default;
};

/// What a step showed: the effects of the server, in order.
struct observation {
  model::http1::effects effects;
};

inline constexpr std::size_t requests_max = 4;
inline constexpr std::size_t channel_max = 2;

/// One connection as the client and the network see it; all zero when the slot is free.
struct link {
  enum phase : std::uint8_t { none, backlog, accepted };
  enum sending : std::uint8_t { nothing, a_head, a_body };
  std::uint8_t phase = none;
  std::uint8_t sending = nothing;
  bool fin_sent = false;  ///< or RST: the client writes no more
  bool unread = false;    ///< a write of the server waits for the client to read it
  model::bounded<piece, channel_max> to_server;

  friend bool operator==(const link&, const link&) = default;
};

template <std::size_t C>
class world {
 public:
  using server_type = model::http1::basic_server<model::fixed<C, requests_max>>;
  using action = http1::action;
  using observation = http1::observation;
  struct state {
    server_type server;
    std::array<link, C> links{};
    friend bool operator==(const state&, const state&) = default;
  };

  explicit world(const world_options& options) : options_(options) {
    invariant(options.connections >= 1 && options.connections <= C, "the world holds fewer connections than asked for");
  }

  const world_options& options() const { return options_; }

  /// Created, not listening yet.
  state initial() const {
    state made;
    observation ignored;
    happen(made, model::http1::constructed{}, ignored);
    return made;
  }
  template <class Visit> void actions(const state& now, Visit&& visit) const;
  void apply(const state& before, const action& chosen, state& after, observation& seen) const;

  std::size_t encoded_size() const;
  void encode(const state& now, std::byte* bytes) const;
  void decode(const std::byte* bytes, state& now) const;

  std::uint64_t fair_sets(const state& now, const action& chosen) const;
  std::uint64_t restarted(const state& before, const action& chosen, const observation& seen, const state& after) const;
  std::string describe(const action& chosen) const;

 private:
  static constexpr unsigned constraints_per_connection = 13 + requests_max;
  bool may(client_move move) const { return options_.peer->may.has(move); }
  bool may(handler_move move) const { return options_.handler->may.has(move); }
  void happen(state& now, const model::http1::event& happened, observation& seen) const;
  void receive(state& now, std::uint8_t who, observation& seen) const;
  void pump(state& now, std::uint8_t who, observation& seen) const;
  template <class Bits> void transfer(Bits& bits, state& now) const;
  template <class Visit> void client_actions(const state& now, std::uint8_t who, Visit& visit) const;
  template <class Visit> void server_actions(const state& now, std::uint8_t who, Visit& visit) const;

  world_options options_;
};

}  // namespace lastcall::sim::http1

#include "sim/http1_world_steps.hpp"
