#include "sim/black_box.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "model/invariant.hpp"
#include "sim/black_box_state.hpp"
#include "traces/format/shape.hpp"

namespace lastcall::sim {
namespace black_box {
namespace {

using traces::row;
using kind = traces::event_kind;

/// The depth-first search for a schedule.
class search {
 public:
  search(const traces::trace& log, const model::profile& profile)
      : lanes_(lanes_of(log)), box_(*log.black_box), profile_(profile) {}

  lane_replay run() {
    state first;
    first.clients.resize(lanes_.clients.size());
    first.handlers_done.resize(lanes_.handlers.size());
    model::effects ignored;
    first.server.step(model::listen_called{}, profile_, ignored);
    if (visit(first)) return {true, std::nullopt, std::move(schedule_)};
    return {false, furthest_, {}};
  }

 private:
  /// True when a schedule was found from here. What the server and its handlers do by themselves comes before new rows, and a
  /// timer comes last.
  bool visit(const state& now) {
    if (!seen_.insert(key_of(now)).second) return false;
    bool moved = false;
    const auto go = [&](auto move) {
      state next = now;
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
        if (go([&](state& s) { return (this->*step)(s, who); })) return true;
    if (go([&](state& s) { return deferred(s); })) return true;
    for (std::size_t which = 0; which < lanes_.handlers.size(); ++which)
      if (go([&](state& s) { return handler_row(s, which); })) return true;
    for (std::uint32_t who = 0; who < now.clients.size(); ++who)
      if (go([&](state& s) { return client_row(s, who); })) return true;
    if (go([&](state& s) { return process_row(s); })) return true;
    for (const running_timer& each : now.timers.all())
      if (go([&](state& s) { return expire(s, each); })) return true;
    if (ends(now)) return true;
    if (!moved) note(now, {next_line(now), "nothing"});
    return false;
  }

  // --- Moves. Each returns false when it is not possible, or when what it shows is not what the log says next; in the second
  // case it leaves a complaint.

  bool client_reads(state& s, std::uint32_t who) {
    client& reader = s.clients[who];
    if (reader.unread.empty() || !reader.reading || reader.left) return false;
    const server_frame frame = reader.unread.front().frame;
    reader.unread.erase(reader.unread.begin());
    return expect_client(s, who, as_row(frame, who + 1));
  }

  bool pump(state& s, std::uint32_t who) { return write(s, who, true); }

  /// DATA may wait while the rest goes out: the order between the two is the server's business.
  bool pump_all_but_data(state& s, std::uint32_t who) { return write(s, who, false); }

  bool write(state& s, std::uint32_t who, bool with_data) {
    if (!s.is_live(who) || s.server.connections()[who].socket == model::tcp_socket::state::write_ended) return false;
    client& reader = s.clients[who];
    if (reader.room() == 0) return false;
    std::vector<box_frame> held;
    std::vector<model::stream_id> ended;
    for (const box_frame& each : reader.submitted) {
      const bool is_data = each.frame.received == kind::recv_data;
      const bool waits = is_data && (!with_data || each.bytes > 0 || std::ranges::any_of(held, [&](const box_frame& earlier) {
                                       return earlier.frame.stream == each.frame.stream;
                                     }));
      if (waits) {
        held.push_back(each);
        continue;
      }
      reader.write(each, s.now_ms);
      if (is_data && each.frame.end_stream) ended.push_back(each.frame.stream);
    }
    if (held.size() == reader.submitted.size()) return false;
    reader.submitted = std::move(held);
    if (reader.left) reader.unread.clear();
    reader.write_data();
    const std::size_t before = reader.submitted.size();
    for (const auto stream : ended)
      if (!happen(s, model::end_stream_written{who, stream})) return false;
    const bool answered = s.is_live(who) && s.clients[who].submitted.size() > before;
    const bool all_written = with_data || s.clients[who].submitted.empty();
    return answered || !all_written || !s.is_live(who) || happen(s, model::output_flushed{who});
  }

  bool close_callbacks(state& s, std::uint32_t who) {
    if (s.killed || who >= s.server.connections().size()) return false;
    return s.server.connections()[who].socket == model::tcp_socket::state::destroyed && happen(s, model::close_callbacks_ran{who});
  }

  bool accept(state& s, std::uint32_t who) {
    if (!can_accept(s, who)) return false;
    s.clients[who].phase = client::accepted;
    return happen(s, model::connection_accepted{who});
  }
  bool can_accept(const state& s, std::uint32_t who) const {
    if (s.killed || s.clients[who].phase != client::backlog || !s.server.listener_open()) return false;
    return profile_.accepts != model::accepts::first_bytes || has_sent(s.clients[who], who);
  }

  bool deferred(state& s) {
    if (!s.deferred || s.killed) return false;
    s.deferred = false;
    return happen(s, model::deferred_ran{});
  }

  bool deliver(state& s, std::uint32_t who) {
    client& sender = s.clients[who];
    if (sender.phase != client::accepted || !s.is_live(who)) return false;
    while (sender.delivered < sender.done && !is_sent(*lanes_.clients[who][sender.delivered])) ++sender.delivered;
    return sender.delivered < sender.done && arrive(s, who, *lanes_.clients[who][sender.delivered++]);
  }

  bool arrive(state& s, std::uint32_t who, const row& r) {
    const auto code = r.code.value_or(model::error_code::no_error);
    switch (r.event) {
      case kind::send_settings:
        if (r.initial_window_size) s.clients[who].windows.set_initial_window(*r.initial_window_size);
        return happen(s, model::recv_settings{who});
      case kind::send_settings_ack: return happen(s, model::recv_settings_ack{who});
      case kind::send_headers: return happen(s, model::recv_headers{who, r.stream, r.end_stream});
      case kind::send_data: return happen(s, model::recv_data{who, r.stream, r.length, r.end_stream});
      case kind::send_rst_stream:
        std::erase_if(s.clients[who].submitted, [&](const box_frame& each) { return each.frame.stream == r.stream; });
        return happen(s, model::recv_rst_stream{who, r.stream, code});
      case kind::send_ping: return happen(s, model::recv_ping{who});
      case kind::send_ping_ack: return happen(s, model::recv_ping_ack{who});
      case kind::send_window_update:
        s.clients[who].windows.update(r.stream, r.increment);
        s.clients[who].write_data();
        return happen(s, model::recv_window_update{who, r.stream});
      case kind::send_goaway: return happen(s, model::recv_goaway{who, r.last_stream, code});
      case kind::send_invalid: return happen(s, model::recv_invalid{who, code});
      default: break;
    }
    // Closing a socket with unread input resets the connection (RFC 2525 2.17).
    if (s.clients[who].resets && r.event != kind::fin) return happen(s, model::peer_rst{who});
    return happen(s, model::peer_fin{who});
  }

  /// The next thing that a request's handler does. One that reads the body reads it to its end before it does more.
  bool handler_row(state& s, std::size_t which) {
    const handler& running = lanes_.handlers[which];
    if (!can_run(s, which)) return false;
    const row& r = *running.rows[s.handlers_done[which]++];
    switch (r.event) {
      case kind::handler_read: return happen(s, model::handler_read{running.connection, running.stream});
      case kind::handler_responded: return happen(s, model::handler_responded{running.connection, running.stream});
      case kind::handler_wrote: return happen(s, model::handler_wrote{running.connection, running.stream, r.length});
      default: return happen(s, model::handler_finished{running.connection, running.stream});
    }
  }

  /// A handler that writes waits for the client's windows.
  static bool has_bytes_to_write(const client& reader, model::stream_id stream) {
    return std::ranges::any_of(reader.submitted, [&](const box_frame& each) { return each.frame.stream == stream && each.bytes > 0; });
  }

  bool can_run(const state& s, std::size_t which) const {
    const handler& running = lanes_.handlers[which];
    const std::uint32_t done = s.handlers_done[which];
    if (done == running.rows.size() || !s.is_live(running.connection)) return false;
    const auto& requests = s.server.connections()[running.connection].requests;
    const auto request = std::ranges::find(requests, running.stream, &model::request::id);
    if (request == requests.end() || request->stream == model::http2_stream::state::closed) return false;
    if (running.rows[done]->event == kind::handler_finished && has_bytes_to_write(s.clients[running.connection], running.stream)) return false;
    const bool reads = done > 0 && running.rows[done - 1]->event == kind::handler_read;
    return !reads || request->stream == model::http2_stream::state::half_closed_remote;
  }

  /// The next row of a client's lane, when it is something the client does.
  bool client_row(state& s, std::uint32_t who) {
    client& doer = s.clients[who];
    if (doer.done == lanes_.clients[who].size()) return false;
    const row& r = *lanes_.clients[who][doer.done];
    const bool is_refused = r.event == kind::refused;
    if (is_refused ? doer.phase != client::refused : !is_input(r)) return false;
    if (!pass(s, r)) return false;
    ++doer.done;
    switch (r.event) {
      case kind::connect:
        doer.connected_ms = s.now_ms;
        doer.phase = s.server.listener_open() && !s.killed ? client::backlog : client::refused;
        return true;
      case kind::stops_reading: doer.reading = false; return true;
      case kind::resumes_reading:
        doer.reads_again(s.now_ms);
        return true;
      case kind::close:
      case kind::rst:
        doer.resets = r.event == kind::rst || !doer.unread.empty();
        doer.left = true;
        doer.unread.clear();
        return true;
      default: return true;
    }
  }

  /// The next row of the process: something done to it, or its exit once the server has closed.
  bool process_row(state& s) {
    if (s.process_done == lanes_.process.size()) return false;
    const row& r = *lanes_.process[s.process_done];
    const bool is_exit = r.event == kind::server_close;
    if ((is_exit && !s.closed_ms) || !pass(s, r)) return false;
    ++s.process_done;
    if (is_exit) return s.exited = true;
    if (r.event == kind::close) return happen(s, model::close_called{});
    s.killed = true;
    for (client& each : s.clients) {
      const bool was_connected = each.phase == client::accepted || each.phase == client::backlog;
      const bool told = std::ranges::any_of(each.unread, [](const box_frame& f) { return f.frame.received == kind::recv_fin; });
      if (was_connected && !each.left && !told && !each.fin_read)
        each.write({{each.phase == client::accepted ? kind::recv_fin : kind::recv_rst}}, s.now_ms);
      if (was_connected) each.phase = client::gone;
    }
    return true;
  }

  /// A timer expires when it is due, and so not before rows that come earlier.
  bool expire(state& s, const running_timer due) {
    if (s.killed || earliest_row_left(s) < due.earliest()) return false;
    s.now_ms = std::max(s.now_ms, due.earliest());
    s.timers.cancel(due.which, due.connection);
    return happen(s, model::timer_expired{due.which, due.connection});
  }

  // --- One event, its effects, and what they show.

  bool happen(state& s, const model::event& what) {
    schedule_.push_back(what);
    model::effects effects;
    s.server.step(what, profile_, effects);
    for (const auto& each : effects)
      if (!std::visit([&](const auto& effect) { return carry_out(s, effect); }, each)) return false;
    return true;
  }

  template <class Effect>
  bool carry_out(state&, const Effect&) { return true; }
  bool carry_out(state& s, const model::send_settings& e) { return submit(s, e.connection, {kind::recv_settings}); }
  bool carry_out(state& s, const model::send_settings_ack& e) { return submit(s, e.connection, {kind::recv_settings_ack}); }
  bool carry_out(state& s, const model::send_ping& e) { return submit(s, e.connection, {kind::recv_ping}); }
  bool carry_out(state& s, const model::send_ping_ack& e) { return submit(s, e.connection, {kind::recv_ping_ack}); }
  bool carry_out(state& s, const model::send_headers& e) { return submit(s, e.connection, {kind::recv_headers, e.stream}); }
  bool carry_out(state& s, const model::send_goaway& e) {
    return submit(s, e.connection, {kind::recv_goaway, 0, e.last_stream, e.code});
  }
  bool carry_out(state& s, const model::send_rst_stream& e) {
    return submit(s, e.connection, {kind::recv_rst_stream, e.stream, 0, e.code});
  }
  bool carry_out(state& s, const model::send_data& e) {
    return submit(s, e.connection, {kind::recv_data, e.stream, 0, model::error_code::no_error, e.end_stream}, e.length);
  }
  bool carry_out(state& s, const model::stop_listening&) {
    for (std::uint32_t who = 0; who < s.clients.size(); ++who) {
      client& each = s.clients[who];
      if (each.phase != client::backlog) continue;
      each.phase = client::gone;
      const bool unknown = profile_.accepts == model::accepts::first_bytes && !has_sent(each, who);
      if (!each.left && !unknown) each.write({{kind::recv_rst}}, s.now_ms);
    }
    return true;
  }
  bool carry_out(state& s, const model::shutdown_write& e) { return end_output(s, s.clients[e.connection]); }
  bool carry_out(state& s, const model::destroy_socket& e) {
    s.clients[e.connection].phase = client::gone;
    return end_output(s, s.clients[e.connection]);
  }
  bool carry_out(state& s, const model::arm_timer& e) {
    s.timers.arm({e.which, e.connection, s.now_ms, duration_of(e.which)});
    return true;
  }
  bool carry_out(state& s, const model::cancel_timer& e) {
    s.timers.cancel(e.which, e.connection);
    return true;
  }
  bool carry_out(state& s, const model::run_deferred&) { return s.deferred = true; }
  bool carry_out(state& s, const model::notify& e) {
    if (e.what == model::callback::server_close) s.closed_ms = s.now_ms;
    return true;
  }

  bool submit(state& s, model::connection_id who, const server_frame& frame, std::uint32_t bytes = 0) {
    const bool is_end_or_other = frame.received != kind::recv_data || frame.end_stream;
    if (bytes > 0 || is_end_or_other) s.clients[who].submitted.push_back({frame, bytes, s.now_ms});
    s.clients[who].write_data();
    return true;
  }

  /// FIN, once. What is said in passing is written before it; a response that was given up is not.
  static bool end_output(const state& s, client& reader) {
    for (const box_frame& each : reader.submitted) {
      const bool of_response = each.frame.received == kind::recv_headers || each.frame.received == kind::recv_data;
      if (!of_response && reader.room() > 0 && !reader.left) reader.write(each, s.now_ms);
    }
    reader.submitted.clear();
    const bool told = std::ranges::any_of(reader.unread, [](const box_frame& each) { return each.frame.received == kind::recv_fin; });
    if (!reader.left && !told && !reader.fin_read) reader.write({{kind::recv_fin}}, s.now_ms);
    return true;
  }

  std::uint64_t duration_of(model::timer which) const {
    const auto said = box_.timers_ms.find(which);
    if (said != box_.timers_ms.end()) return said->second;
    switch (which) {
      case model::timer::drain: return profile_.durations.drain_ms;
      case model::timer::notice: return profile_.durations.notice_ms;
      case model::timer::linger: return profile_.durations.linger_ms;
      case model::timer::preface: return profile_.durations.preface_ms;
      default: return 0;  // of a server that shows its sockets
    }
  }

  // --- What the log says.

  /// A row happens now, unless a timer must have expired before it or a row of another lane comes first. One program wrote all
  /// rows, so their times can be compared.
  bool pass(state& s, const row& r) {
    if (*r.ms > earliest_row_left(s) + clock_skew_ms) return false;
    if (const running_timer* late = s.timers.overdue(*r.ms)) {
      complaint_ = {r.line, "timer " + std::string(traces::name_of(late->which)) + " expires before"};
      return false;
    }
    if (must_have_exited(s, *r.ms)) {
      complaint_ = {r.line, "server_close"};
      return false;
    }
    for (std::uint32_t who = 0; who < s.clients.size(); ++who)
      if (s.clients[who].is_behind(*r.ms) || must_have_been_accepted(s, who, *r.ms)) return false;
    s.now_ms = std::max(s.now_ms, *r.ms);
    return true;
  }

  bool must_have_been_accepted(const state& s, std::uint32_t who, std::uint64_t ms) const {
    return can_accept(s, who) && s.clients[who].connected_ms + delivery_ms < ms;
  }
  static bool must_have_exited(const state& s, std::uint64_t ms) {
    return s.closed_ms && !s.exited && *s.closed_ms + promptness_ms < ms;
  }
  static bool comes_promptly(const state& s, const row& r) { return *r.ms <= s.now_ms + promptness_ms; }

  /// The log need not tell what comes when the watch ends.
  bool need_not_be_told(const state& s) const { return s.unwatched || s.now_ms + delivery_ms >= box_.watched_ms; }

  bool expect_client(state& s, std::uint32_t who, const row& shown) {
    client& reader = s.clients[who];
    if (shown.event == kind::recv_fin) reader.fin_read = true;
    if (s.unwatched) return true;
    if (reader.done == lanes_.clients[who].size()) {
      if (!need_not_be_told(s)) complaint_ = {lanes_.last_line + 1, describe(shown)};
      return need_not_be_told(s);
    }
    const row& expected = *lanes_.clients[who][reader.done];
    const bool ends_something = shown.event == kind::recv_goaway || shown.event == kind::recv_fin;
    if (agrees(expected, shown) && (!ends_something || comes_promptly(s, expected))) {
      if (!pass(s, expected)) return false;
      ++reader.done;
      return true;
    }
    // What the client does next may come first: only a row that the client should have seen contradicts.
    if (!is_input(expected)) complaint_ = {expected.line, describe(shown)};
    return false;
  }

  // --- The end of the log.

  bool ends(const state& now) {
    if (all_rows_done(now) && must_have_exited(now, box_.watched_ms)) note(now, {lanes_.last_line + 1, "server_close"});
    if (must_have_exited(now, box_.watched_ms)) return false;
    if (!all_rows_done(now) || now.timers.overdue(box_.watched_ms) != nullptr || has_own_step(now)) return false;
    for (std::size_t which = 0; which < lanes_.handlers.size(); ++which)
      if (can_run(now, which)) return false;
    goes_on_unwatched(now);
    return true;
  }

  /// What follows by itself while every client and handler stays silent.
  void goes_on_unwatched(state s) {
    s.unwatched = true;
    for (;;) {
      while (take_own_step(s)) {
      }
      if (s.killed || s.timers.all().empty()) return;
      const auto first = std::ranges::min_element(s.timers.all(), {}, [](const running_timer& each) { return each.armed_ms + each.duration_ms; });
      const running_timer due = *first;
      s.timers.cancel(due.which, due.connection);
      happen(s, model::timer_expired{due.which, due.connection});
    }
  }

  bool take_own_step(state& s) {
    if (deferred(s)) return true;
    for (std::uint32_t who = 0; who < s.clients.size(); ++who)
      for (const auto step : own_steps)
        if ((this->*step)(s, who)) return true;
    return false;
  }

  bool has_own_step(const state& now) {
    state next = now;
    const std::size_t mark = schedule_.size();
    complaint_.reset();
    const bool possible = take_own_step(next) || complaint_;
    schedule_.resize(mark);
    return possible;
  }

  bool all_rows_done(const state& s) const {
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (s.clients[who].done != lanes_.clients[who].size()) return false;
    return s.process_done == lanes_.process.size();
  }

  std::uint64_t earliest_row_left(const state& s) const {
    std::uint64_t ms = s.process_done < lanes_.process.size() ? *lanes_.process[s.process_done]->ms : box_.watched_ms;
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (s.clients[who].done < lanes_.clients[who].size()) ms = std::min(ms, *lanes_.clients[who][s.clients[who].done]->ms);
    return ms;
  }

  // --- Divergence.

  struct complaint {
    std::size_t line = 0;
    std::string observed;
  };

  /// Keeps the complaint of the state that got furthest; of equals, one that saw something before one that saw nothing.
  void note(const state& at, const complaint& what) {
    const std::size_t reached = at.rows_done();
    const bool better = !furthest_ || reached > furthest_rows_ ||
                        (reached == furthest_rows_ && furthest_->observed == "nothing" && what.observed != "nothing");
    if (!better) return;
    furthest_rows_ = reached;
    furthest_ = lane_divergence{what.line, expected_at(what.line), what.observed};
  }

  std::size_t next_line(const state& s) const {
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

  static bool is_input(const row& r) {
    const auto* shape = traces::shape_of(r.actor, r.event);
    return shape != nullptr && shape->role == traces::role::input;
  }
  /// Something of a client's lane that travels to the server.
  static bool is_sent(const row& r) {
    return is_input(r) && r.event != kind::connect && r.event != kind::stops_reading && r.event != kind::resumes_reading;
  }
  bool has_sent(const client& sender, std::uint32_t who) const {
    return std::ranges::any_of(lanes_.clients[who].begin(), lanes_.clients[who].begin() + sender.done,
                               [](const row* r) { return is_sent(*r); });
  }

  /// What goes on by itself, between one client and the server.
  static constexpr std::array own_steps{&search::client_reads,    &search::pump,   &search::pump_all_but_data,
                                        &search::close_callbacks, &search::accept, &search::deliver};

  box_lanes lanes_;
  const traces::black_box& box_;
  const model::profile& profile_;
  std::unordered_set<std::string> seen_;
  std::vector<model::event> schedule_;
  std::optional<complaint> complaint_;
  std::optional<lane_divergence> furthest_;
  std::size_t furthest_rows_ = 0;
};

}  // namespace
}  // namespace black_box

lane_replay replay_black_box(const traces::trace& log, const model::profile& profile) {
  invariant(log.black_box.has_value(), "a trace that is of no black box was replayed as one");
  return black_box::search(log, profile).run();
}

}  // namespace lastcall::sim
