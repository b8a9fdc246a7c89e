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

/// Logs that the model does not reproduce, by system and name, and why.
const std::map<std::string, std::string> exceptions{
};

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
  if (const auto why = exceptions.find(GetParam().full_name()); why != exceptions.end()) {
    EXPECT_FALSE(replayed.reproduced) << "is no exception any more: " << why->second;
    return;
  }
  ASSERT_TRUE(replayed.reproduced) << "line " << replayed.divergence->step << ": expected " << replayed.divergence->expected
                                   << ", observed " << replayed.divergence->observed;
}

std::string test_name(const testing::TestParamInfo<log_file>& info) {
  std::string name = info.param.full_name();
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(other, server_log, testing::ValuesIn(all_logs()), test_name);

}  // namespace
}  // namespace lastcall::properties::test
