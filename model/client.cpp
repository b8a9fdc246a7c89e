#include "model/client.hpp"

namespace lastcall::model {

stream_id client::next_stream() const {
  stream_id next = 1;
  for (const auto each : requests_)
    if (each != client_request::state::unused) next += 2;
  return next;
}

/// One step at work: the client, the profile and the effects so far.
struct client::turn {
  client& now;
  const profile& decisions;
  client_effects& out;
  bool listener_asks = false;

  void on(const request_wanted&) { drive(http2_client::event::request_wanted); }
  void on(const headers_written& what) { drive(what.stream, client_request::event::headers_written); }
  void on(const response_ended& what) {
    // Our own GOAWAY speaks of streams that the server would open (RFC 9113 6.8).
    if (now.goaway_sent_ && decisions.client.own_goaway == own_goaway::limits_own_streams) return;
    drive(what.stream, client_request::event::response_ended);
  }
  void on(const stream_reset& what) { drive(what.stream, client_request::event::reset_received); }
  void on(const goaway_received& what) {
    now.goaway_received_ = true;
    now.last_stream_ = what.last_stream;
    listener_asks = what.listener_asks;
    drive(http2_client::event::goaway_received);
  }
  void on(const leave_called&) { drive(http2_client::event::close_called); }
  void on(const connection_lost&) { drive(http2_client::event::connection_lost); }
  void on(const response_read& what) { drive(what.stream, client_request::event::response_read); }

 private:
  void drive(http2_client::event what) {
    const stream_id next = now.next_stream();
    const http2_client::facts known{
        .notifies_first = decisions.client.goaway_order == goaway_order::notify_first,
        .fails_first = decisions.client.goaway_order == goaway_order::fail_first,
        .opens_below = decisions.client.below_last_id == below_last_id::opened && now.goaway_received_ && next <= now.last_stream_,
    };
    const auto taken = http2_client::step(now.state_, what, known);
    invariant(taken.outcome != outcome::guarded, "every guard of a transition table refused an event");
    for (const auto command : taken.commands) {
      using enum http2_client::command;
      switch (command) {
        case record: now.state_ = taken.next; break;
        case notify:
          now.knows_goaway_ = true;
          out.push_back(report{client_report::goaway});
          if (listener_asks) drive(http2_client::event::request_wanted);
          break;
        case fail_excluded:
          for (stream_id each = 1; each < now.next_stream(); each += 2)
            if (each > now.last_stream_) drive(each, client_request::event::excluded);
          break;
        case fail_all:
          for (stream_id each = 1; each < now.next_stream(); each += 2) drive(each, client_request::event::connection_lost);
          break;
        case open_stream: drive(now.next_stream(), client_request::event::submit_called); break;
        case turn_away: out.push_back(report{client_report::turned_away}); break;
        case send_goaway:
          now.goaway_sent_ = true;
          out.push_back(leave{});
          break;
      }
    }
  }

  void drive(stream_id stream, client_request::event what) {
    const client_request::facts known{
        .forgets_unwritten = decisions.client.unwritten_request == unwritten_request::forgotten,
        .reset_overrides = decisions.client.late_reset == late_reset::fails_response,
    };
    const auto taken = client_request::step(now.requests_[stream / 2], what, known);
    invariant(taken.outcome != outcome::guarded, "every guard of a transition table refused an event");
    now.requests_[stream / 2] = taken.next;
    for (const auto command : taken.commands) {
      using enum client_request::command;
      switch (command) {
        case send_headers: out.push_back(model::open_stream{stream}); break;
        case report_completed: out.push_back(report{client_report::completed, stream}); break;
        case report_failed: out.push_back(report{client_report::failed, stream}); break;
        // An application that has not heard of the GOAWAY takes the end of its stream for an ordinary failure.
        case report_excluded:
          out.push_back(report{now.knows_goaway_ ? client_report::retryable : client_report::failed, stream});
          break;
        case report_unsent: out.push_back(report{client_report::retryable, stream}); break;
      }
    }
  }
};

void client::step(const client_event& happened, const profile& decisions, client_effects& out) {
  turn now{*this, decisions, out};
  std::visit([&now](const auto& what) { now.on(what); }, happened);
}

}  // namespace lastcall::model
