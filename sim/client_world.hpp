// A client's connection and the most general server: requests are wanted, written, answered, reset and excluded in every order
// that RFC 9113 leaves to the server. Frames of the server travel; those of the client arrive when they are written. It takes
// no protocol decision. The classes of peers and handlers make no difference here.
#pragma once

#include <boost/describe/enum_to_string.hpp>
#include <string>

#include "model/bounded.hpp"
#include "model/client.hpp"
#include "sim/bits.hpp"
#include "sim/world_options.hpp"

namespace lastcall::sim {

/// What the server has written and the client has not read.
BOOST_DEFINE_FIXED_ENUM_CLASS(reply_kind, std::uint8_t, response, reset, goaway, notice, fin)
struct reply {
  reply_kind kind = reply_kind::response;
  std::uint8_t stream = 0;  ///< a stream counted from 1, the last one of a GOAWAY; 0 for none
  friend bool operator==(const reply&, const reply&) = default;
};

BOOST_DEFINE_FIXED_ENUM_CLASS(client_side_move, std::uint8_t,
  application_asks,
  application_leaves,
  application_reads,
  client_writes,
  client_receives,
  client_receives_and_asks,  ///< its GOAWAY listener wants a request at once
  server_answers,
  server_resets,
  server_sends_notice,
  server_sends_goaway,
  server_ends
)
struct client_action {
  client_side_move what = client_side_move::application_asks;
  std::uint8_t stream = 0;  ///< as in `reply`
  friend bool operator==(const client_action&, const client_action&) = default;
};

struct client_observation {
  model::client_effects effects;
};

class client_world {
 public:
  using action = client_action;
  using observation = client_observation;
  struct state {
    model::client client;
    model::bounded<reply, channel_max> to_client;
    bool leaves = false;                       ///< the application wants to leave
    bool server_ended = false;
    std::uint8_t announced = nothing_announced;  ///< the last stream of the server's GOAWAY, counted from 1
    std::uint8_t answered = 0;                 ///< streams whose response was sent, one bit each
    std::uint8_t was_reset = 0;                ///< streams that were reset, one bit each
    friend bool operator==(const state&, const state&) = default;
  };
  static constexpr std::uint8_t nothing_announced = 6;
  static constexpr std::uint8_t notice_announced = 5;

  explicit client_world(const world_options& options) : options_(options) {}
  const world_options& options() const { return options_; }

  state initial() const { return {}; }
  template <class Visit> void actions(const state& now, Visit&& visit) const;
  void apply(const state& before, const action& chosen, state& after, observation& seen) const;

  std::size_t encoded_size() const {
    bit_counter bits;
    state any;
    transfer(bits, any);
    return bits.bytes();
  }
  void encode(const state& now, std::byte* bytes) const {
    bit_writer bits(bytes);
    transfer(bits, const_cast<state&>(now));  // a writer only reads it
    bits.finish();
  }
  void decode(const std::byte* bytes, state& now) const {
    now = state{};
    bit_reader bits(bytes);
    transfer(bits, now);
  }

  /// The client writes, receives, and its application reads responses; the server owes nothing.
  std::uint64_t fair_sets(const state&, const action& chosen) const {
    using enum client_side_move;
    switch (chosen.what) {
      case client_writes: return 1;
      case client_receives:
      case client_receives_and_asks: return 2;
      case application_reads: return std::uint64_t{4} << chosen.stream;
      default: return 0;
    }
  }
  std::uint64_t restarted(const state&, const action&, const observation&, const state&) const { return 0; }

  std::string describe(const action& chosen) const {
    std::string text = boost::describe::enum_to_string(chosen.what, "?");
    if (chosen.what == client_side_move::server_sends_goaway) return text + " last stream " + std::to_string(id_of(chosen.stream));
    return chosen.stream == 0 ? text : text + " stream " + std::to_string(id_of(chosen.stream));
  }

  /// The RFC id of a stream counted from 1; 0 for none.
  static model::stream_id id_of(std::uint8_t stream) { return stream == 0 ? 0 : 2U * stream - 1U; }

 private:
  template <class Bits> void transfer(Bits& bits, state& now) const;

