// What a check is asked and what it answers: options, progress, verdicts.
//
// Plain values only. The one reading of a clock in this folder is the elapsed time reported here; no verdict depends on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/explore/claims.hpp"
#include "sim/explore/path.hpp"

namespace lastcall::explore {

// Breadth first gives shortest counterexamples and is the default. Depth first gives the same verdicts and counts with longer
// ones; it reaches deep states early, which serves a search that is expected to hit its bounds.
enum class search_order : std::uint8_t { breadth_first, depth_first };

// A snapshot of a running search. `frontier` counts the states still to expand, `depth` the steps from the initial state to the
// one expanded last.
struct progress {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t frontier = 0;
  std::uint32_t depth = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
};

struct options {
  search_order order = search_order::breadth_first;
  // The search stops before it would need more. The bound includes what the analysis of liveness needs afterwards.
  std::uint64_t memory_limit_bytes = std::uint64_t{12} << 30;
  // The search stops when it would add one more state; 0 is no limit.
  std::uint64_t state_limit = 0;
  // Called once for every `progress_interval` expanded states.
  std::function<void(const progress&)> on_progress;
  std::uint64_t progress_interval = 65536;
};

// `unknown`: the search stopped at a bound before it saw a violation (or, for sometimes, a witness).
enum class verdict : std::uint8_t { holds, violated, unknown };

inline std::string_view to_string(verdict value) {
  switch (value) {
    case verdict::holds: return "holds";
    case verdict::violated: return "violated";
    case verdict::unknown: return "unknown";
  }
  return "";
}

// A violated claim has a counterexample, except for `sometimes`, whose violation is the absence of any witness. A `sometimes`
// that holds has the witness. In breadth-first order both are shortest; with a loop, the stem is.
struct claim_result {
  std::string name;
  claim_kind kind = claim_kind::always;
  explore::verdict verdict = verdict::unknown;
  std::optional<explore::counterexample> counterexample;
  std::optional<explore::counterexample> witness;
};

struct exploration {
  std::uint64_t states = 0;       // distinct states found
  std::uint64_t transitions = 0;  // steps taken, those to known states included
  std::uint32_t depth = 0;        // steps to the state farthest from the initial one, along the paths of the search
  bool complete = false;          // every reachable state was expanded
  std::string stopped_by;         // the bound that stopped an incomplete search
  std::string storage = "exact";  // states are compared byte by byte
  double seconds = 0;             // elapsed, analysis included
  std::uint64_t bytes = 0;        // memory held at the end of the search
};

struct report {
  std::vector<claim_result> claims;  // in the order given
  exploration explored;

  // Throws std::out_of_range for a name that was not checked.
  const claim_result& operator[](std::string_view name) const {
    for (const claim_result& claim : claims) {
      if (claim.name == name) {
        return claim;
      }
    }
    throw std::out_of_range("no claim named " + std::string(name));
  }
};

}  // namespace lastcall::explore
