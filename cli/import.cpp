#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/names.hpp"
#include "cli/trace_input.hpp"
#include "cli/verb.hpp"
#include "traces/format/import_node.hpp"
#include "traces/format/write.hpp"

namespace lastcall::cli {
namespace {

struct request {
  std::string log;
  std::string trace;
  std::string system;
  traces::import_options about;
  std::vector<std::string> expectations;
};

std::pair<std::string, traces::verdict> parse_expectation(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string claim = text.substr(0, equals);
  const std::string verdict = equals == std::string::npos ? "" : text.substr(equals + 1);
  const CLI::Validator is_claim = one_of("claim", claim_names());
  if (const std::string error = is_claim(claim); !error.empty()) throw failure{exit_code::bad_input, "--expect: " + error};
  if (verdict != "holds" && verdict != "violated")
    throw failure{exit_code::bad_input, fmt::format("--expect: '{}' is not CLAIM=holds or CLAIM=violated", text)};
  return {claim, verdict == "holds" ? traces::verdict::holds : traces::verdict::violated};
}

int run(request& asked) {
  for (const std::string& each : asked.expectations) asked.about.expect.insert(parse_expectation(each));
  const std::filesystem::path log = asked.log;
  if (asked.about.title.empty()) asked.about.title = log.stem().string();
  if (asked.about.source.empty()) asked.about.source = log.filename().string();

  const traces::trace trace = import_log(read_text(asked.log), asked.log, asked.system, asked.about);
  if (const auto error = traces::write_trace_file(trace, asked.trace))
    throw failure{exit_code::environment_failed, traces::to_string(*error)};
  return static_cast<int>(exit_code::success);
}

}  // namespace

verb add_import(CLI::App& command) {
  auto asked = std::make_shared<request>();
  CLI::App* syntax = command.add_subcommand("import", "turn the log of a server and its clients into a trace");
  syntax->add_option("LOG", asked->log, "the log, JSON Lines")->type_name("")->required();
  syntax->add_option("--profile", asked->about.profile, "decisions under which the trace is replayed (default: those of the release that the log or --system names)")
      ->check(any_profile())
      ->type_name("PROFILE");
  syntax->add_option("--system", asked->system,
                     "whose log it is, e.g. nginx-1.22.1, if the log does not say (default: the name of its folder)")
      ->type_name("SYSTEM");
  syntax->add_option("-o,--output", asked->trace, "the trace; a file of this name is replaced")->type_name("TRACE")->required();
  syntax->add_option("--title", asked->about.title, "what happens, in a sentence (default: the log's name)")->type_name("TEXT");
  syntax->add_option("--source", asked->about.source, "where the log comes from (default: its file name)")->type_name("TEXT");
  syntax->add_option("--expect", asked->expectations, "the verdict that a replay must give; may be repeated")
      ->allow_extra_args(false)
      ->type_name("CLAIM=holds|violated");
  return {syntax, [asked] { return run(*asked); }};
}

}  // namespace lastcall::cli
