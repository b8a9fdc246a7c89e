// A recorded execution, as values: a header and rows in two kinds of lane (each client's, and the server process's).
// Plain data. What may stand in a row is said by shape.hpp, in which order by rules.hpp; README.md in traces/ tells it in words.
#pragma once

#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/profile.hpp"
#include "model/socket_event.hpp"
#include "model/types.hpp"

namespace lastcall::traces {

/// The format this library reads and writes; it reads no other.
inline constexpr std::string_view format_version = "lastcall/trace/1";

/// Who does or sees something. `client` stands for "client 1", "client 2", ...: row::connection tells which.
BOOST_DEFINE_FIXED_ENUM_CLASS(actor, std::uint8_t, client, server, app, kernel, clock)

/// What happened, by the name that stands in the file. One name may belong to several actors: `recv_data` of a client is what
/// the client received, of the server what the server received; `session_close` of the application is its call, of the server
/// the callback. The callbacks are those of model::callback, in its order. (Boost.Describe takes only 52 names.)
#define LASTCALL_TRACE_EVENTS(X)                                                                                          \
  /* The network, seen from a client or from the server. */                                                               \
  X(connect) X(refused) X(fin) X(close) X(rst) X(stops_reading) X(resumes_reading)                                        \
  X(send_settings) X(send_settings_ack) X(send_headers) X(send_data) X(send_rst_stream) X(send_ping) X(send_ping_ack)     \
  X(send_window_update) X(send_goaway) X(send_invalid)                                                                     \
  X(recv_settings) X(recv_settings_ack) X(recv_headers) X(recv_data) X(recv_rst_stream) X(recv_ping) X(recv_ping_ack)     \
  X(recv_window_update) X(recv_goaway) X(recv_fin) X(recv_rst) X(recv_invalid)                                            \
  /* The application's calls (with close, session_close and session_goaway) and its request handlers. */                  \
  X(listen) X(session_destroy) X(handler_read) X(handler_responded) X(handler_wrote) X(handler_finished)                                     \
  /* The same in a Servlet container, by the names of its API. */                                                         \
  X(start_async_called) X(timeout_set) X(listener_added) X(reader_set) X(writer_set) X(service_returned)                  \
  X(is_ready_called) X(print_called) X(flush_called) X(complete_called) X(listeners_returned)                             \
  /* What a client's own application asks and hears (with session_goaway, request_completed and request_error). */         \
  X(request_wanted) X(submit_headers) X(request_turned_away) X(request_retryable)                                         \
  /* What the server does to its socket, its listener and its timers; what the kernel and the clock do. */                \
  X(stop_listening) X(shutdown_write) X(destroy_socket) X(arm_timer) X(cancel_timer)                                      \
  X(accepted) X(reset_backlog) X(killed) X(timer_expired)                                                                 \
  /* The same where the application sees sockets and bytes. */                                                           \
  X(send_bytes) X(recv_bytes) X(command) X(timer_set) X(timer_fired) X(unref) X(get_connections) X(data_listener)         \
  X(socket_resume) X(socket_pause) X(socket_write) X(socket_destroy) X(socket_destroy_soon) X(socket_reset)               \
  X(socket_unref) X(socket_set_timeout)                                                                                   \
  /* HTTP/1: what clients send and see, and the calls of the application and of its handlers. */                          \
  X(send_head_part) X(send_head) X(send_body) X(send_malformed) X(recv_response) X(recv_response_end)                                    \
  X(construct) X(emit_listening) X(close_idle) X(close_all) X(handler_timer) X(request_resume)                  \
  X(response_head) X(response_write) X(response_end) X(socket_answer)                                                     \
  /* What the application is told. */                                                                                     \
  X(listening) X(server_error) X(server_drop) X(connections_counted)                                                      \
  X(server_session) X(server_connection) X(session_local_settings) X(session_goaway) X(session_error)                     \
  X(session_close) X(server_session_error) X(server_stream) X(stream_data) X(stream_end) X(stream_finish)                 \
  X(stream_aborted) X(stream_error) X(stream_close) X(request_completed) X(request_error)                                 \
  X(socket_data) X(socket_end) X(socket_finish) X(socket_drain) X(socket_timeout) X(socket_error) X(socket_close)         \
  X(write_callback) X(end_callback) X(server_close) X(close_callback) X(application_tick) X(process_exit)                    \
  X(server_request) X(request_data) X(request_end) X(request_aborted) X(request_close) X(response_finish)                 \
  X(response_close) X(session_close_callback) X(uncaught_exception)                                                       \
  X(read_error) X(write_possible) X(write_error) X(request_timeout) X(call_returned)                                      \
  X(server_upgrade) X(server_client_error) X(request_failed) X(response_write_error)

#define LASTCALL_ENUMERATOR(name) name,
enum class event_kind : std::uint8_t { LASTCALL_TRACE_EVENTS(LASTCALL_ENUMERATOR) };
#undef LASTCALL_ENUMERATOR

struct row {
  std::uint32_t line = 0;            ///< where the row stands in its file, counted from 1; the reader sets it, == ignores it
  std::optional<std::uint64_t> ms;   ///< virtual milliseconds; all rows of a trace have it or none
  traces::actor actor = actor::client;
  event_kind event = event_kind::connect;
  std::uint32_t connection = 0;      ///< N of "client N" or of the connection concerned, from 1; 0: none, or the record does not say
  model::stream_id stream = 0;
  std::uint32_t length = 0;          ///< bytes of DATA; units where the checker wrote the trace
  std::uint32_t increment = 0;       ///< of a window
  model::stream_id last_stream = 0;  ///< of a GOAWAY
  std::optional<model::error_code> code;  ///< nothing: the record does not say
  bool end_stream = false;
  bool failed = false;               ///< as in model::notify
  std::optional<model::timer> timer;
  std::optional<std::uint32_t> initial_window_size;
  std::optional<model::node_error> error;        ///< of a callback that can have one; nothing: the record does not say
  std::optional<model::ready_state> ready_state;
  std::optional<std::uint32_t> count;            ///< connections
  std::optional<std::uint32_t> duration_ms;
  std::optional<std::uint32_t> connections_max;
  std::string handles;                           ///< what keeps the process alive, as it reports it; empty: not reported
  bool has_callback = false;
  bool looks_up_host = false;
  bool allow_half_open = false;
  bool pause_on_connect = false;
  std::uint32_t request = 0;         ///< HTTP/1: the n-th request that the server dispatched
  std::string target;                ///< HTTP/1: of a request
  std::uint32_t status = 0;          ///< HTTP/1: of a response; 0: the record does not say
  bool end = false;                  ///< HTTP/1: the request is whole
  bool joined = false;               ///< HTTP/1: sent in one piece with the row that follows
  bool closes = false;               ///< HTTP/1: `Connection: close`
  bool upgrade = false;              ///< HTTP/1: a request to switch protocols
  bool wants_continue = false;       ///< HTTP/1: `Expect: 100-continue`
  bool complete = false;             ///< HTTP/1: the whole request had come
  bool aborted = false;              ///< HTTP/1: the request had not been read to its end
  bool written = false;              ///< HTTP/1: the response was handed to the kernel
  std::optional<bool> destroyed;     ///< HTTP/1: the response had been closed; nothing: the record does not say
  std::optional<std::uint32_t> head_timeout, request_timeout, keep_alive_timeout, checking_interval;  ///< HTTP/1: ms, 0: none
  bool handles_client_errors = false;
  bool loop = false;                 ///< belongs to the loop of a lasso: after the last row, the first of these comes again

