// An environment: what kind of client is out there and what kind of handler runs inside. Each class lists the actions it
// may take and those it must take, fairly, whenever they are possible. Data only; the world asks it.
#pragma once

#include <bit>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <string_view>

namespace lastcall::sim {

/// What a client can do, one bit each in the masks below.
BOOST_DEFINE_FIXED_ENUM_CLASS(client_move, std::uint8_t,
  connect,
  send_settings,      ///< the preface
  close_window,       ///< the preface with INITIAL_WINDOW_SIZE 0
  send_headers,
  end_stream,         ///< with HEADERS or with DATA
  send_rst_stream,
  send_ping,
  ack_ping,
  send_window_update,
  send_goaway,
  send_invalid,       ///< a frame that is a connection error
  send_fin,           ///< half-close
  send_rst,           ///< abort the TCP connection
  read,
  break_stream        ///< DATA after END_STREAM: a stream error (RFC 9113 5.1)
)

/// What a handler can do.
BOOST_DEFINE_FIXED_ENUM_CLASS(handler_move, std::uint8_t, read_body, respond, finish)

template <class Move>
class moves {
 public:
  constexpr moves() = default;
  template <class... Each>
  constexpr explicit moves(Each... each) : bits_((std::uint32_t{0} | ... | bit(each))) {}
  constexpr bool has(Move move) const { return (bits_ & bit(move)) != 0; }
  static constexpr moves all() {
    moves made;
    made.bits_ = ~std::uint32_t{0};
    return made;
  }
  constexpr unsigned size() const { return static_cast<unsigned>(std::popcount(bits_)); }
  /// How many of them stand before this one in the enumeration.
  constexpr unsigned before(Move move) const { return static_cast<unsigned>(std::popcount(bits_ & (bit(move) - 1))); }
  constexpr moves but(Move move) const {
    moves made = *this;
    made.bits_ &= ~bit(move);
    return made;
  }

 private:
  static constexpr std::uint32_t bit(Move move) { return std::uint32_t{1} << static_cast<unsigned>(move); }
  std::uint32_t bits_ = 0;
};

struct peer_class {
  std::string_view name;
  std::string_view meaning;
  moves<client_move> may;
  moves<client_move> must;
  /// It leaves only when its streams have ended, opens nothing after GOAWAY or FIN, and never resets or aborts. The world
  /// then keeps what it has read; every other class is the same whatever it reads.
  bool keeps_the_rules = false;
};

struct handler_class {
  std::string_view name;
  std::string_view meaning;
  moves<handler_move> may;
  moves<handler_move> must;
};

namespace detail {
using enum client_move;
using enum handler_move;
inline constexpr auto everything = moves<client_move>::all().but(break_stream).but(send_invalid);
}  // namespace detail

inline constexpr peer_class peer_classes[] = {
    {"any", "the most general client that breaks no rule of the protocol: may do anything at any time, and owes nothing",
     detail::everything, {}},
    {"cooperative",
     "reads, returns windows, finishes bodies begun, answers FIN, and leaves after GOAWAY when its streams have ended; never has to leave unprompted",
     detail::everything.but(client_move::send_rst).but(client_move::send_rst_stream),
     moves<client_move>(client_move::send_settings, client_move::end_stream, client_move::ack_ping,
                        client_move::send_window_update, client_move::send_fin, client_move::read),
     true},
    {"silent", "reads, but at some point sends no more: no body end, no FIN, perhaps no preface",
     moves<client_move>(client_move::connect, client_move::send_settings, client_move::send_headers, client_move::end_stream,
                        client_move::read),
     moves<client_move>(client_move::read)},
    {"non-reading", "sends and never reads", detail::everything.but(client_move::read), {}},
    {"chatty", "reads and keeps sending PING, but never finishes and never leaves",
     moves<client_move>(client_move::connect, client_move::send_settings, client_move::send_headers, client_move::send_ping,
                        client_move::send_window_update, client_move::read),
     moves<client_move>(client_move::send_settings, client_move::send_ping, client_move::read)},
    {"vanishing", "may half-close, abort or fall silent at any point",
     moves<client_move>(client_move::connect, client_move::send_settings, client_move::send_headers, client_move::end_stream,
                        client_move::send_fin, client_move::send_rst, client_move::read),
     {}},
    {"offending", "reads, and sooner or later sends a frame that is a connection error",
     moves<client_move>(client_move::connect, client_move::send_settings, client_move::send_headers, client_move::send_invalid,
                        client_move::read),
     moves<client_move>(client_move::send_settings, client_move::send_invalid, client_move::read)},
    {"breaking", "as any, and breaks the protocol too: stream errors and connection errors", moves<client_move>::all(), {}},
};

inline constexpr handler_class handler_classes[] = {
    {"any", "may answer at any time or never", moves<handler_move>::all(), {}},
    {"finishing", "finishes every request it was given", moves<handler_move>::all(), moves<handler_move>(handler_move::finish)},
    {"stuck", "may begin a response, never finishes it", moves<handler_move>::all().but(handler_move::finish), {}},
};

/// By name; null when there is none.
inline const peer_class* find_peer_class(std::string_view name) {
  for (const auto& each : peer_classes)
    if (each.name == name) return &each;
  return nullptr;
}
inline const handler_class* find_handler_class(std::string_view name) {
  for (const auto& each : handler_classes)
    if (each.name == name) return &each;
  return nullptr;
}

}  // namespace lastcall::sim
