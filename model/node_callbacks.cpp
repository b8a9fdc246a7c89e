#include "model/node_callbacks.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <variant>

namespace lastcall::model {
namespace {

using enum callback;

/// Why an application hears of a stream.
enum class cause : std::uint8_t {
  response_written,     ///< its END_STREAM left
  stream_closed,        ///< by both ends or by RST_STREAM of either
  stream_closed_early,  ///< the same with NO_ERROR before 'end' was told: Node waits for 'end', which it brings about
  connection_ended,     ///< the socket is closed without an error
  connection_reset,
  session_destroyed,    ///< by session.destroy(), or by a GOAWAY with an error
};

/// What a row of the table may ask.
struct asked {
  node_stream stream;
  bool because_of_error;
  bool compat;
};
using condition = bool (*)(const asked&);

constexpr condition always = [](const asked&) { return true; };
constexpr condition failed = [](const asked& at) { return at.because_of_error; };
constexpr condition unanswered = [](const asked& at) { return !at.stream.ended && !at.stream.aborted; };
/// Node ends the Writable of an unanswered stream, which finishes unless a write is blocked.
constexpr condition cut_off = [](const asked& at) { return !at.stream.ended && !at.stream.blocked && !at.stream.finish_told; };
constexpr condition unfinished = [](const asked& at) { return at.stream.ended && !at.stream.blocked && !at.stream.finish_told; };
/// A stream whose request is over is destroyed within the write of its END_STREAM, before its 'finish'. The compatibility
/// API sends END_STREAM apart, as it does trailers.
constexpr condition outlives_its_end = [](const asked& at) { return at.compat || !at.stream.request_complete; };
constexpr condition ended_apart = [](const asked& at) { return at.compat && unfinished(at); };
constexpr condition not_ended = [](const asked& at) { return !at.stream.end_queued; };
constexpr condition reading = [](const asked& at) { return at.stream.reads && !at.stream.end_queued && !at.because_of_error; };

/// One callback of a stream. The rows of one pass are gone through stream by stream; between passes of a connection comes
/// what its socket and its session tell.
struct row {
  cause why;
  std::uint8_t pass;
  callback what;
  condition when;
  bool in_next_tick = true;
};
constexpr bool at_once = false;

// clang-format off
constexpr row rows[] = {
  {cause::response_written,    1, stream_finish,  outlives_its_end},

  {cause::stream_closed,       1, stream_aborted, unanswered, at_once},
  {cause::stream_closed,       1, stream_finish,  cut_off},
  {cause::stream_closed,       1, stream_finish,  ended_apart},
  {cause::stream_closed,       1, stream_end,     reading},
  {cause::stream_closed,       1, stream_error,   failed},
  {cause::stream_closed,       1, stream_close,   always},

  // 'close' follows when 'end' and 'finish' were told. Nobody need read: what is left of the request is thrown away.
  {cause::stream_closed_early, 1, stream_aborted, unanswered, at_once},
  {cause::stream_closed_early, 1, stream_finish,  cut_off},
  {cause::stream_closed_early, 1, stream_end,     not_ended},
  {cause::stream_closed_early, 1, stream_finish,  unfinished},

  {cause::connection_ended,    1, stream_aborted, unanswered, at_once},
  // 'close' of the socket
  {cause::connection_ended,    2, stream_finish,  cut_off},
  {cause::connection_ended,    3, stream_end,     reading},
  {cause::connection_ended,    3, stream_close,   always},

  {cause::connection_reset,    1, stream_aborted, unanswered, at_once},
  // 'error' of the socket
  {cause::connection_reset,    2, stream_end,     reading},
  {cause::connection_reset,    2, stream_error,   failed},
  {cause::connection_reset,    2, stream_close,   always},

  {cause::session_destroyed,   1, stream_aborted, unanswered, at_once},
  {cause::session_destroyed,   2, stream_end,     reading},
  {cause::session_destroyed,   2, stream_error,   failed},
  {cause::session_destroyed,   2, stream_close,   always},
};

/// What the compatibility API makes of a callback of the stream, in this order. 'end' of a request is a callback of its
/// own, and errors it never tells.
struct compat_row {
  callback of_stream;
  std::array<callback, 4> told;
  std::size_t count;
};
constexpr compat_row compat_rows[] = {
  {server_stream,  {server_request},                                               1},
  {stream_data,    {request_data},                                                 1},
  {stream_aborted, {request_aborted, stream_aborted},                              2},
  {stream_end,     {},                                                             0},
  {stream_error,   {},                                                             0},
  {stream_close,   {request_close, response_finish, response_close, stream_close}, 4},
};
// clang-format on

bool is_failure(error_code code) { return code != error_code::no_error && code != error_code::cancel; }

}  // namespace

/// One session, at work.
class node_callbacks::walk {
 public:
  walk(const node_callbacks& rules, node_sessions& now, connection_id who, node_calls& out)
      : rules_(rules), who_(who), out_(out) {
    if (now.size() <= who) now.resize(who + 1);
    session_ = &now[who];
  }

