// process.nextTick: what runs when the callback at hand has returned, first in, first out, before the event loop goes on. A
// tick may queue further ticks; the order in which Node tells of 'end', 'finish' and 'close' comes about by that alone. The
// queue is empty between two turns and thus no part of any state.
#pragma once

#include <cstddef>
#include <vector>

namespace lastcall::model {

template <class Tick>
class tick_queue {
 public:
  void push(const Tick& tick) { ticks_.push_back(tick); }
  bool empty() const { return next_ == ticks_.size(); }

  /// The first tick; the memory is kept for later turns.
  Tick pop() {
    const Tick first = ticks_[next_++];
    if (empty()) ticks_.clear(), next_ = 0;
    return first;
  }

 private:
  std::vector<Tick> ticks_;
  std::size_t next_ = 0;
};

}  // namespace lastcall::model
