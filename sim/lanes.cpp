#include "sim/lanes.hpp"

#include <array>
#include <unordered_set>

#include "sim/lane_rows.hpp"
#include "sim/lane_state.hpp"
#include "traces/format/shape.hpp"

namespace lastcall::sim {
namespace {

using traces::actor;
using traces::row;
using kind = traces::event_kind;

/// More than this does not fit into the buffers of both kernels while the client reads nothing (Linux: tcp_wmem, tcp_rmem).
constexpr std::uint32_t kernel_takes_unread = 4U << 20U;

/// The depth-first search for a schedule.
class search {
 public:
  search(const traces::trace& log, const model::profile& profile)
      : lanes_(lanes_of(log)),
        profile_(profile),
        callbacks_({.compat = log.application.api == "compat", .hears_errors = log.application.hears_errors}, profile) {}

  lane_replay run() {
    lane_state first;
    first.clients.resize(lanes_.clients.size());
    if (!lanes_.has_listen) first.server.step(model::listen_called{}, profile_, effects_);
    if (visit(first)) return {true, std::nullopt, std::move(schedule_)};
    return {false, furthest_, {}};
  }

 private:
  /// True when a schedule was found from here. Deliveries and the server's own steps come before new rows of a lane.
  bool visit(const lane_state& now) {
    if (!seen_.insert(key_of(now)).second) return false;
    bool moved = false;
    const auto go = [&](auto move) {
      lane_state next = now;
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
    for (std::uint32_t who = 0; who < now.clients.size(); ++who)
      for (const auto step : own_steps)
        if (go([&](lane_state& s) { return (this->*step)(s, who); })) return true;
    if (go([&](lane_state& s) { return run_tick(s); })) return true;
    if (go([&](lane_state& s) { return deferred(s); })) return true;
    for (std::uint32_t who = 0; who < now.clients.size(); ++who)
      if (go([&](lane_state& s) { return client_row(s, who); })) return true;
    if (go([&](lane_state& s) { return process_row(s); })) return true;
    if (all_rows_done(now)) return ends_silently(now);
    if (!moved) note(now, {next_line(now), "nothing"});
    return false;
  }

  // --- Moves. Each returns false when it is not possible, or when what it shows is not what the lane says next; in the
  // second case it leaves a complaint.

  bool client_reads(lane_state& s, std::uint32_t who) {
    lane_client& client = s.clients[who];
    if (client.unread.empty() || !client.reading || client.left) return false;
    const server_frame frame = client.unread.front();
    client.unread.erase(client.unread.begin());
    if (frame.received == kind::recv_data && !frame.end_stream) return true;
    return expect_client(s, who, as_row(frame, who + 1));
  }

  bool pump(lane_state& s, std::uint32_t who) {
    if (!is_live(s, who) || !s.ticks.empty()) return false;
    lane_client& client = s.clients[who];
    const bool fin_sent = s.server.connections()[who].socket == model::tcp_socket::state::write_ended;
    if (client.submitted.empty() || !client.unread.empty() || fin_sent) return false;
    std::vector<server_frame> held;
    std::vector<model::stream_id> ended;
    bool wrote = false;
    bool stuck = false;
    std::vector<model::stream_id> waiting;
    const std::vector<model::stream_id> was_held = held_streams(client);
    // A response that a window has held back comes behind what was submitted since.
    for (const bool later : {false, true}) {
      for (server_frame frame : client.submitted) {
        const bool is_data = frame.received == kind::recv_data;
        const bool queues = is_data || frame.behind_data;
        if ((queues && std::ranges::find(was_held, frame.stream) != was_held.end()) != later) continue;
        stuck |= !client.reading && frame.length > kernel_takes_unread;
        const bool behind = queues && std::ranges::find(waiting, frame.stream) != waiting.end();
        if (stuck || behind || (is_data && !window_allows(client, frame))) {
          frame.held |= is_data && !stuck;
          if (is_data) waiting.push_back(frame.stream);
          held.push_back(frame);
          continue;
        }
        wrote = true;
        client.unread.push_back(frame);
        if (is_data && frame.end_stream) ended.push_back(frame.stream);
      }
    }
    if (!wrote) return false;
    client.submitted = std::move(held);
    if (client.left) client.unread.clear();
    mark_written(s, who);
    const std::size_t before = s.clients[who].submitted.size();
    for (const auto stream : ended)
      if (!happen(s, model::end_stream_written{who, stream})) return false;
    const bool holds_reset = std::ranges::any_of(s.clients[who].submitted, &server_frame::behind_data);
    const bool answered = is_live(s, who) && (holds_reset || s.clients[who].submitted.size() > before);
    return answered || !is_live(s, who) || happen(s, model::output_flushed{who});
  }

  static std::vector<model::stream_id> held_streams(const lane_client& client) {
    std::vector<model::stream_id> streams;
    for (const server_frame& each : client.submitted)
      if (each.held) streams.push_back(each.stream);
    return streams;
  }

  /// A frame of DATA counts as written when the windows have room for all of it.
  static bool window_allows(lane_client& client, const server_frame& frame) {
    flow& of_stream = client.flows[frame.stream];
    flow& of_connection = client.flows[0];
    if (of_stream.sent + frame.length > client.initial_window + of_stream.granted) return false;
    if (of_connection.sent + frame.length > default_window + of_connection.granted) return false;
    of_stream.sent += frame.length;
    of_connection.sent += frame.length;
    return true;
  }

  /// A write that is not held back any more has called its callback.
  static void mark_written(lane_state& s, std::uint32_t who) {
    if (who >= s.sessions.size()) return;
    for (auto& stream : s.sessions[who].streams)
      stream.blocked = std::ranges::any_of(s.clients[who].submitted, [&](const server_frame& frame) {
        return frame.received == kind::recv_data && frame.stream == stream.id;
      });
  }

  bool close_callbacks(lane_state& s, std::uint32_t who) {
    if (!s.ticks.empty() || who >= s.server.connections().size() || s.server.connections()[who].socket != model::tcp_socket::state::destroyed)
      return false;
    return happen(s, model::close_callbacks_ran{who});
  }

  bool accept(lane_state& s, std::uint32_t who) {
    if (!s.ticks.empty() || s.clients[who].phase != lane_client::backlog || !s.server.listener_open()) return false;
    s.clients[who].phase = lane_client::accepted;
    return happen(s, model::connection_accepted{who});
  }

  /// The first callback of the next-tick queue. What the handler does in it are the next rows of the lane.
  bool run_tick(lane_state& s) {
    if (s.ticks.empty()) return false;
    const model::node_call next = s.ticks.front();
    s.ticks.erase(s.ticks.begin());
    return call_back(s, next);
  }

  bool deferred(lane_state& s) {
    if (!s.deferred || !s.ticks.empty()) return false;
    s.deferred = false;
    return happen(s, model::deferred_ran{});
  }

  bool deliver(lane_state& s, std::uint32_t who) {
    lane_client& client = s.clients[who];
    if (client.phase != lane_client::accepted || !is_live(s, who) || !s.ticks.empty()) return false;
    while (client.delivered < client.done && !is_sent(*lanes_.clients[who][client.delivered])) ++client.delivered;
    if (client.delivered == client.done) return false;
    return arrive(s, who, *lanes_.clients[who][client.delivered++]);
  }

  bool arrive(lane_state& s, std::uint32_t who, const row& r) {
    const auto code = r.code.value_or(model::error_code::no_error);
    switch (r.event) {
      case kind::send_settings:
        if (r.initial_window_size) s.clients[who].initial_window = *r.initial_window_size;
        return happen(s, model::recv_settings{who});
      case kind::send_settings_ack: return happen(s, model::recv_settings_ack{who});
      case kind::send_headers: return happen(s, model::recv_headers{who, r.stream, r.end_stream});
      case kind::send_data: return happen(s, model::recv_data{who, r.stream, r.length, r.end_stream});
      case kind::send_rst_stream: return happen(s, model::recv_rst_stream{who, r.stream, code});
      case kind::send_ping: return happen(s, model::recv_ping{who});
      case kind::send_ping_ack: return happen(s, model::recv_ping_ack{who});
      case kind::send_window_update:
        s.clients[who].flows[r.stream].granted += r.increment;
        return happen(s, model::recv_window_update{who, r.stream});
      case kind::send_goaway: return happen(s, model::recv_goaway{who, r.last_stream, code});
      case kind::send_invalid: return happen(s, model::recv_invalid{who, code});
      default: break;
    }
    // Closing a socket with unread input resets the connection (RFC 2525 2.17).
    if (s.clients[who].resets && r.event != kind::fin) return happen(s, model::peer_rst{who});
    return happen(s, model::peer_fin{who});
  }

  /// The next row of a client's lane, when it is something the client does.
  bool client_row(lane_state& s, std::uint32_t who) {
    lane_client& client = s.clients[who];
    if (client.done == lanes_.clients[who].size()) return false;
    const row& r = *lanes_.clients[who][client.done];
    if (r.event == kind::refused) {
      if (client.phase != lane_client::refused) return false;
      ++client.done;
      return true;
    }
    if (!is_input(r)) return false;
    ++client.done;
    switch (r.event) {
      case kind::connect:
        client.phase = s.server.listener_open() ? lane_client::backlog : lane_client::refused;
        return true;
      case kind::stops_reading: client.reading = false; return true;
      case kind::resumes_reading: client.reading = true; return true;
      case kind::close:
      case kind::rst:
        client.resets = r.event == kind::rst || std::ranges::any_of(client.unread, [](const server_frame& frame) {
                          return frame.received != kind::recv_fin;
                        });
        client.left = true;
        client.unread.clear();
        return true;
      default: return true;
    }
  }

  /// The next row of the server process, when it is an input. Callbacks are consumed by the events that cause them.
  bool process_row(lane_state& s) {
    if (s.process_done == lanes_.process.size()) return false;
    const row& r = *lanes_.process[s.process_done];
    if (r.actor == actor::server) return false;
    ++s.process_done;
    const model::connection_id named = r.connection == 0 ? 0 : r.connection - 1;
    if (r.actor == actor::clock) return happen(s, model::timer_expired{*r.timer, named});
    const bool on_connection = r.event != kind::listen && r.event != kind::close;
    if (on_connection && !is_live(s, named)) return refuse(s, r);  // a handler that outlives its connection
    switch (r.event) {
      case kind::listen: return happen(s, model::listen_called{});
      case kind::close: return happen(s, model::close_called{});
      case kind::session_close: return happen(s, model::session_close_called{named});
      case kind::session_destroy: return happen(s, model::session_destroy_called{named});
      case kind::session_goaway:
        return happen(s, model::session_goaway_called{named, r.code.value_or(model::error_code::no_error)});
      case kind::handler_read: return happen(s, model::handler_read{named, r.stream});
      case kind::handler_responded: return happen(s, model::handler_responded{named, r.stream});
      case kind::handler_wrote: return happen(s, model::handler_wrote{named, r.stream, r.length});
      case kind::handler_finished: return happen(s, model::handler_finished{named, r.stream});
      default: break;
    }
    complaint_ = {r.line, "the model knows no " + std::string(traces::name_of(r.event))};
    return false;
  }

  /// What a handler does when its connection is gone comes to nothing but callbacks of its own.
  bool refuse(lane_state& s, const row& r) {
    if (r.event != kind::handler_finished) return true;
    model::node_calls calls;
    callbacks_.called(s.sessions, model::handler_finished{traces::slot_of(r), r.stream}, calls);
    return take(s, calls);
  }

  // --- One event, its effects, and what they show.

  bool happen(lane_state& s, const model::event& what) {
    schedule_.push_back(what);
    model::node_calls calls;
    callbacks_.called(s.sessions, what, calls);
    if (!take(s, calls)) return false;
    model::effects effects;
    s.server.step(what, profile_, effects);
    for (const auto& each : effects)
      if (!std::visit([&](const auto& effect) { return carry_out(s, effect); }, each)) return false;
    return true;
  }

  template <class Effect>
  bool carry_out(lane_state&, const Effect&) { return true; }
  bool carry_out(lane_state& s, const model::send_settings& e) { return submit(s, e.connection, {kind::recv_settings}); }
  bool carry_out(lane_state& s, const model::send_settings_ack& e) { return submit(s, e.connection, {kind::recv_settings_ack}); }
  bool carry_out(lane_state& s, const model::send_ping& e) { return submit(s, e.connection, {kind::recv_ping}); }
  bool carry_out(lane_state& s, const model::send_ping_ack& e) { return submit(s, e.connection, {kind::recv_ping_ack}); }
  bool carry_out(lane_state& s, const model::send_headers& e) { return submit(s, e.connection, {kind::recv_headers, e.stream}); }
  bool carry_out(lane_state& s, const model::send_goaway& e) {
    return submit(s, e.connection, {kind::recv_goaway, 0, e.last_stream, e.code});
  }
  bool carry_out(lane_state& s, const model::send_rst_stream& e) {
    return submit(s, e.connection, {kind::recv_rst_stream, e.stream, 0, e.code, false, 0, false, e.behind_data});
  }
  bool carry_out(lane_state& s, const model::send_data& e) {
    return submit(s, e.connection, {kind::recv_data, e.stream, 0, model::error_code::no_error, e.end_stream, e.length});
  }
  bool carry_out(lane_state& s, const model::write_now& e) {
    return pump(s, e.connection) || !complaint_;
  }
  bool carry_out(lane_state& s, const model::stop_listening&) {
    for (auto& each : s.clients)
      if (each.phase == lane_client::backlog) {
        each.phase = lane_client::gone;
        if (!each.left) each.unread.push_back({kind::recv_rst});
      }
    return true;
  }
  /// What ends a connection in passing is written before its end; a response that was given up is not.
  static void write_control_frames(lane_client& client) {
    const bool has_room = client.unread.empty() || client.reading;
    for (const server_frame& frame : client.submitted) {
      const bool of_response = frame.received == kind::recv_headers || frame.received == kind::recv_data;
      if (has_room && !client.left && !of_response) client.unread.push_back(frame);
    }
    client.submitted.clear();
  }
  bool carry_out(lane_state& s, const model::discard_output& e) {
    s.clients[e.connection].unread.clear();
    s.clients[e.connection].submitted.clear();
    return true;
  }
  bool carry_out(lane_state& s, const model::shutdown_write& e) {
    lane_client& client = s.clients[e.connection];
    callbacks_.finished(s.sessions, e.connection);
    write_control_frames(client);
    if (!client.left) client.unread.push_back({kind::recv_fin});
    return true;
  }
  bool carry_out(lane_state& s, const model::destroy_socket& e) {
    lane_client& client = s.clients[e.connection];
    write_control_frames(client);
    const bool fin_sent = std::ranges::any_of(client.unread, [](const server_frame& f) { return f.received == kind::recv_fin; });
    const bool was_told = fin_sent || client.fin_read;
    if (!client.left && !was_told) client.unread.push_back({kind::recv_fin});
    client.phase = lane_client::gone;
    return true;
  }
  bool carry_out(lane_state& s, const model::run_deferred&) { return s.deferred = true; }
  bool carry_out(lane_state& s, const model::notify& e) {
    model::node_calls calls;
    callbacks_.told(s.sessions, e, calls);
    return take(s, calls);
  }

  bool take(lane_state& s, const model::node_calls& calls) {
    for (const model::node_call& each : calls) {
      if (each.told.next_tick) s.ticks.push_back(each);
      else if (!call_back(s, each)) return false;
    }
    return true;
  }
  bool call_back(lane_state& s, const model::node_call& call) {
    model::node_calls calls;
    for (const model::notify& seen : callbacks_.run(s.sessions, call, calls))
      if (!expect_callback(s, seen)) return false;
    return take(s, calls);
  }

  bool expect_callback(lane_state& s, const model::notify& told) {
    const row shown = as_row(told);
    if (!is_compared_callback(shown)) return true;
    if (s.process_done < lanes_.process.size()) {
      const row& expected = *lanes_.process[s.process_done];
      if (agrees(expected, shown)) {
        ++s.process_done;
        return true;
      }
      complaint_ = {expected.line, describe(shown)};
    } else {
      complaint_ = {lanes_.last_line + 1, describe(shown)};
    }
    return false;
  }

  bool submit(lane_state& s, model::connection_id who, const server_frame& frame) {
    s.clients[who].submitted.push_back(frame);
    return true;
  }

  bool expect_client(lane_state& s, std::uint32_t who, const row& shown) {
    lane_client& client = s.clients[who];
    if (shown.event == kind::recv_fin) client.fin_read = true;
    if (client.done < lanes_.clients[who].size()) {
      const row& expected = *lanes_.clients[who][client.done];
      if (agrees(expected, shown)) {
        ++client.done;
        return true;
      }
      // What the client does next may come first: only a row that the client should have seen contradicts.
      if (!is_input(expected)) complaint_ = {expected.line, describe(shown)};
    } else {
      complaint_ = {lanes_.last_line + 1, describe(shown)};
    }
    return false;
  }

  // --- The end of the log.

  bool all_rows_done(const lane_state& s) const {
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (s.clients[who].done != lanes_.clients[who].size()) return false;
    return s.process_done == lanes_.process.size();
  }

  /// Every row is done and visit() found no step that goes on in silence to a state not seen: the log ends here, unless
  /// a timer is still to come, whose expiry must show nothing either.
  bool ends_silently(const lane_state& now) {
    if (!now.ticks.empty() || now.deferred) return false;
    for (std::uint32_t who = 0; who < now.clients.size(); ++who) {
      for (const auto step : own_steps) {
        lane_state next = now;
        const std::size_t mark = schedule_.size();
        complaint_.reset();
        const bool possible = (this->*step)(next, who);
        schedule_.resize(mark);
        if (possible || complaint_) return false;
      }
    }
    for (std::uint32_t who = 0; who < now.clients.size(); ++who) {
      if (who >= now.server.connections().size()) continue;
      const auto& which = now.server.connections()[who];
      if (which.linger_armed) return fire(now, {model::timer::linger, who});
      if (which.notice_armed) return fire(now, {model::timer::notice, who});
    }
    if (now.server.drain_armed()) return fire(now, {model::timer::drain, 0});
    return true;
  }

  bool fire(const lane_state& now, const model::timer_expired& expiry) {
    lane_state next = now;
    complaint_.reset();
    if (happen(next, expiry)) return visit(next);
    if (complaint_) note(now, *complaint_);
    return false;
  }

  // --- Divergence.

  struct complaint {
    std::size_t line = 0;
    std::string observed;
  };

  /// Keeps the complaint of the state that got furthest; of equals, one that saw something before one that saw nothing.
  void note(const lane_state& at, const complaint& what) {
    const std::size_t reached = at.rows_done();
    const bool better = !furthest_ || reached > furthest_rows_ ||
                        (reached == furthest_rows_ && furthest_->observed == "nothing" && what.observed != "nothing");
    if (!better) return;
    furthest_rows_ = reached;
    furthest_ = lane_divergence{what.line, expected_at(what.line), what.observed};
  }

  std::size_t next_line(const lane_state& s) const {
    std::size_t line = lanes_.last_line + 1;
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (s.clients[who].done < lanes_.clients[who].size())
        line = std::min<std::size_t>(line, lanes_.clients[who][s.clients[who].done]->line);
    if (s.process_done < lanes_.process.size()) line = std::min<std::size_t>(line, lanes_.process[s.process_done]->line);
    return line;
  }

  std::string expected_at(std::size_t line) const {
    for (const auto& rows : lanes_.clients)
      for (const row* r : rows)
        if (r->line == line) return describe(*r);
    for (const row* r : lanes_.process)
      if (r->line == line) return describe(*r);
    return "nothing more";
  }

  static bool is_live(const lane_state& s, std::uint32_t who) {
    return who < s.server.connections().size() && s.server.connections()[who].is_live();
  }
  static bool is_input(const row& r) {
    const auto* shape = traces::shape_of(r.actor, r.event);
    return shape != nullptr && shape->role == traces::role::input;
  }
  /// Something of a client's lane that travels to the server.
  static bool is_sent(const row& r) {
    return is_input(r) && r.event != kind::connect && r.event != kind::stops_reading && r.event != kind::resumes_reading;
  }

  /// What goes on by itself, between one client and the server.
  static constexpr std::array own_steps{&search::client_reads, &search::pump, &search::close_callbacks, &search::accept,
                                        &search::deliver};

  lanes lanes_;
  const model::profile& profile_;
  model::node_callbacks callbacks_;
  model::effects effects_;
  std::unordered_set<std::string> seen_;
  std::vector<model::event> schedule_;
  std::optional<complaint> complaint_;
  std::optional<lane_divergence> furthest_;
  std::size_t furthest_rows_ = 0;
};

}  // namespace

lane_replay replay_lanes(const traces::trace& log, const model::profile& profile) { return search(log, profile).run(); }

}  // namespace lastcall::sim
