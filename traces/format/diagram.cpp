#include "traces/format/diagram.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <utility>

namespace lastcall::traces {
namespace {

using e = event_kind;

bool is_sent(e event) { return name_of(event).starts_with("send_"); }
bool is_received(e event) { return name_of(event).starts_with("recv_"); }

/// "DATA(1) length 2, END_STREAM" and the like; what is sent and what is received read the same.
std::string wire_label(const row& r) {
  switch (r.event) {
    case e::connect: return "TCP connect";
    case e::refused: return "connection refused";
    case e::fin:
    case e::shutdown_write:
    case e::recv_fin: return "FIN";
    case e::close: return "FIN (closes its socket)";
    case e::rst:
    case e::recv_rst: return "RST";
    default: break;
  }
  std::string label(name_of(r.event).substr(5));
  std::ranges::transform(label, label.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (label.ends_with("_ACK")) label.replace(label.size() - 4, 1, " ");
  if (label == "GOAWAY") {
    const std::string last = r.last_stream == model::highest_stream_id ? "2^31-1" : std::to_string(r.last_stream);
    return fmt::format("GOAWAY(last {}, {})", last, name_of(*r.code));
  }
  if (label == "INVALID") return fmt::format("a frame that breaks the protocol, {}", name_of(*r.code));
  if (label == "RST_STREAM") return fmt::format("RST_STREAM({}, {})", r.stream, name_of(*r.code));
  if (label == "SETTINGS" && r.initial_window_size) return fmt::format("SETTINGS(window {})", *r.initial_window_size);
  if (label == "HEADERS" || label == "DATA" || label == "WINDOW_UPDATE") label += fmt::format("({})", r.stream);
  if (r.event == e::send_data || r.event == e::recv_data) label += fmt::format(" length {}", r.length);
  if (r.increment != 0) label += fmt::format(" +{}", r.increment);
  return r.end_stream ? label + " END_STREAM" : label;
}

/// What the application is told, as Node's documentation writes it.
std::string callback_label(const row& r) {
  static const std::map<e, std::string_view> special{
      {e::listening, "'listening'"},
      {e::server_session, "'session'"},
      {e::server_connection, "'connection'"},
      {e::session_local_settings, "'localSettings'"},
      {e::session_goaway, "'goaway'"},
      {e::server_session_error, "'sessionError'"},
      {e::server_stream, "'stream'"},
      {e::request_completed, "the request is over"},
      {e::request_error, "onError"},
      {e::close_callback, "server.close() calls back"},
      {e::read_error, "ReadListener.onError"},
      {e::write_possible, "WriteListener.onWritePossible"},
      {e::write_error, "WriteListener.onError"},
      {e::request_timeout, "AsyncListener.onTimeout"},
  };
  if (r.event == e::call_returned) return r.failed ? "the call throws" : "the call returns";
  std::string label;
  if (const auto found = special.find(r.event); found != special.end()) {
    label = found->second;
  } else {
    const std::string_view name = name_of(r.event);  // "socket_end": socket 'end'; of a stream the subject says it
    const std::size_t split = name.find('_');
    const std::string_view owner = name.substr(0, split);
    label = fmt::format("{}'{}'", owner == "stream" ? "" : fmt::format("{} ", owner), name.substr(split + 1));
  }
  if (r.code) label += fmt::format(" {}", name_of(*r.code));
  return r.failed ? label + " with an error" : label;
}

/// What a client does, or its application hears, without anything on the wire.
std::string client_label(const row& r) {
  switch (r.event) {
    case e::stops_reading: return "stops reading";
    case e::resumes_reading: return "reads again";
    case e::request_wanted: return "a request is wanted";
    case e::submit_headers: return fmt::format("submits HEADERS({})", r.stream);
    case e::session_goaway: return "'goaway'";
    case e::request_turned_away: return "the request is turned away";
    case e::request_completed: return fmt::format("stream {} is answered", r.stream);
    case e::request_error: return fmt::format("stream {} has failed", r.stream);
    default: return fmt::format("stream {} may be repeated", r.stream);
  }
}

std::string call_label(const row& r) {
  switch (r.event) {
    case e::listen: return "server.listen()";
    case e::close: return "server.close()";
    case e::session_close: return "session.close()";
    case e::session_goaway: return "session.goaway()";
    case e::handler_read: return "reads";
    case e::handler_responded: return "responds";
    case e::handler_wrote: return fmt::format("writes {}", r.length);
    case e::start_async_called: return "startAsync()";
    case e::timeout_set: return "setTimeout()";
    case e::listener_added: return "addListener()";
    case e::reader_set: return "setReadListener()";
    case e::writer_set: return "setWriteListener()";
    case e::service_returned: return "service() returns";
    case e::is_ready_called: return "isReady()";
    case e::print_called: return "print()";
    case e::flush_called: return "flush()";
    case e::complete_called: return "complete()";
    case e::listeners_returned: return "the listener returns";
    default: return "ends";
  }
}

/// Tells what is still there when the trace ends.
class survivors {
 public:
  void see(const row& r) {
    const auto stream = std::pair(r.connection, r.stream);
    switch (r.event) {
      case e::connect: connections_.insert(r.connection); break;
      case e::refused:
      case e::rst:
      case e::recv_rst:
      case e::socket_close:
      case e::destroy_socket: connections_.erase(r.connection); break;
      case e::close:
        if (r.actor == actor::client) connections_.erase(r.connection);
        else close_called_ = true;
        break;
      case e::stops_reading: paused_.insert(r.connection); break;
      case e::resumes_reading: paused_.erase(r.connection); break;
      case e::server_stream: handlers_.insert(stream); break;
      case e::handler_finished:
      case e::request_completed:
      case e::stream_aborted:
      case e::stream_close: handlers_.erase(stream); break;
      case e::arm_timer: timers_.emplace(*r.timer, r.connection); break;
      case e::cancel_timer:
      case e::timer_expired: timers_.erase({*r.timer, r.connection}); break;
      case e::close_callback: called_back_ = true; break;
      default: break;
    }
  }

  bool hangs() const { return close_called_ && !called_back_; }

  /// `broken`: the claim that a run of the checker breaks; empty for any other trace. Such a run stops at the breach, unless
  /// it shows that close never ends: then nothing is left that could still happen, not even a timer.
  std::string sentence(bool lasso, bool several_clients, std::string_view broken) const {
    std::vector<std::string> alive;
    for (const std::uint32_t c : connections_) {
      alive.push_back(fmt::format("connection {} is open", c));
      if (paused_.contains(c)) alive.back() += " and its client does not read";
    }
    for (const auto& [c, s] : handlers_) {
      const std::string whose = several_clients ? fmt::format(" of client {}", c) : "";
      alive.push_back(fmt::format("the handler of stream {}{} has not finished", s, whose));
    }
    for (const auto& [timer, c] : timers_) alive.push_back(fmt::format("the {} timer is armed", name_of(timer)));
    if (hangs()) alive.emplace_back("server.close() has not called back");
    if (alive.empty()) alive.emplace_back(called_back_ ? "everything is closed" : "no connection is left");
    const bool stops_at_breach = !broken.empty() && (broken != "close_terminates" || !timers_.empty());
    const std::string opening = lasso             ? "it never ends"
                                : stops_at_breach ? fmt::format("{} is broken here", broken)
                                : close_called_   ? "nothing more happens"
                                                  : "the trace ends here";
    return fmt::format("{}: {}.", opening, fmt::join(alive, ", "));
  }

 private:
  std::set<std::uint32_t> connections_;
  std::set<std::uint32_t> paused_;
  std::set<std::pair<std::uint32_t, model::stream_id>> handlers_;
  std::set<std::pair<model::timer, std::uint32_t>> timers_;
  bool close_called_ = false;
  bool called_back_ = false;
};

class composer {
 public:
  explicit composer(const trace& t) : trace_(t) {
    std::uint32_t clients = 0;
    for (const row& r : t.rows) {
      if (r.actor == actor::client) clients = std::max(clients, r.connection);
      has_clock_ = has_clock_ || r.actor == actor::clock;
      knows_arrivals_ = knows_arrivals_ || (r.actor == actor::server && is_received(r.event));
    }
    for (std::uint32_t n = 1; n <= clients; ++n) drawing_.lanes.push_back(fmt::format("client {}", n));
    drawing_.server = clients;
    drawing_.lanes.insert(drawing_.lanes.end(), {"server", "application"});
    if (has_clock_) drawing_.lanes.emplace_back("clock");
  }

  diagram compose() {
    write_headline();
    match_deliveries();
    survivors left;
    for (std::size_t i = 0; i < trace_.rows.size(); ++i) {
      left.see(trace_.rows[i]);
      i += add(i);
    }
    drawing_.hangs = left.hangs();
    const bool lasso = !trace_.rows.empty() && trace_.rows.back().loop;
    drawing_.ending = left.sentence(lasso, drawing_.server > 1, broken_claim());
    return std::move(drawing_);
  }

 private:
  std::string_view broken_claim() const {
    if (trace_.path.empty()) return {};
    for (const auto& [claim, declared] : trace_.expect)
      if (declared == verdict::violated) return claim;
    return {};
  }
  void write_headline() {
    drawing_.headline.push_back(trace_.title);
    drawing_.headline.push_back(fmt::format("{}; {}", trace_.system, trace_.source));
    std::vector<std::string> verdicts;
    for (const auto& [claim, v] : trace_.expect) {
      verdicts.push_back(fmt::format("{} {}", claim, v == verdict::holds ? "holds" : "is violated"));
    }
    drawing_.headline.push_back(fmt::format("profile {}{}{}", trace_.profile, verdicts.empty() ? "" : ": ", fmt::join(verdicts, ", ")));
  }

  std::size_t application() const { return drawing_.server + 1; }
  std::size_t lane_of(const row& r) const { return r.connection - 1; }

  bool travels_to_server(const row& r) const {
    if (r.actor != actor::client) return false;
    return is_sent(r.event) || r.event == e::connect || r.event == e::fin || r.event == e::close || r.event == e::rst;
  }
  bool travels_to_client(const row& r) const {
    return r.actor == actor::server && (is_sent(r.event) || r.event == e::shutdown_write);
  }

  /// Can `b` be the delivery of what `a` sent?
  static bool delivers(const row& a, const row& b) {
    if (a.connection != b.connection || a.actor == b.actor) return false;
    switch (a.event) {
      case e::fin:
      case e::shutdown_write: return b.event == e::recv_fin;
      case e::close: return b.event == e::recv_fin || b.event == e::recv_rst;
      case e::rst: return b.event == e::recv_rst;
      default: break;
    }
    return is_sent(a.event) && is_received(b.event) && a.stream == b.stream &&
           name_of(a.event).substr(5) == name_of(b.event).substr(5);
  }

  /// Channels keep their order, so the first delivery that fits and is not taken belongs to the first sender.
  void match_deliveries() {
    std::vector<bool> taken(trace_.rows.size());
    for (std::size_t i = 0; i < trace_.rows.size(); ++i) {
      const row& sent = trace_.rows[i];
      if (!travels_to_server(sent) && !travels_to_client(sent)) continue;
      for (std::size_t k = i + 1; k < trace_.rows.size(); ++k) {
        if (taken[k] || !delivers(sent, trace_.rows[k])) continue;
        taken[k] = true;
        delivery_of_[i] = k;
        sender_of_[k] = i;
        break;
      }
    }
  }

  /// Returns how many of the rows that follow this step shows as well.
  std::size_t add(std::size_t i) {
    const row& r = trace_.rows[i];
    if (travels_to_server(r) || travels_to_client(r)) return add_sending(i);
    if (is_received(r.event)) return add_receiving(i);
    switch (r.actor) {
      case actor::client:
        if (r.event == e::refused) push(r, step_kind::arrow, drawing_.server, lane_of(r), wire_label(r));
        else push(r, step_kind::acts, lane_of(r), lane_of(r), client_label(r));
        break;
      case actor::app: add_note(r, step_kind::acts, call_label(r)); break;
      case actor::clock: push(r, step_kind::arrow, application() + 1, drawing_.server, timer_label(r) + " expires"); break;
      case actor::kernel: add_server_note(r); break;
      case actor::server:
        if (callback_of(r)) add_note(r, step_kind::is_told, callback_label(r));
        else add_server_note(r);
        break;
    }
    return 0;
  }

  std::size_t add_sending(std::size_t i) {
    const row& r = trace_.rows[i];
    const bool to_server = r.actor == actor::client;
    const std::size_t from = to_server ? lane_of(r) : drawing_.server;
    const std::size_t to = to_server ? drawing_.server : lane_of(r);
    const auto delivery = delivery_of_.find(i);
    const bool delivered = delivery != delivery_of_.end();
    const bool at_once = delivered && delivery->second == i + 1;
    // A connect succeeds in the kernel; the server accepts it later. Without arrivals, the trace does not tell of any flight.
    const bool no_flight = r.event == e::connect || (!delivered && to_server && !knows_arrivals_);
    push(r, at_once || no_flight ? step_kind::arrow : step_kind::leaves, from, to, wire_label(r));
    return at_once ? 1 : 0;
  }

  std::size_t add_receiving(std::size_t i) {
    const row& r = trace_.rows[i];
    const bool by_client = r.actor == actor::client;
    const std::size_t from = by_client ? drawing_.server : lane_of(r);
    const std::size_t to = by_client ? lane_of(r) : drawing_.server;
    const std::size_t more = repeats(i);
    row sum = r;
    for (std::size_t k = i + 1; k <= i + more; ++k) sum.length += trace_.rows[k].length;
    std::string label = wire_label(sum);
    if (more != 0) label += fmt::format(" in {} frames", more + 1);
    push(r, sender_of_.contains(i) ? step_kind::arrives : step_kind::arrow, from, to, label);
    return more;
  }

  /// How many of the next rows are more DATA of the same response, and worth no arrow of their own.
  std::size_t repeats(std::size_t i) const {
    const auto is_plain_data = [&](std::size_t k) {
      const row& r = trace_.rows[k];
      return r.event == e::recv_data && !r.end_stream && !sender_of_.contains(k);
    };
    std::size_t more = 0;
    if (!is_plain_data(i)) return more;
    for (std::size_t k = i + 1; k < trace_.rows.size() && is_plain_data(k); ++k, ++more) {
      const row& first = trace_.rows[i];
      const row& next = trace_.rows[k];
      if (next.connection != first.connection || next.stream != first.stream || next.loop != first.loop) break;
    }
    return more;
  }

  std::string timer_label(const row& r) const {
    const std::string whose = r.connection != 0 && drawing_.server > 1 ? fmt::format(" of connection {}", r.connection) : "";
    return fmt::format("{} timer{}", name_of(*r.timer), whose);
  }

  void add_server_note(const row& r) {
    const std::string whom = r.connection != 0 ? fmt::format("client {}", r.connection) : "";
    std::string label;
    switch (r.event) {
      case e::accepted: label = "accepts " + whom; break;
      case e::reset_backlog: label = "resets the backlog"; break;
      case e::stop_listening: label = "stops listening"; break;
      case e::destroy_socket: label = drawing_.server > 1 ? "closes its socket to " + whom : "closes its socket"; break;
      case e::arm_timer: label = "starts " + timer_label(r); break;
      default: label = "stops " + timer_label(r); break;
    }
    push(r, step_kind::acts, drawing_.server, drawing_.server, label);
  }

  /// A note of the application; notes at the same time on the same subject share a line.
  void add_note(const row& r, step_kind kind, std::string label) {
    std::vector<std::string> subject;
    if (r.connection != 0 && drawing_.server > 1) subject.push_back(fmt::format("client {}", r.connection));
    if (r.stream != 0) subject.push_back(fmt::format("stream {}", r.stream));
    diagram_step step{kind, application(), application(), fmt::format("{}", fmt::join(subject, ", ")), std::move(label), r.ms, r.loop};
    if (!drawing_.steps.empty()) {
      diagram_step& last = drawing_.steps.back();
      if (last.kind == kind && last.from == step.from && last.subject == step.subject && last.ms == step.ms && last.loop == step.loop) {
        last.label += ", " + step.label;
        return;
      }
    }
    drawing_.steps.push_back(std::move(step));
  }

  void push(const row& r, step_kind kind, std::size_t from, std::size_t to, std::string label) {
    drawing_.steps.push_back({kind, from, to, {}, std::move(label), r.ms, r.loop});
  }

  const trace& trace_;
  diagram drawing_;
  bool has_clock_ = false;
  bool knows_arrivals_ = false;
  std::map<std::size_t, std::size_t> delivery_of_;
  std::map<std::size_t, std::size_t> sender_of_;
};

}  // namespace

diagram diagram_of(const trace& t) { return composer(t).compose(); }

std::string note_text(const diagram_step& step) {
  return step.subject.empty() ? step.label : fmt::format("{}: {}", step.subject, step.label);
}

}  // namespace lastcall::traces
