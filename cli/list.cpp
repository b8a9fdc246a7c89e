#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/names.hpp"
#include "cli/profile_view.hpp"
#include "cli/terminal.hpp"
#include "cli/trace_input.hpp"
#include "cli/verb.hpp"
#include "model/profiles/profiles.hpp"
#include "properties/check.hpp"

namespace lastcall::cli {
namespace {

using nlohmann::ordered_json;

struct request {
  std::string what;
  std::string folder = "traces";
  output_format format = output_format::text;
};

/// What is known of a thing: its name, one line that tells it, and further lines.
struct entry {
  ordered_json content;
  std::string heading;
  std::vector<std::string> lines;
};

std::vector<entry> list_profiles(std::span<const model::profile> table) {
  std::vector<entry> entries;
  for (const model::profile& each : table) {
    entries.push_back({{{"name", each.name}, {"source", each.source}, {"deadlines", deadlines_text(each)}},
                       std::string(each.name),
                       {fmt::format("source: {}", each.source), deadlines_text(each)}});
  }
  return entries;
}

std::vector<entry> list_claims() {
  std::vector<entry> entries;
  for (const model::protocol protocol : properties::protocols()) {
    for (const properties::claim_description& each : properties::claims(protocol)) {
      entries.push_back({{{"protocol", text_of(protocol)},
                          {"name", each.name},
                          {"form", text_of(each.form)},
                          {"rule", each.rule},
                          {"source", each.source}},
                         fmt::format("{} {} ({})", text_of(protocol), each.name, text_of(each.form)),
                         {std::string(each.rule), fmt::format("source: {}", each.source)}});
    }
  }
  return entries;
}

std::vector<entry> list_peers() {
  std::vector<entry> entries;
  const auto add = [&](std::string_view kind, std::string_view name, std::string_view meaning) {
    entries.push_back({{{"name", name}, {"kind", kind}, {"meaning", meaning}},
                       fmt::format("{} ({})", name, kind),
                       {std::string(meaning)}});
  };
  for (const sim::peer_class& each : sim::peer_classes) add("client", each.name, each.meaning);
  for (const sim::handler_class& each : sim::handler_classes) add("handler", each.name, each.meaning);
  return entries;
}

std::vector<entry> list_traces(const std::string& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& each : std::filesystem::directory_iterator(folder, error))
    if (each.path().extension() == ".jsonl") files.push_back(each.path());
  if (error) throw failure{exit_code::bad_input, fmt::format("{}: {}", folder, error.message())};
  std::ranges::sort(files);

  std::vector<entry> entries;
  for (const auto& file : files) {
    const std::string name = file.generic_string();
    const traces::trace trace = read_input(name, {}).trace;
    ordered_json expect = ordered_json::object();
    std::string expected = "expects:";
    for (const auto& [claim, verdict] : trace.expect) {
      const std::string_view word = verdict == traces::verdict::holds ? "holds" : "violated";
      expect[claim] = word;
      expected += fmt::format(" {} {}", claim, word);
    }
    entries.push_back({{{"name", name},
                        {"title", trace.title},
                        {"system", trace.system},
                        {"source", trace.source},
                        {"profile", trace.profile},
                        {"expect", std::move(expect)}},
                       name,
                       {trace.title, fmt::format("system: {}; profile: {}", trace.system, trace.profile),
                        fmt::format("source: {}", trace.source), expected}});
  }
  return entries;
}

std::vector<entry> entries_of(const request& asked) {
  if (asked.what == "profiles") return list_profiles(model::profiles());
  if (asked.what == "mutants") return list_profiles(model::mutants());
  if (asked.what == "claims") return list_claims();
  if (asked.what == "peers") return list_peers();
  return list_traces(asked.folder);
}

int run(const request& asked) {
  const std::vector<entry> entries = entries_of(asked);
  if (asked.format == output_format::json) {
    ordered_json items = ordered_json::array();
    for (const entry& each : entries) items.push_back(each.content);
    print(ordered_json{{"schema", "lastcall/list/1"}, {"what", asked.what}, {"items", std::move(items)}}.dump(2) + '\n');
  } else {
    std::string text;
    for (const entry& each : entries) {
      text += each.heading + '\n';
      for (const std::string& line : each.lines) text += fmt::format("    {}\n", line);
    }
    print(text);
  }
  return static_cast<int>(exit_code::success);
}

}  // namespace

verb add_list(CLI::App& command) {
  auto asked = std::make_shared<request>();
  CLI::App* syntax = command.add_subcommand("list", "what there is: profiles, mutants, claims, classes of peers, traces");
  syntax->add_option("WHAT", asked->what, "profiles, mutants, claims, peers or traces")
      ->check(one_of("list", {"profiles", "mutants", "claims", "peers", "traces"}))
      ->type_name("")
      ->required();
  syntax->add_option("FOLDER", asked->folder, "of traces (default traces)")->type_name("");
  add_format(*syntax, asked->format);
  return {syntax, [asked] { return run(*asked); }};
}

}  // namespace lastcall::cli
