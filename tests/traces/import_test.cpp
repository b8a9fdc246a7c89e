// Logs of real servers become traces; what is no such log is refused with file, line and field.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "traces/format/import_node.hpp"
#include "traces/format/read.hpp"
#include "traces/format/write.hpp"

namespace lastcall::test {
namespace {

using traces::actor;
using traces::event_kind;

const traces::import_options options{"t", "x", "p", {}};

std::filesystem::path log_file(const std::string& name) { return std::filesystem::path(LASTCALL_LOGS) / name; }

traces::trace imported(const std::string& name) {
  const auto log = traces::read_text_file(log_file(name));
  EXPECT_TRUE(log) << name;
  auto t = traces::import_node_log(*log, name, options);
  EXPECT_TRUE(t) << to_string(t.failure());
  return t ? *t : traces::trace{};
}

/// The rows of a trace without its header.
std::string rows_of(const traces::trace& t) {
  const std::string text = write_trace(t);
  return text.substr(text.find('\n') + 1);
}

std::size_t count(const traces::trace& t, actor who, event_kind event) {
  return static_cast<std::size_t>(
      std::ranges::count_if(t.rows, [&](const traces::row& r) { return r.actor == who && r.event == event; }));
}

const std::string scenario =
    R"({"t_ms":0.0,"ev":"scenario","program":"node_h2_server.js","options":{"api":"stream","errListeners":true,"opts":{}}})"
    "\n";
const std::string listening = R"({"t_ms":1.0,"ev":"listening","port":1,"version":"v23.1.0"})" "\n";
const std::string connect = R"({"t_ms":2.0,"ev":"tcp.connect c2s"})" "\n";
const std::string settings = R"({"t_ms":2.5,"dir":"c2s","type":"SETTINGS","stream":0,"flags":0,"len":0,"settings":{}})" "\n";
const std::string teardown = R"({"t_ms":900.0,"ev":"harness teardown"})" "\n";

std::string request(const std::string& path, int flags = 5) {
  return R"({"t_ms":3.0,"dir":"c2s","type":"HEADERS","stream":1,"flags":)" + std::to_string(flags) + R"(,"len":9,"path":")" + path +
         "\",\"method\":\"GET\"}\n" + R"({"t_ms":4.0,"ev":"server 'stream'","stream":1,"path":")" + path + "\"}\n";
}

std::string import_error(const std::string& log) {
  const auto t = traces::import_node_log(log, "l.jsonl", options);
  return t ? "it was imported without an error" : to_string(t.failure());
}

/// What the handler of a path does, and when: calls from the dispatch on, "|" at the row given.
std::string handler_of(const std::string& path, const std::string& later = {}) {
  std::string log = scenario + listening + connect + settings + request(path, 4);
  if (!later.empty()) log += later + '\n';
  const auto t = traces::import_node_log(log + teardown, "l.jsonl", options);
  if (!t) return to_string(t.failure());
  std::string calls;
  std::uint64_t last = 4;
  for (const traces::row& r : t->rows) {
    if (r.actor != actor::app || r.event == event_kind::listen) continue;
    if (*r.ms != last) calls += "| ";
    last = *r.ms;
    calls += std::string(name_of(r.event).substr(8));
    calls += r.length != 0 ? " " + std::to_string(r.length) + " " : " ";
  }
  return calls;
}

TEST(import, an_idle_session_that_node_23_leaves_open) {
  const traces::trace t = imported("node-23.1.0/h2_idle_session.jsonl");
  EXPECT_EQ(t.system, "node 23.1.0");
  EXPECT_EQ(rows_of(t), R"({"ms":211,"actor":"app","event":"listen"}
{"ms":211,"actor":"server","event":"listening"}
{"ms":211,"actor":"client 1","event":"connect"}
{"ms":212,"actor":"client 1","event":"send_settings"}
{"ms":214,"actor":"server","event":"server_session","connection":1}
{"ms":217,"actor":"server","event":"server_connection","connection":1}
{"ms":218,"actor":"client 1","event":"recv_settings"}
{"ms":218,"actor":"client 1","event":"send_settings_ack"}
{"ms":218,"actor":"server","event":"session_local_settings","connection":1}
{"ms":218,"actor":"client 1","event":"recv_settings_ack"}
{"ms":323,"actor":"app","event":"close"}
)");
}

