// What `lastcall check` found, ready to be printed. The two printers take values and give text; they decide nothing.
#pragma once

#include <string>
#include <vector>

#include "model/profile.hpp"
#include "properties/check.hpp"

namespace lastcall::cli {

struct environment_finding {
  properties::environment_verdict verdict;  ///< with the claims that were asked for, and no other
  bool decides = false;                     ///< the exit code follows it
};

struct profile_finding {
  const model::profile* profile = nullptr;
  std::string prediction;  ///< for which release the profile speaks, if not for its own
  model::protocol protocol = model::protocol::http2;
  std::vector<environment_finding> environments;
};

/// The matrix, what was explored and assumed, and the counterexamples of the environments that decide. Without times, so that
/// the same command gives the same bytes.
std::string check_text(const std::vector<profile_finding>& findings, bool ascii);

/// The schema `lastcall/verdicts/1` of docs/CLI.md.
std::string check_json(const std::vector<profile_finding>& findings);

}  // namespace lastcall::cli
