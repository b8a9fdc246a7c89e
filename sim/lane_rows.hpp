// The rows of a log as replay sees them: which count, in which lane, and when a row and what the model shows agree.
#pragma once

#include <string>
#include <vector>

#include "model/effect.hpp"
#include "sim/lane_state.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::sim {

/// A lane: the rows that count, in order.
using lane = std::vector<const traces::row*>;

struct lanes {
  std::vector<lane> clients;
  lane process;  ///< application, clock and callbacks
  bool has_listen = false;
  std::size_t last_line = 0;
};

/// Points into the trace, which must stay.
lanes lanes_of(const traces::trace&);

/// A callback that real servers report under its name.
bool is_compared_callback(const traces::row&);

/// What the model shows, as the row that a log would have.
traces::row as_row(const server_frame&, std::uint32_t client);
traces::row as_row(const model::notify&);
traces::row as_row(const model::socket_notify&);

/// The row says what the model shows. What a row leaves out is not compared.
bool agrees(const traces::row& expected, const traces::row& shown);

/// For people.
std::string describe(const traces::row&);

}  // namespace lastcall::sim
