// Logs of real Node processes against the model. Under the profile of its own release each log must be reproduced, with the
// verdict that the process showed; under a profile of the other kind of release it must diverge where the two differed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "properties/replay.hpp"
#include "traces/format/import_node.hpp"
#include "traces/format/read.hpp"

namespace lastcall::properties::test {
namespace {

/// Logs that the model does not reproduce yet, by name, and why. They are replayed all the same: one that is reproduced
/// after all must leave this list.
const std::map<std::string, std::string> exceptions{
    {"h2_rst_blocked_write.CANCEL", "'finish' is not told while a write is blocked by the window, and the model knows no windows"},
    {"h2_rst_mid_request.INTERNAL_ERROR!nolisteners", "without a listener 'error' is an uncaught exception that ends the callbacks"},
    {"h2_rst_mid_request.NO_ERROR", "the handler's own write after the end raises 'error'"},
    {"h2_session_goaway_api.idle", "http2session.goaway() is not modelled"},
};

/// In these close() was called and the process never reported 'close', as the summary row of each says.
const std::set<std::string> never_closes_since_24{
    "h2_body_never_ends.nowconsume", "h2_body_never_ends.waitbody", "h2_client_ignores_fin.idle",
    "h2_handler_never_responds",     "h2_tcp_stall.stall",          "h2_window_zero.stall"};

/// Before Node 24 close() left the sessions alone.
bool is_old(const std::string& profile) { return profile == "node-20.20.2" || profile == "node-23.1.0"; }

struct log_file {
  std::string name;
  std::string profile;
  std::filesystem::path path;
};

void PrintTo(const log_file& log, std::ostream* out) { *out << log.profile << ' ' << log.name; }

std::vector<log_file> all_logs() {
  std::vector<log_file> found;
  for (const auto& folder : std::filesystem::directory_iterator(LASTCALL_LOGS))
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      found.push_back({entry.path().stem().string(), folder.path().filename().string(), entry.path()});
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

/// What the process itself did: "callback_ms" of the summary is a number when close() was answered.
bool close_was_called(const traces::trace& trace) {
  return std::ranges::any_of(trace.rows, [](const traces::row& r) {
    return r.actor == traces::actor::app && r.event == traces::event_kind::close;
  });
}
bool close_was_answered(const traces::trace& trace) {
  return std::ranges::any_of(trace.rows, [](const traces::row& r) { return r.event == traces::event_kind::close_callback; });
}

verdict close_terminates(const replay_verdict& replayed) {
  for (const auto& each : replayed.claims)
    if (each.claim->name == "close_terminates" && each.claim->form == form::unbounded) return each.verdict;
  return verdict::unknown;
}

class node_log : public testing::TestWithParam<log_file> {};

TEST_P(node_log, is_reproduced_under_its_own_profile_with_its_own_verdict) {
  const traces::trace trace = imported(GetParam());
  const replay_verdict replayed = replay(trace, *model::find_profile(GetParam().profile));
  if (const auto why = exceptions.find(GetParam().name); why != exceptions.end()) {
    EXPECT_FALSE(replayed.reproduced) << "is no exception any more: " << why->second;
    return;
  }
  ASSERT_TRUE(replayed.reproduced) << "line " << replayed.divergence->step << ": expected " << replayed.divergence->expected
                                   << ", observed " << replayed.divergence->observed;
  const bool hangs = close_was_called(trace) && !close_was_answered(trace);
  EXPECT_EQ(close_terminates(replayed), hangs ? verdict::violated : verdict::holds);
  if (!is_old(GetParam().profile)) {
    EXPECT_EQ(hangs, never_closes_since_24.contains(GetParam().name));
  }
}

/// Releases before and since nodejs/node#57668 differ in what close() does to sessions, and in nothing else that these logs show. So a log in which
/// close() meets a session diverges under a profile of the other kind.
TEST_P(node_log, diverges_under_a_profile_of_the_other_kind_where_they_differ) {
  const traces::trace trace = imported(GetParam());
  const bool old = is_old(GetParam().profile);
  const std::string other = old ? "node-24.21.0" : "node-23.1.0";
  const replay_verdict replayed = replay(trace, *model::find_profile(other));
  std::set<std::uint32_t> open;
  bool close_meets_a_session = false;
  bool stalled = false;
  bool client_leaves = false;
  for (const traces::row& r : trace.rows) {
    if (r.event == traces::event_kind::server_session) open.insert(1);
    if (r.event == traces::event_kind::session_close && r.actor == traces::actor::server) open.clear();
    if (r.event == traces::event_kind::stops_reading) stalled = true;
    if (r.event == traces::event_kind::resumes_reading) stalled = false;
    if (r.actor == traces::actor::app && r.event == traces::event_kind::close) close_meets_a_session = !open.empty();
    client_leaves = close_meets_a_session && (r.event == traces::event_kind::fin || r.event == traces::event_kind::rst ||
                                              (r.actor == traces::actor::client && r.event == traces::event_kind::close));
    if (client_leaves) break;
  }
  // A client that never reads again cannot see the difference, nor one that leaves by itself before GOAWAY must have come
  // (lanes know no times), and session.close() right behind close() takes it away.
  const bool left_untold = client_leaves && old;
  const bool shows = close_meets_a_session && !stalled && !left_untold && !GetParam().name.starts_with("h2_session_close_api");
  if (shows) {
    ASSERT_FALSE(replayed.reproduced);
    EXPECT_GT(replayed.divergence->step, 0U);
  }
}

std::string test_name(const testing::TestParamInfo<log_file>& info) {
  std::string name = info.param.profile + "_" + info.param.name;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(h2, node_log, testing::ValuesIn(all_logs()), test_name);

}  // namespace
}  // namespace lastcall::properties::test
