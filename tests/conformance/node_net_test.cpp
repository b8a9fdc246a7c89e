// Logs of Node's net.Server against the model. Under the profile of its own release each log must be reproduced, with the
// verdict that the process showed. Under the profile of another release it must be reproduced as well, unless the two differ in
// what the log shows; then it must diverge.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "properties/replay.hpp"
#include "traces/format/import_node.hpp"
#include "traces/format/read.hpp"

namespace lastcall::properties::test {
namespace {

struct net_log_file {
  std::string name;
  std::string profile;
  std::filesystem::path path;
};

void PrintTo(const net_log_file& log, std::ostream* out) { *out << log.profile << ' ' << log.name; }

std::vector<net_log_file> all_net_logs() {
  std::vector<net_log_file> found;
  for (const auto& folder : std::filesystem::directory_iterator(LASTCALL_LOGS))
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      if (entry.path().filename().string().starts_with("net_"))
        found.push_back({entry.path().stem().string(), folder.path().filename().string(), entry.path()});
  std::ranges::sort(found, {}, &net_log_file::path);
  return found;
}

traces::trace imported_net_log(const net_log_file& log) {
  const auto text = traces::read_text_file(log.path);
  EXPECT_TRUE(text) << to_string(text.failure());
  const auto trace = traces::import_node_log(*text, log.path.string(), {log.name, "measured", log.profile, {}});
  EXPECT_TRUE(trace) << to_string(trace.failure());
  return *trace;
}

std::ptrdiff_t count_rows(const traces::trace& trace, traces::actor who, traces::event_kind what) {
  return std::ranges::count_if(trace.rows, [&](const traces::row& r) { return r.actor == who && r.event == what; });
}

/// maxConnections = 0 lets everybody in before Node 21.
bool differ(const std::string& log, const std::string& a, const std::string& b) {
  return log == "net_maxconn_0" && a.starts_with("node-20.") != b.starts_with("node-20.");
}

class node_net_log : public testing::TestWithParam<net_log_file> {};

TEST_P(node_net_log, is_reproduced_under_its_own_profile_with_its_own_verdict) {
  const traces::trace trace = imported_net_log(GetParam());
  const replay_verdict replayed = replay(trace, *model::find_profile(GetParam().profile));
  ASSERT_TRUE(replayed.reproduced) << "line " << replayed.divergence->step << ": expected " << replayed.divergence->expected
                                   << ", observed " << replayed.divergence->observed;
  const bool hangs = count_rows(trace, traces::actor::app, traces::event_kind::close) >
                     count_rows(trace, traces::actor::server, traces::event_kind::close_callback);
  for (const claim_verdict& each : replayed.claims)
    EXPECT_EQ(each.verdict, each.claim->name == "close_terminates" && hangs ? verdict::violated : verdict::holds) << each.claim->name;
  EXPECT_EQ(replayed.still_alive.empty(), !hangs);
}

TEST_P(node_net_log, diverges_under_another_release_exactly_where_the_two_differ) {
  const traces::trace trace = imported_net_log(GetParam());
  for (const model::profile& other : model::profiles()) {
    if (!other.name.starts_with("node-")) continue;
    EXPECT_EQ(replay(trace, other).reproduced, !differ(GetParam().name, GetParam().profile, std::string(other.name))) << other.name;
  }
}

std::string name_of_net_test(const testing::TestParamInfo<net_log_file>& info) {
  std::string name = info.param.profile + "_" + info.param.name;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(net, node_net_log, testing::ValuesIn(all_net_logs()), name_of_net_test);

/// A log that no server can have written: the order of two callbacks is changed, or one of them left out.
TEST(node_net_log, is_not_reproduced_once_it_has_been_tampered_with) {
  const auto logs = all_net_logs();
  const auto one = std::ranges::find_if(logs, [](const net_log_file& each) { return each.name == "net_close_1conn"; });
  ASSERT_NE(one, logs.end());
  const model::profile& profile = *model::find_profile(one->profile);
  const traces::trace whole = imported_net_log(*one);
  const auto is_callback = [](const traces::row& r) {
    return r.actor == traces::actor::server && r.event != traces::event_kind::listening;
  };
  for (std::size_t i = 0; i < whole.rows.size(); ++i) {
    if (!is_callback(whole.rows[i])) continue;
    traces::trace shorter = whole;
    shorter.rows.erase(shorter.rows.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(replay(shorter, profile).reproduced) << "without row " << i;
    if (i + 1 == whole.rows.size() || !is_callback(whole.rows[i + 1])) continue;
    traces::trace turned = whole;
    std::swap(turned.rows[i], turned.rows[i + 1]);
    EXPECT_FALSE(replay(turned, profile).reproduced) << "rows " << i << " and the next turned round";
  }
}

}  // namespace
}  // namespace lastcall::properties::test
