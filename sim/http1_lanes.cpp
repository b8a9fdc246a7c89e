#include "sim/http1_lanes.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "sim/http1_lane_state.hpp"
#include "traces/format/shape.hpp"

namespace lastcall::sim {
namespace {

using traces::actor;
using traces::row;
using kind = traces::event_kind;
namespace http1 = model::http1;

/// How far the times of two processes and the delays of a busy machine may lie apart, in ms.
constexpr std::uint64_t slack = 200;
/// The kernel takes this much at once, whatever the client does; of more it may have to wait.
constexpr std::uint32_t surely_taken = 64 * 1024;
/// Node's setting says nothing about these two, which its servers do not have.
constexpr std::uint64_t drain_ms = 30'000;
constexpr std::uint64_t linger_ms = 2'000;

using lane = std::vector<const row*>;

bool is_input(const row& r) {
  const auto* shape = traces::shape_of(r.actor, r.event);
  return shape != nullptr && shape->role == traces::role::input;
}
/// Something of a client's lane that travels to the server.
bool is_sent(const row& r) {
  return is_input(r) && r.event != kind::connect && r.event != kind::stops_reading && r.event != kind::resumes_reading;
}
/// A call made within the callback of the row before it; the others are callbacks of their own.
bool is_call_within(const row& r) {
  if (r.actor != actor::app) return false;
  switch (r.event) {
    case kind::request_resume:
    case kind::response_head:
    case kind::response_write:
    case kind::response_end:
    case kind::socket_answer:
    case kind::socket_end:
    case kind::socket_destroy: return true;
    default: return false;
  }
}

std::string describe(const row& r) {
  std::string text = traces::actor_name(r) + " " + std::string(traces::name_of(r.event));
  if (r.actor != actor::client && r.connection != 0) text += " connection " + std::to_string(r.connection);
  if (r.request != 0) text += " request " + std::to_string(r.request);
  if (r.status != 0) text += " status " + std::to_string(r.status);
  if (r.error) text += " " + std::string(traces::name_of(*r.error));
  if (r.count) text += " " + std::to_string(*r.count) + " alive: " + r.handles;
  for (const auto& [flag, name] : {std::pair{r.failed, " failed"}, {r.closes, " closes"}, {r.complete, " complete"},
                                   {r.aborted, " aborted"}, {r.written, " written"}, {r.destroyed.value_or(false), " destroyed"}})
    if (flag) text += name;
  return text;
}

/// The row says what the model shows. What a row leaves out is not compared.
bool agrees(const row& expected, const row& shown) {
  if (expected.actor != shown.actor || expected.event != shown.event) return false;
  if (expected.connection != 0 && shown.connection != 0 && expected.connection != shown.connection) return false;
  if (expected.request != 0 && expected.request != shown.request) return false;
  if (expected.status != 0 && (expected.status != shown.status || expected.closes != shown.closes)) return false;
  if (expected.error && expected.error != shown.error) return false;
  return expected.failed == shown.failed && expected.complete == shown.complete && expected.aborted == shown.aborted &&
         expected.written == shown.written && expected.count == shown.count && expected.handles == shown.handles;
}

/// The depth-first search for a schedule.
class search {
 public:
  search(const traces::trace& log, const model::profile& profile, bool large_writes_wait)
      : profile_(profile), large_writes_wait_(large_writes_wait) {
    for (const row& r : log.rows) {
      last_line_ = std::max<std::size_t>(last_line_, r.line);
      end_ms_ = std::max(end_ms_, r.ms.value_or(0));
      if (r.event == kind::construct) settings_ = r;
      if (r.actor == actor::client) {
        if (clients_.size() < r.connection) clients_.resize(r.connection);
        clients_[r.connection - 1].push_back(&r);
      } else if (r.actor != actor::kernel && r.event != kind::listening) {
        process_.push_back(&r);
      }
    }
  }