  world_options options_;
};

template <class Bits>
void client_world::transfer(Bits& bits, state& now) const {
  now.client.transfer(bits);
  bits.sequence(now.to_client, channel_max, 2, [&](reply& each) {
    bits.field(each.kind, 3);
    bits.field(each.stream, 3);
  });
  bits.field(now.leaves, 1);
  bits.field(now.server_ended, 1);
  bits.field(now.announced, 3);
  bits.field(now.answered, 4);
  bits.field(now.was_reset, 4);
}

template <class Visit>
void client_world::actions(const state& now, Visit&& visit) const {
  using enum client_side_move;
  using enum model::client_request::state;
  const auto& requests = now.client.all();
  std::uint8_t asked = 0;  // requests so far
  while (asked < model::client::streams_max && requests[asked] != unused) ++asked;
  const bool may_ask = asked < options_.streams;
  if (!now.to_client.empty()) {
    visit(action{client_receives});
    const auto kind = now.to_client.front().kind;
    if (may_ask && (kind == reply_kind::goaway || kind == reply_kind::notice)) visit(action{client_receives_and_asks});
  }
  for (std::uint8_t i = 0; i < asked; ++i) {
    if (requests[i] != submitted) continue;
    visit(action{client_writes});
    break;
  }
  for (std::uint8_t i = 0; i < asked; ++i)
    if (requests[i] == model::client_request::state::answered) visit(action{application_reads, static_cast<std::uint8_t>(i + 1)});
  if (may_ask) visit(action{application_asks});
  if (!now.leaves && now.client.state() == model::http2_client::state::open) visit(action{application_leaves});

  if (now.server_ended || now.to_client.size() == options_.channel_capacity) return;
  std::uint8_t touched = 0;  // the highest stream that the server has said something of
  for (std::uint8_t stream = 1; stream <= asked; ++stream) {
    const auto bit = static_cast<std::uint8_t>(1U << (stream - 1));
    const bool was_answered = (now.answered & bit) != 0;
    const bool reset_sent = (now.was_reset & bit) != 0;
    if (was_answered || reset_sent) touched = stream;
    if (stream > now.announced || reset_sent) continue;
    const bool arrived = requests[stream - 1] == open;
    if (arrived && !was_answered) visit(action{server_answers, stream});
    // RST_STREAM with NO_ERROR may follow a complete response (RFC 9113 8.1).
    if (arrived || was_answered) visit(action{server_resets, stream});
  }
  if (now.announced == nothing_announced) visit(action{server_sends_notice});
  for (std::uint8_t last = touched; last <= asked && last < now.announced; ++last) visit(action{server_sends_goaway, last});
  visit(action{server_ends});
}

inline void client_world::apply(const state& before, const action& chosen, state& after, observation& seen) const {
  using enum client_side_move;
  after = before;
  seen.effects.clear();
  const auto happen = [&](const model::client_event& what) { after.client.step(what, *options_.profile, seen.effects); };
  const auto send = [&](reply_kind kind) { after.to_client.push_back({kind, chosen.stream}); };
  const auto bit = static_cast<std::uint8_t>(chosen.stream == 0 ? 0U : 1U << (chosen.stream - 1));
  switch (chosen.what) {
    case application_asks: happen(model::request_wanted{}); break;
    case application_leaves:
      after.leaves = true;
      happen(model::leave_called{});
      break;
    case application_reads: happen(model::response_read{id_of(chosen.stream)}); break;
    case client_writes:
      for (model::stream_id each = 1;; each += 2) {
        if (before.client.request(each) != model::client_request::state::submitted) continue;
        happen(model::headers_written{each});
        break;
      }
      break;
    case client_receives:
    case client_receives_and_asks: {
      const reply arrived = after.to_client.front();
      after.to_client.erase(after.to_client.begin());
      const bool asks = chosen.what == client_receives_and_asks;
      switch (arrived.kind) {
        case reply_kind::response: happen(model::response_ended{id_of(arrived.stream)}); break;
        case reply_kind::reset: happen(model::stream_reset{id_of(arrived.stream)}); break;
        case reply_kind::goaway: happen(model::goaway_received{id_of(arrived.stream), asks}); break;
        case reply_kind::notice: happen(model::goaway_received{model::highest_stream_id, asks}); break;
        case reply_kind::fin: happen(model::connection_lost{}); break;
      }
      break;
    }
    case server_answers:
      after.answered |= bit;
      send(reply_kind::response);
      break;
    case server_resets:
      after.was_reset |= bit;
      send(reply_kind::reset);
      break;
    case server_sends_notice:
      after.announced = notice_announced;
      send(reply_kind::notice);
      break;
    case server_sends_goaway:
      after.announced = chosen.stream;
      send(reply_kind::goaway);
      break;
    case server_ends:
      after.server_ended = true;
      send(reply_kind::fin);
      break;
  }
}

}  // namespace lastcall::sim
