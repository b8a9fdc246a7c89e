// What the reader takes, and what it must not take. Each refusal is given whole, for the message is what a user sees.
#include "traces/format/read.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/traces/trace_text.hpp"

namespace lastcall::test {
namespace {

using traces::actor;
using traces::event_kind;

constexpr std::string_view connect = R"("actor":"client 1","event":"connect")";
constexpr std::string_view settings = R"("actor":"client 1","event":"send_settings")";
constexpr std::string_view headers = R"("actor":"client 1","event":"send_headers","stream":1)";

struct refusal {
  std::vector<std::string> rows;
  std::string error;
};

void expect_refused(const std::vector<refusal>& refusals) {
  for (const refusal& r : refusals) {
    std::string text = header;
    for (const std::string& row : r.rows) text += "{" + row + "}\n";
    EXPECT_EQ(read_error(text), "t.jsonl:" + std::to_string(r.rows.size() + 1) + ": " + r.error) << text;
  }
}

/// Rows of client 1 after its request on stream 1.
std::vector<std::string> after_request(std::initializer_list<std::string_view> rows) {
  std::vector<std::string> all{std::string(connect), std::string(settings), std::string(headers)};
  for (const std::string_view row : rows) all.emplace_back(row);
  return all;
}

TEST(read, every_field_reaches_its_place) {
  const traces::trace t = read_ok(
      R"({"format":"lastcall/trace/1","title":"t","system":"s","source":"x","profile":"p","expect":{"b":"holds","a":"violated"},)"
      R"~("world":{"connections":2,"streams":1,"channel_capacity":3,"peer":"silent","handler":"stuck"},"path":"0/3/(1/0)"})~"
      "\n"
      R"({"ms":7,"actor":"client 1","event":"connect"})"
      "\n"
      R"({"ms":8,"actor":"client 1","event":"send_settings","initial_window_size":0})"
      "\n"
      R"({"ms":9,"actor":"client 1","event":"send_goaway","last_stream":5,"code":"HTTP_1_1_REQUIRED"})"
      "\n"
      R"({"ms":9,"actor":"clock","event":"timer_expired","timer":"linger","connection":1,"loop":true})"
      "\n");
  EXPECT_EQ(t.title, "t");
  EXPECT_EQ(t.profile, "p");
  EXPECT_EQ(t.expect.at("a"), traces::verdict::violated);
  EXPECT_EQ(t.expect.at("b"), traces::verdict::holds);
  EXPECT_EQ(t.world->connections, 2U);
  EXPECT_EQ(t.world->channel_capacity, 3U);
  EXPECT_EQ(t.world->handler, "stuck");
  EXPECT_EQ(t.path, "0/3/(1/0)");
  ASSERT_EQ(t.rows.size(), 4U);
  EXPECT_EQ(t.rows[0].line, 2U);
  EXPECT_EQ(t.rows[0].ms, 7U);
  EXPECT_EQ(t.rows[0].actor, actor::client);
  EXPECT_EQ(slot_of(t.rows[0]), 0U);
  EXPECT_EQ(t.rows[1].initial_window_size, 0U);
  EXPECT_EQ(t.rows[2].code, model::error_code::http_1_1_required);
  EXPECT_EQ(t.rows[2].last_stream, 5U);
  EXPECT_EQ(t.rows[3].timer, model::timer::linger);
  EXPECT_TRUE(t.rows[3].loop);
}

TEST(read, what_is_no_trace_is_refused) {
  EXPECT_EQ(read_error(""), "t.jsonl:1: empty: a trace begins with a header");
  EXPECT_EQ(read_error("{\n"), "t.jsonl:1: not valid JSON at column 2");
  EXPECT_EQ(read_error("[]\n"), "t.jsonl:1: not a JSON object");
  EXPECT_EQ(read_error(header + "\n"), "t.jsonl:2: the line is empty");
  EXPECT_EQ(read_error(header + R"({"actor":"client 1","eve)"), "t.jsonl:2: truncated: the last line has no newline at its end");
  EXPECT_EQ(read_error(header + "{\"actor\":\"app\",\"event\":\"listen\"}"),
            "t.jsonl:2: truncated: the last line has no newline at its end");
  EXPECT_EQ(read_error(header + "{\"actor\":\"app\",\"event\":\"listen\",\"event\":\"close\"}\n"),
            "t.jsonl:2: field `event`: stands twice in this line");
}

TEST(read, a_carriage_return_before_the_newline_changes_nothing) {
  std::string windows;
  for (const char c : trace_text({connect, settings})) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(read_ok(windows), read_ok(trace_text({connect, settings})));
}

TEST(read, a_header_that_is_not_ours_is_refused) {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string text = header;
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(read_error(with("trace/1", "trace/2")),
            "t.jsonl:1: field `format`: \"lastcall/trace/2\" is not the format this program reads, \"lastcall/trace/1\"");
  EXPECT_EQ(read_error(with(R"("title":"t",)", "")), "t.jsonl:1: field `title`: missing; expected a string");
  EXPECT_EQ(read_error(with(R"("t")", "\"\"")), "t.jsonl:1: field `title`: empty");
  EXPECT_EQ(read_error(with(R"("t")", "1")), "t.jsonl:1: field `title`: 1 is not a string");
  EXPECT_EQ(read_error(with("violated", "maybe")), "t.jsonl:1: field `close_terminates`: expected \"holds\" or \"violated\"");
  EXPECT_EQ(read_error(with(R"("profile")", R"("author":"me","profile")")), "t.jsonl:1: field `author`: the header has no such field");
  EXPECT_EQ(read_error(with(R"("profile")", R"("path":"0/1","profile")")),
            "t.jsonl:1: field `world`: missing; `world` and `path` come together");
  EXPECT_EQ(read_error(with(R"("profile")", R"("path":"0/(1","profile")")),
            "t.jsonl:1: field `path`: not a choice path such as \"0/3/(1/0)\"");
  EXPECT_EQ(read_error(with(R"("profile")", R"("world":{"connections":-1},"profile")")),
            "t.jsonl:1: field `connections`: -1 is not a whole number from 0 to 4294967295");
}

TEST(read, a_row_with_wrong_fields_is_refused) {
  expect_refused({
      {{R"("event":"connect")"}, "field `actor`: missing; expected a string"},
      {{R"("actor":"client 0","event":"connect")"},
       "field `actor`: \"client 0\" is none of client 1, client 2, ..., server, app, kernel, clock"},
      {{R"("actor":"client 01","event":"connect")"},
       "field `actor`: \"client 01\" is none of client 1, client 2, ..., server, app, kernel, clock"},
      {{R"("actor":"client 4294967297","event":"connect")"},
       "field `actor`: \"client 4294967297\" is none of client 1, client 2, ..., server, app, kernel, clock"},
      {{R"("actor":"client 1","event":"conect")"}, "field `event`: \"conect\" is no event of this format"},
      {{R"("actor":"client 1","event":"listen")"}, "field `event`: `listen` is not an event of client 1"},
      {{R"("actor":"app","event":"connect")"}, "field `event`: `connect` is not an event of app"},
      {{R"("actor":"client 1","event":"connect","port":80)"}, "field `port`: `connect` of client 1 has no such field"},
      {{R"("actor":"client 1","event":"connect","stream":1)"}, "field `stream`: `connect` of client 1 has no such field"},
      {{R"("actor":"client 1","event":"connect","loop":1)"}, "field `loop`: 1 is neither true nor false"},
      {{R"("ms":1.0,"actor":"client 1","event":"connect")"}, "field `ms`: 1.0 is not a whole number from 0 to 9223372036854775807"},
      {after_request({R"("actor":"client 1","event":"send_data","stream":1)"}),
       "field `length`: missing; expected a whole number from 0 to 4294967295"},
      {after_request({R"("actor":"client 1","event":"send_rst_stream","stream":1,"code":"CANCELED")"}),
       "field `code`: \"CANCELED\" is no error code of RFC 9113"},
      {after_request({R"("actor":"client 1","event":"send_window_update","stream":1,"increment":0)"}),
       "field `increment`: 0 is not a whole number from 1 to 2147483647"},
      {after_request({R"("actor":"server","event":"arm_timer","timer":"idle")"}), "field `timer`: \"idle\" is no timer"},
  });
}

TEST(read, a_client_does_nothing_that_it_cannot) {
  const auto client = [](std::string_view event) { return R"("actor":"client 1","event":")" + std::string(event) + '"'; };
  expect_refused({
      {{client("send_ping")}, "field `event`: client 1 has not connected"},
      {{std::string(connect), std::string(connect)},
       "field `event`: client 1 is connected already; each connection is a client of its own"},
      {{R"("actor":"client 2","event":"connect")"}, "field `actor`: client 1 connects next; clients are numbered as they connect"},
      {{std::string(connect), client("send_ping")}, "field `event`: the first frame of a client is SETTINGS (RFC 9113 3.4)"},
      {{std::string(connect), client("refused"), client("close")}, "field `event`: the connection of client 1 was refused"},
      {{std::string(connect), std::string(settings), client("refused")},
       "field `event`: only a connect that was just tried can be refused"},
      {after_request({client("close"), client("send_ping")}), "field `event`: client 1 has closed its socket"},
      {after_request({client("rst"), client("recv_fin")}), "field `event`: client 1 has closed its socket"},
      {after_request({client("recv_rst"), client("send_ping")}), "field `event`: the connection of client 1 was reset"},
      {after_request({client("fin"), client("send_ping")}), "field `event`: client 1 has sent FIN"},
      {after_request({client("fin"), client("fin")}), "field `event`: client 1 has sent FIN"},
      {after_request({client("recv_fin"), client("recv_ping")}), "field `event`: client 1 has received the server's FIN"},
      {after_request({client("stops_reading"), client("recv_ping")}), "field `event`: client 1 has stopped reading"},
      {after_request({client("stops_reading"), client("stops_reading")}), "field `event`: client 1 has stopped reading already"},
      {after_request({client("resumes_reading")}), "field `event`: client 1 has not stopped reading"},
  });
}

TEST(read, a_stream_that_nobody_opened_is_refused) {
  const std::string odd = "field `stream`: streams of a client have odd ids (RFC 9113 5.1.1)";
  expect_refused({
      {{std::string(connect), std::string(settings), R"("actor":"client 1","event":"send_headers","stream":2)"}, odd},
      {{std::string(connect), std::string(settings), R"("actor":"client 1","event":"send_headers","stream":0)"}, odd},
      {after_request({R"("actor":"client 1","event":"send_data","stream":3,"length":1)"}),
       "field `stream`: client 1 has not opened stream 3"},
      {after_request({R"("actor":"client 1","event":"recv_headers","stream":3)"}), "field `stream`: client 1 has not opened stream 3"},
      {after_request({R"("actor":"server","event":"server_stream","connection":1,"stream":3)"}),
       "field `stream`: client 1 never opens stream 3 in this trace"},
      {after_request({R"("actor":"server","event":"stream_end","stream":3)"}), "field `stream`: no client opens stream 3 in this trace"},
      {after_request({R"("actor":"server","event":"server_session","connection":2)"}),
       "field `connection`: client 2 never connects in this trace"},
  });
}

TEST(read, the_connection_itself_may_have_its_window_updated) {
  read_ok(trace_text({connect, settings, R"("actor":"client 1","event":"send_window_update","stream":0,"increment":1)",
                      R"("actor":"client 1","event":"recv_window_update","stream":0)",
                      R"("actor":"server","event":"recv_window_update","connection":1,"stream":0)"}));
}

TEST(read, the_drain_timer_alone_has_no_connection) {
  expect_refused({
      {{std::string(connect), R"("actor":"clock","event":"timer_expired","timer":"drain","connection":1)"},
       "field `connection`: the drain timer is one for the whole server"},
      {{std::string(connect), R"("actor":"clock","event":"timer_expired","timer":"linger")"},
       "field `connection`: missing; each connection has a linger timer of its own"},
  });
}

TEST(read, time_runs_forward_within_a_lane_only) {
  const std::string at_5 = R"("ms":5,"actor":"client 1","event":"connect")";
  read_ok(trace_text({at_5, R"("ms":3,"actor":"app","event":"listen")", R"("ms":5,"actor":"client 1","event":"send_settings")"}));
  expect_refused({
      {{at_5, R"("ms":4,"actor":"client 1","event":"send_settings")"}, "field `ms`: 4 is before 5, an earlier row of the same lane"},
      {{R"("ms":5,"actor":"app","event":"listen")", R"("ms":4,"actor":"server","event":"listening")"},
       "field `ms`: 4 is before 5, an earlier row of the same lane"},
      {{at_5, std::string(settings)}, "field `ms`: missing; the rows before have one"},
      {{std::string(connect), R"("ms":5,"actor":"app","event":"listen")"},
       "field `ms`: the rows before have none; all rows have a time or none"},
  });
}

TEST(read, a_loop_ends_with_the_trace) {
  const std::string in_loop = R"("actor":"client 1","event":"send_ping","loop":true)";
  read_ok(trace_text({connect, settings, in_loop, in_loop}));
  expect_refused({{{std::string(connect), std::string(settings), in_loop, R"("actor":"client 1","event":"send_ping")"},
                   "field `loop`: missing; the loop of a lasso ends with the trace"}});
}

TEST(read, a_callback_may_stand_before_what_the_client_logged) {
  read_ok(trace_text({R"("actor":"server","event":"server_session","connection":1)", connect}));
}

TEST(read, a_file_that_is_not_there_is_named) {
  const auto t = traces::read_trace_file("no/such/trace.jsonl");
  ASSERT_FALSE(t);
  EXPECT_EQ(to_string(t.failure()), "no/such/trace.jsonl: no such file");
}

}  // namespace
}  // namespace lastcall::test