  http1_replay run() {
    http1_lane_state first;
    first.clients.resize(clients_.size());
    if (visit(first)) return {true, std::nullopt, std::move(schedule_)};
    return {false, furthest_, {}};
  }
  std::size_t rows_reached() const { return furthest_rows_; }

 private:
  /// True when a schedule was found from here. The next-tick queue comes before everything else.
  bool visit(const http1_lane_state& now) {
    if (!seen_.insert(key_of(now)).second) return false;
    bool moved = false;
    const auto go = [&](auto move) {
      http1_lane_state next = now;
      const std::size_t mark = schedule_.size();
      complaint_.reset();
      if (move(next)) {
        moved = true;
        if (visit(next)) return true;
      } else if (complaint_) {
        note(now, *complaint_);
        moved = true;
      }
      schedule_.resize(mark);
      return false;
    };
    if (!now.ticks.empty()) return go([&](http1_lane_state& s) { return run_tick(s); });
    for (std::uint32_t who = 0; who < now.clients.size(); ++who)
      for (const auto step : own_steps)
        if (go([&](http1_lane_state& s) { return (this->*step)(s, who); })) return true;
    for (std::size_t which = 0; which < now.timers.size(); ++which)
      if (may_fire(now, now.timers[which]) && go([&](http1_lane_state& s) { return fire(s, which); })) return true;
    for (std::uint32_t who = 0; who < now.clients.size(); ++who)
      if (go([&](http1_lane_state& s) { return client_row(s, who); })) return true;
    if (go([&](http1_lane_state& s) { return process_row(s); })) return true;
    if (all_rows_done(now) && !moved && ends_here(now)) {
      go_on_in_silence(now);
      return true;
    }
    if (!moved) note(now, {next_line(now), "nothing"});
    return false;
  }

  // --- Moves. Each returns false when it is not possible, or when what it shows is not what the lane says next; in the
  // second case it leaves a complaint.

  bool run_tick(http1_lane_state& s) {
    const http1::tick first = s.ticks.front();
    s.ticks.erase(s.ticks.begin());
    return happen(s, http1::tick_ran{first});
  }

  bool client_reads(http1_lane_state& s, std::uint32_t who) {
    http1_client& client = s.clients[who];
    if (client.unread.empty() || !client.reading || client.left) return false;
    const http1_output first = client.unread.front();
    client.unread.erase(client.unread.begin());
    row shown;
    shown.actor = actor::client;
    shown.event = first.received;
    shown.connection = who + 1;
    shown.status = first.status;
    shown.closes = first.closes;
    return expect_client(s, who, shown);
  }

  /// The kernel takes what waited.
  bool flush(http1_lane_state& s, std::uint32_t who) {
    http1_client& client = s.clients[who];
    if (!client.waits || !(client.reading || client.left) || !is_live(s, who)) return false;
    client.waits = false;
    const std::vector<http1_output> now_written = std::exchange(client.waiting, {});
    for (const http1_output& each : now_written) push(client, each);
    for (const http1_output& each : now_written)
      if (each.ends != 0 && !happen(s, http1::response_written{who, each.ends, false})) return false;
    return s.clients[who].waits || happen(s, model::output_flushed{who});
  }

  bool accept(http1_lane_state& s, std::uint32_t who) {
    if (s.clients[who].phase != http1_client::backlog || !s.server.listener_open()) return false;
    s.clients[who].phase = http1_client::accepted;
    return happen(s, model::connection_accepted{who});
  }

  bool fin_left(http1_lane_state& s, std::uint32_t who) {
    if (!s.clients[who].fin_due) return false;
    s.clients[who].fin_due = false;
    return happen(s, http1::fin_sent{who});
  }

  bool close_callbacks(http1_lane_state& s, std::uint32_t who) {
    if (!s.clients[who].callbacks_due) return false;
    s.clients[who].callbacks_due = false;
    return happen(s, model::close_callbacks_ran{who});
  }

