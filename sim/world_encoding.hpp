// The world as canonical bytes, a few dozen bits per connection; included from sim/world.hpp only.
#pragma once

#include "sim/bits.hpp"

namespace lastcall::sim {

namespace detail {

/// One routine for both directions, so that writing and reading cannot disagree. Bits is a bit_writer or a bit_reader.
template <class Bits>
void transfer(Bits& bits, link& client, const world_options& options) {
  bits.field(client.phase, 2);
  bits.field(client.preface_sent, 1);
  bits.field(client.window_closed, 1);
  bits.field(client.update_sent, 1);
  bits.field(client.fin_sent, 1);
  bits.field(client.unread, 1);
  if (options.profile->reset_order == model::reset_order::behind_data) bits.field(client.held_reset, 2);
  if (options.peer->keeps_the_rules) {
    bits.field(client.goaway_seen, 1);
    bits.field(client.unread_goaway, 1);
    bits.field(client.unread_ends, options.streams);
  }
  for (std::uint32_t stream = 0; stream < options.streams; ++stream) bits.field(client.streams[stream], 2);
  bits.sequence(client.to_server, options.channel_capacity, 2, [&](sent_frame& each) {
    bits.field(each.kind, 4);
    bits.field(each.stream, 2);
  });
}

template <class Bits, class Connection>
void transfer_connection(Bits& bits, Connection& which, const world_options& options) {
  const bool has_limit = options.profile == nullptr || options.profile->stream_limit != model::stream_limit::none;
  bits.field(which.socket, 3);
  bits.field(which.session, 3);
  bits.field(which.goaway, 2);
  bits.field(which.output_pending, 1);
  bits.field(which.peer_has_ended, 1);
  bits.field(which.was_reset, 1);
  bits.field(which.notice_armed, 1);
  bits.field(which.linger_armed, 1);
  bits.field(which.preface_armed, 1);
  bits.field(which.last_stream, 4);
  bits.field(which.announced, 4);
  bits.field(which.streams_open, 32);
  bits.sequence(which.requests, options.streams, 3, [&](model::request& each) {
    bits.field(each.id, 4);
    bits.field(each.stream, 3);
    bits.field(each.exchange, 3);
    bits.field(each.reads_body, 1);
    if (has_limit) bits.field(each.handler_runs, 1);
  });
}

}  // namespace detail

template <std::size_t C>
template <class Bits>
void world<C>::transfer(Bits& bits, state& now) const {
  now.server.transfer(bits, options_.connections,
                      [&](auto& which) { detail::transfer_connection(bits, which, options_); });
  bits.field(now.deferred, 1);
  for (std::uint32_t who = 0; who < options_.connections; ++who) detail::transfer(bits, now.links[who], options_);
}

template <std::size_t C>
std::size_t world<C>::encoded_size() const {
  bit_counter bits;
  state any;
  transfer(bits, any);
  return bits.bytes();
}

template <std::size_t C>
void world<C>::encode(const state& now, std::byte* bytes) const {
  bit_writer bits(bytes);
  transfer(bits, const_cast<state&>(now));  // a writer only reads it
  bits.finish();
}

template <std::size_t C>
void world<C>::decode(const std::byte* bytes, state& now) const {
  now = state{};
  bit_reader bits(bytes);
  transfer(bits, now);
}

}  // namespace lastcall::sim
