#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/names.hpp"
#include "cli/profile_view.hpp"
#include "cli/terminal.hpp"
#include "cli/trace_input.hpp"
#include "cli/verb.hpp"
#include "model/profiles/profiles.hpp"
#include "traces/format/draw.hpp"

namespace lastcall::cli {
namespace {

struct request {
  std::string subject;
  std::string as = "text";
  output_format format = output_format::text;
  bool ascii = false;
};

/// A word that is neither the name of a profile nor looks like a file's is a slip.
bool looks_like_a_file(const std::string& subject) {
  return subject.find_first_of("./\\") != std::string::npos || std::filesystem::exists(subject);
}

std::string show_trace(const request& asked) {
  const traces::trace trace = read_input(asked.subject, {}).trace;
  if (asked.format == output_format::json)
    return nlohmann::ordered_json{{"schema", "lastcall/show/1"}, {"trace", lines_json(trace)}}.dump(2) + '\n';
  if (asked.as == "mermaid") return traces::draw_mermaid(trace);
  return traces::draw_text(trace, asked.ascii ? traces::charset::ascii : traces::charset::unicode);
}

std::string show_profile(const model::profile& profile, const request& asked) {
  if (asked.format == output_format::json) return profile_json(profile);
  return asked.as == "mermaid" ? profile_mermaid(profile) : profile_text(profile);
}

int run(const request& asked) {
  if (const model::profile* profile = model::find_profile(asked.subject)) {
    print(show_profile(*profile, asked));
  } else if (looks_like_a_file(asked.subject)) {
    print(show_trace(asked));
  } else {
    throw failure{exit_code::bad_input, unknown_name("profile or trace", asked.subject, profile_names())};
  }
  return static_cast<int>(exit_code::success);
}

}  // namespace

verb add_show(CLI::App& command) {
  auto asked = std::make_shared<request>();
  CLI::App* syntax = command.add_subcommand("show", "draw a trace, or a profile's decisions and machines");
  syntax->add_option("TRACE|PROFILE", asked->subject, "a trace's file or a profile's name")->type_name("")->required();
  auto* as = syntax->add_option("--as", asked->as, "for a terminal, or Mermaid for pages that render it (default text)")
                 ->check(one_of("drawing", {"text", "mermaid"}))
                 ->type_name("text|mermaid");
  add_format(*syntax, asked->format)->excludes(as);
  add_ascii(*syntax, asked->ascii);
  return {syntax, [asked] { return run(*asked); }};
}

}  // namespace lastcall::cli