  /// What the client wrote at once arrives at once.
  bool deliver(http1_lane_state& s, std::uint32_t who) {
    if (s.clients[who].phase != http1_client::accepted || !is_live(s, who)) return false;
    while (const row* next = next_delivery(s.clients[who], who)) {
      ++s.clients[who].delivered;
      if (!arrive(s, who, *next)) return false;
      if (!next->joined) return true;
    }
    return false;
  }
  const row* next_delivery(http1_client& client, std::uint32_t who) const {
    while (client.delivered < client.done && !is_sent(*clients_[who][client.delivered])) ++client.delivered;
    return client.delivered == client.done ? nullptr : clients_[who][client.delivered];
  }

  bool arrive(http1_lane_state& s, std::uint32_t who, const row& r) {
    const auto begin = [&] {
      return std::exchange(s.clients[who].head_begun, true) || happen(s, http1::message_began{who});
    };
    switch (r.event) {
      case kind::send_head_part:
        return s.clients[who].head_begun ? happen(s, http1::bytes_received{who}) : begin();
      case kind::send_head: {
        if (!begin()) return false;
        s.clients[who].head_begun = false;
        const auto number = static_cast<http1::request_id>(s.requests.size() + 1);
        const http1::head_received head{who, number, !r.closes, r.upgrade, r.wants_continue};
        return happen(s, head) && (!r.end || happen(s, http1::message_received{who}));
      }
      case kind::send_body: return r.end ? happen(s, http1::message_received{who}) : happen(s, http1::bytes_received{who});
      case kind::send_malformed: return begin() && happen(s, http1::message_broken{who});
      default: break;
    }
    // Closing a socket with unread input resets the connection (RFC 2525 2.17).
    if (s.clients[who].resets && r.event != kind::fin) return happen(s, model::peer_rst{who});
    return happen(s, model::peer_fin{who});
  }

  bool fire(http1_lane_state& s, std::size_t which) {
    const http1_timer fired = s.timers[which];
    s.timers.erase(s.timers.begin() + static_cast<std::ptrdiff_t>(which));
    s.now = std::max(s.now, fired.due);
    fires_ = true;
    const bool happened = happen(s, model::timer_expired{fired.which, fired.connection});
    fires_ = false;
    return happened;
  }

  /// The next row of a client's lane, when it is something the client does.
  bool client_row(http1_lane_state& s, std::uint32_t who) {
    http1_client& client = s.clients[who];
    if (client.done == clients_[who].size()) return false;
    const row& r = *clients_[who][client.done];
    if (r.event == kind::refused) {
      if (client.phase != http1_client::refused) return false;
      ++client.done;
      return true;
    }
    if (!is_input(r) || !pass_time(s, r)) return false;
    ++client.done;
    switch (r.event) {
      case kind::connect:
        client.phase = s.server.listener_open() ? http1_client::backlog : http1_client::refused;
        return true;
      case kind::stops_reading: client.reading = false; return true;
      case kind::resumes_reading: client.reading = true; return true;
      case kind::close:
      case kind::rst:
        client.resets = r.event == kind::rst || !client.unread.empty();
        client.left = true;
        client.unread.clear();
        return true;
      default: return true;
    }
  }

  /// The next row of the server process, when it begins a callback of its own.
  bool process_row(http1_lane_state& s) {
    if (s.process_done == process_.size()) return false;
    const row& r = *process_[s.process_done];
    if (r.event == kind::connections_counted || r.event == kind::process_exit) return process_tells(s, r);
    if (r.actor == actor::server || is_call_within(r) || s.ended || !pass_time(s, r)) return false;
    ++s.process_done;
    if (!begin_callback(s, r)) return false;
    return calls_within(s);
  }

