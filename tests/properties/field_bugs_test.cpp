// The catalogue of field bugs in docs/FIELD_BUGS.md is true: every trace that it names is there, is replayed under the profile
// that the row names, and gives the verdict that the row says.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "properties/replay.hpp"
#include "traces/format/read.hpp"

namespace lastcall::properties::test {
namespace {

struct catalogued {
  std::string entry;   ///< of the catalogue, such as "A1"
  std::string trace;   ///< file name without its ending
  std::string profile;
  std::string claim;
  bool holds = false;
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    std::erase(cell, '`');
    const auto from = cell.find_first_not_of(' ');
    cells.push_back(from == std::string::npos ? "" : cell.substr(from, cell.find_last_not_of(' ') - from + 1));
  }
  return cells;
}

/// A row of the table is: entry, claim, trace and profile that break it, trace and profile that keep it.
std::vector<catalogued> catalogue() {
  std::ifstream page(std::filesystem::path(LASTCALL_TREE) / "docs" / "FIELD_BUGS.md");
  std::vector<catalogued> rows;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with("|---")) inside = true;
    else if (!line.starts_with("|")) inside = false;
    else if (inside) {
      const auto cells = cells_of(line);
      if (cells.size() < 6) {
        ADD_FAILURE() << line;
        continue;
      }
      if (!cells[2].empty()) rows.push_back({cells[0], cells[2], cells[3], cells[1], false});
      if (!cells[4].empty()) rows.push_back({cells[0], cells[4], cells[5], cells[1], true});
    }
  }
  return rows;
}

TEST(field_bugs, give_the_verdicts_of_the_catalogue) {
  for (const catalogued& row : catalogue()) {
    SCOPED_TRACE(row.trace);
    const auto trace = traces::read_trace_file(std::filesystem::path(LASTCALL_TREE) / "traces" / (row.trace + ".jsonl"));
    ASSERT_TRUE(trace) << to_string(trace.failure());
    EXPECT_EQ(trace->profile, row.profile);
    ASSERT_TRUE(trace->expect.contains(row.claim)) << row.claim;
    EXPECT_EQ(trace->expect.at(row.claim) == traces::verdict::holds, row.holds);
    const model::profile* profile = model::find_profile(row.profile);
    ASSERT_NE(profile, nullptr);
    const auto found = replay(*trace, *profile);
    ASSERT_TRUE(found.reproduced) << "line " << found.divergence->step << ": expected " << found.divergence->expected
                                  << ", observed " << found.divergence->observed;
    for (const auto& [claim, declared] : trace->expect) {
      bool holds = true;
      bool known = false;
      for (const claim_verdict& each : found.claims) {
        if (each.claim->name != claim) continue;
        known = true;
        holds = holds && each.verdict == verdict::holds;
      }
      EXPECT_TRUE(known) << claim;
      EXPECT_EQ(holds, declared == traces::verdict::holds) << claim;
    }
  }
}

TEST(field_bugs, are_thirty_and_more_each_broken_somewhere_and_kept_somewhere) {
  std::set<std::string> broken;
  std::set<std::string> kept;
  for (const catalogued& row : catalogue()) (row.holds ? kept : broken).insert(row.entry);
  EXPECT_GE(broken.size(), 30U);
  EXPECT_GE(kept.size(), 30U);
}

}  // namespace
}  // namespace lastcall::properties::test
