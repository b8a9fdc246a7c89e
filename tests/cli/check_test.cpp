// lastcall check: which environment decides, what the exit code says, and that the same command gives the same bytes. Worlds are
// small here; whether verdicts are right is for tests/properties.
#include "tests/cli/command.hpp"

namespace lastcall::cli_test {
namespace {

outcome check(words arguments) {
  arguments.insert(arguments.begin(), "check");
  arguments.insert(arguments.end(), {"--streams", "1"});
  return run(arguments);
}

/// The verdict of this name in the environment at this place; empty when it is not there.
std::string verdict_of(const json& document, std::size_t place, const std::string& claim, const std::string& form = "") {
  for (const json& each : document.at("verdicts").at(place).at("claims"))
    if (each.at("name") == claim && (form.empty() || each.at("form") == form)) return each.at("verdict");
  return {};
}

void erase_seconds(json& document) {
  for (json& each : document.at("verdicts")) EXPECT_EQ(each.at("explored").erase("seconds"), 1U);
}

TEST(check, a_profile_that_keeps_its_claims_exits_with_0) {
  const outcome said = check({"--profile", "rfc9113"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_EQ(said.err, "");
  EXPECT_TRUE(contains(said.out, "rfc9113 keeps every claim with any clients and any handlers"));
  EXPECT_FALSE(contains(said.out, "VIOLATED"));
}

TEST(check, a_release_that_nobody_measured_is_predicted_and_every_verdict_says_so) {
  const words asked{"--profile", "node-22.12.0", "--claim", "close_terminates"};
  const std::string note = "node-22.12.0 is not measured; predicted by node-20.20.2";
  const outcome said = check(asked);
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_TRUE(contains(said.out, note));
  const json document = json::parse(check({"--profile", "node-22.12.0", "--claim", "close_terminates", "--format", "json"}).out);
  for (const json& each : document.at("verdicts")) EXPECT_EQ(each.at("prediction"), note);
}

TEST(check, the_response_that_node_20_3_1_loses_with_its_session_is_found) {
  const words environment{"--peer", "cooperative", "--handler", "finishing", "--claim", "no_loss", "--profile"};
  words loses = environment;
  loses.push_back("node-20.3.1");
  words keeps = environment;
  keeps.push_back("node-20.20.2");
  EXPECT_EQ(check(loses).exit_code, 1);
  EXPECT_EQ(check(keeps).exit_code, 0);
}

TEST(check, a_violated_claim_exits_with_1_and_is_drawn) {
  const outcome said = check({"--profile", "node-23.1.0"});
  EXPECT_EQ(said.exit_code, 1);
  EXPECT_EQ(said.err, "");
  EXPECT_TRUE(contains(said.out, "node-23.1.0 breaks close_terminates with cooperative clients and finishing handlers."));
  EXPECT_TRUE(contains(said.out, "server.close() has not called back"));
}

TEST(check, the_matrix_has_the_environments_that_the_manual_names) {
  const json found = json_of(check({"--profile", "rfc9113", "--format", "json"}));
  std::vector<std::string> environments;
  for (const json& each : found.at("verdicts"))
    environments.push_back(each.at("environment").at("peer").get<std::string>() + "/" +
                           each.at("environment").at("handler").get<std::string>());
  const std::vector<std::string> named{"any/any",          "cooperative/finishing", "silent/finishing", "non-reading/finishing",
                                       "chatty/finishing", "vanishing/finishing",   "offending/any",  "breaking/any",
                                       "cooperative/stuck"};
  EXPECT_EQ(environments, named);
}

TEST(check, without_a_drain_deadline_clients_that_keep_no_rules_do_not_decide) {
  const outcome found = check({"--profile", "node-23.1.0", "--claim", "no_loss", "--format", "json"});
  EXPECT_EQ(verdict_of(json_of(found), 0, "no_loss"), "violated");
  EXPECT_EQ(verdict_of(json_of(found), 1, "no_loss"), "holds");
  EXPECT_EQ(found.exit_code, 0);
}

TEST(check, an_environment_that_is_asked_for_decides) {
  EXPECT_EQ(check({"--profile", "node-23.1.0", "--claim", "no_loss", "--peer", "any"}).exit_code, 1);
  EXPECT_EQ(check({"--profile", "node-23.1.0", "--claim", "no_loss", "--peer", "silent"}).exit_code, 0);
  EXPECT_EQ(check({"--profile", "node-23.1.0", "--claim", "no_loss", "--peer", "silent", "any"}).exit_code, 1);
}

TEST(check, one_class_alone_brings_the_other_along) {
  const auto environment = [](const words& asked) {
    words arguments{"--profile", "rfc9113", "--format", "json"};
    arguments.insert(arguments.end(), asked.begin(), asked.end());
    return json_of(check(arguments)).at("verdicts").at(0).at("environment");
  };
  EXPECT_EQ(environment({"--peer", "any"}), (json{{"peer", "any"}, {"handler", "any"}}));
  EXPECT_EQ(environment({"--peer", "chatty"}), (json{{"peer", "chatty"}, {"handler", "finishing"}}));
  EXPECT_EQ(environment({"--handler", "any"}), (json{{"peer", "any"}, {"handler", "any"}}));
  EXPECT_EQ(environment({"--handler", "stuck"}), (json{{"peer", "cooperative"}, {"handler", "stuck"}}));
  EXPECT_EQ(environment({"--peer", "silent", "--handler", "any"}), (json{{"peer", "silent"}, {"handler", "any"}}));
}

TEST(check, a_restriction_to_claims_restricts_the_verdicts_and_the_exit_code) {
  const outcome found = check({"--profile", "node-23.1.0", "--claim", "counts_exact", "no_spin", "--format", "json"});
  EXPECT_EQ(found.exit_code, 0);
  for (const json& each : json_of(found).at("verdicts")) EXPECT_EQ(each.at("claims").size(), 2U);
}

TEST(check, a_bound_that_is_hit_exits_with_4_and_says_so) {
  const outcome found = check({"--profile", "rfc9113", "--peer", "any", "--memory-limit", "0.001"});
  EXPECT_EQ(found.exit_code, 4);
  EXPECT_TRUE(contains(found.out, "unknown"));
  EXPECT_TRUE(contains(found.err, "the memory limit")) << found.err;
  EXPECT_EQ(std::ranges::count(found.err, '\n'), 1);
}

TEST(check, several_profiles_exit_with_the_worst) {
  EXPECT_EQ(check({"--profile", "rfc9113", "node-23.1.0", "--claim", "close_terminates"}).exit_code, 1);
  EXPECT_EQ(check({"--profile", "rfc9113", "node-24.21.0", "--claim", "counts_exact"}).exit_code, 0);
}

TEST(check, all_profiles_are_checked_and_no_mutant) {
  const json found = json_of(check({"--all", "--claim", "no_spin", "--peer", "silent", "--format", "json"}));
  EXPECT_GE(found.at("verdicts").size(), 3U);
  for (const json& each : found.at("verdicts")) EXPECT_FALSE(contains(each.at("profile"), "mutant"));
}

TEST(check, the_same_command_gives_the_same_bytes) {
  const words command{"--profile", "node-23.1.0", "rfc9113"};
  const std::string once = check(command).out;
  EXPECT_FALSE(once.empty());
  EXPECT_EQ(check(command).out, once);
}

TEST(check, the_number_of_jobs_changes_nothing) {
  const auto with_jobs = [](const char* jobs) { return check({"--profile", "node-23.1.0", "--jobs", jobs}).out; };
  EXPECT_EQ(with_jobs("1"), with_jobs("2"));
}

TEST(check, json_differs_only_in_seconds) {
  const words command{"--profile", "node-23.1.0", "--format", "json"};
  json once = json_of(check(command));
  json again = json_of(check(command));
  erase_seconds(once);
  erase_seconds(again);
  EXPECT_EQ(once, again);
}

TEST(check, json_has_the_fields_of_its_schema) {
  const json found = json_of(check({"--profile", "node-23.1.0", "--format", "json"}));
  EXPECT_EQ(found.at("schema"), "lastcall/verdicts/1");
  for (const json& each : found.at("verdicts")) {
    EXPECT_EQ(each.at("profile"), "node-23.1.0");
    for (const json& claim : each.at("claims")) {
      for (const char* field : {"name", "form", "verdict"}) EXPECT_TRUE(claim.at(field).is_string()) << field;
      const bool has_run = claim.at("verdict") == "violated" && claim.at("form") != "sometimes";
      EXPECT_EQ(claim.contains("counterexample"), has_run) << claim;
    }
    const json& explored = each.at("explored");
    for (const char* field : {"states", "transitions", "depth", "bytes"})
      EXPECT_TRUE(explored.at(field).is_number_unsigned()) << field;
    EXPECT_TRUE(explored.at("complete").get<bool>());
    EXPECT_EQ(explored.at("storage"), "exact");
    EXPECT_TRUE(explored.at("seconds").is_number());
    const json& assumed = each.at("assumptions");
    EXPECT_EQ(assumed.at("connections"), 1);
    EXPECT_EQ(assumed.at("streams"), 1);
    EXPECT_EQ(assumed.at("channel_capacity"), 2);
    for (const char* field : {"peers", "handlers", "fairness", "deadlines"}) EXPECT_TRUE(assumed.at(field).is_string()) << field;
    EXPECT_TRUE(assumed.at("rules").is_array());
  }
}

TEST(check, a_counterexample_names_its_steps_and_carries_its_trace) {
  const json found = json_of(
      check({"--profile", "node-23.1.0", "--peer", "cooperative", "--claim", "close_terminates", "--format", "json"}));
  const json& run = found.at("verdicts").at(0).at("claims").at(0).at("counterexample");
  const std::string path = run.at("path");
  EXPECT_EQ(run.at("stem").size(), static_cast<std::size_t>(std::ranges::count(path, '/')) + 1);
  EXPECT_EQ(run.at("stem").at(0), "client_connects connection 1");
  EXPECT_TRUE(run.at("loop").is_array());
  EXPECT_EQ(run.at("trace").at(0).at("format"), "lastcall/trace/1");
  EXPECT_EQ(run.at("trace").at(0).at("path"), path);
  EXPECT_EQ(run.at("trace").at(1), (json{{"actor", "client 1"}, {"event", "connect"}}));
}

/// The mutant whose counterexample has a loop, which a shell must not take for its own.
TEST(check, the_command_it_prints_replays_the_counterexample) {
  const outcome found = check({"--profile", "mutant-control-frames-rearm-deadline", "--claim", "close_terminates"});
  ASSERT_EQ(found.exit_code, 1);
  const std::string label = "replay: lastcall ";
  std::size_t printed = 0;
  bool has_loop = false;
  for (std::size_t at = found.out.find(label); at != std::string::npos; at = found.out.find(label, at + 1)) {
    const std::size_t begin = at + label.size();
    const std::string command = found.out.substr(begin, found.out.find('\n', begin) - begin);
    const outcome replayed = run_line(command);
    EXPECT_EQ(replayed.exit_code, 1) << command << '\n' << replayed.out << replayed.err;
    EXPECT_TRUE(contains(replayed.out, "VIOLATED")) << command;
    has_loop = has_loop || contains(command, "(");
    ++printed;
  }
  EXPECT_GE(printed, 1U);
  EXPECT_TRUE(has_loop);
}

TEST(check, the_trace_it_writes_replays_as_it_declares) {
  const std::string file = scratch("trace.jsonl").string();
  EXPECT_EQ(check({"--profile", "node-23.1.0", "--channel-capacity", "1", "--write-trace", file}).exit_code, 1);
  const outcome replayed = run({"replay", "--expect", file});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
}

TEST(check, no_trace_is_written_where_there_is_no_counterexample) {
  const std::string file = scratch("trace.jsonl").string();
  const outcome found = check({"--profile", "rfc9113", "--peer", "silent", "--write-trace", file});
  EXPECT_EQ(found.exit_code, 0);
  EXPECT_TRUE(contains(found.err, "no counterexample"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(check, depth_first_search_gives_the_same_verdicts) {
  const auto claims = [](const char* order) {
    json found = json_of(check({"--profile", "node-23.1.0", "--order", order, "--format", "json"}));
    for (json& each : found.at("verdicts"))
      for (json& claim : each.at("claims")) claim.erase("counterexample");
    std::vector<json> all;
    for (const json& each : found.at("verdicts")) all.push_back(each.at("claims"));
    return all;
  };
  EXPECT_EQ(claims("bfs"), claims("dfs"));
}

TEST(check, ascii_is_ascii) {
  const outcome found = check({"--profile", "node-23.1.0", "--ascii"});
  EXPECT_TRUE(std::ranges::all_of(found.out, [](char each) { return static_cast<unsigned char>(each) < 0x80; }));
}

}  // namespace
}  // namespace lastcall::cli_test
