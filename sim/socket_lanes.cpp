#include "sim/socket_lanes.hpp"

#include <algorithm>

#include "sim/lane_search.hpp"
#include "sim/socket_lane_state.hpp"

namespace lastcall::sim {
namespace {

using model::connection_id;
using traces::actor;
using traces::row;
using kind = traces::event_kind;
using loop = model::event_loop::state;

/// A timer is surely early or late only by more than what a busy machine may add.
constexpr std::uint64_t timer_early_ms = 5;
constexpr std::uint64_t timer_late_ms = 250;

bool is_call(const row& r) {
  return r.actor == actor::app && r.event != kind::listen && r.event != kind::command && r.event != kind::timer_fired;
}

/// The model's event for a call of the application.
model::socket_event call_of(const row& r) {
  const connection_id who = r.connection == 0 ? 0 : traces::slot_of(r);
  switch (r.event) {
    case kind::listen: return model::server_listen_called{r.looks_up_host};
    case kind::close: return model::close_called{};
    case kind::unref: return model::server_unref_called{};
    case kind::get_connections: return model::get_connections_called{};
    case kind::timer_set: return model::application_timer_set{};
    case kind::data_listener: return model::data_listener_added{who};
    case kind::socket_resume: return model::socket_resume_called{who};
    case kind::socket_pause: return model::socket_pause_called{who};
    case kind::socket_write: return model::socket_write_called{who, r.length, r.has_callback};
    case kind::socket_end: return model::socket_end_called{who, r.has_callback};
    case kind::socket_destroy: return model::socket_destroy_called{who, r.error.value_or(model::node_error::none)};
    case kind::socket_destroy_soon: return model::socket_destroy_soon_called{who};
    case kind::socket_reset: return model::socket_reset_called{who};
    case kind::socket_unref: return model::socket_unref_called{who};
    case kind::socket_set_timeout: return model::socket_set_timeout_called{who, r.duration_ms.value_or(0)};
    default: return model::application_called{};
  }
}

class search : lane_search<socket_lane_state> {
 public:
  search(const traces::trace& log, const model::profile& profile) : lane_search(log), profile_(profile) {
    for (const row& r : log.rows) last_ms_ = std::max(last_ms_, r.ms.value_or(0));
  }

  socket_lane_replay run() {
    socket_lane_state first;
    first.clients.resize(lanes_.clients.size());
    if (run_main_script(first) && visit(first))
      return {true, std::nullopt, last_.server, last_.closes_called, last_.closes_answered, last_.has_exited()};
    if (!furthest_ && complaint_) note(first, *complaint_);
    return {false, furthest_, first.server, 0, 0, false};
  }

 private:
  using state = socket_lane_state;

  /// True when a schedule was found from here. What goes on by itself comes before new rows of a lane.
  bool visit(const state& now) {
    if (!is_new(key_of(now))) return false;
    bool moved = false;
    // How much of a large write the kernel takes at once is its own affair: both ways are tried.
    bool asked = false;
    const auto attempt = [&](auto& move, bool large_write_waits) {
      state next = now;
      complaint_.reset();
      large_write_waits_ = large_write_waits;
      asked_about_large_write_ = false;
      const bool possible = move(next);
      asked = asked_about_large_write_;
      if (possible) {
        moved = true;
        return visit(next);
      }
      if (complaint_) {
        note(now, *complaint_);
        moved = true;
      }
      return false;
    };
    const auto go = [&](auto move) {
      if (attempt(move, false)) return true;
      return asked && attempt(move, true);
    };
    for (std::uint32_t who = 0; who < now.clients.size(); ++who) {
      if (go([&](state& s) { return client_reads(s, who); })) return true;
      if (go([&](state& s) { return accept(s, who); })) return true;
      if (go([&](state& s) { return deliver(s, who); })) return true;
      if (go([&](state& s) { return complete_write(s, who); })) return true;
    }
    if (go([&](state& s) { return expire(s); })) return true;
    for (std::uint32_t who = 0; who < now.clients.size(); ++who)
      if (go([&](state& s) { return client_row(s, who); })) return true;
    for (std::uint32_t several = 0; several <= commands_ahead(now); ++several)
      if (go([&](state& s) { return call_application(s, several); })) return true;
    if (go([&](state& s) { return next_phases(s); })) return true;
    if (all_rows_done(now)) return ends_here(now);
    if (!moved) note(now, {next_line(now), "nothing"});
    return false;
  }