TEST(import, an_idle_session_that_node_24_closes) {
  const traces::trace t = imported("node-24.21.0/h2_idle_session.jsonl");
  const std::string rows = rows_of(t);
  EXPECT_EQ(rows.substr(rows.find(R"({"ms":261,"actor":"app")")), R"({"ms":261,"actor":"app","event":"close"}
{"ms":262,"actor":"client 1","event":"recv_goaway","last_stream":0,"code":"NO_ERROR"}
{"ms":262,"actor":"client 1","event":"recv_goaway","last_stream":0,"code":"NO_ERROR"}
{"ms":262,"actor":"client 1","event":"recv_fin"}
{"ms":262,"actor":"client 1","event":"close"}
{"ms":263,"actor":"server","event":"socket_end","connection":1}
{"ms":263,"actor":"server","event":"server_close"}
{"ms":263,"actor":"server","event":"close_callback"}
{"ms":263,"actor":"server","event":"socket_close","connection":1}
{"ms":263,"actor":"server","event":"session_close","connection":1}
)");
}

TEST(import, every_log_becomes_a_trace_that_reads_back) {
  const std::regex close_call("server\\.close\\(\\) called");
  std::size_t logs = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(log_file(""))) {
    if (!entry.is_regular_file()) continue;
    if (!entry.path().parent_path().filename().string().starts_with("node-")) continue;
    ++logs;
    const auto log = traces::read_text_file(entry.path());
    const auto t = traces::import_node_log(*log, entry.path().string(), options);
    ASSERT_TRUE(t) << to_string(t.failure());
    const auto calls = std::distance(std::sregex_iterator(log->begin(), log->end(), close_call), std::sregex_iterator());
    EXPECT_EQ(count(*t, actor::app, event_kind::close), static_cast<std::size_t>(calls));
    const auto again = traces::read_trace(write_trace(*t), "again");
    ASSERT_TRUE(again) << to_string(again.failure());
    EXPECT_EQ(*again, *t);
  }
  EXPECT_EQ(logs, 645U);
}

TEST(import, a_handler_goes_on_though_its_stream_is_destroyed) {
  const traces::trace t = imported("node-23.1.0/h2_half_close.active_before.jsonl");
  EXPECT_EQ(count(t, actor::app, event_kind::handler_read), 1U);
  EXPECT_EQ(count(t, actor::app, event_kind::handler_responded), 1U);
  EXPECT_EQ(count(t, actor::server, event_kind::stream_aborted), 1U);
}

TEST(import, a_stalled_client_stops_reading_and_keeps_its_windows) {
  const traces::trace stall = imported("node-24.21.0/h2_tcp_stall.stall.jsonl");
  EXPECT_EQ(count(stall, actor::client, event_kind::stops_reading), 1U);
  const auto wrote =
      std::ranges::find_if(stall.rows, [](const traces::row& r) { return r.event == event_kind::handler_wrote; });
  ASSERT_NE(wrote, stall.rows.end());
  EXPECT_EQ(wrote->length, 8'000'000U);
  const traces::trace zero = imported("node-24.21.0/h2_window_zero.stall.jsonl");
  const auto first = std::ranges::find_if(zero.rows, [](const traces::row& r) { return r.event == event_kind::send_settings; });
  ASSERT_NE(first, zero.rows.end());
  EXPECT_EQ(first->initial_window_size, 0U);
}

