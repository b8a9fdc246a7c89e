// In which order the loop's phases, next-tick callbacks and microtasks come, against what five releases of Node did in one
// process: 20.3.1, 20.20.2, 23.1.0, 24.21.0 and 26.10.0 agree in everything that is here. They do not agree, from run to run, on
// whether a timer of 0 ms comes before an immediate, so no timer takes part.
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "model/event_loop.hpp"
#include "model/profiles/profiles.hpp"
#include "model/socket_server.hpp"

namespace lastcall::model::test {
namespace {

using heard = std::vector<std::string>;
using phase = event_loop::state;

/// A process with one server and one accepted socket, whose application acts in one callback of a given phase: it queues a
/// tick, a microtask and an immediate that queues another, and then makes the calls under test.
class process : public socket_host {
 public:
  process() {
    turn(server_listen_called{});
    turn(connection_accepted{0});
    log.clear();
  }

  /// The calls that the application makes, and where.
  void act_in(phase where, std::vector<socket_event> calls, bool closes_first = false) {
    calls_ = std::move(calls);
    if (closes_first) turn(close_called{});
    while (at_ != where) step();
    turn(application_called{});
    while (at_ != phase::ended && (!immediates_.empty() || !closing_.empty())) step();
  }

  template <class Turn>
  void told(const socket_notify& what, Turn&) {
    switch (what.what) {
      case callback::application_tick: log.push_back(what.count == 0 ? "nextTick" : "microtask"); break;
      case callback::server_close: log.emplace_back("server close"); break;
      case callback::close_callback: log.emplace_back("close callback"); break;
      case callback::socket_close: log.emplace_back("socket close"); break;
      default: break;
    }
  }
  template <class Turn>
  void called(Turn& now) {
    now.call(next_tick_called{0});
    now.call(microtask_queued{1});
    immediates_.emplace_back("immediate");
    for (const auto& each : calls_) std::visit([&](const auto& call) { now.call(call); }, each);
    log.emplace_back("sync");
  }

  heard log;

 private:
  void turn(const socket_event& event) {
    work_.effects.clear();
    server_.step(event, *find_profile("node-24.21.0"), *this, work_);
    for (const auto& each : work_.effects)
      if (const auto* later = std::get_if<run_close_callbacks>(&each)) closing_.push_back(later->connection);
  }
  void step() {
    const bool alive = server_.is_alive() || !immediates_.empty();
    const auto taken = event_loop::step(at_, event_loop::event::phase_done, {.alive = alive});
    at_ = taken.next;
    if (at_ == phase::check) {
      // An immediate that is queued by an immediate waits for the next iteration.
      for (std::size_t left = immediates_.size(); left > 0; --left) {
        log.push_back(immediates_.front());
        if (immediates_.front() == "immediate") immediates_.emplace_back("immediate again");
        immediates_.pop_front();
      }
    }
    if (at_ == phase::closing)
      for (; !closing_.empty(); closing_.pop_back()) turn(close_callbacks_ran{closing_.back()});
  }

  socket_server server_;
  socket_work work_;
  phase at_ = phase::timers;
  std::vector<socket_event> calls_;
  std::deque<std::string> immediates_;
  std::vector<connection_id> closing_;
};

/// Measured: phase.socket_destroy_from_io and _from_timer. The close callback comes after the immediates of this iteration.
TEST(event_loop, a_socket_destroyed_in_a_timer_or_by_input_closes_after_the_next_immediates) {
  for (const phase where : {phase::timers, phase::poll}) {
    process node;
    node.act_in(where, {socket_destroy_called{0}});
    EXPECT_EQ(node.log, (heard{"sync", "nextTick", "microtask", "immediate", "socket close", "immediate again"}));
  }
}

/// Measured: phase.socket_destroy_from_immediate. The closing phase of the same iteration comes first.
TEST(event_loop, a_socket_destroyed_in_an_immediate_closes_before_the_next_one) {
  process node;
  node.act_in(phase::check, {socket_destroy_called{0}});
  EXPECT_EQ(node.log, (heard{"sync", "nextTick", "microtask", "socket close", "immediate", "immediate again"}));
}

/// Measured: phase.last_socket_destroy. The server's 'close' is a next-tick callback, the socket's a close callback.
TEST(event_loop, the_server_closes_before_its_last_socket_does) {
  process node;
  node.act_in(phase::timers, {socket_destroy_called{0}}, true);
  EXPECT_EQ(node.log, (heard{"sync", "nextTick", "server close", "close callback", "microtask", "immediate", "socket close", "immediate again"}));
}

/// Measured: phase.server_from_io, _from_timer, _from_immediate; close() of a server without connections.
TEST(event_loop, a_server_closes_between_the_ticks_and_the_microtasks_of_the_callback_that_closed_it) {
  for (const phase where : {phase::timers, phase::poll, phase::check}) {
    process node;
    node.act_in(phase::poll, {socket_destroy_called{0}});
    node.log.clear();
    node.act_in(where, {close_called{}});
    EXPECT_EQ(node.log, (heard{"sync", "nextTick", "server close", "close callback", "microtask", "immediate", "immediate again"}));
  }
}

TEST(event_loop, ends_when_nothing_is_alive_after_the_timers) {
  const auto after_timers = [](bool alive) {
    return event_loop::step(phase::timers, event_loop::event::phase_done, {.alive = alive}).next;
  };
  EXPECT_EQ(after_timers(true), phase::pending);
  EXPECT_EQ(after_timers(false), phase::ended);
}

}  // namespace
}  // namespace lastcall::model::test
