#include "cli/profile_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/names.hpp"
#include "model/client_request.hpp"
#include "model/exchange.hpp"
#include "model/http1_connection.hpp"
#include "model/http2_client.hpp"
#include "model/http2_goaway.hpp"
#include "model/http2_session.hpp"
#include "model/http2_stream.hpp"
#include "model/net_server.hpp"
#include "model/servlet_output.hpp"
#include "model/servlet_request.hpp"
#include "model/tcp_socket.hpp"

namespace lastcall::cli {
namespace {

using nlohmann::ordered_json;

/// Rows of cells as lines, each column as wide as its longest cell.
std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format(" {:<{}} ", row[i], widths[i]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

std::string label_of(const model::table_row& row) {
  std::string label = row.event;
  if (!row.guard.empty()) label += fmt::format(" [{}]", row.guard);
  if (!row.commands.empty()) label += fmt::format(" / {}", row.commands);
  return label;
}

}  // namespace

std::vector<decision> decisions_of(const model::profile& profile) {
  // A structured binding does not compile when a decision is added that nobody names here.
  const auto& [name, source, speaks, accepts, registration, server_preface, without_preface, late_session, close_announces,
               requests_at_close, close_order, second_phase, above_last_id, last_id, idle_ends, idle_means, farewell,
               early_response, after_fin, peer_half_close, error_after_goaway, peer_goaway, drain_deadline, drain_timer,
               at_deadline, reset_reaches_application, session_ends, reset_counts, close_when_closed, stream_limit, limit_counts,
               waiting_requests, closed_stream_frames, discarded_data, send_pump, reset_order, net, servlet, http1, client,
               durations] = profile;
  const auto& [zero_connections_max, listen_in_progress, reset_behind_data, high_water_mark] = net;
  const auto& [deadlines, deadlines_at_close, close_sweeps, http1_idle_means, response_ends, idle_close, closing_response,
               after_last_response, keep_alive, keep_alive_ends, half_close, cancelled_write, request_close, keep_alive_buffer_ms] = http1;
  const auto& [goaway_order, below_last_id, unwritten_request, own_goaway, late_reset] = client;
  static_cast<void>(name);
  static_cast<void>(source);
  static_cast<void>(speaks);
  const auto& [committed_failure, reader_failure, reader_after_end, late_listener, timeout_after_commit] = servlet;
  static_cast<void>(durations);
  return {
      {"accepts", std::string(text_of(accepts)), "when does the listener accept a connection?"},
      {"registration", std::string(text_of(registration)), "when does a connection become a session that close() finds?"},
      {"server_preface", std::string(text_of(server_preface)), "when do the server's SETTINGS go out?"},
      {"without_preface", std::string(text_of(without_preface)), "what does close() do to a connection that has not registered?"},
      {"late_session", std::string(text_of(late_session)), "what happens to a session that registers after close()?"},
      {"close_announces", std::string(text_of(close_announces)), "what does close() send to each session?"},
      {"requests_at_close", std::string(text_of(requests_at_close)), "what does close() do to requests under way?"},
      {"close_order", std::string(text_of(close_order)), "what does close() do first?"},
      {"second_phase", std::string(text_of(second_phase)), "what leads from the notice to the final GOAWAY?"},
      {"above_last_id", std::string(text_of(above_last_id)), "what happens to a stream above the last id of the final GOAWAY?"},
      {"last_id", std::string(text_of(last_id)), "which last id does the final GOAWAY carry?"},
      {"idle_ends", std::string(text_of(idle_ends)), "behind which GOAWAY does an idle session end?"},
      {"idle_means", std::string(text_of(idle_means)), "when is a draining session idle?"},
      {"farewell", std::string(text_of(farewell)), "what does an idle draining session say before FIN?"},
      {"early_response", std::string(text_of(early_response)), "what if the response ends before the request does?"},
      {"after_fin", std::string(text_of(after_fin)), "what follows the server's FIN?"},
      {"peer_half_close", std::string(text_of(peer_half_close)), "what if the peer half-closes while requests are active?"},
      {"error_after_goaway", std::string(text_of(error_after_goaway)), "what does a connection error do behind the final GOAWAY?"},
      {"peer_goaway", std::string(text_of(peer_goaway)), "what does a GOAWAY of the peer do?"},
      {"drain_deadline", std::string(text_of(drain_deadline)), "when does the drain timer start?"},
      {"drain_timer", std::string(text_of(drain_timer)), "what moves the drain timer?"},
      {"at_deadline", std::string(text_of(at_deadline)), "what happens to connections at the drain deadline?"},
      {"reset_reaches_application", std::string(text_of(reset_reaches_application)), "when does the application hear of RST_STREAM?"},
      {"session_ends", std::string(text_of(session_ends)), "when does a session end that has nothing left to do?"},
      {"reset_counts", std::string(text_of(reset_counts)), "how often does a reset leave the count of open streams?"},
      {"close_when_closed", std::string(text_of(close_when_closed)), "what does close() on a closed server do with its callback?"},
      {"stream_limit", std::string(text_of(stream_limit)), "how many streams may a client have open?"},
      {"limit_counts", std::string(text_of(limit_counts)), "what is that limit held against?"},
      {"waiting_requests", std::string(text_of(waiting_requests)), "what becomes at close() of requests that wait for a handler?"},
      {"closed_stream_frames", std::string(text_of(closed_stream_frames)), "what happens to frames on a closed stream?"},
      {"discarded_data", std::string(text_of(discarded_data)), "does DATA that nobody reads return to the connection's window?"},
      {"send_pump", std::string(text_of(send_pump)), "when does the send pump run?"},
      {"reset_order", std::string(text_of(reset_order)), "where does RST_STREAM wait?"},
      {"zero_connections_max", std::string(text_of(zero_connections_max)), "whom does maxConnections = 0 let in?"},
      {"listen_in_progress", std::string(text_of(listen_in_progress)), "what becomes of a listen() that looks up its host at close()?"},
      {"reset_behind_data", std::string(text_of(reset_behind_data)), "what is a RST to a reader that finds data before it?"},
      {"high_water_mark", std::to_string(high_water_mark), "how many bytes does a socket buffer that nobody reads?"},
      {"committed_failure", std::string(text_of(committed_failure)), "Servlet: what if a committed request waits and its stream is lost?"},
      {"reader_failure", std::string(text_of(reader_failure)), "Servlet: what follows ReadListener.onError?"},
      {"reader_after_end", std::string(text_of(reader_after_end)), "Servlet: what does a ReadListener hear after onAllDataRead?"},
      {"late_listener", std::string(text_of(late_listener)), "Servlet: what does a listener hear that comes after the loss?"},
      {"timeout_after_commit", std::string(text_of(timeout_after_commit)), "Servlet: what does the timeout do to a committed response?"},
      {"http1.deadlines", std::string(text_of(deadlines)), "HTTP/1: what enforces the deadlines of heads and requests?"},
      {"http1.deadlines_at_close", std::string(text_of(deadlines_at_close)), "HTTP/1: what becomes of them at close()?"},
      {"http1.close_sweeps", std::string(text_of(close_sweeps)), "HTTP/1: when does close() look for idle connections?"},
      {"http1.idle_means", std::string(text_of(http1_idle_means)), "HTTP/1: which connections are idle?"},
      {"http1.response_ends", std::string(text_of(response_ends)), "HTTP/1: when does a response stop keeping its connection busy?"},
      {"http1.idle_close", std::string(text_of(idle_close)), "HTTP/1: how is an idle connection closed?"},
      {"http1.closing_response", std::string(text_of(closing_response)), "HTTP/1: what does a response say that begins after close()?"},
      {"http1.after_last_response", std::string(text_of(after_last_response)), "HTTP/1: what follows the FIN behind a last response?"},
      {"http1.keep_alive", std::string(text_of(keep_alive)), "HTTP/1: what bounds the wait for another request?"},
      {"http1.keep_alive_ends", std::string(text_of(keep_alive_ends)), "HTTP/1: what ends the wait for another request?"},
      {"http1.half_close", std::string(text_of(half_close)), "HTTP/1: what if the client half-closes while a response is due?"},
      {"http1.cancelled_write", std::string(text_of(cancelled_write)), "HTTP/1: what is told of a write that a destroyed socket cancels?"},
      {"http1.request_close", std::string(text_of(request_close)), "HTTP/1: when does 'close' of a request follow its 'end'?"},
      {"http1.keep_alive_buffer", std::to_string(keep_alive_buffer_ms), "HTTP/1: how long does it wait beyond the keep-alive timeout?"},
      {"client.goaway_order", std::string(text_of(goaway_order)), "a client: in which order does it act on a GOAWAY?"},
      {"client.below_last_id", std::string(text_of(below_last_id)), "a client: what of new streams below the last id it received?"},
      {"client.unwritten_request", std::string(text_of(unwritten_request)), "a client: what of an excluded request that was not written yet?"},
      {"client.own_goaway", std::string(text_of(own_goaway)), "a client: what does the last id of its own GOAWAY limit?"},
      {"client.late_reset", std::string(text_of(late_reset)), "a client: what does a reset do behind a complete response?"},
  };
}

std::string deadlines_text(const model::profile& profile) {
  using namespace model;
  std::string text;
  switch (profile.drain_deadline) {
    case drain_deadline::none: text = "no drain deadline"; break;
    case drain_deadline::from_close: text = "drain deadline from close()"; break;
    case drain_deadline::from_final_goaway: text = "drain deadline from the final GOAWAY"; break;
  }
  if (profile.drain_deadline != drain_deadline::none)
    text += fmt::format(" ({}; at expiry: {})", text_of(profile.drain_timer), text_of(profile.at_deadline));
  switch (profile.after_fin) {
    case after_fin::lingers: return text + "; after its FIN the server waits for the peer's, bounded by a linger timer";
    case after_fin::waits_for_peer: return text + "; after its FIN the server waits for the peer's, without a timer";
    case after_fin::closes: return text + "; after its FIN the server closes at once";
    case after_fin::reads_on_before: return text + "; the server reads on, bounded by a linger timer, then closes without waiting";
  }
  return text;
}

std::vector<machine> machines() {
  using namespace model;
  return {{"net_server", text_of(net_server::state{}), net_server::table()},
          {"tcp_socket", text_of(tcp_socket::state{}), tcp_socket::table()},
          {"http1_connection", text_of(http1_connection::state{}), http1_connection::table()},
          {"http2_session", text_of(http2_session::state{}), http2_session::table()},
          {"http2_goaway", text_of(http2_goaway::state{}), http2_goaway::table()},
          {"http2_stream", text_of(http2_stream::state{}), http2_stream::table()},
          {"exchange", text_of(exchange::state{}), exchange::table()},
          {"servlet_request", text_of(servlet_request::state{}), servlet_request::table()},
          {"servlet_output", text_of(servlet_output::state{}), servlet_output::table()},
          {"http2_client", text_of(http2_client::state{}), http2_client::table()},
          {"client_request", text_of(client_request::state{}), client_request::table()}};
}

std::string profile_text(const model::profile& profile) {
  std::string text = fmt::format("Profile {}\n{}\nTimers: {}\n\nDecisions\n\n", profile.name, profile.source,
                                 deadlines_text(profile));
  std::vector<std::vector<std::string>> rows;
  for (const decision& each : decisions_of(profile))
    rows.push_back({std::string(each.name), std::string(each.value), std::string(each.question)});
  text += aligned(rows);
  text += "\nMachines: the same for every profile, whose decisions are the guards. An event without a row changes nothing.\n";
  for (const machine& each : machines()) {
    text += fmt::format("\n{}, from {}\n\n", each.name, each.initial);
    rows = {{"state", "event", "guard", "next state", "commands"}};
    for (const model::table_row& row : each.table)
      rows.push_back({row.source, row.event, row.guard, row.target == row.source ? "" : row.target, row.commands});
    text += aligned(rows);
  }
  return text;
}

std::string profile_mermaid(const model::profile& profile) {
  std::string text = fmt::format("# The machines of {}\n", profile.name);
  for (const machine& each : machines()) {
    text += fmt::format("\n## {}\n\n```mermaid\nstateDiagram-v2\n  [*] --> {}\n", each.name, each.initial);
    for (const model::table_row& row : each.table)
      text += fmt::format("  {} --> {}: {}\n", row.source, row.target, label_of(row));
    text += "```\n";
  }
  return text;
}

std::string profile_json(const model::profile& profile) {
  ordered_json shown{{"schema", "lastcall/show/1"},
                     {"profile", {{"name", profile.name}, {"source", profile.source}, {"deadlines", deadlines_text(profile)}}}};
  for (const decision& each : decisions_of(profile)) shown["profile"]["decisions"][std::string(each.name)] = each.value;
  for (const machine& each : machines()) {
    ordered_json table{{"name", each.name}, {"initial", each.initial}, {"rows", ordered_json::array()}};
    for (const model::table_row& row : each.table)
      table["rows"].push_back({{"state", row.source},
                               {"event", row.event},
                               {"guard", row.guard},
                               {"next", row.target},
                               {"commands", row.commands}});
    shown["machines"].push_back(std::move(table));
  }
  return shown.dump(2) + '\n';
}

}  // namespace lastcall::cli