TEST(import, handlers_do_what_their_path_says) {
  const std::string timer = R"({"t_ms":9.0,"ev":"handler timer fired","stream":1,"state":{}})";
  const std::string end = R"({"t_ms":9.0,"ev":"handler saw request end","stream":1})";
  EXPECT_EQ(handler_of("/fast"), "read responded wrote 2 finished ");
  EXPECT_EQ(handler_of("/small"), "read responded wrote 2 finished ");
  EXPECT_EQ(handler_of("/elsewhere"), "read responded wrote 2 finished ");
  EXPECT_EQ(handler_of("/delay?ms=5", timer), "read | responded wrote 4 finished ");
  EXPECT_EQ(handler_of("/waitbody", end), "read | responded wrote 7 finished ");
  EXPECT_EQ(handler_of("/echo", end), "responded read | wrote 7 finished ");
  EXPECT_EQ(handler_of("/now"), "responded wrote 5 finished ");
  EXPECT_EQ(handler_of("/nowconsume"), "read responded wrote 5 finished ");
  EXPECT_EQ(handler_of("/big?n=77"), "read responded wrote 77 finished ");
  EXPECT_EQ(handler_of("/huge"), "read responded wrote 1000000 finished ");
  EXPECT_EQ(handler_of("/hang"), "read ");
  EXPECT_EQ(handler_of("/hangnoread"), "");
  EXPECT_EQ(handler_of("/tick?cb=1&sz=40", R"~({"t_ms":9.0,"ev":"handler write()","stream":1,"i":1})~"), "read responded | wrote 40 ");
  EXPECT_EQ(handler_of("/tick?n=1", R"~({"t_ms":9.0,"ev":"handler end()","stream":1,"i":1})~"), "read responded | wrote 1 finished ");
}

TEST(import, a_handler_that_acts_after_the_reset_is_kept_for_the_model_to_refuse) {
  EXPECT_EQ(handler_of("/delay", "{\"t_ms\":8.0,\"ev\":\"stream 'aborted'\",\"stream\":1}\n"
                                 R"({"t_ms":9.0,"ev":"handler timer fired","stream":1})"),
            "read | responded wrote 4 finished ");
}

TEST(import, the_second_client_is_client_2_whether_refused_or_not) {
  const std::string a = R"({"t_ms":2.0,"ev":"tcp.connect c2s","conn":"A"})" "\n";
  const std::string b = R"({"t_ms":3.0,"ev":"tcp.connect c2s","conn":"B"})" "\n";
  const auto refused = traces::import_node_log(
      scenario + listening + a + R"({"t_ms":5.0,"ev":"second connect","result":"ECONNREFUSED"})" "\n" + teardown, "l", options);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->rows.back().event, event_kind::refused);
  EXPECT_EQ(refused->rows.back().connection, 2U);
  const auto accepted = traces::import_node_log(scenario + listening + a + b +
                                                    "{\"t_ms\":5.0,\"ev\":\"second connect\",\"result\":\"accepted\"}\n"
                                                    "{\"t_ms\":6.0,\"ev\":\"server 'session'\",\"sess\":2}\n" +
                                                    teardown,
                                                "l", options);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->rows.back().event, event_kind::server_session);
  EXPECT_EQ(accepted->rows.back().connection, 2U);
}

TEST(import, what_never_left_the_client_is_not_in_the_trace) {
  const std::string ping = R"({"t_ms":8.0,"dir":"c2s","type":"PING","stream":0,"flags":0,"len":8})" "\n";
  const std::string begin = scenario + listening + connect + settings;
  const auto pings = [&](const std::string& log) {
    const auto t = traces::import_node_log(log + teardown, "l.jsonl", options);
    EXPECT_TRUE(t) << to_string(t.failure());
    return t ? count(*t, actor::client, event_kind::send_ping) : std::size_t{99};
  };
  EXPECT_EQ(pings(begin + ping), 1U);
  EXPECT_EQ(pings(begin + R"({"t_ms":7.0,"ev":"tcp.fin s2c"})" "\n" + ping), 0U);
  EXPECT_EQ(pings(begin + R"({"t_ms":7.0,"ev":"tcp.close c2s"})" "\n" + ping), 0U);
  EXPECT_EQ(pings(begin + ping + R"({"t_ms":8.5,"ev":"client send failed EPIPE"})" "\n"), 0U);
}

