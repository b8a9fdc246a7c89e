#include "cli/check.hpp"

#include <CLI/App.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <sstream>

#include "cli/environments.hpp"
#include "cli/explorations.hpp"
#include "cli/names.hpp"
#include "cli/terminal.hpp"
#include "cli/verb.hpp"
#include "model/profiles/profiles.hpp"
#include "model/profiles/releases.hpp"
#include "properties/replay.hpp"
#include "traces/format/write.hpp"

namespace lastcall::cli {
namespace {

using properties::claim_verdict;

struct request {
  name_list profiles;
  bool all = false;
  name_list protocols;
  bounds limits;
  name_list peers;
  name_list handlers;
  name_list claims;
  exploration_limits search;
  std::string write_trace;
  output_format format = output_format::text;
  bool ascii = false;
};

/// What is wrong with a size in GiB, for CLI11; nothing when all is well.
std::string size_problem(const std::string& text) {
  constexpr double most_gib = 1 << 20;
  std::istringstream in(text);
  double gib = 0;
  if (in >> gib && in.eof() && gib > 0 && gib <= most_gib) return {};
  return fmt::format("'{}' is not a size in GiB, such as 12 or 0.5", text);
}

std::vector<model::spokesman> profiles_of(const request& asked) {
  std::vector<model::spokesman> chosen;
  if (asked.all) {
    for (const model::profile& each : model::profiles()) chosen.push_back({&each, {}});
  } else {
    for (const std::string& name : asked.profiles) chosen.push_back(model::profile_for(name));
  }
  if (chosen.empty()) throw failure{exit_code::bad_input, "check: name a profile with --profile, or take --all"};
  return chosen;
}

/// What was asked for, or what the profile is known for; with --all, everything it speaks.
std::vector<model::protocol> protocols_of(const request& asked, const model::profile& profile) {
  std::vector<model::protocol> spoken = cli::protocols_of(profile);
  if (asked.protocols.empty()) {
    if (!asked.all && spoken.size() > 1) spoken.resize(1);
    return spoken;
  }
  std::erase_if(spoken, [&](model::protocol each) {
    return std::ranges::find(asked.protocols, text_of(each)) == asked.protocols.end();
  });
  if (spoken.empty() && !asked.all)
    throw failure{exit_code::bad_input, fmt::format("--protocol: {} is not known to speak {}", profile.name,
                                                    fmt::join(asked.protocols, " or "))};
  return spoken;
}

/// A profile in one protocol, still to be checked in each environment.
std::vector<profile_finding> subjects_of(const request& asked) {
  std::vector<profile_finding> subjects;
  for (const auto& [profile, prediction] : profiles_of(asked))
    for (const model::protocol protocol : protocols_of(asked, *profile)) subjects.push_back({profile, prediction, protocol, {}});
  return subjects;
}

std::vector<profile_finding> find(const request& asked) {
  const bool names_environments = !asked.peers.empty() || !asked.handlers.empty();
  const std::vector<environment> environments = environments_of(asked.peers, asked.handlers);
  std::vector<profile_finding> findings = subjects_of(asked);

  std::vector<sim::world_options> worlds;
  for (const profile_finding& subject : findings)
    for (const environment& each : environments)
      worlds.push_back(world_of(*subject.profile, subject.protocol, each, asked.limits));
  std::vector<properties::environment_verdict> verdicts = check_all(worlds, asked.search);

  auto verdict = verdicts.begin();
  for (profile_finding& finding : findings) {
    for (const environment& each : environments) {
      const bool asked_for = names_environments || decides(*finding.profile, finding.protocol, each);
      std::erase_if(verdict->claims, [&](const claim_verdict& one) {
        return !asked.claims.empty() && std::ranges::find(asked.claims, one.claim->name) == asked.claims.end();
      });
      finding.environments.push_back({std::move(*verdict++), asked_for});
    }
  }
  return findings;
}

std::vector<const properties::environment_verdict*> deciding(const std::vector<profile_finding>& findings) {
  std::vector<const properties::environment_verdict*> chosen;
  for (const profile_finding& finding : findings)
    for (const environment_finding& each : finding.environments)
      if (each.decides) chosen.push_back(&each.verdict);
  return chosen;
}

void write_first_counterexample(const std::vector<profile_finding>& findings, const std::string& file) {
  for (const auto* where : deciding(findings)) {
    for (const claim_verdict& each : where->claims) {
      if (!each.counterexample) continue;
      const auto error = traces::write_trace_file(properties::record(where->world, *each.counterexample, *each.claim), file);
      if (error) throw failure{exit_code::environment_failed, traces::to_string(*error)};
      return;
    }
  }
  complain(file + ": not written, for there is no counterexample");
}

exit_code judge(const std::vector<profile_finding>& findings) {
  const auto decide = deciding(findings);
  const auto any = [](properties::verdict value) {
    return [value](const properties::environment_verdict* where) { return where->any(value); };
  };
  if (std::ranges::any_of(decide, any(properties::verdict::violated))) return exit_code::violated;
  const auto open = std::ranges::find_if(decide, any(properties::verdict::unknown));
  if (open == decide.end()) return exit_code::success;
  throw failure{exit_code::environment_failed,
                fmt::format("{} is not decided in {}: {} stopped the search after {} states; raise --memory-limit or lower "
                            "the bounds",
                            (*open)->world.profile->name, name_of((*open)->world), (*open)->explored.stopped_by,
                            grouped((*open)->explored.states))};
}

int run(const request& asked) {
  const std::vector<profile_finding> findings = find(asked);
  print(asked.format == output_format::json ? check_json(findings) : check_text(findings, asked.ascii));
  if (!asked.write_trace.empty()) write_first_counterexample(findings, asked.write_trace);
  return static_cast<int>(judge(findings));
}

}  // namespace

verb add_check(CLI::App& command) {
  auto asked = std::make_shared<request>();
  CLI::App* syntax = command.add_subcommand("check", "prove the claims for a profile, or refute them");
  auto* profiles = syntax->add_option("--profile", asked->profiles, "profiles or mutants to check")
                       ->check(any_profile())
                       ->type_name("PROFILE");
  syntax->add_flag("--all", asked->all, "check every profile (not the mutants)")->excludes(profiles);
  syntax->add_option("--protocol", asked->protocols, "what the server speaks (default: what it is known for; with --all, all of it)")
      ->check(one_of("protocol", protocol_names()))
      ->type_name("PROTOCOL ...");
  allow_any_number(*add_bounds(*syntax, asked->limits).front());
  syntax->add_option("--peer", asked->peers, "classes of clients (default: a matrix of environments)")
      ->check(one_of("peer class", peer_names()))
      ->type_name("CLASS");
  syntax->add_option("--handler", asked->handlers, "classes of request handlers")
      ->check(one_of("handler class", handler_names()))
      ->type_name("CLASS");
  syntax->add_option("--claim", asked->claims, "only these claims")->check(one_of("claim", claim_names()))->type_name("CLAIM");
  syntax->add_option("--memory-limit", asked->search.memory_gib, "for all searches together (default 12)")
      ->check(CLI::Validator(size_problem, ""))
      ->type_name("GIB");
  syntax->add_option_function<std::string>(
            "--order",
            [asked](const std::string& name) {
              asked->search.order =
                  name == "dfs" ? explore::search_order::depth_first : explore::search_order::breadth_first;
            },
            "order of the search; bfs gives shortest counterexamples (default bfs)")
      ->check(one_of("order", {"bfs", "dfs"}))
      ->type_name("bfs|dfs");
  syntax->add_option("--write-trace", asked->write_trace, "write the first counterexample of the environment that decides")
      ->type_name("FILE");
  syntax->add_option("--jobs", asked->search.jobs, "environments explored at the same time (default 2)")
      ->check(CLI::PositiveNumber.description(""))
      ->type_name("N");
  add_format(*syntax, asked->format);
  add_ascii(*syntax, asked->ascii);
  return {syntax, [asked] { return run(*asked); }};
}

}  // namespace lastcall::cli