  // --- Turns. Each returns false when it is not possible, or when what it shows is not what the lane says next; in the second
  // case it leaves a complaint.

  /// The program runs to its end before the loop begins: it listens.
  bool run_main_script(state& s) {
    model::socket_options options;
    const row* first = next_of_process(s);
    model::server_listen_called listens{};
    if (first != nullptr && first->event == kind::listen) {
      options = {first->allow_half_open, first->pause_on_connect, first->connections_max.has_value(), first->connections_max.value_or(0)};
      listens.looks_up_host = first->looks_up_host;
      pass(s);
    }
    s.server = model::socket_server(options);
    return happen(s, listens);
  }

  bool accept(state& s, std::uint32_t who) {
    if (s.phase != loop::poll || s.clients[who].phase != socket_client::backlog || !s.server.listener_open()) return false;
    for (std::uint32_t before = 0; before < who; ++before)
      if (s.clients[before].phase == socket_client::backlog) return false;
    s.clients[who].phase = socket_client::accepted;
    return happen(s, model::connection_accepted{who});
  }

  bool deliver(state& s, std::uint32_t who) {
    if (s.phase != loop::poll || !reads(s, who)) return false;
    kernel_socket& kernel = s.clients[who].kernel;
    switch (next_read(kernel)) {
      case readable::nothing: return false;
      case readable::error: return happen(s, model::read_failed{who, model::node_error::connection_reset});
      case readable::end:
        kernel.client_fin_read = true;
        return happen(s, model::peer_fin{who});
      case readable::bytes: break;
    }
    // How the kernel cuts a stream into reads is told by the log, where it tells.
    auto length = static_cast<std::uint32_t>(std::min<std::uint64_t>(kernel.received, one_read));
    const row* expected = next_of_process(s);
    if (expected != nullptr && expected->event == kind::socket_data && expected->connection == who + 1)
      length = std::min(length, expected->length - s.taken);
    kernel.received -= length;
    if (!happen(s, model::bytes_received{who, length})) return false;
    if (next_read(kernel) != readable::error || !reads(s, who)) return true;
    return happen(s, model::read_failed{who, model::node_error::connection_reset, true});
  }

  bool complete_write(state& s, std::uint32_t who) {
    if (s.phase != loop::poll || !is_live(s, who) || !s.server.connections()[who].writing) return false;
    const kernel_socket& kernel = s.clients[who].kernel;
    if (const auto error = write_error(kernel); error != model::node_error::none)
      return !reads(s, who) && happen(s, model::write_completed{who, error});
    return s.clients[who].reading && happen(s, model::write_completed{who});
  }

  bool expire(state& s) {
    if (s.phase != loop::timers) return false;
    const auto due = std::ranges::min_element(s.timers, {}, &armed_timer::due_ms);
    const row* next = next_of_process(s);
    if (due == s.timers.end() || next == nullptr || next->ms.value_or(0) + timer_early_ms < due->due_ms) return false;
    const connection_id who = due->connection;
    s.timers.erase(due);
    return happen(s, model::timer_expired{model::timer::inactivity, who});
  }

  /// The callback of a command, or of a timer of the application. Commands that come together are one callback.
  bool call_application(state& s, std::uint32_t several) {
    const row* next = next_of_process(s);
    if (next == nullptr) return false;
    const bool command = next->event == kind::command && s.phase == loop::poll;
    const bool timer = next->event == kind::timer_fired && s.phase == loop::timers;
    if (!command && !timer) return false;
    if (const auto* late = overdue(s, *next)) {
      row shown;
      shown.actor = actor::server;
      shown.event = kind::socket_timeout;
      shown.connection = late->connection + 1;
      complain(next, shown);
      return false;
    }
    pass(s);
    further_commands_ = several;
    if (timer) return happen(s, model::application_timer_done{}) && happen(s, model::application_called{});
    return happen(s, model::application_called{});
  }

