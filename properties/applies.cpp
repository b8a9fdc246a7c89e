#include "properties/applies.hpp"

namespace lastcall::properties {

using sim::client_move, sim::handler_move;

bool applies(const claim_description& claim, const sim::world_options& world) {
  const model::profile& profile = *world.profile;
  const sim::peer_class& peer = *world.peer;
  const bool has_deadline = profile.drain_deadline != model::drain_deadline::none;
  if (claim.form == form::bounded || claim.name == "waits_are_bounded" || claim.name == "deadline_cuts_a_connection")
    return has_deadline;
  if (claim.name == "response_written_while_closing")
    return world.handler->may.has(handler_move::finish) && peer.may.has(client_move::read);
  if (claim.name == "connection_ends_while_closing")
    return has_deadline || peer.may.has(client_move::send_fin) || peer.may.has(client_move::send_rst);
  if (claim.name == "handler_outlives_stream" || claim.name == "request_waits_for_handler")
    return profile.stream_limit != model::stream_limit::none && peer.may.has(client_move::send_rst_stream) && world.streams > 1;
  if (claim.name == "data_is_discarded") return peer.may.has(client_move::end_stream) && peer.may.has(client_move::send_rst_stream);
  if (claim.name == "reset_meets_blocked_data")
    return peer.may.has(client_move::break_stream) && world.handler->may.has(handler_move::finish);
  if (claim.name == "handlers_bounded" || claim.name == "no_request_parked") return profile.stream_limit != model::stream_limit::none;
  if (claim.name == "error_while_closing") return peer.may.has(client_move::send_invalid);
  if (claim.name == "stream_arrives_above_last_id") return profile.close_announces != model::close_announces::nothing;
  const bool lingers = profile.after_fin == model::after_fin::lingers || profile.after_fin == model::after_fin::reads_on_before;
  if (claim.name == "linger_expires") return lingers && peer.may.has(client_move::read);
  return true;
}

}  // namespace lastcall::properties
