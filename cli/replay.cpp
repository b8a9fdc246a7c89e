#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/environments.hpp"
#include "cli/names.hpp"
#include "cli/replay_report.hpp"
#include "cli/terminal.hpp"
#include "cli/trace_input.hpp"
#include "cli/verb.hpp"
#include "model/profiles/releases.hpp"

namespace lastcall::cli {
namespace {

struct request {
  std::vector<std::string> files;
  std::string profile;
  std::string system;
  bool expect = false;
  std::string path;
  std::string protocol = "http2";
  bounds limits;
  name_list peers;
  name_list handlers;
  output_format format = output_format::text;
  bool ascii = false;
};

replayed replay_choices(const request& asked) {
  if (asked.profile.empty()) throw failure{exit_code::bad_input, "replay: --path needs --profile"};
  const auto run = explore::parse_path(asked.path);
  if (!run) throw failure{exit_code::bad_input, run.error};
  const auto [decisions, note] = model::profile_for(asked.profile);
  const model::profile& profile = *decisions;
  const name_list peers = asked.peers.empty() && asked.handlers.empty() ? name_list{"any"} : asked.peers;
  const sim::world_options world = world_of(profile, *traces::protocol_named(asked.protocol),
                                            environments_of(peers, asked.handlers).front(), asked.limits);

  replayed one{{}, {}, &profile, note, properties::replay_path(world, *run.value)};
  const auto is_violated = [](const auto& each) { return each.verdict == properties::verdict::violated; };
  const auto violated = std::ranges::find_if(one.verdict.claims, is_violated);
  const bool breaks_something = violated != one.verdict.claims.end();
  one.trace = properties::record(world, *run.value, breaks_something ? *violated->claim : properties::claims(world.protocol).front());
  if (!breaks_something) {
    one.trace.title = fmt::format("a run with {} clients and {} handlers", world.peer->name, world.handler->name);
    one.trace.source = "a choice path";
    one.trace.expect.clear();
  }
  if (one.verdict.divergence) ++one.verdict.divergence->step;  // people count from 1, as they do with lines
  return one;
}

std::vector<replayed> replay_files(const request& asked) {
  std::vector<replayed> all;
  // A trace that cannot be read stops everything, before anything is run.
  for (const std::string& file : asked.files) {
    trace_input input = read_input(file, asked.profile, asked.system);
    all.push_back({file, std::move(input.trace), input.profile, input.prediction, {}});
  }
  for (replayed& one : all) one.verdict = properties::replay(one.trace, *one.profile);
  return all;
}

exit_code judge(const std::vector<replayed>& all, bool expect) {
  if (expect) {
    const auto is_met = [](const replayed& one) { return unmet_expectations(one).empty(); };
    return std::ranges::all_of(all, is_met) ? exit_code::success : exit_code::not_reproduced;
  }
  if (!std::ranges::all_of(all, [](const replayed& one) { return one.verdict.reproduced; })) return exit_code::not_reproduced;
  for (const replayed& one : all)
    for (const auto& each : one.verdict.claims)
      if (each.verdict == properties::verdict::violated) return exit_code::violated;
  return exit_code::success;
}

int run(const request& asked) {
  if (asked.files.empty() && asked.path.empty())
    throw failure{exit_code::bad_input, "replay: name a TRACE, or a choice path with --path"};
  const std::vector<replayed> all = asked.path.empty() ? replay_files(asked) : std::vector{replay_choices(asked)};
  print(asked.format == output_format::json ? replay_json(all) : replay_text(all, asked.expect, asked.ascii));
  return static_cast<int>(judge(all, asked.expect));
}

}  // namespace

verb add_replay(CLI::App& command) {
  auto asked = std::make_shared<request>();
  CLI::App* syntax = command.add_subcommand("replay", "run traces, logs or a choice path, and see which claims they break");
  auto* files = syntax->add_option("TRACE", asked->files, "traces or logs, JSON Lines")->type_name("");
  syntax->add_option("--on", "where to replay (default sim)")->check(one_of("world", {"sim"}))->type_name("sim");
  syntax->add_option("--profile", asked->profile, "instead of the trace's own")
      ->check(any_profile())
      ->type_name("PROFILE");
  syntax->add_option("--system", asked->system, "whose logs these are, e.g. nginx-1.22.1, if they do not say (default: the name of their folder)")
      ->type_name("SYSTEM");
  auto* expect = syntax->add_flag("--expect", asked->expect, "succeed if every trace gives the verdicts that it declares");

  auto* path = syntax->add_option("--path", asked->path, "a choice path of the simulated world, as check prints it")
                   ->type_name("PATH")
                   ->excludes(files)
                   ->excludes(expect);
  for (CLI::Option* each : add_bounds(*syntax, asked->limits)) each->needs(path);
  syntax->add_option("--protocol", asked->protocol, "what the server speaks (default http2)")
      ->check(one_of("protocol", protocol_names()))
      ->type_name("PROTOCOL")
      ->needs(path);
  syntax->add_option("--peer", asked->peers, "class of clients (default any)")
      ->expected(1)
      ->check(one_of("peer class", peer_names()))
      ->type_name("CLASS")
      ->needs(path);
  syntax->add_option("--handler", asked->handlers, "class of request handlers")
      ->expected(1)
      ->check(one_of("handler class", handler_names()))
      ->type_name("CLASS")
      ->needs(path);
  add_format(*syntax, asked->format);
  add_ascii(*syntax, asked->ascii);
  return {syntax, [asked] { return run(*asked); }};
}

}  // namespace lastcall::cli
