// docs/CLI.md shows what the command prints. Each block marked `console` is typed again here, and must give what it shows; a line
// of three dots stands for any number of lines.
#include <sstream>

#include "tests/cli/command.hpp"

namespace lastcall::cli_test {
namespace {

using lines = std::vector<std::string>;

lines split(const std::string& text) {
  lines all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

/// Whether the shown lines are the actual ones, from these places on.
bool matches(const lines& shown, std::size_t at, const lines& actual, std::size_t from) {
  if (at == shown.size()) return from == actual.size();
  if (shown[at] != "...") return from < actual.size() && shown[at] == actual[from] && matches(shown, at + 1, actual, from + 1);
  // The dots end at the first line that continues well.
  for (std::size_t next = from; next <= actual.size(); ++next)
    if (matches(shown, at + 1, actual, next)) return true;
  return false;
}

struct example {
  std::string arguments;
  lines shown;
  int exit_code = -1;  ///< where the page says it
};

/// The commands of the page in their order.
std::vector<example> examples_of(const lines& page) {
  const std::string command = "$ lastcall ";
  std::vector<example> all;
  bool inside = false;
  bool says_exit_code = false;
  for (const std::string& line : page) {
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (!inside) {
      continue;
    } else if (line.starts_with(command)) {
      all.push_back({line.substr(command.size()), {}});
    } else if (line == "$ echo $?") {
      says_exit_code = true;
    } else if (says_exit_code) {
      all.back().exit_code = std::stoi(line);
      says_exit_code = false;
    } else {
      all.back().shown.push_back(line);
    }
  }
  return all;
}

TEST(manual, every_example_is_what_the_command_prints) {
  const std::vector<example> examples = examples_of(split(text_of(file_of_tree("docs/CLI.md"))));
  ASSERT_GE(examples.size(), 10U);
  // The page speaks from the root of the repository, but what an example writes does not go there.
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(LASTCALL_TREE);
  const std::string written = scratch("written.jsonl").string();
  const auto with_scratch = [&](std::string text) {
    const std::string name = "idle.jsonl";
    const std::size_t at = text.find(name);
    return at == std::string::npos ? text : text.replace(at, name.size(), written);
  };
  for (const example& each : examples) {
    const outcome said = run_line(with_scratch(each.arguments));
    lines shown;
    for (const std::string& line : each.shown) shown.push_back(with_scratch(line));
    EXPECT_TRUE(matches(shown, 0, split(said.out + said.err), 0))
        << "$ lastcall " << each.arguments << '\n' << said.out << said.err;
    if (each.exit_code >= 0) {
      EXPECT_EQ(said.exit_code, each.exit_code) << each.arguments;
    }
  }
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace lastcall::cli_test
