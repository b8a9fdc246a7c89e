// Runs the lastcall command as a user would, through the shell, and gives what it printed. Tests see nothing else of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#ifndef _WIN32
#include <sys/wait.h>
#endif

namespace lastcall::cli_test {

using nlohmann::json;
using words = std::vector<std::string>;

struct outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A file of the running test's own; ctest may run several tests at once.
inline std::filesystem::path scratch(const std::string& name) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string unique = std::string(test->test_suite_name()) + "." + test->name() + "." + name;
  std::ranges::replace(unique, '/', '-');  // of a parameterised test
  return std::filesystem::path(testing::TempDir()) / unique;
}

inline std::string file_of_tree(const std::string& path) { return std::string(LASTCALL_TREE) + "/" + path; }

/// What a user would type, as one line of a shell.
inline outcome run_line(const std::string& arguments) {
  const auto out = scratch("out");
  const auto err = scratch("err");
  std::string line = "\"" LASTCALL_COMMAND "\" " + arguments + " >\"" + out.string() + "\" 2>\"" + err.string() + "\"";
#ifdef _WIN32
  line = '"' + line + '"';  // cmd.exe takes the outermost quotes away
#endif
  const int status = std::system(line.c_str());
#ifdef _WIN32
  const int exit_code = status;
#else
  const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
#endif
  return {exit_code, text_of(out), text_of(err)};
}

inline outcome run(const words& arguments) {
  std::string line;
  for (const std::string& word : arguments) line += '"' + word + "\" ";
  return run_line(line);
}

/// The output as JSON; a discarded value, which equals nothing, when it is none.
inline json json_of(const outcome& what) { return json::parse(what.out, nullptr, false); }

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Bad usage or input is told in one line on standard error, and nothing is printed.
inline void expect_one_line_error(const outcome& what, int exit_code) {
  EXPECT_EQ(what.exit_code, exit_code);
  EXPECT_EQ(what.out, "");
  EXPECT_EQ(std::ranges::count(what.err, '\n'), 1) << what.err;
  EXPECT_TRUE(what.err.starts_with("lastcall: ")) << what.err;
  EXPECT_GT(what.err.size(), std::string("lastcall: \n").size());
}

}  // namespace lastcall::cli_test
