// Logs of nginx, h2o, nghttpd, nghttpx, Go and Jetty under their graceful signal, against the model. The name of a folder is the name
// of the system, and with it of its profile. Each log must be reproduced under that profile, with the end that the process showed; under the
// profile of another system it must diverge where the logs of the two systems differ.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
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

bool exited(const traces::trace& trace) {
  return std::ranges::any_of(trace.rows, [](const traces::row& r) { return r.event == traces::event_kind::server_close; });
}

class server_log : public testing::TestWithParam<log_file> {};

TEST_P(server_log, is_reproduced_under_the_profile_of_its_own_system) {
  const traces::trace trace = imported(GetParam());
  const replay_verdict replayed = replay(trace, *model::find_profile(trace.profile));
  ASSERT_TRUE(replayed.reproduced) << "line " << replayed.divergence->step << ": expected " << replayed.divergence->expected
                                   << ", observed " << replayed.divergence->observed;
}

/// Whether a connection was left when the watch ended. One that had just gone may leave a process that is about to exit.
bool connection_left(const traces::trace& trace) {
  std::set<std::uint32_t> open;
  for (const traces::row& r : trace.rows) {
    using enum traces::event_kind;
    if (r.actor != traces::actor::client) continue;
    if (r.event == connect) open.insert(r.connection);
    if (r.event == refused || r.event == recv_fin || r.event == recv_rst || r.event == close || r.event == rst) open.erase(r.connection);
  }
  return !open.empty();
}

/// close_terminates, unbounded. The server that exited terminated; one that did not may have a timer that ends after the watch.
TEST_P(server_log, terminates_if_the_process_exited_and_hangs_if_no_timer_is_left) {
  const traces::trace trace = imported(GetParam());
  const model::profile& profile = *model::find_profile(trace.profile);
  const replay_verdict replayed = replay(trace, profile);
  ASSERT_TRUE(replayed.reproduced);
  const bool closing = std::ranges::any_of(trace.rows, [](const traces::row& r) {
    return r.event == traces::event_kind::close && r.actor == traces::actor::app;
  });
  const bool hangs = closing && connection_left(trace) && profile.drain_deadline == model::drain_deadline::none && !exited(trace);
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
  return text + (exited(trace) ? "exit" : "no exit");
}

/// What was done to the server: its handlers' answers and the signals that it takes. Where they differ, so may the outcomes.
std::string inputs_of(const traces::trace& trace) {
  std::string text;
  for (const traces::row& r : trace.rows) {
    const bool is_answer = r.actor == traces::actor::app && r.event != traces::event_kind::handler_read;
    if (!is_answer && r.actor != traces::actor::kernel) continue;
    text += std::string(traces::name_of(r.event)) + ' ' + std::to_string(r.stream) + ' ' + std::to_string(r.length) + '\n';
  }
  return text;
}

/// A log is reproduced under the profile of another system only where that system's own log of the scenario shows the same.
TEST_P(server_log, diverges_under_every_other_system_whose_log_differs) {
  if (GetParam().name == "new_stream_race") return;  // what comes first is left to chance
  if (GetParam().name == "idle_reacts") return;      // the client leaves 50 ms after GOAWAY, before it must have seen a FIN
  for (const log_file& other : all_logs()) {
    if (other.name != GetParam().name || other.system == GetParam().system) continue;
    traces::trace trace = imported(GetParam());
    const traces::trace other_trace = imported(other);
    if (inputs_of(trace) != inputs_of(other_trace) || outcome_of(trace) == outcome_of(other_trace)) continue;
    trace.black_box->timers_ms = other_trace.black_box->timers_ms;
    EXPECT_FALSE(replay(trace, *model::find_profile(other_trace.profile)).reproduced) << "under " << other.system;
  }
}

std::string test_name(const testing::TestParamInfo<log_file>& info) {
  std::string name = info.param.full_name();
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(other, server_log, testing::ValuesIn(all_logs()), test_name);

}  // namespace
}  // namespace lastcall::properties::test
