// What `lastcall replay` found, ready to be printed.
#pragma once

#include <string>
#include <vector>

#include "properties/replay.hpp"

namespace lastcall::cli {

struct replayed {
  std::string file;  ///< empty where a choice path was given instead
  traces::trace trace;
  const model::profile* profile = nullptr;
  std::string prediction;  ///< for which release the profile speaks, if not for its own
  properties::replay_verdict verdict;
};

/// What the trace declared and the replay did not give, a sentence each. A claim that comes in two forms is violated when one is.
std::vector<std::string> unmet_expectations(const replayed& one);

/// A lone run is drawn if it broke a claim or was a choice path.
std::string replay_text(const std::vector<replayed>& all, bool expect, bool ascii);

/// The schema `lastcall/replays/1` of docs/CLI.md.
std::string replay_json(const std::vector<replayed>& all);

}  // namespace lastcall::cli
