// http2_goaway: what a session has announced to its peer (RFC 9113 6.8): nothing, a GOAWAY that only warns, or the one
// that counts. Submitting is what counts here, not writing: from then on no stream above the last id is admitted.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "model/machine.hpp"

namespace lastcall::model::http2_goaway {

BOOST_DEFINE_FIXED_ENUM_CLASS(state, std::uint8_t,
  silent,
  notice_sent,
  final_sent
)

BOOST_DEFINE_FIXED_ENUM_CLASS(event, std::uint8_t,
  drain_called,  ///< close() swept this session
  session_close_called,  ///< Node: http2session.close()
  session_registered,  ///< the preface is complete, or the connection accepted
  notice_expired,
  ping_ack_received,
  headers_received,
  quiescence_reached,  ///< nothing is left to do, told only to a session that waits for it
  goaway_received,
  session_ended
)

BOOST_DEFINE_FIXED_ENUM_CLASS(command, std::uint8_t,
  send_notice,  ///< GOAWAY with the highest id there is
  send_ping,  ///< to measure the round trip, if the profile does
  send_final,  ///< GOAWAY with the highest id handed to the application
  arm_notice_timer,  ///< if the profile has one
  cancel_notice_timer,  ///< if it is armed
  leave_without_preface  ///< profile: without_preface
)

struct facts {
  bool registered;  ///< close() can find this session
  bool closing;  ///< close() was called before
  bool announces_final;  ///< profile: close_announces
  bool announces_notice;  ///< profile: close_announces
  bool late_is_drained;  ///< profile: late_session
  bool ends_on_ping_ack;  ///< profile: second_phase
  bool ends_on_headers;  ///< profile: second_phase
  bool peer_goaway_drains;  ///< profile: peer_goaway
};
BOOST_DESCRIBE_STRUCT(facts, (), (registered, closing, announces_final, announces_notice, late_is_drained, ends_on_ping_ack, ends_on_headers, peer_goaway_drains))

/// RFC 9113 6.8, graceful shutdown.
transition<state, command> step(state, event, const facts&);

/// The transition table, row by row.
const std::vector<table_row>& table();

}  // namespace lastcall::model::http2_goaway
