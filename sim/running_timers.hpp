// The timers of one replay with their times. A log knows milliseconds, the model only that a timer is armed; what joins
// the two is how long a timer runs, where that is known. One whose duration nobody knows may expire at any time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "model/types.hpp"

namespace lastcall::sim {

/// Rows of different lanes carry the clocks of different processes.
inline constexpr std::uint64_t clock_skew_ms = 50;
/// A process that is ready does what it is about to do within this time: Go looks every half second whether its last
/// connection has gone, a loaded machine is late.
inline constexpr std::uint64_t promptness_ms = 800;

/// What can be accepted, written or read is so within this time, on one machine.
inline constexpr std::uint64_t delivery_ms = 100;

struct running_timer {
  model::timer which;
  model::connection_id connection;
  std::uint64_t armed_ms;
  std::uint64_t duration_ms;  ///< 0: not known

  /// The times between which it expires.
  std::uint64_t earliest() const { return duration_ms == 0 ? 0 : armed_ms + duration_ms - std::min(duration_ms, clock_skew_ms); }
  std::uint64_t latest() const {
    return duration_ms == 0 ? std::numeric_limits<std::uint64_t>::max() : armed_ms + duration_ms + promptness_ms;
  }
};

class running_timers {
 public:
  void arm(const running_timer& started) {
    cancel(started.which, started.connection);
    running_.push_back(started);
  }
  void cancel(model::timer which, model::connection_id connection) {
    std::erase_if(running_, [&](const running_timer& each) { return each.which == which && each.connection == connection; });
  }
  const std::vector<running_timer>& all() const { return running_; }

  /// The timer that must have expired before this time, if there is one.
  const running_timer* overdue(std::uint64_t ms) const {
    const auto found = std::ranges::find_if(running_, [&](const running_timer& each) { return each.latest() < ms; });
    return found == running_.end() ? nullptr : &*found;
  }

  template <class Key>
  void put(Key& key) const {
    for (const running_timer& each : running_) {
      key.field(each.which);
      key.field(each.connection);
      key.field(each.armed_ms);
    }
  }

 private:
  std::vector<running_timer> running_;
};

}  // namespace lastcall::sim
