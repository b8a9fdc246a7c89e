// The lastcall command: finds the verb, runs it, and turns whatever went wrong into one line and an exit code.
#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <exception>
#include <new>
#include <vector>

#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"

namespace lastcall::cli {
namespace {

std::string version_text() {
  return fmt::format("lastcall {} (nghttp2 {}, Boost {}.{}.{})", LASTCALL_VERSION, nghttp2_version(0)->version_str,
                     BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
}

/// The words that the command line has too many: a slip in a verb or in an option.
std::string unknown_words(const CLI::App& command) {
  const auto verbs = command.get_subcommands();
  const CLI::App& speaker = verbs.empty() ? command : *verbs.front();
  const std::vector<std::string> words = command.remaining(true);
  if (words.empty()) return "the command line has too many words";

  const std::string word = words.front().substr(0, words.front().find('='));
  name_list known;
  if (word.starts_with('-')) {
    for (const CLI::Option* each : speaker.get_options([](const CLI::Option* one) { return one->nonpositional(); }))
      known.push_back("--" + each->get_lnames().front());
    return unknown_name(verbs.empty() ? "option" : "option of " + speaker.get_name(), word, known);
  }
  if (!verbs.empty()) return fmt::format("{}: '{}' is one word too many", speaker.get_name(), word);
  for (const CLI::App* each : command.get_subcommands([](const CLI::App*) { return true; })) known.push_back(each->get_name());
  return unknown_name("verb", word, known);
}

int run(int argc, char** argv) {
  CLI::App command("Once close is called, does a network server always finish, and finish right?", "lastcall");
  command.set_version_flag("--version", version_text());
  const std::vector<verb> verbs{add_check(command), add_replay(command), add_import(command),
                                add_serve(command), add_show(command),   add_list(command)};
  command.require_subcommand(0, 1);
  command.footer("docs/CLI.md describes every verb, the exit codes and the JSON schemas.");
  try {
    command.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return command.exit(asked);  // --help and --version
  } catch (const CLI::ExtrasError&) {
    throw failure{exit_code::bad_input, unknown_words(command)};
  } catch (const CLI::ParseError& error) {
    throw failure{exit_code::bad_input, error.what()};
  }
  for (const verb& each : verbs)
    if (each.syntax->parsed()) return each.run();
  fmt::print(stderr, "{}", command.help());
  return static_cast<int>(exit_code::bad_input);
}

}  // namespace
}  // namespace lastcall::cli

int main(int argc, char** argv) {
  using namespace lastcall::cli;
  try {
    prepare_terminal();
    return run(argc, argv);
  } catch (const failure& what) {
    complain(what.message);
    return static_cast<int>(what.code);
  } catch (const std::bad_alloc&) {
    complain("out of memory");
  } catch (const std::exception& error) {
    complain(error.what());
  }
  return static_cast<int>(exit_code::environment_failed);
}
