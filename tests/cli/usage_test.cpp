// How the command behaves when it is misused, and what it says about itself.
#include "tests/cli/command.hpp"

namespace lastcall::cli_test {
namespace {

TEST(usage, no_verb_prints_help_and_fails) {
  const outcome said = run({});
  EXPECT_EQ(said.exit_code, 2);
  EXPECT_EQ(said.out, "");
  for (const char* verb : {"check", "replay", "import", "serve", "show", "list"}) EXPECT_TRUE(contains(said.err, verb)) << verb;
}

TEST(usage, help_is_not_an_error) {
  EXPECT_EQ(run({"--help"}).exit_code, 0);
  for (const char* verb : {"check", "replay", "import", "serve", "show", "list"}) {
    const outcome said = run({verb, "--help"});
    EXPECT_EQ(said.exit_code, 0) << verb;
    EXPECT_TRUE(contains(said.out, std::string("lastcall ") + verb)) << said.out;
  }
}

TEST(usage, version_names_the_libraries) {
  const outcome said = run({"--version"});
  EXPECT_EQ(said.exit_code, 0);
  EXPECT_TRUE(said.out.starts_with("lastcall "));
  EXPECT_TRUE(contains(said.out, "nghttp2 1."));
  EXPECT_TRUE(contains(said.out, "Boost 1."));
}

class bad_usage : public testing::TestWithParam<words> {};

TEST_P(bad_usage, is_one_line_and_exit_code_2) { expect_one_line_error(run(GetParam()), 2); }

INSTANTIATE_TEST_SUITE_P(
    usage, bad_usage,
    testing::Values(
        words{"prove"},
        words{"--nothing"},
        words{"check"},
        words{"check", "--nothing"},
        words{"check", "--all", "more"},
        words{"check", "--profile"},
        words{"check", "--profile", "no-such"},
        words{"check", "--all", "--profile", "rfc9113"},
        words{"check", "--all", "--peer", "no-such"},
        words{"check", "--all", "--handler", "no-such"},
        words{"check", "--all", "--claim", "no-such"},
        words{"check", "--all", "--streams", "5"},
        words{"check", "--all", "--streams", "two"},
        words{"check", "--all", "--connections", "0"},
        words{"check", "--all", "--connections", "4"},
        words{"check", "--all", "--channel-capacity", "3"},
        words{"check", "--all", "--memory-limit", "0"},
        words{"check", "--all", "--memory-limit", "nan"},
        words{"check", "--all", "--jobs", "0"},
        words{"check", "--all", "--order", "best"},
        words{"check", "--all", "--format", "xml"},
        words{"replay"},
        words{"replay", "no-such.jsonl"},
        words{"replay", LASTCALL_TREE},
        words{"replay", "--on", "wire", "x.jsonl"},
        words{"replay", "--streams", "2", "x.jsonl"},
        words{"replay", "--path", "0/", "--profile", "rfc9113"},
        words{"replay", "--path", "0"},
        words{"replay", "--path", "0", "--profile", "rfc9113", "x.jsonl"},
        words{"import", "log"},
        words{"import", "no-such.log", "--profile", "rfc9113", "-o", "x"},
        words{"import", "log", "--profile", "no-such", "-o", "x"},
        words{"import", "log", "--profile", "rfc9113", "-o", "x", "--expect", "no_loss"},
        words{"import", "log", "--profile", "rfc9113", "-o", "x", "--expect", "no-such=holds"},
        words{"import", "log", "--profile", "rfc9113", "-o", "x", "--expect", "no_loss=perhaps"},
        words{"serve", "--profile", "no-such"},
        words{"serve", "--listen", "localhost:0"},
        words{"serve", "--listen", "127.0.0.1"},
        words{"serve", "--listen", "127.0.0.1:65536"},
        words{"serve", "--drain-deadline", "5"},
        words{"serve", "--drain-deadline", "25h"},
        words{"serve", "--linger", "-1s"},
        words{"serve", "--profile", "node-24.21.0", "--drain-deadline", "5s"},
        words{"show"},
        words{"show", "no-such"},
        words{"show", "no-such.jsonl"},
        words{"show", "rfc9113", "--as", "dot"},
        words{"show", "rfc9113", "--as", "text", "--format", "json"},
        words{"list"},
        words{"list", "everything"},
        words{"list", "traces", "no-such-folder"}));

TEST(usage, a_slip_is_answered_with_the_name_that_was_meant) {
  EXPECT_TRUE(contains(run({"chekc", "--all"}).err, "did you mean 'check'?"));
  EXPECT_TRUE(contains(run({"check", "--all", "--stream", "2"}).err, "did you mean '--streams'?"));
  EXPECT_TRUE(contains(run({"check", "--profile", "rfc911"}).err, "did you mean 'rfc9113'"));
  EXPECT_TRUE(contains(run({"check", "--all", "--peer", "coop"}).err, "did you mean 'cooperative'?"));
  EXPECT_TRUE(contains(run({"check", "--all", "--handler", "stick"}).err, "did you mean 'stuck'?"));
  EXPECT_TRUE(contains(run({"check", "--all", "--claim", "no_los"}).err, "did you mean 'no_loss'?"));
}

TEST(usage, a_name_far_from_any_other_is_answered_with_what_there_is) {
  const std::string error = run({"check", "--all", "--handler", "zzzzzzz"}).err;
  for (const char* name : {"any", "finishing", "stuck"}) EXPECT_TRUE(contains(error, name)) << error;
  EXPECT_FALSE(contains(error, "did you mean")) << error;
}

}  // namespace
}  // namespace lastcall::cli_test