  node_session& session() { return *session_; }
  node_stream* find(stream_id id) {
    const auto found = std::ranges::find(session_->streams, id, &node_stream::id);
    return found == session_->streams.end() ? nullptr : &*found;
  }

  void call(callback what, bool in_next_tick = true, bool failed = false, error_code code = error_code::no_error) {
    out_.push_back({notify{what, who_, 0, code, failed, in_next_tick}});
  }
  void call(callback what, node_stream& stream, bool in_next_tick = true) {
    if (what == stream_aborted) stream.aborted = stream.closed = true;
    if (what == stream_end) stream.end_queued = true;
    if (what == stream_finish) stream.finish_told = true;
    if (what == stream_error) stream.error_told = true;
    if (what == stream_close) stream.closed = stream.destroyed = true;
    if (what == request_end) stream.request_ended = true;
    const notify told{what, who_, stream.id, error_code::no_error, false, in_next_tick};
    out_.push_back({told});
    if (what == stream_end) out_.push_back({told, true});
  }

  /// The rows of one pass for one stream. What they ask is how the stream was when the pass began.
  void go_through(cause why, std::uint8_t pass, bool because_of_error, node_stream& stream) {
    const asked before{stream, because_of_error, rules_.application_.compat};
    const bool unheard = because_of_error && !rules_.application_.compat && !rules_.application_.hears_errors;
    for (const row& each : rows) {
      if (each.why != why || each.pass != pass || !each.when(before)) continue;
      if (each.what != stream_close || !unheard) call(each.what, stream, each.in_next_tick);
      else stream.closed = stream.destroyed = true;  // the exception ended the callback that had this one in it too
    }
  }
  void go_through(cause why, std::uint8_t pass, bool because_of_error) {
    for (node_stream& each : session_->streams)
      if (!each.destroyed) go_through(why, pass, because_of_error, each);
  }

  void end_session(bool because_of_error) {
    if (because_of_error) {
      call(server_session_error);
      call(session_error);
    }
    call(session_close);
    if (session_->awaits_close) call(session_close_callback);
  }

  /// What comes after 'close' of the socket.
  void end_streams_and_session() {
    const auto begin = static_cast<std::ptrdiff_t>(out_.size());
    go_through(cause::connection_ended, 3, false);
    const auto streams_end = static_cast<std::ptrdiff_t>(out_.size());
    end_session(session_->fails);
    const bool session_first = rules_.decisions_.session_ends == session_ends::with_last_stream && streams_end > begin;
    if (session_first) std::rotate(out_.begin() + streams_end - 1, out_.begin() + streams_end, out_.end());
  }

  /// session.destroy(): the streams at once, the socket and the session when the socket is closed.
  void destroy(bool because_of_error) {
    if (session_->destroyed) return;
    session_->destroyed = true;
    session_->fails = because_of_error;
    go_through(cause::session_destroyed, 1, because_of_error);
    go_through(cause::session_destroyed, 2, because_of_error);
    // A session that was closed before it was destroyed leaves its socket to the peer.
    if (because_of_error && !session_->closed) call(socket_error, true, true);
  }

