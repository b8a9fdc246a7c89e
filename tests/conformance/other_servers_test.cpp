// Logs of nginx, h2o, nghttpd, nghttpx, Go and Jetty under their graceful signal, against the model. The name of a folder is the name
// of the system, and with it of its profile. Each log must be reproduced under that profile, with the end that the process showed; under the
// profile of another system it must diverge where the logs of the two systems differ.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/profiles/profiles.hpp"
#include "properties/replay.hpp"
#include "traces/format/import_server.hpp"
#include "traces/format/read.hpp"

namespace lastcall::properties::test {
namespace {

struct log_file {
  std::string system;
  std::string name;
  std::filesystem::path path;

  std::string full_name() const { return system + "/" + name; }
};

void PrintTo(const log_file& log, std::ostream* out) { *out << log.full_name(); }

std::vector<log_file> all_logs() {
  std::vector<log_file> found;
  for (const auto& folder : std::filesystem::directory_iterator(LASTCALL_LOGS)) {
    const std::string system = folder.path().filename().string();
    if (!traces::system_named(system)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      found.push_back({system, entry.path().stem().string(), entry.path()});
  }
  std::ranges::sort(found, {}, &log_file::path);
  return found;
}

traces::trace imported(const log_file& log) {
  const auto text = traces::read_text_file(log.path);
  EXPECT_TRUE(text) << to_string(text.failure());
  const auto trace = traces::import_server_log(*text, log.path.string(), *traces::system_named(log.system), {log.name, "measured", {}, {}});
  EXPECT_TRUE(trace) << to_string(trace.failure());
  return *trace;
}

class server_log : public testing::TestWithParam<log_file> {};

TEST_P(server_log, is_reproduced_under_the_profile_of_its_own_system) {
  const traces::trace trace = imported(GetParam());
  const replay_verdict replayed = replay(trace, *model::find_profile(trace.profile));
  ASSERT_TRUE(replayed.reproduced) << "line " << replayed.divergence->step << ": expected " << replayed.divergence->expected
                                   << ", observed " << replayed.divergence->observed;
}

/// close_terminates, unbounded. The server that exited terminated; one that did not may have a timer that ends after the watch.
TEST_P(server_log, terminates_if_the_process_exited_and_hangs_if_no_timer_is_left) {
  const traces::trace trace = imported(GetParam());
  const model::profile& profile = *model::find_profile(trace.profile);
  const replay_verdict replayed = replay(trace, profile);
  ASSERT_TRUE(replayed.reproduced);
  const auto has = [&](traces::event_kind event) {
    return std::ranges::any_of(trace.rows, [&](const traces::row& r) { return r.event == event && r.actor != traces::actor::client; });
  };
  const bool hangs = has(traces::event_kind::close) && !has(traces::event_kind::server_close) &&
                     profile.drain_deadline == model::drain_deadline::none && GetParam().name != "stall_tcp";
  for (const auto& each : replayed.claims)
    if (each.claim->name == "close_terminates" && each.claim->form == form::unbounded) {
      EXPECT_EQ(each.verdict, hangs ? verdict::violated : verdict::holds);
    }
}

/// What a client of each connection saw of GOAWAY, resets and the end, and whether the process exited: what no two servers do alike by chance.
std::string outcome_of(const traces::trace& trace) {
  std::string text;
  for (const traces::row& r : trace.rows) {
    const bool of_client = r.actor == traces::actor::client && !traces::name_of(r.event).starts_with("send_");
    const bool ignored = r.event == traces::event_kind::recv_window_update || r.event == traces::event_kind::recv_settings ||
                         r.event == traces::event_kind::recv_settings_ack || (r.event == traces::event_kind::recv_data && !r.end_stream);
    if (!of_client || ignored) continue;
    text += traces::actor_name(r) + ' ' + std::string(traces::name_of(r.event)) + ' ' + std::to_string(r.stream) + ' ' + std::to_string(r.last_stream) + '\n';
  }
  const bool exited = std::ranges::any_of(trace.rows, [](const traces::row& r) { return r.event == traces::event_kind::server_close; });
  return text + (exited ? "exit" : "no exit");
}

/// Of one server with and without its option, a log is reproduced under the other's profile only where the other's own log shows the same.
TEST_P(server_log, diverges_under_the_other_option_of_its_server_where_the_two_differed) {
  static const std::map<std::string, std::string> twins{
      {"nginx-1.22.1", "nginx-1.22.1+worker_shutdown_timeout=3s"}, {"nginx-1.22.1+worker_shutdown_timeout=3s", "nginx-1.22.1"},
      {"h2o-2.2.5", "h2o-2.2.5+graceful-shutdown-timeout=3"},      {"h2o-2.2.5+graceful-shutdown-timeout=3", "h2o-2.2.5"},
      {"go-tls-1.19.8", "go-tls-notimeout-1.19.8"},                {"go-tls-notimeout-1.19.8", "go-tls-1.19.8"},
      {"jetty-9.4.57", "jetty-9.4.57+StatisticsHandler"},          {"jetty-9.4.57+StatisticsHandler", "jetty-9.4.57"}};
  const auto other = twins.find(GetParam().system);
  if (other == twins.end() || GetParam().name == "new_stream_race") return;
  const traces::trace trace = imported(GetParam());
  log_file twin = GetParam();
  twin.system = other->second;
  twin.path = GetParam().path.parent_path().parent_path() / twin.system / GetParam().path.filename();
  const traces::trace twin_trace = imported(twin);
  if (outcome_of(trace) == outcome_of(twin_trace)) return;
  EXPECT_FALSE(replay(trace, *model::find_profile(twin_trace.profile)).reproduced);
}

std::string test_name(const testing::TestParamInfo<log_file>& info) {
  std::string name = info.param.full_name();
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(other, server_log, testing::ValuesIn(all_logs()), test_name);

}  // namespace
}  // namespace lastcall::properties::test
