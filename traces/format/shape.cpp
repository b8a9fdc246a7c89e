#include "traces/format/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/invariant.hpp"

namespace lastcall::traces {
namespace {

using enum field;
using e = event_kind;
constexpr auto client = actor::client;
constexpr auto server = actor::server;
constexpr auto app = actor::app;
constexpr auto input = role::input;
constexpr auto observed = role::observed;
constexpr auto step = role::step;

// clang-format off
constexpr std::array fields_in_order{
    field_info{"connection", "N of `client N`, from 1"},
    field_info{"stream", "stream id, 1 to 2147483647; 0 in a WINDOW_UPDATE of the connection"},
    field_info{"length", "bytes, 0 to 4294967295"},
    field_info{"increment", "bytes, 1 to 2147483647"},
    field_info{"last_stream", "stream id, 0 to 2147483647"},
    field_info{"code", "error code by its name in RFC 9113 7, e.g. `\"NO_ERROR\"`"},
    field_info{"end_stream", "`true` or `false`; left out means `false`"},
    field_info{"failed", "`true` or `false`; left out means `false`"},
    field_info{"timer", "`\"drain\"`, `\"notice\"`, `\"linger\"`, `\"preface\"`, `\"inactivity\"`, `\"async_timeout\"`; HTTP/1 also `\"head\"`, `\"request\"`, `\"keep_alive\"` and `\"checking\"`"},
    field_info{"initial_window_size", "bytes, 0 to 2147483647; left out means that the SETTINGS frame does not say"},
    field_info{"error", "`error.code` of Node, e.g. `\"EPIPE\"`; `\"application\"`: the application's own; `\"none\"`"},
    field_info{"ready_state", "`socket.readyState`: `\"open\"`, `\"readOnly\"`, `\"writeOnly\"` or `\"closed\"`"},
    field_info{"count", "connections, 0 to 4294967295"},
    field_info{"duration_ms", "milliseconds, 0 to 4294967295"},
    field_info{"connections_max", "`server.maxConnections`, 0 to 4294967295; left out means no limit"},
    field_info{"handles", "what the process reports as active: `\"TCPServerWrap\"`, `\"TCPSocketWrap\"`, `\"WriteWrap\"`, `\"ShutdownWrap\"`, with blanks between"},
    field_info{"has_callback", "`true` or `false`; left out means `false`"},
    field_info{"looks_up_host", "`true` or `false`; left out means `false`: listen() was given no host"},
    field_info{"allow_half_open", "`true` or `false`; left out means `false`"},
    field_info{"pause_on_connect", "`true` or `false`; left out means `false`"},
    field_info{"request", "n-th request that the server dispatched, from 1"},
    field_info{"target", "of a request, e.g. `\"/fast\"`"},
    field_info{"status", "HTTP status code; left out means that the record does not say"},
    field_info{"end", "`true` if the request is whole; left out means `false`"},
    field_info{"joined", "`true` if the next row of the client left in the same write; left out means `false`"},
    field_info{"closes", "`true` for `Connection: close`; left out means `false`"},
    field_info{"upgrade", "`true` for a request to switch protocols"},
    field_info{"wants_continue", "`true` for `Expect: 100-continue`"},
    field_info{"complete", "`true` if the whole request had come"},
    field_info{"aborted", "`true` if the request was not read to its end"},
    field_info{"written", "`writableFinished` of a response"},
    field_info{"destroyed", "`true` or `false`: the response had been closed; left out means that the record does not say"},
    field_info{"head_timeout", "milliseconds, 0 for none (Node: `headersTimeout`)"},
    field_info{"request_timeout", "milliseconds, 0 for none (Node: `requestTimeout`)"},
    field_info{"keep_alive_timeout", "milliseconds, 0 for none (Node: `keepAliveTimeout`)"},
    field_info{"checking_interval", "milliseconds (Node: `connectionsCheckingInterval`)"},
    field_info{"handles_client_errors", "`true` if the application has a `clientError` listener"},
};
static_assert(fields_in_order.size() == field_count);

constexpr std::array shapes{
    // actor, event,                required fields,                     optional fields,       role,     meaning
    row_shape{client, e::connect, {}, {}, input, "opens a TCP connection"},
    row_shape{client, e::send_settings, {}, {initial_window_size}, input, "SETTINGS; the first one with the connection preface"},
    row_shape{client, e::send_settings_ack, {}, {}, input, "SETTINGS with ACK"},
    row_shape{client, e::send_headers, {stream}, {end_stream}, input, "HEADERS: a request, or trailers"},
    row_shape{client, e::send_data, {stream, length}, {end_stream}, input, "DATA of a request body"},
    row_shape{client, e::send_rst_stream, {stream, code}, {}, input, "RST_STREAM"},
    row_shape{client, e::send_ping, {}, {}, input, "PING"},
    row_shape{client, e::send_ping_ack, {}, {}, input, "PING with ACK"},
    row_shape{client, e::send_window_update, {stream, increment}, {}, input, "WINDOW_UPDATE"},
    row_shape{client, e::send_goaway, {last_stream, code}, {}, input, "GOAWAY"},
    row_shape{client, e::send_invalid, {code}, {}, input, "a frame that is a connection error of this code (RFC 9113 5.4.1)"},
    row_shape{client, e::send_bytes, {length}, {}, input, "bytes, where the server shows its sockets"},
    row_shape{client, e::stops_reading, {}, {}, input, "leaves everything in its socket from now on"},
    row_shape{client, e::resumes_reading, {}, {}, input, "reads again"},
    row_shape{client, e::fin, {}, {}, input, "half-closes: it sends FIN and still reads"},
    row_shape{client, e::close, {}, {}, input, "closes its socket"},
    row_shape{client, e::rst, {}, {}, input, "aborts its connection with a TCP RST"},
    row_shape{client, e::refused, {}, {}, observed, "its connect was refused: nobody listens"},
    row_shape{client, e::recv_settings, {}, {}, observed, "SETTINGS"},
    row_shape{client, e::recv_settings_ack, {}, {}, observed, "SETTINGS with ACK"},
    row_shape{client, e::recv_headers, {stream}, {}, observed, "HEADERS of a response"},
    row_shape{client, e::recv_data, {stream, length}, {end_stream}, observed, "DATA of a response"},
    row_shape{client, e::recv_rst_stream, {stream, code}, {}, observed, "RST_STREAM"},
    row_shape{client, e::recv_ping, {}, {}, observed, "PING"},
    row_shape{client, e::recv_ping_ack, {}, {}, observed, "PING with ACK"},
    row_shape{client, e::recv_window_update, {stream}, {}, observed, "WINDOW_UPDATE"},
    row_shape{client, e::recv_goaway, {last_stream, code}, {}, observed, "GOAWAY"},
    row_shape{client, e::recv_bytes, {length}, {}, observed, "bytes, all that come before the next row of this client"},
    row_shape{client, e::send_head_part, {}, {joined}, input, "HTTP/1: bytes of a request head that is not complete yet"},
    row_shape{client, e::send_head, {target}, {end, closes, upgrade, wants_continue, joined}, input, "HTTP/1: the rest of a request head, or all of it"},
    row_shape{client, e::send_body, {length}, {end, joined}, input, "HTTP/1: bytes of a request body"},
    row_shape{client, e::send_malformed, {}, {joined}, input, "HTTP/1: bytes that are no request"},
    row_shape{client, e::recv_response, {}, {status, closes}, observed, "HTTP/1: the head of a response"},
    row_shape{client, e::recv_response_end, {}, {}, observed, "HTTP/1: a response is whole"},
    row_shape{client, e::recv_fin, {}, {}, observed, "the server's FIN"},
    row_shape{client, e::recv_rst, {}, {}, observed, "a TCP RST from the server's side"},
    row_shape{client, e::request_wanted, {}, {}, step, "its application asks for a request"},
    row_shape{client, e::submit_headers, {stream}, {}, step, "HEADERS are submitted, and written later"},
    row_shape{client, e::session_goaway, {}, {}, step, "its application hears of the GOAWAY"},
    row_shape{client, e::request_turned_away, {}, {}, step, "the request needs another connection"},
    row_shape{client, e::request_completed, {stream}, {}, step, "its application has the response"},
    row_shape{client, e::request_error, {stream}, {}, step, "its application is told of a failure"},
    row_shape{client, e::request_retryable, {stream}, {}, step, "its application is told that the request may be repeated"},

    row_shape{app, e::listen, {}, {connections_max, looks_up_host, allow_half_open, pause_on_connect}, input, "`server.listen()`"},
    row_shape{app, e::close, {}, {}, input, "`server.close(callback)`"},
    row_shape{app, e::unref, {}, {}, input, "`server.unref()`"},
    row_shape{app, e::get_connections, {}, {}, input, "`server.getConnections(callback)`"},
    row_shape{app, e::command, {}, {}, input, "the loop calls the application for a reason of its own; the calls that follow are made there"},
    row_shape{app, e::timer_set, {}, {}, input, "`setTimeout()`"},
    row_shape{app, e::timer_fired, {}, {}, input, "its callback runs; the calls that follow are made there"},
    row_shape{app, e::data_listener, {connection}, {}, input, "`socket.on('data')`"},
    row_shape{app, e::socket_resume, {connection}, {}, input, "`socket.resume()`"},
    row_shape{app, e::socket_pause, {connection}, {}, input, "`socket.pause()`"},
    row_shape{app, e::socket_write, {connection, length}, {has_callback}, input, "`socket.write()`"},
    row_shape{app, e::socket_end, {}, {connection, has_callback}, input, "`socket.end()`"},
    row_shape{app, e::socket_destroy, {}, {connection, field::error}, input, "`socket.destroy()`"},
    row_shape{app, e::socket_destroy_soon, {connection}, {}, input, "`socket.destroySoon()`"},
    row_shape{app, e::socket_reset, {connection}, {}, input, "`socket.resetAndDestroy()`"},
    row_shape{app, e::socket_unref, {connection}, {}, input, "`socket.unref()`"},
    row_shape{app, e::socket_set_timeout, {connection, duration_ms}, {}, input, "`socket.setTimeout()`"},
    row_shape{app, e::session_close, {connection}, {}, input, "`http2session.close()`"},
    row_shape{app, e::session_goaway, {connection}, {code}, input, "`http2session.goaway()`"},
    row_shape{app, e::session_destroy, {connection}, {}, input, "`http2session.destroy()`"},
    row_shape{app, e::handler_read, {connection, stream}, {}, input, "the handler consumes the request body from now on"},
    row_shape{app, e::handler_responded, {connection, stream}, {}, input, "the response headers are final"},
    row_shape{app, e::handler_wrote, {connection, stream, length}, {}, input, "the handler wrote a piece of the response body"},
    row_shape{app, e::handler_finished, {connection, stream}, {}, input, "the response is complete"},
    row_shape{app, e::start_async_called, {connection, stream}, {}, input, "Servlet: `request.startAsync()`"},
    row_shape{app, e::timeout_set, {connection, stream}, {}, input, "Servlet: `asyncContext.setTimeout()`, not 0; without this row there is none"},
    row_shape{app, e::listener_added, {connection, stream}, {}, input, "Servlet: `asyncContext.addListener()`"},
    row_shape{app, e::reader_set, {connection, stream}, {}, input, "Servlet: `setReadListener()`"},
    row_shape{app, e::writer_set, {connection, stream}, {}, input, "Servlet: `setWriteListener()`"},
    row_shape{app, e::service_returned, {connection, stream}, {}, input, "Servlet: `service()` returns"},
    row_shape{app, e::is_ready_called, {connection, stream}, {}, input, "Servlet: `outputStream.isReady()`"},
    row_shape{app, e::print_called, {connection, stream}, {}, input, "Servlet: `outputStream.print()`, less than the buffer holds"},
    row_shape{app, e::flush_called, {connection, stream}, {}, input, "Servlet: `outputStream.flush()` or `response.flushBuffer()`"},
    row_shape{app, e::complete_called, {connection, stream}, {}, input, "Servlet: `asyncContext.complete()`"},
    row_shape{app, e::construct, {}, {head_timeout, request_timeout, keep_alive_timeout, checking_interval, handles_client_errors}, input, "`http.createServer()`"},
    row_shape{app, e::emit_listening, {}, {}, input, "`'listening'` comes once more, as the cluster module can make it"},
    row_shape{app, e::close_idle, {}, {}, input, "`server.closeIdleConnections()`"},
    row_shape{app, e::close_all, {}, {}, input, "`server.closeAllConnections()`"},
    row_shape{app, e::killed, {}, {}, input, "a signal ends the process"},
    row_shape{app, e::handler_timer, {request}, {connection, destroyed}, input, "a timer of the handler fires; the calls that follow are made in it"},
    row_shape{app, e::request_resume, {request}, {connection}, input, "the handler calls `request.resume()`"},
    row_shape{app, e::response_head, {request}, {connection, status}, input, "the handler begins its response"},
    row_shape{app, e::response_write, {request, length}, {connection, has_callback}, input, "the handler writes a piece of its response"},
    row_shape{app, e::response_end, {request}, {connection}, input, "the handler calls `response.end()`"},
    row_shape{app, e::socket_answer, {status}, {connection, closes}, input, "a listener writes a response to the socket itself"},

    row_shape{server, e::listening, {}, {}, observed, "`'listening'`"},
    row_shape{server, e::server_error, {}, {field::error}, observed, "`'error'` of the server"},
    row_shape{server, e::server_drop, {}, {}, observed, "`'drop'` of the server: one connection too many"},
    row_shape{server, e::connections_counted, {count}, {handles}, observed, "the callback of `server.getConnections()`"},
    row_shape{server, e::server_session, {}, {connection}, observed, "`'session'` of the server"},
    row_shape{server, e::server_connection, {}, {connection}, observed, "`'connection'` of the server"},
    row_shape{server, e::session_local_settings, {}, {connection}, observed, "`'localSettings'`: the peer acknowledged ours"},
    row_shape{server, e::session_goaway, {}, {connection, code}, observed, "`'goaway'` of a session"},
    row_shape{server, e::session_error, {}, {connection, code}, observed, "`'error'` of a session"},
    row_shape{server, e::session_close, {}, {connection}, observed, "`'close'` of a session"},
    row_shape{server, e::server_session_error, {}, {connection, code}, observed, "`'sessionError'` of the server"},
    row_shape{server, e::server_stream, {stream}, {connection}, observed, "`'stream'`: a request reached its handler"},
    row_shape{server, e::stream_data, {stream}, {connection}, observed, "`'data'` of a stream"},
    row_shape{server, e::stream_end, {stream}, {connection}, observed, "`'end'` of a stream"},
    row_shape{server, e::stream_finish, {stream}, {connection}, observed, "`'finish'` of a stream"},
    row_shape{server, e::stream_aborted, {stream}, {connection, code}, observed, "`'aborted'` of a stream"},
    row_shape{server, e::stream_error, {stream}, {connection, code}, observed, "`'error'` of a stream"},
    row_shape{server, e::stream_close, {stream}, {connection, code}, observed, "`'close'` of a stream"},
    row_shape{server, e::request_completed, {stream}, {connection, code, failed}, observed, "the request's last word: it completed; `AsyncListener.onComplete`"},
    row_shape{server, e::request_error, {stream}, {connection, code}, observed, "`AsyncListener.onError`"},
    row_shape{server, e::socket_data, {length}, {connection}, observed, "`'data'` of a socket, as often as it comes in a row"},
    row_shape{server, e::socket_end, {}, {connection, field::ready_state}, observed, "`'end'` of a socket: the client's FIN"},
    row_shape{server, e::socket_finish, {}, {connection, field::ready_state}, observed, "`'finish'` of a socket: everything is written, FIN included"},
    row_shape{server, e::socket_drain, {}, {connection}, observed, "`'drain'` of a socket"},
    row_shape{server, e::socket_timeout, {}, {connection}, observed, "`'timeout'` of a socket"},
    row_shape{server, e::socket_error, {}, {connection, field::error}, observed, "`'error'` of a socket"},
    row_shape{server, e::socket_close, {}, {connection, failed}, observed, "`'close'` of a socket; `failed` is `hadError`"},
    row_shape{server, e::write_callback, {}, {connection, field::error}, observed, "the callback of `socket.write()`"},
    row_shape{server, e::end_callback, {}, {connection}, observed, "the callback of `socket.end()`"},
    row_shape{server, e::server_close, {}, {}, observed, "`'close'` of the server"},
    row_shape{server, e::close_callback, {}, {failed}, observed, "the callback of `server.close()`; `failed`: it got an error"},
    // Of a stream where the compatibility API of http2 tells it, of a request where http does.
    row_shape{server, e::server_request, {}, {connection, stream, request, target}, observed, "`'request'` of the server: a request reached its handler"},
    row_shape{server, e::request_data, {stream}, {connection}, observed, "`'data'` of a request"},
    row_shape{server, e::request_end, {}, {connection, stream, request}, observed, "`'end'` of a request"},
    row_shape{server, e::request_aborted, {}, {connection, stream, request}, observed, "`'aborted'` of a request"},
    row_shape{server, e::request_close, {}, {connection, stream, request, complete, aborted}, observed, "`'close'` of a request"},
    row_shape{server, e::response_finish, {}, {connection, stream, request, written}, observed, "`'finish'` of a response"},
    row_shape{server, e::response_close, {}, {connection, stream, request, written}, observed, "`'close'` of a response"},
    row_shape{server, e::session_close_callback, {}, {connection}, observed, "the callback of `http2session.close()`"},
    row_shape{server, e::uncaught_exception, {}, {}, observed, "`'uncaughtException'` of the process: an `'error'` nobody heard"},
    row_shape{server, e::server_upgrade, {}, {connection}, observed, "`'upgrade'` of the server"},
    row_shape{server, e::server_client_error, {}, {connection, field::error}, observed, "`'clientError'` of the server"},
    row_shape{server, e::request_failed, {request}, {connection, field::error}, observed, "`'error'` of a request"},
    row_shape{server, e::response_write_error, {}, {connection, request, field::error}, observed, "the callback of a write to a response was given an error"},

    row_shape{server, e::application_tick, {}, {}, observed, "a callback of `process.nextTick()` or a microtask of the application"},
    row_shape{server, e::process_exit, {}, {}, observed, "`'exit'` of the process: nothing keeps its event loop alive"},
    row_shape{server, e::read_error, {stream}, {connection, code}, observed, "`ReadListener.onError`"},
    row_shape{server, e::write_possible, {stream}, {connection}, observed, "`WriteListener.onWritePossible`"},
    row_shape{server, e::write_error, {stream}, {connection, code}, observed, "`WriteListener.onError`"},
    row_shape{server, e::request_timeout, {stream}, {connection}, observed, "`AsyncListener.onTimeout`"},
    row_shape{server, e::call_returned, {stream}, {connection, failed}, observed, "Servlet: the application's last call came back; `failed`: with an exception"},

    row_shape{server, e::recv_settings, {connection}, {}, step, "SETTINGS arrived"},
    row_shape{server, e::recv_settings_ack, {connection}, {}, step, "SETTINGS with ACK arrived"},
    row_shape{server, e::recv_headers, {connection, stream}, {end_stream}, step, "HEADERS arrived"},
    row_shape{server, e::recv_data, {connection, stream, length}, {end_stream}, step, "DATA arrived"},
    row_shape{server, e::recv_rst_stream, {connection, stream, code}, {}, step, "RST_STREAM arrived"},
    row_shape{server, e::recv_ping, {connection}, {}, step, "PING arrived"},
    row_shape{server, e::recv_ping_ack, {connection}, {}, step, "PING with ACK arrived"},
    row_shape{server, e::recv_window_update, {connection, stream}, {}, step, "WINDOW_UPDATE arrived"},
    row_shape{server, e::recv_goaway, {connection, last_stream, code}, {}, step, "GOAWAY arrived"},
    row_shape{server, e::recv_invalid, {connection, code}, {}, step, "a connection error arrived"},
    row_shape{server, e::recv_fin, {connection}, {}, step, "the client's FIN arrived"},
    row_shape{server, e::recv_rst, {connection}, {}, step, "the client's TCP RST arrived"},
    row_shape{server, e::send_settings, {connection}, {}, step, "SETTINGS"},
    row_shape{server, e::send_settings_ack, {connection}, {}, step, "SETTINGS with ACK"},
    row_shape{server, e::send_headers, {connection, stream}, {}, step, "HEADERS"},
    row_shape{server, e::send_data, {connection, stream, length}, {end_stream}, step, "DATA"},
    row_shape{server, e::send_rst_stream, {connection, stream, code}, {}, step, "RST_STREAM"},
    row_shape{server, e::send_ping, {connection}, {}, step, "PING"},
    row_shape{server, e::send_ping_ack, {connection}, {}, step, "PING with ACK"},
    row_shape{server, e::send_goaway, {connection, last_stream, code}, {}, step, "GOAWAY"},
    row_shape{server, e::stop_listening, {}, {}, step, "closes the listening socket"},
    row_shape{server, e::shutdown_write, {connection}, {}, step, "sends FIN"},
    row_shape{server, e::destroy_socket, {connection}, {}, step, "closes the connection's socket"},
    row_shape{server, e::arm_timer, {timer}, {connection}, step, "starts a timer, or starts it anew"},
    row_shape{server, e::cancel_timer, {timer}, {connection}, step, "stops a timer"},

    row_shape{app, e::listeners_returned, {connection, stream}, {}, step, "Servlet: `onError` or `onTimeout` of an AsyncListener returns"},
    row_shape{actor::kernel, e::accepted, {connection}, {}, step, "a connection leaves the backlog for the server"},
    row_shape{actor::kernel, e::reset_backlog, {}, {}, step, "resets the connections nobody accepted"},
    row_shape{actor::kernel, e::killed, {}, {}, input, "a signal ends the process, and the kernel closes its connections"},
    row_shape{actor::clock, e::timer_expired, {timer}, {connection}, step, "a timer expires"},
};
// clang-format on

std::string field_list(const row_shape& shape) {
  std::string text;
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto f = static_cast<field>(i);
    if (!shape.required.has(f) && !shape.optional.has(f)) continue;
    text += fmt::format("{}`{}`{}", text.empty() ? "" : ", ", info(f).name, shape.optional.has(f) ? "?" : "");
  }
  return text;
}

}  // namespace

const field_info& info(field f) { return fields_in_order[static_cast<std::size_t>(f)]; }

std::span<const row_shape> all_shapes() { return shapes; }

const row_shape* shape_of(actor who, event_kind event) {
  const auto found = std::ranges::find_if(shapes, [&](const row_shape& s) { return s.actor == who && s.event == event; });
  return found == shapes.end() ? nullptr : &*found;
}

std::string shape_table_markdown() {
  std::string text = "| actor | event | fields (`?`: may be left out) | role | meaning |\n|---|---|---|---|---|\n";
  for (const row_shape& s : shapes) {
    row r;
    r.actor = s.actor;
    const std::string who = s.actor == client ? "client N" : actor_name(r);
    const std::string_view role_name = s.role == input ? "input" : s.role == observed ? "observed" : "step";
    text += fmt::format("| {} | `{}` | {} | {} | {} |\n", who, name_of(s.event), field_list(s), role_name, s.meaning);
  }
  text += "\n| field | content |\n|---|---|\n";
  for (const field_info& f : fields_in_order) text += fmt::format("| `{}` | {} |\n", f.name, f.content);
  return text;
}

}  // namespace lastcall::traces
