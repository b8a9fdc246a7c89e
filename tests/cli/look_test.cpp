// lastcall show and lastcall list: that they show everything there is.
#include "tests/cli/command.hpp"

namespace lastcall::cli_test {
namespace {

const std::string hang = file_of_tree("traces/node-57611-h2-server-close-hang.jsonl");
const words machines{"net_server",      "tcp_socket",     "http1_connection", "http2_session", "http2_goaway", "http2_stream", "exchange",
                     "servlet_request", "servlet_output", "http2_client",  "client_request"};

TEST(show, a_trace_is_drawn_as_text) {
  const outcome said = run({"show", hang});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_TRUE(contains(said.out, "client 1"));
  EXPECT_TRUE(contains(said.out, "server.close()"));
}

TEST(show, a_trace_is_drawn_as_mermaid) {
  EXPECT_TRUE(run({"show", hang, "--as", "mermaid"}).out.starts_with("sequenceDiagram\n"));
}

TEST(show, a_trace_in_json_has_every_line) {
  const json shown = json_of(run({"show", hang, "--format", "json"}));
  EXPECT_EQ(shown.at("schema"), "lastcall/show/1");
  const std::string text = text_of(hang);
  EXPECT_EQ(shown.at("trace").size(), static_cast<std::size_t>(std::ranges::count(text, '\n')));
  EXPECT_EQ(shown.at("trace").at(0), json::parse(text.substr(0, text.find('\n'))));
}

TEST(show, a_profile_has_its_decisions_and_all_machines) {
  const outcome said = run({"show", "rfc9113"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_TRUE(contains(said.out, "drain_deadline"));
  EXPECT_TRUE(contains(said.out, "from_close"));
  for (const std::string& machine : machines) EXPECT_TRUE(contains(said.out, '\n' + machine + ", from ")) << machine;
}

TEST(show, a_profile_as_mermaid_is_a_state_diagram_a_machine) {
  const std::string text = run({"show", "rfc9113", "--as", "mermaid"}).out;
  std::size_t diagrams = 0;
  const std::string heading = "stateDiagram-v2";
  for (std::size_t at = text.find(heading); at != std::string::npos; at = text.find(heading, at + 1)) ++diagrams;
  EXPECT_EQ(diagrams, machines.size());
  EXPECT_TRUE(contains(text, "  [*] --> created\n"));
  EXPECT_TRUE(contains(text, "  created --> listening: listen_called / start_listening\n"));
}

TEST(show, a_profile_in_json_has_its_decisions_and_all_rows) {
  const json shown = json_of(run({"show", "node-23.1.0", "--format", "json"}));
  EXPECT_EQ(shown.at("schema"), "lastcall/show/1");
  EXPECT_EQ(shown.at("profile").at("decisions").at("close_announces"), "nothing");
  EXPECT_EQ(shown.at("machines").size(), machines.size());
  const json first{{"state", "created"},
                   {"event", "listen_called"},
                   {"guard", ""},
                   {"next", "listening"},
                   {"commands", "start_listening"}};
  EXPECT_EQ(shown.at("machines").at(0).at("rows").at(0), first);
}

TEST(show, profiles_differ_in_their_decisions_alone) {
  const json one = json_of(run({"show", "node-23.1.0", "--format", "json"}));
  const json other = json_of(run({"show", "node-24.21.0", "--format", "json"}));
  EXPECT_NE(one.at("profile").at("decisions"), other.at("profile").at("decisions"));
  EXPECT_EQ(one.at("machines"), other.at("machines"));
}

TEST(list, what_is_listed_has_a_name_and_says_where_it_is_from) {
  for (const char* what : {"profiles", "mutants", "claims"}) {
    const json listed = json_of(run({"list", what, "--format", "json"}));
    EXPECT_EQ(listed.at("schema"), "lastcall/list/1");
    EXPECT_EQ(listed.at("what"), what);
    EXPECT_GE(listed.at("items").size(), 3U);
    for (const json& each : listed.at("items")) {
      EXPECT_NE(each.at("name"), "");
      EXPECT_NE(each.at("source"), "");
    }
  }
}

TEST(list, mutants_are_not_among_the_profiles) {
  EXPECT_FALSE(contains(run({"list", "profiles"}).out, "mutant-"));
  EXPECT_TRUE(contains(run({"list", "mutants"}).out, "mutant-"));
}

TEST(list, peers_are_clients_and_handlers) {
  const json listed = json_of(run({"list", "peers", "--format", "json"}));
  const auto count = [&](const char* kind) {
    return std::ranges::count_if(listed.at("items"), [&](const json& each) { return each.at("kind") == kind; });
  };
  EXPECT_EQ(count("client"), 8);
  EXPECT_EQ(count("handler"), 3);
}

TEST(list, traces_are_those_of_a_folder) {
  const json listed = json_of(run({"list", "traces", file_of_tree("traces"), "--format", "json"}));
  const auto found = std::ranges::find_if(listed.at("items"), [](const json& each) { return each.at("name") == hang; });
  ASSERT_NE(found, listed.at("items").end());
  EXPECT_EQ(found->at("expect"), (json{{"close_terminates", "violated"}}));
}

TEST(list, every_list_can_be_read_by_people) {
  for (const char* what : {"profiles", "mutants", "claims", "peers"}) {
    const outcome said = run({"list", what});
    EXPECT_EQ(said.exit_code, 0);
    EXPECT_FALSE(contains(said.out, "{")) << what;
  }
}

}  // namespace
}  // namespace lastcall::cli_test
