#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/check.hpp"
#include "cli/names.hpp"
#include "cli/profile_view.hpp"
#include "cli/trace_input.hpp"
#include "properties/replay.hpp"

namespace lastcall::cli {
namespace {

using nlohmann::ordered_json;

ordered_json counterexample_json(const sim::world_options& world, const properties::claim_verdict& violated) {
  const explore::counterexample& run = *violated.counterexample;
  std::vector<std::string> stem = properties::steps_along(world, run);
  const auto loop_begin = stem.begin() + static_cast<std::ptrdiff_t>(run.stem.size());
  const std::vector<std::string> loop(loop_begin, stem.end());
  stem.erase(loop_begin, stem.end());
  return {{"stem", stem},
          {"loop", loop},
          {"path", explore::to_string(run)},
          {"still_alive", properties::replay_path(world, run).still_alive},
          {"trace", lines_json(properties::record(world, run, *violated.claim))}};
}

ordered_json verdict_json(const properties::environment_verdict& found) {
  const sim::world_options& world = found.world;
  ordered_json claims = ordered_json::array();
  for (const properties::claim_verdict& each : found.claims) {
    ordered_json claim{{"name", each.claim->name}, {"form", text_of(each.claim->form)}, {"verdict", text_of(each.verdict)}};
    if (each.verdict == properties::verdict::violated && each.counterexample)
      claim["counterexample"] = counterexample_json(world, each);
    claims.push_back(std::move(claim));
  }
  const explore::exploration& explored = found.explored;
  const ordered_json connections = world.second_is_others ? ordered_json("any") : ordered_json(world.connections);
  ordered_json made{{"profile", world.profile->name},
          {"protocol", text_of(world.protocol)},
          {"environment", {{"peer", world.peer->name}, {"handler", world.handler->name}}},
          {"claims", std::move(claims)},
          {"explored",
           {{"states", explored.states},
            {"transitions", explored.transitions},
            {"depth", explored.depth},
            {"complete", explored.complete},
            {"storage", explored.storage},
            {"seconds", explored.seconds},
            {"bytes", explored.bytes}}},
          {"assumptions",
           {{"connections", connections},
            {"streams", world.streams},
            {"channel_capacity", world.channel_capacity},
            {"peers", fmt::format("{}: {}", world.peer->name, world.peer->meaning)},
            {"handlers", fmt::format("{}: {}", world.handler->name, world.handler->meaning)},
            {"fairness", properties::fairness(world)},
            {"deadlines", deadlines_text(*world.profile)},
            {"rules", properties::assumptions(world)}}}};
  for (const properties::lemma& each : found.argument)
    made["argument"].push_back({{"lemma", each.name}, {"says", each.statement}, {"verdict", text_of(each.verdict)}});
  return made;
}

}  // namespace

std::string check_json(const std::vector<profile_finding>& findings) {
  ordered_json verdicts = ordered_json::array();
  for (const profile_finding& finding : findings) {
    for (const environment_finding& each : finding.environments) {
      verdicts.push_back(verdict_json(each.verdict));
      if (!finding.prediction.empty()) verdicts.back()["prediction"] = finding.prediction;
    }
  }
  return ordered_json{{"schema", "lastcall/verdicts/1"}, {"verdicts", std::move(verdicts)}}.dump(2) + '\n';
}

}  // namespace lastcall::cli
