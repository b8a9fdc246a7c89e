// Small models for the tests of the checker: a transition system written down edge by edge, and classical algorithms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace lastcall::explore::test {

// A graph with numbered states, 0 the initial one. Each state offers its edges in the order they were added.
struct graph_model {
  struct edge {
    std::uint32_t target = 0;
    std::uint64_t fair = 0;
    std::uint64_t restarted = 0;
    bool internal = false;  // what the tests of acyclic look at

    friend bool operator==(const edge&, const edge&) = default;
  };
  using state = std::uint32_t;
  using action = edge;
  struct observation {};

  std::vector<std::vector<edge>> edges;

  explicit graph_model(std::size_t states) : edges(states) {}

  graph_model& add(std::uint32_t source, edge to) {
    edges[source].push_back(to);
    return *this;
  }

  state initial() const { return 0; }
  template <class Visit>
  void actions(const state& from, Visit&& visit) const {
    for (const edge& to : edges[from]) {
      visit(to);
    }
  }
  void apply(const state&, const action& taken, state& after, observation&) const { after = taken.target; }
  std::size_t encoded_size() const { return sizeof(state); }
  void encode(const state& from, std::byte* bytes) const { std::memcpy(bytes, &from, sizeof from); }
  void decode(const std::byte* bytes, state& to) const { std::memcpy(&to, bytes, sizeof to); }
  std::uint64_t fair_sets(const state&, const action& taken) const { return taken.fair; }
  std::uint64_t restarted(const state&, const action& taken, const observation&, const state&) const { return taken.restarted; }
};

// Peterson's mutual exclusion for two processes, one shared access a step; optionally without the turn, which breaks it.
// G. L. Peterson, Myths About the Mutual Exclusion Problem, Information Processing Letters 12 (1981).
struct peterson {
  enum : std::uint8_t { idle, wants, waiting, critical };
  struct state {
    std::array<std::uint8_t, 2> at{};
    std::array<std::uint8_t, 2> flag{};
    std::uint8_t turn = 0;

    friend bool operator==(const state&, const state&) = default;
  };
  using action = std::uint8_t;  // the process that moves
  struct observation {
    bool entered = false;
  };

  bool with_turn = true;

  state initial() const { return {}; }
  template <class Visit>
  void actions(const state& from, Visit&& visit) const {
    for (std::uint8_t self = 0; self < 2; ++self) {
      if (from.at[self] != waiting || may_enter(from, self)) {
        visit(self);
      }
    }
  }
  void apply(const state& before, const action& self, state& after, observation& seen) const {
    after = before;
    seen = {};
    switch (before.at[self]) {
      case idle:
        after.flag[self] = 1;
        after.at[self] = wants;
        break;
      case wants:
        after.turn = static_cast<std::uint8_t>(1 - self);
        after.at[self] = waiting;
        break;
      case waiting:
        after.at[self] = critical;
        seen.entered = true;
        break;
      default:
        after.flag[self] = 0;
        after.at[self] = idle;
    }
  }
  std::size_t encoded_size() const { return 5; }
  void encode(const state& from, std::byte* bytes) const {
    const std::array<std::uint8_t, 5> plain{from.at[0], from.at[1], from.flag[0], from.flag[1], from.turn};
    std::memcpy(bytes, plain.data(), plain.size());
  }
  void decode(const std::byte* bytes, state& to) const {
    std::array<std::uint8_t, 5> plain{};
    std::memcpy(plain.data(), bytes, plain.size());
    to = {{plain[0], plain[1]}, {plain[2], plain[3]}, plain[4]};
  }
  // One constraint a process; a process that idles owes nothing.
  std::uint64_t fair_sets(const state& from, const action& self) const { return from.at[self] == idle ? 0U : 1U << self; }
  std::string describe(const action& self) const { return "process " + std::to_string(self); }

 private:
  bool may_enter(const state& from, std::uint8_t self) const {
    const std::uint8_t other = static_cast<std::uint8_t>(1 - self);
    return with_turn ? from.flag[other] == 0 || from.turn == self : from.at[other] != critical || from.turn == self;
  }
};

// Dining philosophers who take the left fork, then the right one, and put both back at once.
struct philosophers {
  static constexpr std::size_t seats = 3;
  enum : std::uint8_t { thinking, has_left, eating };
  using state = std::array<std::uint8_t, seats>;
  using action = std::uint8_t;
  struct observation {};

  state initial() const { return {}; }
  template <class Visit>
  void actions(const state& from, Visit&& visit) const {
    for (std::uint8_t self = 0; self < seats; ++self) {
      const std::uint8_t left = from[(self + seats - 1) % seats];
      const std::uint8_t right = from[(self + 1) % seats];
      const bool left_fork_free = left != eating;
      const bool right_fork_free = right == thinking;
      if (from[self] == eating || (from[self] == thinking && left_fork_free) || (from[self] == has_left && right_fork_free)) {
        visit(self);
      }
    }
  }
  void apply(const state& before, const action& self, state& after, observation&) const {
    after = before;
    after[self] = static_cast<std::uint8_t>((before[self] + 1) % 3);
  }
  std::size_t encoded_size() const { return seats; }
  void encode(const state& from, std::byte* bytes) const { std::memcpy(bytes, from.data(), seats); }
  void decode(const std::byte* bytes, state& to) const { std::memcpy(to.data(), bytes, seats); }
  std::uint64_t fair_sets(const state&, const action& self) const { return 1U << self; }
};

// Independent counters that each go round modulo `size`: size ^ wheels states, wheels transitions from each.
struct counters {
  static constexpr std::size_t most_wheels = 8;
  using state = std::array<std::uint8_t, most_wheels>;
  using action = std::uint8_t;
  struct observation {};

  std::uint8_t wheels;
  std::uint8_t size;

  state initial() const { return {}; }
  template <class Visit>
  void actions(const state&, Visit&& visit) const {
    for (std::uint8_t wheel = 0; wheel < wheels; ++wheel) {
      visit(wheel);
    }
  }
  void apply(const state& before, const action& wheel, state& after, observation&) const {
    after = before;
    after[wheel] = static_cast<std::uint8_t>((before[wheel] + 1) % size);
  }
  std::size_t encoded_size() const { return wheels; }
  void encode(const state& from, std::byte* bytes) const { std::memcpy(bytes, from.data(), wheels); }
  void decode(const std::byte* bytes, state& to) const {
    to = {};
    std::memcpy(to.data(), bytes, wheels);
  }
};

}  // namespace lastcall::explore::test
