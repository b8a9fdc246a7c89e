// lastcall replay and import: exit codes, divergences, expectations, and choice paths.
#include "tests/cli/command.hpp"

namespace lastcall::cli_test {
namespace {

const std::string hang = file_of_tree("traces/node-57611-h2-server-close-hang.jsonl");
const std::string declared = "\"close_terminates\":\"violated\"";

/// The field bug with something replaced in its text.
std::string altered(const std::string& part, const std::string& by) {
  std::string text = text_of(hang);
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos);
  text.replace(at, part.size(), by);
  const std::string file = scratch("altered.jsonl").string();
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

TEST(replay, a_reproduced_run_that_breaks_a_claim_exits_with_1_and_is_drawn) {
  const outcome said = run({"replay", hang});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_TRUE(contains(said.out, "reproduced"));
  EXPECT_TRUE(contains(said.out, "server.close() has not called back"));
}

TEST(replay, several_traces_are_not_drawn) {
  EXPECT_FALSE(contains(run({"replay", hang, hang}).out, "server.close() has not called back"));
}

TEST(replay, another_profile_does_something_else_and_the_line_is_named) {
  const outcome said = run({"replay", hang, "--profile", "node-24.21.0", "--format", "json"});
  EXPECT_EQ(said.exit_code, 3);
  const json one = json_of(said).at("replays").at(0);
  EXPECT_FALSE(one.at("reproduced").get<bool>());
  EXPECT_GT(one.at("divergence").at("step").get<int>(), 1);
  EXPECT_TRUE(contains(one.at("divergence").at("observed"), "goaway")) << one;
  EXPECT_EQ(one.at("claims"), json::array());
}

TEST(replay, json_has_the_fields_of_its_schema) {
  const json found = json_of(run({"replay", hang, "--format", "json"}));
  EXPECT_EQ(found.at("schema"), "lastcall/replays/1");
  const json& one = found.at("replays").at(0);
  EXPECT_EQ(one.at("trace"), hang);
  EXPECT_EQ(one.at("path"), nullptr);
  EXPECT_EQ(one.at("on"), "sim");
  EXPECT_EQ(one.at("profile"), "node-23.1.0");
  EXPECT_EQ(one.at("reproduced"), true);
  EXPECT_EQ(one.at("divergence"), nullptr);
  EXPECT_EQ(one.at("claims").at(0), (json{{"name", "close_terminates"}, {"form", "unbounded"}, {"verdict", "violated"}}));
}

TEST(replay, a_trace_that_gives_its_declared_verdicts_is_as_expected) {
  EXPECT_EQ(run({"replay", "--expect", hang}).exit_code, 0);
}

TEST(replay, a_verdict_other_than_declared_is_not_as_expected) {
  const outcome said = run({"replay", "--expect", altered(declared, "\"close_terminates\":\"holds\"")});
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_TRUE(contains(said.out, "close_terminates: expected holds, violated")) << said.out;
}

TEST(replay, a_claim_that_does_not_apply_is_not_as_expected) {
  const outcome said = run({"replay", "--expect", altered(declared, "\"waits_are_bounded\":\"holds\"")});
  EXPECT_EQ(said.exit_code, 3);
  EXPECT_TRUE(contains(said.out, "waits_are_bounded: expected holds, not applicable")) << said.out;
}

TEST(replay, a_run_that_is_not_reproduced_is_not_as_expected) {
  EXPECT_EQ(run({"replay", "--expect", hang, "--profile", "node-24.21.0"}).exit_code, 3);
}

TEST(replay, one_unexpected_trace_among_others_is_enough) {
  const std::string wrong = altered(declared, "\"close_terminates\":\"holds\"");
  EXPECT_EQ(run({"replay", "--expect", hang, wrong}).exit_code, 3);
}

TEST(replay, a_bad_trace_names_file_line_and_field) {
  const outcome said = run({"replay", altered("\"event\":\"connect\"", "\"event\":\"konnect\"")});
  expect_one_line_error(said, 2);
  EXPECT_TRUE(contains(said.err, "altered.jsonl:")) << said.err;
  EXPECT_TRUE(contains(said.err, "field `event`")) << said.err;
}

TEST(replay, a_bad_trace_among_others_stops_everything) { expect_one_line_error(run({"replay", hang, "no-such.jsonl"}), 2); }

TEST(replay, a_trace_may_name_no_claim_or_profile_that_does_not_exist) {
  const outcome claim = run({"replay", altered("\"close_terminates\":", "\"close_terminate\":")});
  expect_one_line_error(claim, 2);
  EXPECT_TRUE(contains(claim.err, "did you mean 'close_terminates'?")) << claim.err;
  const outcome profile = run({"replay", altered("\"profile\":\"node-23.1.0\"", "\"profile\":\"node-23.1\"")});
  expect_one_line_error(profile, 2);
  EXPECT_TRUE(contains(profile.err, "field `profile`")) << profile.err;
}

TEST(replay, a_trace_of_the_checker_may_name_no_world_that_does_not_exist) {
  const std::string file = scratch("trace.jsonl").string();
  const words check{"check", "--profile", "node-23.1.0", "--peer", "cooperative", "--streams", "1", "--write-trace", file};
  ASSERT_EQ(run(check).exit_code, 1);
  std::string text = text_of(file);
  const std::string world = "\"connections\":1";
  text.replace(text.find(world), world.size(), "\"connections\":9");
  std::ofstream(file, std::ios::binary) << text;
  const outcome said = run({"replay", file});
  expect_one_line_error(said, 2);
  EXPECT_TRUE(contains(said.err, "field `world`")) << said.err;
}

TEST(replay, a_choice_path_without_fault_exits_with_0_and_is_drawn) {
  const outcome said = run({"replay", "--path", "0/0/0", "--profile", "rfc9113"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_FALSE(contains(said.out, "VIOLATED"));
  EXPECT_TRUE(contains(said.out, "TCP connect"));
}

TEST(replay, a_choice_that_is_not_offered_is_a_divergence) {
  const outcome said = run({"replay", "--path", "0/999", "--profile", "rfc9113", "--format", "json"});
  EXPECT_EQ(said.exit_code, 3);
  const json one = json_of(said).at("replays").at(0);
  EXPECT_EQ(one.at("trace"), nullptr);
  EXPECT_EQ(one.at("path"), "0/999");
  EXPECT_EQ(one.at("divergence").at("step"), 2);  // counted from 1
  EXPECT_TRUE(contains(one.at("divergence").at("expected"), "999"));
}

TEST(replay, a_path_that_is_none_names_the_column) {
  EXPECT_TRUE(contains(run({"replay", "--path", "0/x", "--profile", "rfc9113"}).err, "column 3"));
}

TEST(import, a_log_becomes_a_trace_that_declares_what_was_asked) {
  const std::string file = scratch("trace.jsonl").string();
  const std::string log = file_of_tree("tests/conformance/logs/node-23.1.0/h2_idle_session.jsonl");
  const outcome said =
      run({"import", log, "--profile", "node-23.1.0", "-o", file, "--title", "an idle session", "--source", "a log", "--expect",
           "close_terminates=violated", "--expect", "no_loss=holds"});
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(said.out, "");
  const json header = json::parse(text_of(file).substr(0, text_of(file).find('\n')));
  EXPECT_EQ(header.at("title"), "an idle session");
  EXPECT_EQ(header.at("source"), "a log");
  EXPECT_EQ(header.at("profile"), "node-23.1.0");
  EXPECT_EQ(header.at("expect"), (json{{"close_terminates", "violated"}, {"no_loss", "holds"}}));
  EXPECT_EQ(run({"show", file}).exit_code, 0);
}

TEST(replay, a_log_that_does_not_say_whose_it_is_belongs_to_the_system_of_its_folder) {
  const outcome said = run({"replay", file_of_tree("tests/conformance/logs/nginx-1.22.1+worker_shutdown_timeout=3s/stall_window.jsonl")});
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_TRUE(contains(said.out, "profile nginx-1.22+worker_shutdown_timeout: reproduced")) << said.out;
}

TEST(replay, a_log_is_held_against_the_system_that_is_asked_for) {
  const std::string log = file_of_tree("tests/conformance/logs/nginx-1.22.1/stall_window.jsonl");
  EXPECT_EQ(run({"replay", log}).exit_code, 0);
  const outcome said = run({"replay", log, "--system", "nginx-1.22.1+worker_shutdown_timeout=3s"});
  EXPECT_EQ(said.exit_code, 3) << said.out;
  expect_one_line_error(run({"replay", log, "--system", "apache-2.4"}), 2);
}

TEST(import, what_is_no_log_names_file_and_line) {
  const outcome said = run({"import", hang, "--profile", "node-23.1.0", "-o", scratch("trace.jsonl").string()});
  expect_one_line_error(said, 2);
  EXPECT_TRUE(contains(said.err, "node-57611-h2-server-close-hang.jsonl:1")) << said.err;
}

TEST(import, a_trace_that_cannot_be_written_is_the_environments_failure) {
  const std::string log = file_of_tree("tests/conformance/logs/node-23.1.0/h2_idle_session.jsonl");
  expect_one_line_error(run({"import", log, "--profile", "node-23.1.0", "-o", "no-such-folder/trace.jsonl"}), 4);
}

}  // namespace
}  // namespace lastcall::cli_test