  bool begin_callback(http1_lane_state& s, const row& r) {
    switch (r.event) {
      case kind::construct:
        return happen(s, http1::constructed{{r.head_timeout.value_or(0) > 0, r.request_timeout.value_or(0) > 0,
                                             r.keep_alive_timeout.value_or(0) > 0, r.handles_client_errors}});
      case kind::listen: return happen(s, model::listen_called{});
      case kind::emit_listening: return happen(s, http1::listening_emitted{});
      case kind::close: return happen(s, model::close_called{});
      case kind::close_idle: return happen(s, http1::close_idle_called{});
      case kind::close_all: return happen(s, http1::close_all_called{});
      case kind::killed: return end_process(s);
      case kind::timer_expired: return happen(s, model::timer_expired{*r.timer, r.connection == 0 ? 0 : r.connection - 1});
      case kind::handler_timer: {
        if (r.request > s.requests.size()) return false;
        row shown = r;
        shown.destroyed = s.requests[r.request - 1].closed;
        if (!r.destroyed || *shown.destroyed == *r.destroyed) return true;
        complaint_ = {r.line, describe(shown)};
        return false;
      }
      default: break;
    }
    complaint_ = {r.line, "the model knows no " + std::string(traces::name_of(r.event))};
    return false;
  }

  bool calls_within(http1_lane_state& s) {
    while (s.process_done < process_.size() && is_call_within(*process_[s.process_done])) {
      const row& r = *process_[s.process_done++];
      if (!call(s, r)) return false;
    }
    return true;
  }

  bool call(http1_lane_state& s, const row& r) {
    const model::connection_id named = r.connection != 0 ? r.connection - 1 : s.calling;
    switch (r.event) {
      case kind::socket_answer: return happen(s, http1::socket_answered{named, static_cast<std::uint16_t>(r.status), r.closes});
      case kind::socket_end: return happen(s, http1::socket_end_called{named});
      case kind::socket_destroy: return happen(s, http1::socket_destroy_called{named});
      default: break;
    }
    if (r.request == 0 || r.request > s.requests.size()) return false;
    const model::connection_id who = s.requests[r.request - 1].connection;
    switch (r.event) {
      case kind::request_resume: return happen(s, http1::handler_read{who, r.request});
      case kind::response_head:
        return happen(s, http1::handler_responded{who, r.request, static_cast<std::uint16_t>(r.status == 0 ? 200 : r.status)});
      case kind::response_write: return happen(s, http1::handler_wrote{who, r.request, r.length, r.has_callback});
      default: return happen(s, http1::handler_finished{who, r.request});
    }
  }

  /// What the process says of itself.
  bool process_tells(http1_lane_state& s, const row& r) {
    if (r.event == kind::process_exit) {
      if (is_alive(s) || !pass_time(s, r)) return false;
      ++s.process_done;
      return end_process(s);
    }
    if (!pass_time(s, r)) return false;
    row shown;
    shown.actor = actor::server;
    shown.event = kind::connections_counted;
    shown.count = s.server.connections_counted();
    if (s.server.listener_open()) shown.handles = "TCPServerWrap";
    for (const auto& which : s.server.connections())
      if (which.is_live()) shown.handles += shown.handles.empty() ? "TCPSocketWrap" : " TCPSocketWrap";
    if (shown.handles.empty()) shown.handles = "none";
    return expect(s, shown);
  }

  /// A handle that the event loop waits for. Timers of the server are none, nor is a socket that has been read to its end and
  /// writes nothing: Node does not wait for them.
  static bool is_alive(const http1_lane_state& s) {
    return s.server.listener_open() || std::ranges::any_of(s.server.connections(), [](const auto& which) {
      const bool is_read = !which.peer_has_ended || which.output_pending;
      return which.is_live() ? is_read : which.socket == model::tcp_socket::state::destroyed;
    });
  }

  /// The kernel closes what the process had open.
  bool end_process(http1_lane_state& s) {
    s.ended = true;
    s.timers.clear();
    for (std::uint32_t who = 0; who < s.clients.size(); ++who) {
      http1_client& client = s.clients[who];
      if (client.phase == http1_client::accepted && is_live(s, who)) push_end(client, who);
      client.phase = client.phase == http1_client::absent ? http1_client::absent : http1_client::gone;
    }
    s.server = http1::server();
    return true;
  }

  // --- One event, its effects, and what they show.

