// The trace files of the project, and the document that describes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "traces/format/draw.hpp"
#include "traces/format/read.hpp"
#include "traces/format/shape.hpp"
#include "traces/format/write.hpp"

namespace lastcall::test {
namespace {

std::vector<std::filesystem::path> trace_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(LASTCALL_TRACES)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string without_carriage_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

TEST(files, every_trace_is_read_and_stands_as_the_writer_writes_it) {
  ASSERT_GE(trace_files().size(), 3U);
  for (const auto& file : trace_files()) {
    const auto t = traces::read_trace_file(file);
    ASSERT_TRUE(t) << to_string(t.failure());
    EXPECT_EQ(write_trace(*t), without_carriage_returns(*traces::read_text_file(file))) << file;
    EXPECT_FALSE(t->expect.empty()) << file;
  }
}

TEST(files, names_say_system_issue_or_live_and_subject) {
  const std::regex form("[a-z0-9.]+-([0-9a-f]+|live)(-[a-z0-9]+)+\\.jsonl");
  for (const auto& file : trace_files()) {
    EXPECT_TRUE(std::regex_match(file.filename().string(), form)) << file;
  }
}

TEST(files, the_document_has_the_table_of_the_code) {
  const auto document = traces::read_text_file(std::filesystem::path(LASTCALL_TRACES) / "README.md");
  ASSERT_TRUE(document);
  const std::string text = without_carriage_returns(*document);
  const std::string begin = "<!-- table of traces::all_shapes(), checked by a test -->\n";
  const std::size_t from = text.find(begin);
  ASSERT_NE(from, std::string::npos);
  const std::size_t until = text.find("<!-- end of the table -->", from);
  ASSERT_NE(until, std::string::npos);
  EXPECT_EQ(text.substr(from + begin.size(), until - from - begin.size()), traces::shape_table_markdown());
}

TEST(files, an_actor_has_an_event_once) {
  for (const traces::row_shape& s : traces::all_shapes()) {
    EXPECT_EQ(traces::shape_of(s.actor, s.event), &s) << name_of(s.event);
  }
}

}  // namespace
}  // namespace lastcall::test