TEST(import, a_response_that_ends_with_its_headers_ends_with_empty_data) {
  const auto t = traces::import_node_log(
      scenario + listening + connect + settings + request("/hang") +
          R"({"t_ms":8.0,"dir":"s2c","type":"HEADERS","stream":1,"flags":5,"len":9,"status":200})" "\n" + teardown,
      "l", options);
  ASSERT_TRUE(t);
  EXPECT_EQ(t->rows.back().event, event_kind::recv_data);
  EXPECT_EQ(t->rows.back().length, 0U);
  EXPECT_TRUE(t->rows.back().end_stream);
}

TEST(import, what_is_no_such_log_is_refused) {
  const std::string other = R"({"t_ms":0.0,"ev":"scenario","program":"node_inproc.js","options":{}})" "\n";
  const std::string api = R"({"t_ms":0.0,"ev":"scenario","program":"node_h2_server.js","options":{"api":"fetch"}})" "\n";
  const std::string begin = scenario + listening + connect;
  EXPECT_EQ(import_error(""), "l.jsonl:1: empty: a log begins with its `scenario` row");
  EXPECT_EQ(import_error(listening), "l.jsonl:1: field `ev`: a log begins with its `scenario` row");
  EXPECT_EQ(import_error(other),
            "l.jsonl:1: field `program`: \"node_inproc.js\" is not supported, only node_h2_server.js");
  EXPECT_EQ(import_error(api), "l.jsonl:1: field `api`: \"fetch\" is neither \"stream\" nor \"compat\"");
  EXPECT_EQ(import_error(begin), "l.jsonl:3: incomplete: the log has no `harness teardown` row");
  EXPECT_EQ(import_error(scenario + teardown), "l.jsonl:1: the log has no `listening` row, which names the version");
  EXPECT_EQ(import_error(begin + "{\"t_ms\":3.0,\"ev\":\"session.unref() called\",\"sess\":1}\n" + teardown),
            "l.jsonl:4: field `ev`: \"session.unref() called\" is not supported");
  EXPECT_EQ(import_error(begin + "{\"ev\":\"report\"}\n" + teardown), "l.jsonl:4: field `t_ms`: missing; expected a number");
  EXPECT_EQ(import_error(begin + "{\"t_ms\":1.5,\"ev\":\"report\"}\n" + teardown), "l.jsonl:4: field `t_ms`: earlier than the row before");
  EXPECT_EQ(import_error(begin + "{\"t_ms\":3.0}\n" + teardown), "l.jsonl:4: field `ev`: missing; expected a string");
  EXPECT_EQ(import_error(begin + "{\"t_ms\":3.0,\"ev\":\"server 'session'\",\"sess\":2}\n" + teardown),
            "l.jsonl:4: field `sess`: there are fewer connections than this row counts");
  EXPECT_EQ(import_error(begin + R"({"t_ms":3.0,"dir":"c2s","type":"ORIGIN","stream":0,"flags":0,"len":0})" "\n" + teardown),
            "l.jsonl:4: field `type`: \"ORIGIN\" frames are not supported");
  EXPECT_EQ(import_error(begin + R"({"t_ms":3.0,"dir":"c2c","type":"PING","stream":0,"flags":0,"len":8})" "\n" + teardown),
            "l.jsonl:4: field `dir`: \"c2c\" is neither \"c2s\" nor \"s2c\"");
  EXPECT_EQ(import_error(begin + R"({"t_ms":3.0,"dir":"c2s","type":"PING","stream":0,"flags":0,"len":8})" "\n" + teardown),
            "l.jsonl:4: field `event`: the first frame of a client is SETTINGS (RFC 9113 3.4)");
  EXPECT_EQ(import_error(begin + settings + request("/hang") +
                         R"({"t_ms":8.0,"dir":"s2c","type":"RST_STREAM","stream":1,"flags":0,"len":4,"code":"0x1f"})" "\n" + teardown),
            "l.jsonl:7: field `code`: \"0x1f\" is no error code of RFC 9113");
}

}  // namespace
}  // namespace lastcall::test
