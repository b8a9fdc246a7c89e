// Drawings, compared whole: they are what people look at. golden/ holds what was looked at and found good.
#include "traces/format/draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>

#include "tests/traces/trace_text.hpp"
#include "traces/format/import_node.hpp"
#include "traces/format/read.hpp"

namespace lastcall::test {
namespace {

using traces::charset;

const std::filesystem::path tests = LASTCALL_TRACES_TESTS;
const std::filesystem::path hang = std::filesystem::path(LASTCALL_TRACES) / "node-57611-h2-server-close-hang.jsonl";
const std::filesystem::path lasso = tests / "golden" / "lasso.jsonl";

traces::trace trace_of(const std::filesystem::path& file) {
  const auto t = traces::read_trace_file(file);
  EXPECT_TRUE(t) << to_string(t.failure());
  return t ? *t : traces::trace{};
}

std::string golden(const std::string& name) {
  const auto text = traces::read_text_file(tests / "golden" / name);
  EXPECT_TRUE(text) << name;
  std::string plain = text ? *text : std::string();
  std::erase(plain, '\r');
  return plain;
}

/// Columns of a line: every byte but those that continue a UTF-8 character.
std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Lines of the drawing below the headline, which is as long as its trace wants it.
std::size_t widest(const std::string& drawing) {
  std::istringstream lines(drawing.substr(drawing.find("\n\n")));
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, columns(line));
  return most;
}

TEST(draw, a_run_that_just_stops) { EXPECT_EQ(draw_text(trace_of(hang)), golden("hang.txt")); }

TEST(draw, a_lasso_with_frames_in_flight) { EXPECT_EQ(draw_text(trace_of(lasso)), golden("lasso.txt")); }

TEST(draw, ascii_differs_in_its_characters_only) {
  const std::string ascii = draw_text(trace_of(lasso), charset::ascii);
  EXPECT_EQ(ascii, golden("lasso_ascii.txt"));
  EXPECT_TRUE(std::ranges::all_of(ascii, [](char c) { return static_cast<unsigned char>(c) < 128; }));
  EXPECT_EQ(std::ranges::count(ascii, '\n'), std::ranges::count(golden("lasso.txt"), '\n'));
}

TEST(draw, mermaid_of_a_run_that_just_stops) { EXPECT_EQ(draw_mermaid(trace_of(hang)), golden("hang.mmd")); }

TEST(draw, mermaid_of_a_lasso) { EXPECT_EQ(draw_mermaid(trace_of(lasso)), golden("lasso.mmd")); }

TEST(draw, one_connection_fits_in_a_hundred_columns) {
  EXPECT_LE(widest(draw_text(trace_of(hang))), 100U);
  EXPECT_LE(widest(draw_text(trace_of(lasso))), 100U);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(LASTCALL_LOGS))) {
    if (!entry.is_regular_file()) continue;
    if (!entry.path().parent_path().filename().string().starts_with("node-")) continue;
    const auto log = traces::read_text_file(entry.path());
    const auto t = traces::import_node_log(*log, entry.path().string(), {"t", "x", "p", {}});
    ASSERT_TRUE(t) << to_string(t.failure());
    const bool one_client = std::ranges::none_of(t->rows, [](const traces::row& r) { return r.connection > 1; });
    if (!one_client) continue;
    EXPECT_LE(widest(draw_text(*t)), 100U) << entry.path();
  }
  EXPECT_LE(widest(draw_text(read_ok(trace_text({
                R"("actor":"client 1","event":"connect")",
                R"("actor":"client 1","event":"send_settings")",
                R"("actor":"client 1","event":"send_headers","stream":2147483647)",
                R"("actor":"client 1","event":"send_data","stream":2147483647,"length":4294967295,"end_stream":true)",
                R"("actor":"server","event":"socket_close","connection":1,"failed":true)",
                R"("actor":"server","event":"arm_timer","connection":1,"timer":"linger","loop":true)",
                R"("actor":"clock","event":"timer_expired","connection":1,"timer":"linger","loop":true)",
            })))),
            100U);
}

TEST(draw, what_is_alive_is_told) {
  const auto ending = [](std::initializer_list<std::string_view> rows) {
    const std::string drawing = draw_text(read_ok(trace_text(rows)));
    std::string last = drawing.substr(drawing.rfind("│\n") + std::string("│\n").size());
    if (const auto hanging = drawing.rfind("┊\n"); hanging != std::string::npos) {
      last = drawing.substr(hanging + std::string("┊\n").size());
    }
    std::ranges::replace(last, '\n', ' ');  // a long sentence is wrapped
    last.pop_back();
    return last;
  };
  constexpr std::string_view connect = R"("actor":"client 1","event":"connect")";
  constexpr std::string_view settings = R"("actor":"client 1","event":"send_settings")";
  constexpr std::string_view call = R"("actor":"app","event":"close")";
  constexpr std::string_view answer = R"("actor":"server","event":"close_callback")";
  EXPECT_EQ(ending({connect}), "the trace ends here: connection 1 is open.");
  EXPECT_EQ(ending({connect, R"("actor":"client 1","event":"close")"}), "the trace ends here: no connection is left.");
  EXPECT_EQ(ending({call, answer}), "nothing more happens: everything is closed.");
  EXPECT_EQ(ending({connect, call, answer}), "nothing more happens: connection 1 is open.");
  EXPECT_EQ(ending({connect, R"("actor":"client 1","event":"stops_reading")", call}),
            "nothing more happens: connection 1 is open and its client does not read, server.close() has not called back.");
  EXPECT_EQ(ending({connect, settings, R"("actor":"client 1","event":"send_headers","stream":1)",
                    R"("actor":"server","event":"server_stream","connection":1,"stream":1)",
                    R"("actor":"server","event":"destroy_socket","connection":1)", call, answer}),
            "nothing more happens: the handler of stream 1 has not finished.");
  EXPECT_EQ(ending({R"("actor":"server","event":"arm_timer","timer":"drain")", call, answer}),
            "nothing more happens: the drain timer is armed.");
}

TEST(draw, many_pieces_of_one_response_are_one_arrow) {
  const std::string drawing = draw_text(read_ok(trace_text({
      R"("actor":"client 1","event":"connect")",
      R"("actor":"client 1","event":"send_settings")",
      R"("actor":"client 1","event":"send_headers","stream":1)",
      R"("actor":"client 1","event":"recv_data","stream":1,"length":10)",
      R"("actor":"client 1","event":"recv_data","stream":1,"length":20)",
      R"("actor":"client 1","event":"recv_data","stream":1,"length":5,"end_stream":true)",
  })));
  EXPECT_NE(drawing.find("DATA(1) length 30 in 2 frames"), std::string::npos) << drawing;
  EXPECT_NE(drawing.find("DATA(1) length 5 END_STREAM"), std::string::npos) << drawing;
}

}  // namespace
}  // namespace lastcall::test
