// Independent explorations, several at a time, with the same results in the same order however many threads there are.
#pragma once

#include <cstddef>
#include <vector>

#include "properties/check.hpp"
#include "sim/explore/report.hpp"

namespace lastcall::cli {

struct exploration_limits {
  double memory_gib = 12;  ///< for all of them together
  unsigned jobs = 2;       ///< at most; never more than the machine has threads
  explore::search_order order = explore::search_order::breadth_first;
};

/// One verdict for each world, in their order. Each search has an equal share of the memory.
std::vector<properties::environment_verdict> check_all(const std::vector<sim::world_options>& worlds,
                                                       const exploration_limits& limits);

}  // namespace lastcall::cli
