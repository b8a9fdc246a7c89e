// The frame-level world: one server, its clients, the network between them and the timers, as one small value that can be
// explored exhaustively. It has no clock: any armed timer may fire, except that the notice timers, armed by close() and
// shorter than the drain deadline, fire before it. It takes no protocol decision; those are all in model/.
//
// One step of the server is one run-to-completion turn. Receiving and pumping are separate steps. What the server has
// submitted is coalesced into one write; a connection holds one such write that the client has not read, and
// `channel_capacity` frames that the server has not read. A full channel is back-pressure: the writer waits.
#pragma once

#include <algorithm>
#include <boost/describe/enum_to_string.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "model/bounded.hpp"
#include "model/server.hpp"
#include "sim/world_options.hpp"

namespace lastcall::sim {

/// What a client has written and the server has not read.
BOOST_DEFINE_FIXED_ENUM_CLASS(client_frame, std::uint8_t,
  none, settings, headers, headers_end, data_end, rst_stream, ping, ping_ack, window_update, goaway, invalid, fin, rst
)
struct sent_frame {
  client_frame kind = client_frame::none;
  std::uint8_t stream = 0;  ///< the client's stream counted from 0; its RFC id is 2 * stream + 1
  friend bool operator==(const sent_frame&, const sent_frame&) = default;
};

/// Everything that can happen next.
BOOST_DEFINE_FIXED_ENUM_CLASS(move, std::uint8_t,
  close,            ///< the application calls server.close()
  accept,
  receive,          ///< the server takes one frame, FIN or RST from the channel
  pump,             ///< what was submitted is handed to the kernel
  run_deferred,
  run_close_callbacks,
  fire_notice,
  fire_linger,
  fire_preface,
  fire_drain,
  handler_reads,
  handler_responds,
  handler_finishes,
  client_connects,
  client_sends_settings,
  client_closes_window,  ///< settings with INITIAL_WINDOW_SIZE 0
  client_sends_headers,
  client_sends_headers_end,
  client_ends_stream,
  client_resets_stream,
  client_breaks_stream,
  client_pings,
  client_acks_ping,
  client_updates_window,
  client_sends_goaway,
  client_sends_invalid,  ///< a frame that is a connection error (RFC 9113 5.4.1)
  client_sends_fin,
  client_aborts,
  client_reads
)
struct action {
  move what = move::close;
  std::uint8_t connection = 0;
  std::uint8_t stream = 0;
  friend bool operator==(const action&, const action&) = default;
};

/// What a step showed: the effects of the server, in order.
struct observation {
  model::effects effects;
};

/// The client's view of one of its streams.
enum class client_stream : std::uint8_t { unused, open, ended, over };

/// One connection as the client and the network see it; all zero when the slot is free.
struct link {
  enum phase : std::uint8_t { none, backlog, accepted };
  std::uint8_t phase = none;
  bool preface_sent = false;
  bool window_closed = false;   ///< the server may send no DATA
  bool update_sent = false;     ///< the WINDOW_UPDATE that opens it is on its way or has arrived
  bool fin_sent = false;        ///< or RST: the client writes no more
  enum held_reset : std::uint8_t { nothing_held, held, alone };
  std::uint8_t held_reset = nothing_held;  ///< RST_STREAM behind DATA that the window holds; alone: all else is written
  bool goaway_seen = false;     ///< kept only for clients that keep the rules, as is what follows
  bool unread = false;          ///< a write of the server waits for the client to read it
  bool unread_goaway = false;   ///< ... with the final GOAWAY in it
  std::uint8_t unread_ends = 0; ///< ... with the end of these streams in it, one bit each
  std::array<client_stream, streams_max> streams{};
  model::bounded<sent_frame, channel_max> to_server;

  friend bool operator==(const link&, const link&) = default;
};

template <std::size_t C>
class world {
 public:
  using sizes = model::fixed<C, streams_max>;
  using server_type = model::basic_server<sizes>;
  using action = sim::action;
  using observation = sim::observation;
  struct state {
    server_type server;
    std::array<link, C> links{};
    bool deferred = false;  ///< what close() put off is still to run
    friend bool operator==(const state&, const state&) = default;
  };

  explicit world(const world_options& options);

  const world_options& options() const { return options_; }

  state initial() const;
  template <class Visit> void actions(const state& now, Visit&& visit) const;
  void apply(const state& before, const action& chosen, state& after, observation& seen) const;

  std::size_t encoded_size() const;
  void encode(const state& now, std::byte* bytes) const;
  void decode(const std::byte* bytes, state& now) const;

  std::uint64_t fair_sets(const state& now, const action& chosen) const;
  std::uint64_t restarted(const state& before, const action& chosen, const observation& seen, const state& after) const;
  std::string describe(const action& chosen) const;

 private:
  /// What this client owes besides the ends of its streams.
  moves<client_move> owed() const { return options_.peer->must.but(client_move::end_stream); }
  unsigned constraints_per_stream_from() const { return 7 + owed().size(); }
  unsigned constraints_per_connection() const { return constraints_per_stream_from() + 2 * options_.streams; }
  bool keeps_rules() const { return options_.peer->keeps_the_rules; }
  bool may(client_move move) const { return options_.peer->may.has(move); }
  bool may(handler_move move) const { return options_.handler->may.has(move); }
  void happen(state& now, const model::event& happened, observation& seen) const;
  void receive(state& now, std::uint8_t who, observation& seen) const;
  bool can_write(const state& now, std::uint8_t who) const;
  void pump(state& now, std::uint8_t who, observation& seen) const;
  void client_reads(state& now, std::uint8_t who) const;
  void forget_dead_fields(state& now) const;
  template <class Bits> void transfer(Bits& bits, state& now) const;
  template <class Visit> void client_actions(const state& now, std::uint8_t who, Visit& visit) const;

  world_options options_;
};

}  // namespace lastcall::sim

#include "sim/world_steps.hpp"
