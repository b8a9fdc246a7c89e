// Logs of real Jetty, whose client resets the stream of a request, against the model. Under the profile of its own release each
// log must be reproduced. Under the profile of any other release it must diverge where that release, recorded in the same
// scenario, showed something else, and be reproduced where it showed the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "properties/replay.hpp"
#include "traces/format/import_servlet.hpp"
#include "traces/format/read.hpp"

namespace lastcall::properties::test {
namespace {

struct log_file {
  std::string name;  ///< scenario and error code
  std::string folder;  ///< the profile, and the program after a "+" where it is not the one of tests/peers/jetty
  std::filesystem::path path;

  std::string profile() const { return folder.substr(0, folder.find('+')); }
};

void PrintTo(const log_file& log, std::ostream* out) { *out << log.folder << ' ' << log.name; }

std::vector<log_file> all_logs() {
  std::vector<log_file> found;
  for (const auto& folder : std::filesystem::directory_iterator(LASTCALL_SERVLET_LOGS))
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      found.push_back({entry.path().stem().string(), folder.path().filename().string(), entry.path()});
  std::ranges::sort(found, {}, &log_file::path);
  return found;
}

traces::trace imported(const log_file& log) {
  const auto text = traces::read_text_file(log.path);
  EXPECT_TRUE(text) << to_string(text.failure());
  EXPECT_TRUE(traces::is_servlet_log(*text));
  const auto trace = traces::import_servlet_log(*text, log.path.string(), {log.name, "measured", log.profile(), {}});
  EXPECT_TRUE(trace) << to_string(trace.failure());
  return *trace;
}

verdict verdict_of(const replay_verdict& replayed, std::string_view claim) {
  for (const auto& each : replayed.claims)
    if (each.claim->name == claim) return each.verdict;
  return verdict::unknown;
}

bool has_row(const traces::trace& trace, traces::event_kind event) {
  return std::ranges::any_of(trace.rows, [event](const traces::row& r) { return r.event == event; });
}

/// What a log shows: what the container called (onDataAvailable comes when the client's DATA comes), what came of the application's calls, what the client saw. The three are
/// ordered each in itself, and only so.
struct shown {
  std::vector<traces::event_kind> called;
  std::vector<bool> failed;
  std::vector<std::tuple<traces::event_kind, bool>> seen;

  friend bool operator==(const shown&, const shown&) = default;
};

shown shown_by(const traces::trace& trace) {
  shown made;
  for (const traces::row& r : trace.rows) {
    if (r.actor == traces::actor::server && r.event == traces::event_kind::call_returned) made.failed.push_back(r.failed);
    else if (r.actor == traces::actor::server && r.event != traces::event_kind::stream_data) made.called.push_back(r.event);
    const bool frame = r.event == traces::event_kind::recv_headers || r.event == traces::event_kind::recv_rst_stream ||
                       (r.event == traces::event_kind::recv_data && r.end_stream);
    if (r.actor == traces::actor::client && frame) made.seen.emplace_back(r.event, r.end_stream);
  }
  return made;
}

class jetty_log : public testing::TestWithParam<log_file> {};

TEST_P(jetty_log, is_reproduced_under_its_own_profile) {
  const traces::trace trace = imported(GetParam());
  const replay_verdict replayed = replay(trace, *model::find_profile(GetParam().profile()));
  ASSERT_TRUE(replayed.reproduced) << "line " << replayed.divergence->step << ": expected " << replayed.divergence->expected
                                   << ", observed " << replayed.divergence->observed;
  // The timeout came, and complete() was refused after it: the request is there for ever.
  const bool lingers = has_row(trace, traces::event_kind::timeout_set) && !has_row(trace, traces::event_kind::request_completed) &&
                       has_row(trace, traces::event_kind::request_timeout);
  if (lingers) {
    EXPECT_EQ(verdict_of(replayed, "request_ends"), verdict::violated);
  }
}

TEST_P(jetty_log, diverges_under_another_profile_exactly_where_that_release_showed_something_else) {
  const traces::trace trace = imported(GetParam());
  const shown own = shown_by(trace);
  for (const log_file& other : all_logs()) {
    if (other.name != GetParam().name || other.folder == GetParam().folder) continue;
    const bool same_program = other.folder.find('+') == GetParam().folder.find('+');
    if (!same_program) continue;
    const replay_verdict replayed = replay(trace, *model::find_profile(other.profile()));
    const bool same = shown_by(imported(other)) == own;
    // When a timeout came that nobody listened to, no row says; lanes know no times, so it may stand before a reset that came first.
    const bool is_told = !has_row(trace, traces::event_kind::timeout_set) || has_row(trace, traces::event_kind::listener_added);
    if (same || is_told) {
      EXPECT_EQ(replayed.reproduced, same) << "under " << other.profile();
    }
  }
}

std::string test_name(const testing::TestParamInfo<log_file>& info) {
  std::string name = info.param.folder + "_" + info.param.name;
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(rst, jetty_log, testing::ValuesIn(all_logs()), test_name);

/// The issue itself, as the releases before and after its repair were recorded.
TEST(jetty_12313, is_seen_before_the_repair_and_not_after_it) {
  const auto verdict_in = [](const std::string& profile) {
    const log_file log{"rst_wait-committed.CANCEL", profile,
                       std::filesystem::path(LASTCALL_SERVLET_LOGS) / profile / "rst_wait-committed.CANCEL.jsonl"};
    return verdict_of(replay(imported(log), *model::find_profile(profile)), "error_reaches_application");
  };
  EXPECT_EQ(verdict_in("jetty-9.4.57"), verdict::violated);
  EXPECT_EQ(verdict_in("jetty-11"), verdict::violated);
  EXPECT_EQ(verdict_in("jetty-12.0.14-ee9"), verdict::violated);
  EXPECT_EQ(verdict_in("jetty-12.0.14-ee10"), verdict::violated);
  EXPECT_EQ(verdict_in("jetty-12.0.15-ee9"), verdict::holds);
  EXPECT_EQ(verdict_in("jetty-12.0.15"), verdict::holds);
}

}  // namespace
}  // namespace lastcall::properties::test