  /// How many commands follow the next one with nothing but their calls between them.
  std::uint32_t commands_ahead(const state& s) const {
    std::uint32_t found = 0;
    const row* next = next_of_process(s);
    if (next == nullptr || next->event != kind::command) return 0;
    for (std::size_t i = s.process_done + 1; i < lanes_.process.size(); ++i) {
      if (lanes_.process[i]->event == kind::command) ++found;
      else if (!is_call(*lanes_.process[i])) break;
    }
    return found;
  }

  /// The loop goes on to its timers, or from them to the next poll. What is ready in between runs, and nothing else.
  bool next_phases(state& s) {
    if (s.has_exited()) return false;
    const loop until = s.phase == loop::timers ? loop::poll : loop::timers;
    while (s.phase != until) {
      const auto taken = model::event_loop::step(s.phase, model::event_loop::event::phase_done, {.alive = s.server.is_alive()});
      s.phase = taken.next;
      for (const auto command : taken.commands)
        if (!run_phase(s, command)) return false;
      if (s.has_exited()) return true;
    }
    return true;
  }
  bool run_phase(state& s, model::event_loop::command command) {
    using enum model::event_loop::command;
    switch (command) {
      case run_pending:
        while (!s.shutdowns.empty()) {
          const connection_id who = s.shutdowns.front();
          s.shutdowns.erase(s.shutdowns.begin());
          if (!is_live(s, who)) continue;
          s.clients[who].kernel.server_fin = true;
          if (!happen(s, model::shutdown_completed{who})) return false;
        }
        return true;
      case run_closing:
        for (auto queue = std::exchange(s.closing, {}); !queue.empty(); queue.pop_back())
          if (!happen(s, model::close_callbacks_ran{queue.back()})) return false;
        return true;
      case exit_process: return exit(s);
      default: return true;
    }
  }
  /// The kernel closes what a process leaves open.
  bool exit(state& s) {
    for (std::uint32_t who = 0; who < s.clients.size(); ++who)
      if (is_live(s, who)) server_closes(s.clients[who].kernel, false, s.server.connections()[who].writing);
    reset_backlog(s);
    return expect_callback(s, {model::callback::process_exit});
  }

  // --- Clients.

  bool client_reads(state& s, std::uint32_t who) {
    socket_client& client = s.clients[who];
    kernel_socket& kernel = client.kernel;
    if (!client.reading || kernel.end_seen || kernel.client_left) return false;
    const row* expected = next_of_client(s, who);
    const bool ended = kernel.server_fin || kernel.reset_by_server;
    if (kernel.sent > 0 && !(kernel.cut_short && ended && (expected == nullptr || expected->event != kind::recv_bytes)))
      return client_reads_bytes(s, who, expected);
    if (!ended) return false;
    kernel.end_seen = true;
    kernel.sent = 0;
    row shown;
    shown.event = kernel.server_fin ? kind::recv_fin : kind::recv_rst;
    shown.connection = who + 1;
    return expect_client(s, who, shown);
  }
  bool client_reads_bytes(state& s, std::uint32_t who, const row* expected) {
    socket_client& client = s.clients[who];
    if (expected == nullptr || expected->event != kind::recv_bytes) {
      if (expected != nullptr && is_input(*expected)) return false;
      row shown;
      shown.event = kind::recv_bytes;
      shown.connection = who + 1;
      complain(expected, shown);
      return false;
    }
    const auto length = static_cast<std::uint32_t>(std::min<std::uint64_t>(client.kernel.sent, expected->length - client.taken));
    client.kernel.sent -= length;
    client.taken += length;
    if (client.taken == expected->length) pass(s, who);
    return true;
  }
  bool expect_client(state& s, std::uint32_t who, const row& shown) {
    const row* expected = next_of_client(s, who);
    if (expected != nullptr && agrees(*expected, shown)) {
      pass(s, who);
      return true;
    }
    if (expected == nullptr || !is_input(*expected)) complain(expected, shown);
    return false;
  }

