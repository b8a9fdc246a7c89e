// A profile as people see it: its decisions by name, its timers in words, and the machines that all profiles share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/machine.hpp"
#include "model/profile.hpp"

namespace lastcall::cli {

struct decision {
  std::string_view name;
  std::string value;
  std::string_view question;  ///< that the value answers
};

/// All of them, in the order in which model::profile has them.
std::vector<decision> decisions_of(const model::profile& profile);

/// When the drain timer runs and what it does, and what follows FIN.
std::string deadlines_text(const model::profile& profile);

struct machine {
  std::string_view name;
  std::string_view initial;  ///< state
  const std::vector<model::table_row>& table;
};
std::vector<machine> machines();

/// The decisions and the transition tables, as `lastcall show` prints them.
std::string profile_text(const model::profile& profile);
/// One Mermaid stateDiagram-v2 for each machine, each in a fenced block of Markdown.
std::string profile_mermaid(const model::profile& profile);
/// The schema `lastcall/show/1` of docs/CLI.md.
std::string profile_json(const model::profile& profile);

}  // namespace lastcall::cli
