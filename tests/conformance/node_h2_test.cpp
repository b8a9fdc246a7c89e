// Logs of real Node processes against the model. Under the profile of its own release each log must be reproduced, with the
// verdict that the process showed. Under the profile of every other release it must be reproduced exactly where the two
// releases logged the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "properties/replay.hpp"
#include "sim/lane_rows.hpp"
#include "traces/format/import_node.hpp"
#include "traces/format/read.hpp"

namespace lastcall::properties::test {
namespace {

using traces::actor;
using kind = traces::event_kind;

struct log_file {
  std::string name;
  std::string profile;
  std::filesystem::path path;
};

void PrintTo(const log_file& log, std::ostream* out) { *out << log.profile << ' ' << log.name; }

std::vector<log_file> all_logs() {
  std::vector<log_file> found;
  for (const auto& folder : std::filesystem::directory_iterator(LASTCALL_LOGS)) {
    const std::string profile = folder.path().filename().string();
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (entry.path().filename().string().starts_with("h2_") && profile.starts_with("node-"))
        found.push_back({entry.path().stem().string(), profile, entry.path()});
  }
  std::ranges::sort(found, {}, &log_file::path);
  return found;
}

traces::trace imported(const log_file& log) {
  const auto text = traces::read_text_file(log.path);
  EXPECT_TRUE(text) << to_string(text.failure());
  const auto trace = traces::import_node_log(*text, log.path.string(), {log.name, "measured", log.profile, {}});
  EXPECT_TRUE(trace) << to_string(trace.failure());
  return *trace;
}

/// What the process itself did, by its own rows.
bool never_calls_back(const traces::trace& trace) {
  bool called = false;
  bool answered = false;
  for (const traces::row& r : trace.rows) {
    called |= r.actor == actor::app && r.event == kind::close;
    answered |= r.event == kind::close_callback;
  }
  return called && !answered;
}

verdict close_terminates(const replay_verdict& replayed) {
  for (const auto& each : replayed.claims)
    if (each.claim->name == "close_terminates" && each.claim->form == form::unbounded) return each.verdict;
  return verdict::unknown;
}

/// The lanes of a log without what differs from run to run: the lines, the times and the lengths of header blocks.
struct recorded_lanes {
  std::vector<std::vector<traces::row>> clients;
  std::vector<traces::row> process;

  friend bool operator==(const recorded_lanes&, const recorded_lanes&) = default;
};

recorded_lanes lanes_of(const traces::trace& trace) {
  const auto copied = [](const sim::lane& lane) {
    std::vector<traces::row> rows;
    for (const traces::row* each : lane) {
      rows.push_back(*each);
      rows.back().ms.reset();
    }
    return rows;
  };
  const sim::lanes lanes = sim::lanes_of(trace);
  recorded_lanes made;
  for (const sim::lane& each : lanes.clients) made.clients.push_back(copied(each));
  made.process = copied(lanes.process);
  return made;
}

/// Lanes know no times: a client that leaves by itself may have left before it read what another release would have told it.
/// True if each client has left before its lane and the other's part.
bool all_left_before_they_differ(const recorded_lanes& lanes, const recorded_lanes& others) {
  if (lanes.clients.size() != others.clients.size()) return false;
  for (std::size_t who = 0; who < lanes.clients.size(); ++who) {
    const auto& rows = lanes.clients[who];
    const auto left = std::ranges::find_if(
        rows, [](const traces::row& r) { return r.event == kind::close || r.event == kind::rst || r.event == kind::recv_fin; });
    if (left == rows.end() || left->event == kind::recv_fin) return false;
    const auto& known = others.clients[who];
    if (!std::equal(rows.begin(), left, known.begin(), known.begin() + std::min(known.end() - known.begin(), left - rows.begin())))
      return false;
  }
  return true;
}

class node_log : public testing::TestWithParam<log_file> {};

TEST_P(node_log, is_reproduced_under_its_own_profile_with_its_own_verdict) {
  const traces::trace trace = imported(GetParam());
  const replay_verdict replayed = replay(trace, *model::find_profile(GetParam().profile));
  ASSERT_TRUE(replayed.reproduced) << "line " << replayed.divergence->step << ": expected " << replayed.divergence->expected
                                   << ", observed " << replayed.divergence->observed;
  EXPECT_EQ(close_terminates(replayed), never_calls_back(trace) ? verdict::violated : verdict::holds);
}

TEST_P(node_log, diverges_under_another_releases_profile_exactly_where_that_release_did_something_else) {
  const traces::trace trace = imported(GetParam());
  const recorded_lanes lanes = lanes_of(trace);
  for (const log_file& other : all_logs()) {
    if (other.name != GetParam().name || other.profile == GetParam().profile) continue;
    const recorded_lanes others = lanes_of(imported(other));
    if (lanes != others && all_left_before_they_differ(lanes, others)) continue;
    const replay_verdict replayed = replay(trace, *model::find_profile(other.profile));
    EXPECT_EQ(replayed.reproduced, lanes == others) << "under " << other.profile;
  }
}

std::string test_name(const testing::TestParamInfo<log_file>& info) {
  std::string name = info.param.profile + "_" + info.param.name;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(h2, node_log, testing::ValuesIn(all_logs()), test_name);

TEST(node_logs, are_those_of_five_releases_and_both_apis) {
  std::map<std::string, int> logs;
  for (const log_file& each : all_logs()) ++logs[each.profile];
  const std::map<std::string, int> expected{
      {"node-20.20.2", 63}, {"node-20.3.1", 63}, {"node-23.1.0", 63}, {"node-24.21.0", 63}, {"node-26.10.0", 63}};
  EXPECT_EQ(logs, expected);
}

}  // namespace
}  // namespace lastcall::properties::test