  /// The next row of a client's lane, when it is something the client does.
  bool client_row(state& s, std::uint32_t who) {
    const row* next = next_of_client(s, who);
    if (next == nullptr) return false;
    socket_client& client = s.clients[who];
    if (next->event == kind::refused) {
      if (client.phase != socket_client::refused) return false;
      pass(s, who);
      return true;
    }
    if (!is_input(*next)) return false;
    switch (next->event) {
      case kind::connect:
        client.phase = s.server.listener_open() && !s.has_exited() ? socket_client::backlog : socket_client::refused;
        break;
      case kind::send_bytes: client_sends(client.kernel, next->length); break;
      case kind::fin: client.kernel.client_fin = true; break;
      case kind::close: client_closes(client.kernel); break;
      case kind::rst: client_resets(client.kernel); break;
      case kind::stops_reading: client.reading = false; break;
      case kind::resumes_reading: client.reading = true; break;
      default: complaint_ = {next->line, "no such thing of a client of sockets"}; return false;
    }
    pass(s, who);
    return true;
  }

  // --- One event, the calls that the application makes in its callbacks, and the effects.

  struct host : model::socket_host {
    host(search& replay, state& now) : search_(replay), state_(now) {}

    template <class Turn>
    void told(const model::socket_notify& what, Turn& turn) {
      if (!agreed) return;
      agreed = search_.expect_callback(state_, what);
      if (agreed) make_calls(turn);
    }
    template <class Turn>
    void called(Turn& turn) {
      make_calls(turn);
      for (; search_.further_commands_ > 0; --search_.further_commands_) {
        search_.pass(state_);
        make_calls(turn);
      }
    }
    model::write_answer written(connection_id who, std::uint32_t length) { return search_.write(state_, who, length); }

    bool agreed = true;

   private:
    /// The rows that follow are calls made in the callback at hand, up to what is none.
    template <class Turn>
    void make_calls(Turn& turn) {
      for (const row* next = search_.next_of_process(state_); agreed && next != nullptr && is_call(*next);
           next = search_.next_of_process(state_)) {
        search_.pass(state_);
        if (next->event == kind::close) ++state_.closes_called;
        if (next->connection != 0 && traces::slot_of(*next) >= state_.server.connections().size()) {
          search_.complaint_ = {next->line, "a connection that was not accepted"};
          agreed = false;
          return;
        }
        std::visit([&](const auto& call) { turn.call(call); }, call_of(*next));
      }
    }

    search& search_;
    state& state_;
  };

  bool happen(state& s, const model::socket_event& what) {
    host surroundings(*this, s);
    work_.effects.clear();
    s.server.step(what, profile_, surroundings, work_);
    if (!surroundings.agreed) return false;
    for (const auto& each : work_.effects)
      std::visit([&](const auto& effect) { carry_out(s, effect); }, each);
    return true;
  }

  template <class Effect>
  void carry_out(state&, const Effect&) {}
  void carry_out(state& s, const model::stop_listening&) { reset_backlog(s); }
  void carry_out(state& s, const model::shutdown_write& e) { s.shutdowns.push_back(e.connection); }
  void carry_out(state& s, const model::close_socket& e) {
    socket_client& client = s.clients[e.connection];
    server_closes(client.kernel, e.abortive, s.server.connections()[e.connection].writing);
    client.phase = socket_client::gone;
  }
  void carry_out(state& s, const model::drop_connection& e) {
    server_closes(s.clients[e.connection].kernel, false, false);
    s.clients[e.connection].phase = socket_client::gone;
  }
  void carry_out(state& s, const model::run_close_callbacks& e) { s.closing.push_back(e.connection); }
  void carry_out(state& s, const model::start_timer& e) {
    disarm(s, e.connection);
    s.timers.push_back({e.connection, s.now_ms + e.ms});
  }
  void carry_out(state& s, const model::cancel_timer& e) { disarm(s, e.connection); }
  static void disarm(state& s, connection_id who) {
    std::erase_if(s.timers, [who](const armed_timer& each) { return each.connection == who; });
  }
  void reset_backlog(state& s) {
    for (auto& each : s.clients)
      if (each.phase == socket_client::backlog) {
        each.phase = socket_client::gone;
        server_closes(each.kernel, true, false);
      }
  }

