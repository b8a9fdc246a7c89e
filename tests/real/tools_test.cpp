// Clients of the field against serve(): curl, nghttp and h2load. A tool that is not installed skips its tests.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <regex>
#include <string>
#include <thread>

#include "tests/real/running_server.hpp"

#ifdef _WIN32
#define popen _popen
#define pclose _pclose
#endif

namespace lastcall::test {
namespace {

bool is_installed(const std::string& tool) {
#ifdef _WIN32
  return std::system((tool + " --version > NUL 2>&1").c_str()) == 0;
#else
  return std::system((tool + " --version > /dev/null 2>&1").c_str()) == 0;
#endif
}

// What the command prints, both streams, line by line as it comes too. The command must end by itself.
std::string output_of(const std::string& command, const std::function<void(const std::string&)>& on_line = {}) {
  std::string all;
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char line[4096];
  while (std::fgets(line, sizeof line, pipe) != nullptr) {
    all += line;
    if (on_line) {
      on_line(line);
    }
  }
  pclose(pipe);
  return all;
}

const std::string curl = "curl --silent --http2-prior-knowledge --max-time 15 ";

#define LASTCALL_NEEDS(tool) \
  if (!is_installed(tool)) GTEST_SKIP() << tool << " is not installed"

// How many requests h2load says got their answer.
long succeeded(const std::string& h2load_output) {
  std::smatch found;
  return std::regex_search(h2load_output, found, std::regex("(\\d+) succeeded")) ? std::stol(found[1]) : -1;
}

TEST(tools, curl_gets_the_rest_of_its_response_though_the_server_closes) {
  LASTCALL_NEEDS("curl");
  running_server server("rfc9113");
  const auto all = output_of(curl + "--no-buffer \"" + server.url("/stream?n=6&ms=100") + "\"",
                             [&](const std::string& line) {
                               if (line == "5 to go\n") {
                                 server.close();
                               }
                             });
  EXPECT_EQ(all, "5 to go\n4 to go\n3 to go\n2 to go\n1 to go\n0 to go\n");
  EXPECT_TRUE(server.result().has_value());
  EXPECT_NE(server.report().find("failed 0"), std::string::npos) << server.report();
}

TEST(tools, curl_gets_back_a_large_body_unchanged) {
  LASTCALL_NEEDS("curl");
  const auto path = ::testing::TempDir() + "lastcall_echo_body";
  std::string body;
  while (body.size() < 3'000'000) {
    body += std::to_string(body.size()) + "\n";
  }
  std::ofstream(path, std::ios::binary) << body;
  running_server server("rfc9113");
  EXPECT_TRUE(output_of(curl + "--data-binary @" + path + " " + server.url("/echo")) == body);
  std::remove(path.c_str());
}

TEST(tools, nghttp_sees_the_goaway_that_warns_and_gets_its_response) {
  LASTCALL_NEEDS("nghttp");
  running_server server("rfc9113");
  auto log = std::async(std::launch::async, [&] { return output_of("nghttp -nv -t 15 " + server.url("/delay?ms=2000")); });
  std::this_thread::sleep_for(700ms);
  server.close();
  const auto seen = log.get();
  EXPECT_NE(seen.find("recv GOAWAY"), std::string::npos) << seen;
  EXPECT_NE(seen.find("last_stream_id=2147483647, error_code=NO_ERROR"), std::string::npos) << seen;
  EXPECT_NE(seen.find(":status: 200"), std::string::npos) << seen;
  EXPECT_TRUE(server.result().has_value());
}

TEST(tools, h2load_finishes_twenty_thousand_requests) {
  LASTCALL_NEEDS("h2load");
  running_server server("rfc9113");
  const auto log = output_of("h2load -n 20000 -c 50 -m 20 " + server.url("/"));
  EXPECT_EQ(succeeded(log), 20'000) << log;
}

TEST(tools, a_close_under_load_loses_no_admitted_request) {
  LASTCALL_NEEDS("h2load");
  running_server server("rfc9113");
  auto load = std::async(std::launch::async, [&] {
    return output_of("h2load -n 10000000 -c 20 -m 10 -N 15 " + server.url("/bytes?n=2000"));
  });
  std::this_thread::sleep_for(1s);
  server.close();
  const auto log = load.get();
  const auto result = server.result();
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->exit_code, 0);
  const auto report = server.report();
  std::smatch found;
  ASSERT_TRUE(std::regex_search(report, found, std::regex("requests: (\\d+), completed (\\d+), failed 0"))) << report;
  EXPECT_EQ(found[1], found[2]) << report;
  EXPECT_GT(std::stol(found[2]), 0) << report;
  EXPECT_EQ(std::stol(found[2]), succeeded(log)) << report << log;
}

}  // namespace
}  // namespace lastcall::test
