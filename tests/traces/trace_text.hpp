// Small traces as text, for the tests of the format.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "traces/format/read.hpp"

namespace lastcall::test {

inline const std::string header =
    R"({"format":"lastcall/trace/1","title":"t","system":"s","source":"x","profile":"p","expect":{"close_terminates":"violated"}})"
    "\n";

/// `rows`, each in braces of its own, joined to a trace without times: {"actor":...} is written as "actor":... .
inline std::string trace_text(std::initializer_list<std::string_view> rows) {
  std::string text = header;
  for (const std::string_view row : rows) text += "{" + std::string(row) + "}\n";
  return text;
}

inline traces::trace read_ok(const std::string& text) {
  const auto t = traces::read_trace(text, "t.jsonl");
  EXPECT_TRUE(t) << (t ? std::string() : to_string(t.failure()));
  return t ? *t : traces::trace{};
}

/// The error of a text that must not be read.
inline std::string read_error(const std::string& text) {
  const auto t = traces::read_trace(text, "t.jsonl");
  return t ? "it was read without an error" : to_string(t.failure());
}

}  // namespace lastcall::test