  model::write_answer write(state& s, connection_id who, std::uint32_t length) {
    kernel_socket& kernel = s.clients[who].kernel;
    if (const auto error = write_error(kernel); error != model::node_error::none) return {.error = error};
    server_writes(kernel, length);
    if (kernel.sent <= kernel_holds_at_least) return {};
    asked_about_large_write_ = true;
    return {.waits = large_write_waits_};
  }

  bool expect_callback(state& s, const model::socket_notify& told) {
    const row shown = as_row(told);
    if (!is_compared_callback(shown)) return true;
    if (told.what == model::callback::close_callback) ++s.closes_answered;
    const row* expected = next_of_process(s);
    const bool agreed = expected != nullptr && agrees(*expected, shown) && agrees_on_handles(s, *expected);
    if (agreed && told.what == model::callback::socket_data) {
      if (s.taken + told.count <= expected->length) {
        s.taken += told.count;
        if (s.taken == expected->length) s.taken = 0, pass(s);
        return true;
      }
    } else if (agreed && s.taken == 0) {
      pass(s);
      return true;
    }
    complain(expected, shown);
    return false;
  }

  /// What the process lists as active is asked for in the callback.
  static bool agrees_on_handles(const state& s, const row& expected) {
    if (expected.handles.empty()) return true;
    std::string listed;
    s.server.each_resource([&listed](model::alive what, connection_id) {
      const std::string_view name = what == model::alive::listener ? "TCPServerWrap" : what == model::alive::socket ? "TCPSocketWrap"
                                    : what == model::alive::write  ? "WriteWrap"     : "ShutdownWrap";
      listed += (listed.empty() ? "" : " ") + std::string(name);
    });
    return expected.handles == (listed.empty() ? "none" : listed);
  }

  // --- Rows and time.

  void pass(state& s) { s.now_ms = std::max(s.now_ms, lanes_.process[s.process_done++]->ms.value_or(0)); }
  void pass(state& s, std::uint32_t who) {
    socket_client& client = s.clients[who];
    client.taken = 0;
    s.now_ms = std::max(s.now_ms, lanes_.clients[who][client.done++]->ms.value_or(0));
  }
  static const armed_timer* overdue_at(const state& s, std::uint64_t ms) {
    const auto late = std::ranges::find_if(s.timers, [ms](const armed_timer& each) { return each.due_ms + timer_late_ms < ms; });
    return late == s.timers.end() ? nullptr : &*late;
  }
  static const armed_timer* overdue(const state& s, const row& next) { return overdue_at(s, next.ms.value_or(0)); }

  /// Every row is done and nothing that goes on in silence is left: the log ends here.
  bool ends_here(const state& now) {
    if (!now.shutdowns.empty() || !now.closing.empty()) return false;
    if (!now.has_exited() && (now.phase != loop::poll || !now.server.is_alive() || overdue_at(now, last_ms_) != nullptr)) return false;
    for (std::uint32_t who = 0; who < now.clients.size(); ++who)
      for (const auto step : {&search::client_reads, &search::accept, &search::deliver, &search::complete_write}) {
        state next = now;
        complaint_.reset();
        if ((this->*step)(next, who) || complaint_) return false;
      }
    last_ = now;
    return true;
  }

  static bool is_live(const state& s, std::uint32_t who) {
    return who < s.server.connections().size() && s.server.connections()[who].is_live();
  }
  static bool reads(const state& s, std::uint32_t who) { return is_live(s, who) && s.server.connections()[who].reading; }

  const model::profile& profile_;
  model::socket_work work_;
  std::uint64_t last_ms_ = 0;
  bool large_write_waits_ = false;
  bool asked_about_large_write_ = false;
  std::uint32_t further_commands_ = 0;  ///< that the callback at hand takes with it
  state last_;
};

}  // namespace

socket_lane_replay replay_socket_lanes(const traces::trace& log, const model::profile& profile) { return search(log, profile).run(); }

}  // namespace lastcall::sim