  bool happen(http1_lane_state& s, const http1::event& what) {
    schedule_.push_back(what);
    http1::effects effects;
    s.server.step(what, profile_, effects);
    for (const auto& each : effects)
      if (!std::visit([&](const auto& effect) { return carry_out(s, effect); }, each)) return false;
    return true;
  }

  template <class Effect>
  bool carry_out(http1_lane_state&, const Effect&) { return true; }
  bool carry_out(http1_lane_state& s, const http1::send_response& e) {
    write(s.clients[e.connection], {kind::recv_response, e.status, e.closes, 0});
    return e.request != 0 || s.clients[e.connection].waits || happen(s, model::output_flushed{e.connection});
  }
  bool carry_out(http1_lane_state& s, const http1::send_body& e) {
    http1_client& client = s.clients[e.connection];
    if (e.length >= surely_taken && large_writes_wait_) client.waits = true;
    return client.waits || happen(s, model::output_flushed{e.connection});
  }
  bool carry_out(http1_lane_state& s, const http1::send_end& e) {
    http1_client& client = s.clients[e.connection];
    write(client, {kind::recv_response_end, 0, false, e.request});
    if (client.waits) return true;
    return happen(s, http1::response_written{e.connection, e.request, true}) && happen(s, model::output_flushed{e.connection});
  }
  bool carry_out(http1_lane_state& s, const model::stop_listening&) {
    for (auto& each : s.clients) {
      if (each.phase != http1_client::backlog) continue;
      each.phase = http1_client::gone;
      push(each, {kind::recv_rst});
    }
    return true;
  }
  bool carry_out(http1_lane_state& s, const model::shutdown_write& e) {
    http1_client& client = s.clients[e.connection];
    push(client, {kind::recv_fin});
    client.fin_pushed = true;
    client.fin_due = true;
    return true;
  }
  bool carry_out(http1_lane_state& s, const model::destroy_socket& e) {
    http1_client& client = s.clients[e.connection];
    push_end(client, e.connection);
    client.waiting.clear();
    client.waits = false;
    client.fin_due = false;
    client.phase = http1_client::gone;
    return true;
  }
  bool carry_out(http1_lane_state& s, const model::run_close_callbacks& e) { return s.clients[e.connection].callbacks_due = true; }
  bool carry_out(http1_lane_state& s, const http1::next_tick& e) {
    s.ticks.push_back(e.what);
    return true;
  }
  bool carry_out(http1_lane_state& s, const model::arm_timer& e) {
    stop_timer(s, e.which, e.connection);
    if (e.which == model::timer::checking) s.checking_since = s.now;
    else s.timers.push_back({e.which, e.connection, due(s, e.which)});
    return true;
  }
  bool carry_out(http1_lane_state& s, const model::cancel_timer& e) {
    stop_timer(s, e.which, e.connection);
    return true;
  }
  bool carry_out(http1_lane_state& s, const http1::notify& told) {
    if (told.what == model::callback::listening) return true;
    s.calling = told.connection;
    if (told.what == model::callback::server_request) s.requests.push_back({told.connection, false});
    if (told.what == model::callback::response_close) s.requests[told.request - 1].closed = true;
    row shown;
    shown.actor = actor::server;
    shown.event = traces::event_of(told.what);
    const bool of_server = told.what == model::callback::server_close || told.what == model::callback::close_callback;
    shown.connection = of_server ? 0 : told.connection + 1;
    shown.request = told.request;
    shown.failed = told.failed;
    shown.complete = told.complete;
    shown.aborted = told.aborted;
    shown.written = told.written;
    if (told.error != model::node_error::none) shown.error = told.error;
    return expect(s, shown) && calls_within(s);
  }

  bool expect(http1_lane_state& s, const row& shown) {
    if (silent_) return true;
    if (s.process_done == process_.size()) {
      complaint_ = {last_line_ + 1, describe(shown)};
      return false;
    }
    const row& expected = *process_[s.process_done];
    if (!agrees(expected, shown)) {
      complaint_ = {expected.line, describe(shown)};
      return false;
    }
    // What a timer causes comes at once: one that had long expired cannot be the cause.
    if (fires_ && expected.ms.value_or(0) > s.now + slack) {
      complaint_ = {expected.line, describe(shown) + ", long before"};
      return false;
    }
    ++s.process_done;
    s.now = std::max(s.now, expected.ms.value_or(0));
    return true;
  }

