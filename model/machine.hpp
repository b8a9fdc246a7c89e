// What all machines have in common, seen from outside: a step is a total function of (state, event, facts), and a
// machine can list its transition table. How Boost.MSM does it stays in the machines' own source files.
#pragma once

#include <array>
#include <cstddef>
#include <boost/describe/enum.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace lastcall::model {

/// What a transition commands, in order. At most four commands stand in one row of any table.
template <class Command>
class commands {
 public:
  void push_back(Command command) { items_[size_++] = command; }
  const Command* begin() const { return items_.data(); }
  const Command* end() const { return items_.data() + size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::array<Command, 4> items_{};
  std::uint8_t size_ = 0;
};

/// How an event was taken. `absent`: the table has no row for it in this state, so it is illegal or meaningless
/// there. `guarded`: rows exist but every guard refused, which is a hole in the table and thus a bug.
BOOST_DEFINE_FIXED_ENUM_CLASS(outcome, std::uint8_t, taken, absent, guarded)

template <class State, class Command>
struct transition {
  State next;
  model::outcome outcome;
  model::commands<Command> commands;
};

/// One row of a transition table, by name, for drawing and for tests.
struct table_row {
  std::string source;
  std::string event;
  std::string target;  ///< the source again for an internal transition
  std::string commands;
  std::string guard;
};

}  // namespace lastcall::model
