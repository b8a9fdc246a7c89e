// http1_connection: what an HTTP/1 server knows of one connection from the bytes it has read, and when it counts as idle. It
// knows neither sockets nor responses; the composition tells it whether one is unfinished.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::http1_connection {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  fresh,     ///< accepted, not a byte received
  head,      ///< a request head has begun
  body,      ///< the head is complete, the request is not
  idle,      ///< between requests; responses may still be due
  upgraded,  ///< another protocol's: the HTTP server has let go of it
  failed     ///< what came is no HTTP/1
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  message_began,
  head_completed,
  upgrade_completed,  ///< the head of a request to switch protocols
  message_completed,
  message_broken,     ///< invalid bytes, or the peer's end in the middle of a request
  peer_ended,         ///< the peer's end anywhere else
  sweep_called,       ///< closeIdleConnections()
  deadline_passed     ///< of the head or of the request
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  arm_deadlines,
  cancel_head_deadline,
  cancel_request_deadline,
  cancel_deadlines,
  dispatch_request,
  end_request,
  hand_over,           ///< to the application's 'upgrade' listener
  close_idle,
  end_for_peer,        ///< answer the peer's end with ours
  answer_timeout,      ///< 408, or what the application's 'clientError' listener does
  answer_bad_request   ///< 400, or the same
)

struct facts {
  bool response_due;              ///< a response keeps the connection busy (profile: response_ends)
  bool parser_idle_suffices;      ///< profile: idle_means
  bool nothing_received_is_idle;  ///< profile: idle_means
};
BOOST_DESCRIBE_STRUCT(facts, (), (response_due, parser_idle_suffices, nothing_received_is_idle))

/// RFC 9112 9.3 and 9.6; Node's http.Server and its ConnectionsList.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::http1_connection