  bool expect_client(http1_lane_state& s, std::uint32_t who, const row& shown) {
    if (silent_) return true;
    http1_client& client = s.clients[who];
    if (client.done == clients_[who].size()) {
      complaint_ = {last_line_ + 1, describe(shown)};
      return false;
    }
    const row& expected = *clients_[who][client.done];
    // The client cannot have received what the server had not done yet.
    const bool too_late = s.now > expected.ms.value_or(s.now) + slack;
    if (agrees(expected, shown) && !too_late) {
      ++client.done;
      return true;
    }
    // What the client does next may come first: only a row that the client should have seen contradicts.
    if (!is_input(expected)) complaint_ = {expected.line, describe(shown)};
    return false;
  }

  // --- The network.

  void write(http1_client& client, const http1_output& output) {
    if (client.waits) client.waiting.push_back(output);
    else push(client, output);
  }
  static void push(http1_client& client, const http1_output& output) {
    if (!client.left) client.unread.push_back(output);
  }
  /// close(2) of the server: FIN, or RST if the client sent something that was not read (RFC 2525 2.17).
  void push_end(http1_client& client, std::uint32_t who) const {
    if (client.fin_pushed) return;
    client.fin_pushed = true;
    const bool unread_input = [&] {
      http1_client looked = client;
      const row* next = next_delivery(looked, who);
      return next != nullptr && traces::name_of(next->event).starts_with("send_");
    }();
    push(client, {unread_input ? kind::recv_rst : kind::recv_fin});
  }
  static bool is_live(const http1_lane_state& s, std::uint32_t who) {
    return who < s.server.connections().size() && s.server.connections()[who].is_live();
  }

  // --- Time.

  static void stop_timer(http1_lane_state& s, model::timer which, model::connection_id who) {
    std::erase_if(s.timers, [&](const http1_timer& each) { return each.which == which && each.connection == who; });
  }
  std::uint64_t due(const http1_lane_state& s, model::timer which) const {
    switch (which) {
      case model::timer::head: return checked(s, settings_.head_timeout.value_or(0));
      case model::timer::request: return checked(s, settings_.request_timeout.value_or(0));
      case model::timer::keep_alive: return s.now + settings_.keep_alive_timeout.value_or(0) + profile_.http1.keep_alive_buffer_ms;
      case model::timer::drain: return s.now + drain_ms;
      default: return s.now + linger_ms;
    }
  }
  /// A deadline that a checking timer enforces is noticed when that next fires.
  std::uint64_t checked(const http1_lane_state& s, std::uint64_t after) const {
    const std::uint64_t deadline = s.now + after;
    const std::uint64_t interval = settings_.checking_interval.value_or(0);
    if (profile_.http1.deadlines == http1::deadlines::own_timers || interval == 0) return deadline;
    const std::uint64_t passed = (deadline - s.checking_since + interval - 1) / interval;
    return s.checking_since + passed * interval;
  }
  /// An input happens at its time, when no timer is overdue.
  static bool pass_time(http1_lane_state& s, const row& r) {
    const std::uint64_t ms = r.ms.value_or(0);
    if (std::ranges::any_of(s.timers, [ms](const http1_timer& each) { return each.due + slack < ms; })) return false;
    s.now = std::max(s.now, ms);
    return true;
  }
  bool may_fire(const http1_lane_state& s, const http1_timer& which) const {
    std::uint64_t next = end_ms_;
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (s.clients[who].done < clients_[who].size()) next = std::min(next, clients_[who][s.clients[who].done]->ms.value_or(0));
    if (s.process_done < process_.size()) next = std::min(next, process_[s.process_done]->ms.value_or(0));
    const bool is_first = std::ranges::none_of(s.timers, [&](const http1_timer& each) { return each.due + slack < which.due; });
    return is_first && which.due <= next + slack && end_ms_ > 0;
  }