  /// Everything but the line.
  auto content() const {
    return std::tie(ms, actor, event, connection, stream, length, increment, last_stream, code, end_stream, failed, timer,
                    initial_window_size, error, ready_state, count, duration_ms, connections_max, handles, has_callback,
                    looks_up_host, allow_half_open, pause_on_connect, loop, request, target, status, end, joined, closes, upgrade,
                    wants_continue, complete, aborted, written, destroyed, head_timeout, request_timeout, keep_alive_timeout,
                    checking_interval, handles_client_errors);
  }
  friend bool operator==(const row& a, const row& b) { return a.content() == b.content(); }
};

/// The slot of the model's server table that a row's connection is expected in. Ask only where row::connection is not 0.
constexpr model::connection_id slot_of(const row& r) { return r.connection - 1; }

enum class verdict : std::uint8_t { holds, violated };

/// The bounds and the environment in which the checker found a run.
struct world {
  std::uint32_t connections = 0;
  std::uint32_t streams = 0;
  std::uint32_t channel_capacity = 0;
  std::string peer;
  std::string handler;

  friend bool operator==(const world&, const world&) = default;
};

/// How a Node application uses its http2 module; what a log's callbacks look like depends on it.
struct application {
  std::string api = "stream";  ///< or "compat": it takes 'request' and not 'stream'
  bool hears_errors = true;    ///< it listens to 'error'

  friend bool operator==(const application&, const application&) = default;
};

/// A log in which the server's process shows nothing but its end. Replay then goes by times too.
struct black_box {
  std::uint64_t watched_ms = 0;  ///< when the watch ended
  std::map<model::timer, std::uint32_t> timers_ms;  ///< what the system's options say; other timers run as its profile says

  friend bool operator==(const black_box&, const black_box&) = default;
};

struct trace {
  std::string title;
  std::string system;   ///< the software that was seen, with its version, e.g. "node 23.1.0"
  std::string source;   ///< a link or a description
  std::string profile;  ///< the decisions under which it is replayed
  model::protocol protocol = model::protocol::http2;  ///< what was spoken, and so in whose world it is replayed
  std::map<std::string, verdict> expect;  ///< by claim
  traces::application application;
  std::optional<traces::black_box> black_box;
  std::optional<traces::world> world;     ///< with `path`, and only where the checker wrote the trace
  std::string path;                       ///< a choice path, "0/3/(1/0)"; empty where there is none
  std::vector<row> rows;

  friend bool operator==(const trace&, const trace&) = default;
};

/// The callback that a row of the server reports, or nothing where the row reports something else.
std::optional<model::callback> callback_of(const row& r);
event_kind event_of(model::callback callback);

/// The name in the file: snake_case for events and timers, RFC 9113 7 for error codes ("NO_ERROR").
std::string_view name_of(event_kind event);
std::string_view name_of(model::timer timer);
std::string_view name_of(model::protocol protocol);
std::string name_of(model::error_code code);
/// As `error.code` of Node: "EPIPE", "ERR_SERVER_NOT_RUNNING"; "application" for an error of the application's own.
std::string_view name_of(model::node_error error);
std::string_view name_of(model::ready_state state);
/// "client 2", "server", "app", "kernel" or "clock".
std::string actor_name(const row& r);

std::optional<event_kind> event_named(std::string_view name);
std::optional<model::timer> timer_named(std::string_view name);
std::optional<model::protocol> protocol_named(std::string_view name);
std::optional<model::error_code> code_named(std::string_view name);
std::optional<model::node_error> error_named(std::string_view name);
std::optional<model::ready_state> ready_state_named(std::string_view name);

}  // namespace lastcall::traces