 private:
  const node_callbacks& rules_;
  connection_id who_;
  node_calls& out_;
  node_session* session_;
};

void node_callbacks::called(node_sessions& now, const event& what, node_calls& out) const {
  const auto handler = [&](connection_id who, stream_id id, auto act) {
    walk at(*this, now, who, out);
    if (node_stream* stream = at.find(id)) act(at, *stream);
  };
  if (const auto* e = std::get_if<handler_read>(&what)) {
    handler(e->connection, e->stream, [](walk& at, node_stream& stream) {
      if (stream.request_complete && !stream.end_queued) at.call(stream_end, stream);
      stream.reads = true;
    });
  } else if (const auto* w = std::get_if<handler_wrote>(&what)) {
    handler(w->connection, w->stream, [](walk& at, node_stream& stream) {
      if (!stream.closed) stream.blocked = true;
      else if (!stream.destroyed && !stream.error_told) at.call(stream_error, stream);  // ERR_STREAM_WRITE_AFTER_END
    });
  } else if (const auto* f = std::get_if<handler_finished>(&what)) {
    handler(f->connection, f->stream, [this](walk& at, node_stream& stream) {
      if (!stream.closed) stream.ended = true;
      if (!stream.destroyed || !application_.compat || stream.response_closed) return;
      at.call(response_finish, stream, at_once);
      at.call(response_close, stream, at_once);
      stream.response_closed = true;
    });
  } else if (const auto* c = std::get_if<session_close_called>(&what)) {
    node_session& session = walk(*this, now, c->connection, out).session();
    session.awaits_close |= !session.closed && !session.destroyed;
    session.closed = true;
  } else if (const auto* d = std::get_if<session_destroy_called>(&what)) {
    walk(*this, now, d->connection, out).destroy(false);
  } else if (std::holds_alternative<close_called>(what) && decisions_.close_announces != close_announces::nothing) {
    for (node_session& each : now) each.closed = true;
  }
}

void node_callbacks::told(node_sessions& now, const notify& what, node_calls& out) const {
  walk at(*this, now, what.connection, out);
  node_session& session = at.session();
  node_stream* const stream = at.find(what.stream);
  switch (what.what) {
    case server_session:
      session = {};
      at.call(server_session, at_once);
      break;
    case server_stream:
      session.streams.push_back({.id = what.stream});
      at.call(server_stream, session.streams.back(), at_once);
      break;
    case stream_data:
      if (stream != nullptr && !stream->closed) at.call(stream_data, *stream, at_once);
      break;
    case stream_end:
      if (stream == nullptr || stream->closed) break;
      stream->request_complete = true;
      if (stream->reads && !stream->end_queued) at.call(stream_end, *stream);
      break;
    case request_completed:
      if (stream == nullptr || stream->closed) break;
      stream->blocked = false;
      at.go_through(cause::response_written, 1, false, *stream);
      break;
    case stream_close: {
      if (stream == nullptr || stream->closed) break;
      stream->closed = true;
      const bool waits_for_end = !stream->end_told && what.code == error_code::no_error;
      at.go_through(waits_for_end ? cause::stream_closed_early : cause::stream_closed, 1, is_failure(what.code), *stream);
      break;
    }
    case session_goaway:
      at.call(session_goaway, at_once, false, what.code);
      session.goaway_received = true;
      if (what.code == error_code::no_error) session.closed = true;
      else at.destroy(true);
      break;
    case socket_error:
      // A client that has said GOAWAY may reset the connection: that is no error.
      at.go_through(cause::connection_reset, 1, !session.goaway_received);
      at.call(socket_error, true, true);
      break;
    case session_error:
      if (session.finished) break;
      at.go_through(cause::connection_reset, 2, !session.goaway_received);
      at.end_session(!session.goaway_received);
      break;
    case socket_close:
      at.go_through(cause::connection_ended, 1, false);
      at.call(socket_close, true, what.failed || (session.fails && !session.closed));
      if (what.failed && !session.finished) break;
      at.go_through(cause::connection_ended, 2, false);
      at.end_streams_and_session();
      break;
    case request_error: break;  // how its stream ends says more
    default: out.push_back({what}); break;
  }
}

void node_callbacks::finished(node_sessions& now, connection_id who) const {
  if (who < now.size()) now[who].finished = true;
}

std::vector<notify> node_callbacks::run(node_sessions& now, const node_call& what, node_calls& out) const {
  walk at(*this, now, what.told.connection, out);
  node_stream* const stream = at.find(what.told.stream);
  const auto end_request = [&] {
    if (application_.compat && !stream->request_ended) at.call(request_end, *stream);
  };
  if (what.own) {  // of 'end'
    stream->end_told = true;
    if (stream->reads) end_request();
    if (stream->closed && !stream->destroyed && stream->finish_told) at.call(stream_close, *stream);
    return {};
  }
  std::vector<notify> seen;
  const auto see = [&](callback each) {
    seen.push_back(what.told);
    seen.back().what = each;
  };
  const auto* of_compat = std::ranges::find(compat_rows, what.told.what, &compat_row::of_stream);
  if (application_.compat && of_compat != std::end(compat_rows)) {
    for (const callback each : std::span(of_compat->told).first(of_compat->count)) {
      const bool of_response = each == response_finish || each == response_close;
      if (!of_response || !stream->response_closed) see(each);
    }
    if (what.told.what == stream_close) {
      stream->response_closed = true;
      end_request();
    }
  } else if (what.told.what == stream_error && !application_.hears_errors) {
    seen.push_back(notify{uncaught_exception, what.told.connection, 0});
  } else if (application_.hears_errors || (what.told.what != socket_error && what.told.what != session_error)) {
    see(what.told.what);
  }
  return seen;
}

}  // namespace lastcall::model