  // --- The end of the log.

  bool all_rows_done(const http1_lane_state& s) const {
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (s.clients[who].done != clients_[who].size()) return false;
    return s.process_done == process_.size();
  }

  /// Nothing but time is left: no timer should have fired before, and the process is alive or known to be gone.
  bool ends_here(const http1_lane_state& s) const {
    const bool overdue = std::ranges::any_of(s.timers, [&](const http1_timer& each) { return each.due + slack < end_ms_; });
    return !overdue && (s.ended || is_alive(s));
  }

  /// What follows while everybody is silent, timers in the order in which they are due: the end of the schedule.
  void go_on_in_silence(http1_lane_state s) {
    silent_ = true;
    for (bool moves = true; moves && !s.ended;) {
      moves = false;
      if (!s.ticks.empty()) {
        run_tick(s);
        moves = true;
        continue;
      }
      for (std::uint32_t who = 0; who < s.clients.size() && !moves; ++who)
        for (const auto step : own_steps)
          if ((this->*step)(s, who)) moves = true;
      if (moves || s.timers.empty()) continue;
      const auto next = std::ranges::min_element(s.timers, {}, &http1_timer::due);
      fire(s, static_cast<std::size_t>(next - s.timers.begin()));
      moves = true;
    }
  }

  // --- Divergence.

  struct complaint {
    std::size_t line = 0;
    std::string observed;
  };

  /// Keeps the complaint of the state that got furthest; of equals, one that saw something before one that saw nothing.
  void note(const http1_lane_state& at, const complaint& what) {
    const std::size_t reached = at.rows_done();
    const bool better = !furthest_ || reached > furthest_rows_ ||
                        (reached == furthest_rows_ && furthest_->observed == "nothing" && what.observed != "nothing");
    if (!better) return;
    furthest_rows_ = reached;
    furthest_ = lane_divergence{what.line, expected_at(what.line), what.observed};
  }

  std::size_t next_line(const http1_lane_state& s) const {
    std::size_t line = last_line_ + 1;
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (s.clients[who].done < clients_[who].size()) line = std::min<std::size_t>(line, clients_[who][s.clients[who].done]->line);
    if (s.process_done < process_.size()) line = std::min<std::size_t>(line, process_[s.process_done]->line);
    return line;
  }
  std::string expected_at(std::size_t line) const {
    for (const auto& rows : clients_)
      for (const row* r : rows)
        if (r->line == line) return describe(*r);
    for (const row* r : process_)
      if (r->line == line) return describe(*r);
    return "nothing more";
  }

  /// What goes on by itself, between one client and the server.
  static constexpr std::array own_steps{&search::client_reads, &search::flush,   &search::close_callbacks,
                                        &search::fin_left,     &search::accept, &search::deliver};

  const model::profile& profile_;
  const bool large_writes_wait_;
  row settings_;
  std::vector<lane> clients_;
  lane process_;
  std::size_t last_line_ = 0;
  std::uint64_t end_ms_ = 0;
  bool silent_ = false;
  bool fires_ = false;  ///< a timer causes what happens
  std::unordered_set<std::string> seen_;
  std::vector<http1::event> schedule_;
  std::optional<complaint> complaint_;
  std::optional<lane_divergence> furthest_;
  std::size_t furthest_rows_ = 0;
};

}  // namespace

http1_replay replay_http1_lanes(const traces::trace& log, const model::profile& profile) {
  // Whether the kernel takes a large write at once depends on its buffers, which no log tells.
  search waiting(log, profile, true);
  http1_replay first = waiting.run();
  if (first.reproduced) return first;
  search taken(log, profile, false);
  http1_replay second = taken.run();
  return second.reproduced || taken.rows_reached() > waiting.rows_reached() ? second : first;
}

}  // namespace lastcall::sim
