// The search for a schedule that produces every lane of a log, as far as it is the same for all servers: which rows are
// left, what has been seen before, and which schedule got furthest. What can happen next is the business of whoever derives
// from it.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "sim/lane_rows.hpp"
#include "sim/lanes.hpp"
#include "traces/format/shape.hpp"

namespace lastcall::sim {

/// State has `clients`, each with `done` rows of its lane, and `process_done`.
template <class State>
class lane_search {
 protected:
  struct complaint {
    std::size_t line = 0;
    std::string observed;
  };

  explicit lane_search(const traces::trace& log) : lanes_(lanes_of(log)) {}

  bool is_new(std::string key) { return seen_.insert(std::move(key)).second; }

  const traces::row* next_of_process(const State& s) const {
    return s.process_done < lanes_.process.size() ? lanes_.process[s.process_done] : nullptr;
  }
  const traces::row* next_of_client(const State& s, std::size_t who) const {
    const auto& rows = lanes_.clients[who];
    return s.clients[who].done < rows.size() ? rows[s.clients[who].done] : nullptr;
  }
  bool all_rows_done(const State& s) const {
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (next_of_client(s, who) != nullptr) return false;
    return next_of_process(s) == nullptr;
  }

  /// What the model shows where the log says something else, or nothing more.
  void complain(const traces::row* expected, const traces::row& shown) {
    complaint_ = {expected != nullptr ? expected->line : lanes_.last_line + 1, describe(shown)};
  }

  /// Keeps the complaint of the state that got furthest; of equals, one that saw something before one that saw nothing.
  void note(const State& at, const complaint& what) {
    const std::size_t reached = rows_done(at);
    const bool better = !furthest_ || reached > furthest_rows_ ||
                        (reached == furthest_rows_ && furthest_->observed == "nothing" && what.observed != "nothing");
    if (!better) return;
    furthest_rows_ = reached;
    furthest_ = lane_divergence{what.line, expected_at(what.line), what.observed};
  }

  std::size_t next_line(const State& s) const {
    std::size_t line = lanes_.last_line + 1;
    for (std::size_t who = 0; who < s.clients.size(); ++who)
      if (const auto* r = next_of_client(s, who)) line = std::min<std::size_t>(line, r->line);
    if (const auto* r = next_of_process(s)) line = std::min<std::size_t>(line, r->line);
    return line;
  }

  static bool is_input(const traces::row& r) {
    const auto* shape = traces::shape_of(r.actor, r.event);
    return shape != nullptr && shape->role == traces::role::input;
  }

  lanes lanes_;
  std::optional<complaint> complaint_;
  std::optional<lane_divergence> furthest_;

 private:
  static std::size_t rows_done(const State& s) {
    std::size_t sum = s.process_done;
    for (const auto& each : s.clients) sum += each.done;
    return sum;
  }

  std::string expected_at(std::size_t line) const {
    for (const auto& rows : lanes_.clients)
      for (const traces::row* r : rows)
        if (r->line == line) return describe(*r);
    for (const traces::row* r : lanes_.process)
      if (r->line == line) return describe(*r);
    return "nothing more";
  }

  std::unordered_set<std::string> seen_;
  std::size_t furthest_rows_ = 0;
};

}  // namespace lastcall::sim
