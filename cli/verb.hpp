// What the verbs of the command share: exit codes, the one way to fail, and how a verb is declared. Verbs parse, call and print;
// what they call decides everything.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <functional>
#include <string>

namespace lastcall::cli {

/// docs/CLI.md says what each stands for in each verb.
enum class exit_code : int { success = 0, violated = 1, bad_input = 2, not_reproduced = 3, environment_failed = 4 };

/// Thrown by a verb that cannot go on. main() prints the message, one line, and exits with the code; CLI11 reports its own
/// errors by exceptions too, so there is one way out for both.
struct failure {
  exit_code code;
  std::string message;
};

/// A subcommand and what it does once the command line is parsed; the value is the exit code.
struct verb {
  CLI::App* syntax;
  std::function<int()> run;
};

verb add_check(CLI::App& command);
verb add_replay(CLI::App& command);
verb add_import(CLI::App& command);
verb add_serve(CLI::App& command);
verb add_show(CLI::App& command);
verb add_list(CLI::App& command);

enum class output_format : std::uint8_t { text, json };

/// --format text|json.
CLI::Option* add_format(CLI::App& verb, output_format& chosen);

/// --ascii, for terminals without box-drawing characters.
void add_ascii(CLI::App& verb, bool& chosen);

}  // namespace lastcall::cli
