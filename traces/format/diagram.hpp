// What a drawing of a trace shows, before it is known how it is drawn: lanes, and steps between and in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "traces/format/trace.hpp"

namespace lastcall::traces {

enum class step_kind : std::uint8_t {
  arrow,    ///< sent and received at once, as far as the trace tells
  leaves,   ///< sent, and in flight for now
  arrives,  ///< received after it had been in flight
  acts,     ///< a note: the lane does something
  is_told,  ///< a note: the application hears of something
};

struct diagram_step {
  step_kind kind = step_kind::acts;
  std::size_t from = 0;  ///< lane; of a note the only one
  std::size_t to = 0;
  std::string subject;   ///< of a note: "stream 1", or empty
  std::string label;
  std::optional<std::uint64_t> ms;
  bool loop = false;
};

struct diagram {
  std::vector<std::string> headline;  ///< title, system and source, profile and verdict
  std::vector<std::string> lanes;     ///< clients, server, application, and the clock where a timer expires
  std::size_t server = 0;             ///< lane; the application is the next one, then the clock
  std::vector<diagram_step> steps;
  bool hangs = false;                 ///< server.close() was called and never called back
  std::string ending;                 ///< one sentence: what is still alive when nothing more happens
};

diagram diagram_of(const trace& t);

/// "subject: label", or the label alone.
std::string note_text(const diagram_step& step);

}  // namespace lastcall::traces
