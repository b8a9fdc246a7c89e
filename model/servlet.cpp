#include "model/servlet.hpp"

namespace lastcall::model {
namespace {

using e = servlet_event;

/// One step under way: the request that changes, the decisions and what comes of it.
class turn {
 public:
  turn(servlet& now, const servlet_decisions& decisions, effects& out) : now_(now), decisions_(decisions), out_(out) {}

  void take(servlet_event what) {
    switch (what) {
      case e::headers_received: return frame(http2_stream::event::headers_received);
      case e::headers_end_received: return frame(http2_stream::event::headers_end_received);
      case e::data_received: return frame(http2_stream::event::data_received);
      case e::end_received: return frame(http2_stream::event::end_received);
      case e::reset_received: return frame(http2_stream::event::reset_received);
      case e::start_async_called: request(servlet_request::event::start_async_called); return;
      case e::timeout_set: now_.has_timeout = true; return;
      case e::listener_added: now_.listens = true; return;
      case e::reader_set: now_.reads = true; return;
      case e::writer_set: now_.writes = true; return;
      case e::service_returned: return service_returned();
      case e::is_ready_called:
        now_.may_write = now_.writes;
        return returned(true);
      case e::print_called: return write(servlet_output::event::print_called);
      case e::flush_called: return write(servlet_output::event::flush_called);
      case e::complete_called: return returned(request(servlet_request::event::complete_called));
      case e::listeners_returned: request(servlet_request::event::listeners_returned); return;
      case e::timeout_expired:
        now_.timeout_armed = false;
        request(servlet_request::event::timeout_expired);
        return;
    }
  }

 private:
  void tell(callback what, bool failed = false) {
    out_.push_back(notify{what, servlet_connection, servlet_stream, error_code::no_error, failed});
  }
  void returned(bool well) { tell(callback::call_returned, !well); }

  // --- The stream.

  void frame(http2_stream::event what) {
    const auto taken = http2_stream::step(now_.stream, what, {.resets_early = true, .counts_twice = false, .counts_never = false});
    now_.stream = taken.next;
    for (const auto command : taken.commands) carry_out(command);
  }

  void carry_out(http2_stream::command command) {
    using enum http2_stream::command;
    switch (command) {
      case dispatch: return tell(callback::server_stream);
      case report_data:
        now_.has_unread = true;
        serve_reader();
        return;
      case report_end:
        now_.body_ended = true;
        serve_reader();
        return;
      case fail_exchange: return fail();
      case reset_unfinished_request: return send_reset();
      case send_reset_stream_closed:
      case count_up:
      case count_down:
      case response_done: return;
    }
  }

  /// Jetty asks for no more of the body with CANCEL where RFC 9113 8.1 suggests NO_ERROR.
  void send_reset() {
    out_.push_back(send_rst_stream{servlet_connection, servlet_stream, error_code::cancel});
    now_.stream = http2_stream::state::closed;
    was_reset_ = true;
  }

  /// The stream is lost. Who reads learns it first; whether others learn it too is the container's decision.
  void fail() {
    now_.stream_lost = true;
    if (now_.reader_done && decisions_.reader_after_end == reader_after_end::told) now_.reader_done = false;
    const bool was_told = serve_reader();
    if (was_told && decisions_.reader_failure == reader_failure::ends_there) return;
    request(servlet_request::event::stream_failed);
  }

  // --- The listeners for input and output. Returns whether the reader was told of the lost stream.

  bool serve_reader() {
    if (!now_.reads || now_.reader_done || now_.request != servlet_request::state::waiting) return false;
    if (now_.stream_lost) {
      now_.reader_done = true;
      tell(callback::read_error);
      return true;
    }
    if (now_.has_unread) tell(callback::stream_data);
    now_.has_unread = false;
    if (now_.body_ended) {
      now_.reader_done = true;
      tell(callback::stream_end);
    }
    return false;
  }

  // --- The request.

  void service_returned() {
    request(servlet_request::event::service_returned);
    if (now_.request != servlet_request::state::waiting || !now_.stream_lost) return;
    if (decisions_.late_listener == late_listener::told) request(servlet_request::event::stream_failed);
  }

  /// Whether the event had a meaning.
  bool request(servlet_request::event what) {
    const bool committed = now_.output != servlet_output::state::uncommitted;
    const auto taken = servlet_request::step(
        now_.request, what,
        {.listens = now_.listens,
         .committed = committed,
         .unnoticed = committed && decisions_.committed_failure == committed_failure::unnoticed,
         .ends_untold = committed && decisions_.committed_failure == committed_failure::ends_untold,
         .timeout_resets = decisions_.timeout_after_commit == timeout_after_commit::resets_stream,
         .timeout_ends = decisions_.timeout_after_commit == timeout_after_commit::ends_response});
    now_.request = taken.next;
    for (const auto command : taken.commands) carry_out(command);
    return taken.outcome == outcome::taken;
  }

  void carry_out(servlet_request::command command) {
    using enum servlet_request::command;
    switch (command) {
      case arm_timeout:
        if (!now_.has_timeout) return;
        now_.timeout_armed = true;
        out_.push_back(arm_timer{timer::async_timeout, servlet_connection});
        return;
      case cancel_timeout:
        if (!now_.timeout_armed) return;
        now_.timeout_armed = false;
        out_.push_back(cancel_timer{timer::async_timeout, servlet_connection});
        return;
      case call_io_listeners:
        serve_reader();
        if (now_.writes) tell(callback::write_possible);
        now_.may_write = now_.writes;
        return;
      case tell_error: return tell_listener(callback::request_error);
      case tell_timeout: return tell_listener(callback::request_timeout);
      case tell_complete: return tell_listener(callback::request_completed);
      case end_response:
      case send_error_page: output(servlet_output::event::ended); return;
      case cut_response: output(servlet_output::event::cut); return;
      case reset_stream:
        if (!was_reset_ && !now_.stream_lost) send_reset();
        return;
    }
  }

  void tell_listener(callback what) {
    if (now_.listens) tell(what);
  }

  // --- The output.

  void write(servlet_output::event what) {
    // With a WriteListener each call has to be allowed first (Servlet 6.0, ServletOutputStream.isReady).
    if (now_.writes && !now_.may_write) return returned(false);
    now_.may_write = false;
    returned(output(what));
  }

  /// Whether the caller gets no exception.
  bool output(servlet_output::event what) {
    const auto taken =
        servlet_output::step(now_.output, what, {.stream_lost = now_.stream_lost, .has_writer = now_.writes});
    now_.output = taken.next;
    bool well = true;
    for (const auto command : taken.commands) {
      switch (command) {
        case servlet_output::command::send_headers: out_.push_back(send_headers{servlet_connection, servlet_stream}); break;
        case servlet_output::command::send_data: out_.push_back(send_data{servlet_connection, servlet_stream, 1, false}); break;
        case servlet_output::command::send_end:
          out_.push_back(send_data{servlet_connection, servlet_stream, 1, true});
          frame(http2_stream::event::end_written);
          break;
        case servlet_output::command::throw_exception: well = false; break;
        case servlet_output::command::tell_writer:
          // A request that lingers has no thread left to call listeners.
          if (now_.request != servlet_request::state::lingering) tell(callback::write_error);
          break;
      }
    }
    return well;
  }

  servlet& now_;
  const servlet_decisions& decisions_;
  effects& out_;
  bool was_reset_ = false;  ///< RST_STREAM was sent in this turn
};

}  // namespace

void servlet::step(servlet_event what, const profile& decided, effects& out) { turn(*this, decided.servlet, out).take(what); }

}  // namespace lastcall::model
