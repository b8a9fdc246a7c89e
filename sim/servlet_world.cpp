#include "sim/servlet_world.hpp"

#include <boost/describe/enum_to_string.hpp>

#include "sim/bits.hpp"

namespace lastcall::sim {

using model::servlet_event;
using enum servlet_move;

namespace {

/// The frame that a move of the client puts on its way.
servlet_event frame_of(servlet_move move) {
  switch (move) {
    case client_sends_headers: return servlet_event::headers_received;
    case client_sends_headers_end: return servlet_event::headers_end_received;
    case client_sends_data: return servlet_event::data_received;
    case client_sends_end: return servlet_event::end_received;
    default: return servlet_event::reset_received;
  }
}

bool is_of_client(servlet_move move) { return move <= client_resets; }

/// The application has the request, and its service() has not returned.
bool is_in_service(const model::servlet& request) {
  using enum model::servlet_request::state;
  return request.stream != model::http2_stream::state::idle && (request.request == dispatched || request.request == async_started);
}

}  // namespace

bool servlet_world::is_possible(const state& now, const action& asked) const {
  const auto may = [this](client_move move) { return options_.peer->may.has(move); };
  const bool has_room = now.to_server.size() < std::min<std::size_t>(options_.channel_capacity, channel_max);
  const bool sends = now.at == client::sending || now.at == client::has_sent_data;
  using request_state = model::servlet_request::state;
  const auto at = now.request.request;
  switch (asked.what) {
    case client_sends_headers: return now.at == client::new_born && may(client_move::send_headers);
    case client_sends_headers_end:
      return now.at == client::new_born && may(client_move::send_headers) && may(client_move::end_stream);
    case client_sends_data: return now.at == client::sending && has_room;
    case client_sends_end: return sends && has_room && may(client_move::end_stream);
    case client_resets:
      return now.at != client::new_born && now.at != client::has_reset && has_room && may(client_move::send_rst_stream);
    case receive: return !now.to_server.empty();
    case listeners_return:
      return at == request_state::telling_error || at == request_state::telling_timeout || at == request_state::timeout_answered;
    case fire_timeout: return now.request.timeout_armed;
    case application_calls: return may_call(now, asked.call);
  }
  return false;
}

/// The application keeps to the API: it sets up a request in service(), writes with a WriteListener only when allowed to, and
/// calls complete() once, from a listener or from a thread of its own.
bool servlet_world::may_call(const state& now, servlet_event call) const {
  using enum servlet_event;
  const model::servlet& request = now.request;
  const auto may = [this](handler_move move) { return options_.handler->may.has(move); };
  const bool in_service = is_in_service(request);
  const bool sets_up = in_service && request.request == model::servlet_request::state::async_started;
  const bool is_served = request.stream != model::http2_stream::state::idle && !now.application_done;
  const bool is_sync = request.request == model::servlet_request::state::dispatched;
  const bool was_sync = now.history.application_ended && !now.application_done;
  switch (call) {
    case start_async_called: return in_service && is_sync;
    case timeout_set: return sets_up && !request.has_timeout;
    case listener_added: return sets_up && !request.listens;
    case reader_set: return sets_up && !request.reads && may(handler_move::read_body);
    case writer_set: return sets_up && !request.writes && may(handler_move::respond);
    case service_returned: return in_service && (!is_sync || may(handler_move::finish));
    case is_ready_called: return is_served && !in_service && request.writes && !request.may_write;
    case flush_called:
      return is_served && !was_sync && may(handler_move::respond) && (!request.writes || request.may_write);
    case complete_called: return is_served && !in_service && !was_sync && may(handler_move::finish);
    default: return false;  // print() changes nothing that anybody could see later
  }
}

void servlet_world::apply(const state& before, const action& chosen, state& after, observation& seen) const {
  after = before;
  seen.effects.clear();
  seen.reached_server = !is_of_client(chosen.what);
  if (!seen.reached_server) {
    after.to_server.push_back(frame_of(chosen.what));
    after.at = chosen.what == client_sends_headers ? client::sending
               : chosen.what == client_sends_data  ? client::has_sent_data
               : chosen.what == client_resets      ? client::has_reset
                                                   : client::ended;
    return;
  }
  switch (chosen.what) {
    case receive:
      seen.happened = before.to_server.front();
      after.to_server.erase(after.to_server.begin());
      break;
    case listeners_return: seen.happened = servlet_event::listeners_returned; break;
    case fire_timeout: seen.happened = servlet_event::timeout_expired; break;
    default: seen.happened = chosen.call; break;
  }
  after.request.step(seen.happened, *options_.profile, seen.effects);
  after.history.watch(before.request, seen.happened, seen.effects, after.request);
  after.application_done |= seen.happened == servlet_event::complete_called;
}

std::uint64_t servlet_world::fair_sets(const state& now, const action& chosen) const {
  const bool finishes = options_.handler->must.has(handler_move::finish);
  switch (chosen.what) {
    case receive: return 1;
    case listeners_return: return 2;
    case fire_timeout: return 4;
    case client_sends_end: return options_.peer->must.has(client_move::end_stream) ? 8 : 0;
    case application_calls: {
      const bool ends = chosen.call == servlet_event::service_returned || chosen.call == servlet_event::complete_called;
      return finishes && ends && (is_in_service(now.request) || !now.application_done) ? 16 : 0;
    }
    default: return 0;
  }
}

std::string servlet_world::describe(const action& chosen) const {
  const char* move = boost::describe::enum_to_string(chosen.what, "");
  if (chosen.what != application_calls) return move;
  return std::string("application: ") + boost::describe::enum_to_string(chosen.call, "");
}

/// One routine for both directions, so that writing and reading cannot disagree.
template <class Bits>
void servlet_world::transfer(Bits& bits, state& now) const {
  model::servlet& request = now.request;
  bits.field(request.stream, 3);
  bits.field(request.request, 4);
  bits.field(request.output, 2);
  for (bool* each : {&request.stream_lost, &request.body_ended, &request.has_unread, &request.listens, &request.reads,
                     &request.reader_done, &request.writes, &request.may_write, &request.has_timeout, &request.timeout_armed})
    bits.field(*each, 1);
  servlet_history& past = now.history;
  for (bool* each : {&past.error_told, &past.complete_told, &past.read_error_told, &past.write_error_told, &past.application_ended,
                     &past.owes_error, &past.owes_late_error, &past.owes_end})
    bits.field(*each, 1);
  bits.field(now.at, 3);
  bits.field(now.application_done, 1);
  bits.sequence(now.to_server, channel_max, 2, [&](servlet_event& each) { bits.field(each, 3); });
}

std::size_t servlet_world::encoded_size() const {
  bit_counter bits;
  state any;
  transfer(bits, any);
  return bits.bytes();
}

void servlet_world::encode(const state& now, std::byte* bytes) const {
  bit_writer bits(bytes);
  transfer(bits, const_cast<state&>(now));  // a writer only reads it
  bits.finish();
}

void servlet_world::decode(const std::byte* bytes, state& now) const {
  now = state{};
  bit_reader bits(bytes);
  transfer(bits, now);
}

}  // namespace lastcall::sim
