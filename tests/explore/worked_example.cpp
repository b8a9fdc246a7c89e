// The worked example of docs/EXPLORE.md. What stands between the markers is printed there; a test compares the two.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

// [example]
#include <cstring>
#include <tuple>

#include "sim/explore/check.hpp"

namespace ex = lastcall::explore;

// A server with one request at work. The peer may send more work, which re-arms the drain timer if the server is built so.
struct drain_model {
  enum action { call_close, finish_work, send_more_work, drain_timer_expires };
  struct state { bool closing = false, busy = true, closed = false; bool operator==(const state&) const = default; };
  struct observation {};
  bool work_rearms_timer;

  state initial() const { return {}; }
  void actions(const state& s, auto&& visit) const {
    if (!s.closing) visit(call_close);
    if (s.busy) visit(finish_work);
    if (!s.closed) visit(send_more_work);
    if (s.closing && !s.closed) visit(drain_timer_expires);
  }
  void apply(const state& before, action taken, state& after, observation&) const {
    after = before;
    if (taken == call_close) after.closing = true;
    if (taken == finish_work || taken == send_more_work) after.busy = taken == send_more_work;
    if (taken == drain_timer_expires || (after.closing && !after.busy)) after.closed = true;
  }
  std::size_t encoded_size() const { return sizeof(state); }
  void encode(const state& s, std::byte* bytes) const { std::memcpy(bytes, &s, sizeof s); }
  void decode(const std::byte* bytes, state& s) const { std::memcpy(&s, bytes, sizeof s); }
  std::uint64_t fair_sets(const state&, action taken) const { return taken == drain_timer_expires ? 1 : 0; }
  std::uint64_t restarted(const state& s, action taken, const observation&, const state&) const {
    return work_rearms_timer && s.closing && taken == send_more_work ? 1 : 0;
  }
};
ex::report check_drain(const drain_model& model) {
  const auto closing = [](const drain_model::state& s) { return s.closing; };
  const auto closed = [](const drain_model::state& s) { return s.closed; };
  return ex::check(model, std::tuple{ex::sometimes("close_is_called", closing), ex::eventually("close_terminates", closing, closed)});
}
// [example]

namespace lastcall::explore::test {
namespace {

std::string text_of(const char* file) {
  std::ifstream input(file);  // as text, whatever the line ends
  std::ostringstream text;
  text << input.rdbuf();
  return text.str();
}

TEST(explore_worked_example, a_drain_timer_that_is_left_alone_closes) {
  EXPECT_EQ(check_drain({.work_rearms_timer = false})["close_terminates"].verdict, verdict::holds);
}

TEST(explore_worked_example, a_drain_timer_that_work_rearms_never_needs_to_expire) {
  const report result = check_drain({.work_rearms_timer = true});
  EXPECT_EQ(result["close_is_called"].verdict, verdict::holds);
  EXPECT_EQ(to_string(*result["close_terminates"].counterexample), "0/(1)");
}

TEST(explore_worked_example, the_documentation_shows_this_very_code) {
  const std::string marker = "// [example]\n";
  const std::string source = text_of(LASTCALL_EXPLORE_SOURCE);
  const std::size_t begin = source.find("\n" + marker) + 1 + marker.size();
  const std::size_t end = source.find(marker, begin);
  ASSERT_NE(end, std::string::npos);
  const std::string example = "```cpp\n" + source.substr(begin, end - begin) + "```\n";
  EXPECT_NE(text_of(LASTCALL_EXPLORE_DOCUMENT).find(example), std::string::npos);
}

}  // namespace
}  // namespace lastcall::explore::test
