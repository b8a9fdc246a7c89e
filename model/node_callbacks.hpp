// What Node's http2 module calls back, and in which order. The server says what happened to a connection, a request, a
// stream; this is the table of what an application of Node hears of it, in the stream API and in the compatibility API.
// It takes no protocol decision, and nothing depends on it but the replay of Node's logs: the worlds of the checker do
// without it.
//
// An entry of the nextTick queue runs when the callback that runs now has returned, first in, first out. Source: Node's
// lib/internal/http2 (core, compat) and lib/internal/streams, and logs of the releases in model/profiles.
#pragma once

#include <vector>

#include "model/effect.hpp"
#include "model/event.hpp"
#include "model/profile.hpp"

namespace lastcall::model {

/// How the application uses the module.
struct node_application {
  bool compat = false;        ///< it takes 'request' and not 'stream'
  bool hears_errors = true;   ///< it listens to 'error'; a stream's that nobody hears is an uncaught exception

  friend bool operator==(const node_application&, const node_application&) = default;
};

/// An Http2Stream: what its Readable and its Writable have told, and what is still to come.
struct node_stream {
  stream_id id = 0;
  bool reads = false;             ///< the handler consumes the body
  bool request_complete = false;  ///< END_STREAM arrived
  bool end_queued = false;
  bool end_told = false;
  bool ended = false;             ///< the handler called end()
  bool blocked = false;           ///< a write has not been handed over
  bool finish_told = false;
  bool error_told = false;
  bool aborted = false;
  bool closed = false;            ///< nothing more is taken from the handler
  bool destroyed = false;         ///< 'close' is told or queued
  bool response_closed = false;   ///< 'close' of the ServerResponse was told
  bool request_ended = false;     ///< 'end' of the ServerRequest is told or queued

  friend bool operator==(const node_stream&, const node_stream&) = default;
};

struct node_session {
  bool closed = false;           ///< session.close() was called, by whomever
  bool goaway_received = false;
  bool fails = false;            ///< it was destroyed because of an error
  bool destroyed = false;
  bool finished = false;         ///< nothing is left of it but its socket, which waits for the peer's end
  bool awaits_close = false;     ///< session.close() was given a callback
  std::vector<node_stream> streams;

  friend bool operator==(const node_session&, const node_session&) = default;
};

/// By connection.
using node_sessions = std::vector<node_session>;

/// A callback to come: within the one that runs, or in the next tick. `own` is Node's own listener of it, which comes after
/// the application's.
struct node_call {
  notify told;
  bool own = false;
};
using node_calls = std::vector<node_call>;

class node_callbacks {
 public:
  node_callbacks(const node_application& application, const profile& decisions)
      : application_(application), decisions_(decisions) {}

  /// What follows from a call of the application, before the server takes its step.
  void called(node_sessions& now, const event& what, node_calls& out) const;

  /// What follows from what the server tells.
  void told(node_sessions& now, const notify& what, node_calls& out) const;

  /// The server has ended the connection: the session is no more part of what happens to the socket.
  void finished(node_sessions& now, connection_id who) const;

  /// Runs one of the above: gives what the application sees of it, in order, and what it queues.
  std::vector<notify> run(node_sessions& now, const node_call& what, node_calls& out) const;

 private:
  class walk;
  node_application application_;
  const profile& decisions_;
};

}  // namespace lastcall::model
