#include "cli/replay_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/names.hpp"
#include "traces/format/draw.hpp"

namespace lastcall::cli {
namespace {

using nlohmann::ordered_json;
using properties::claim_verdict, properties::verdict;

ordered_json text_or_null(const std::string& text) { return text.empty() ? ordered_json() : ordered_json(text); }

std::string_view name_of(traces::verdict value) { return value == traces::verdict::holds ? "holds" : "violated"; }

/// A choice path says nothing by itself; a trace can be shown.
bool is_worth_drawing(const replayed& one) {
  const auto is_violated = [](const claim_verdict& each) { return each.verdict == verdict::violated; };
  return one.file.empty() ? one.verdict.reproduced : std::ranges::any_of(one.verdict.claims, is_violated);
}

}  // namespace

std::vector<std::string> unmet_expectations(const replayed& one) {
  std::vector<std::string> unmet;
  if (!one.verdict.reproduced) unmet.emplace_back("the trace was not reproduced");
  for (const auto& [name, expected] : one.trace.expect) {
    if (!one.verdict.reproduced) break;
    std::optional<traces::verdict> found;
    for (const claim_verdict& each : one.verdict.claims) {
      if (each.claim->name != name) continue;
      if (each.verdict == verdict::violated) found = traces::verdict::violated;
      else if (!found) found = traces::verdict::holds;
    }
    if (found == expected) continue;
    unmet.push_back(fmt::format("{}: expected {}, {}", name, name_of(expected), found ? name_of(*found) : "not applicable"));
  }
  return unmet;
}

std::string replay_text(const std::vector<replayed>& all, bool expect, bool ascii) {
  std::string text;
  for (const replayed& one : all) {
    if (!text.empty()) text += '\n';
    text += fmt::format("{}\n  {}\n  profile {}: ", one.file.empty() ? "path " + one.trace.path : one.file, one.trace.title,
                        one.profile->name);
    if (one.verdict.divergence) {
      const properties::divergence& where = *one.verdict.divergence;
      text += fmt::format("not reproduced\n  {} {}\n    expected: {}\n    observed: {}\n", one.file.empty() ? "step" : "line",
                          where.step, where.expected, where.observed);
    } else {
      text += "reproduced\n";
    }
    if (!one.prediction.empty()) text += fmt::format("  {}\n", one.prediction);
    for (const claim_verdict& each : one.verdict.claims) {
      text += fmt::format("    {:<28}{:<11}{}\n", each.claim->name, text_of(each.claim->form),
                          each.verdict == verdict::violated ? "VIOLATED" : text_of(each.verdict));
    }
    const auto hangs = [](const claim_verdict& each) {
      return each.claim->name == "close_terminates" && each.verdict == verdict::violated;
    };
    if (std::ranges::any_of(one.verdict.claims, hangs) && !one.verdict.still_alive.empty())
      text += fmt::format("  still alive at the end:\n    {}\n", fmt::join(one.verdict.still_alive, "\n    "));
    if (!expect) continue;
    const std::vector<std::string> unmet = unmet_expectations(one);
    if (unmet.empty()) text += "  as the trace declares\n";
    for (const std::string& each : unmet) text += fmt::format("  not as declared: {}\n", each);
  }
  if (all.size() == 1 && is_worth_drawing(all.front()))
    text += '\n' + traces::draw_text(all.front().trace, ascii ? traces::charset::ascii : traces::charset::unicode);
  return text;
}

std::string replay_json(const std::vector<replayed>& all) {
  ordered_json replays = ordered_json::array();
  for (const replayed& one : all) {
    ordered_json claims = ordered_json::array();
    for (const claim_verdict& each : one.verdict.claims)
      claims.push_back({{"name", each.claim->name}, {"form", text_of(each.claim->form)}, {"verdict", text_of(each.verdict)}});
    ordered_json divergence;
    if (const auto& where = one.verdict.divergence)
      divergence = {{"step", where->step}, {"expected", where->expected}, {"observed", where->observed}};
    replays.push_back({{"trace", text_or_null(one.file)},
                       {"path", text_or_null(one.trace.path)},
                       {"on", "sim"},
                       {"profile", one.profile->name},
                       {"prediction", text_or_null(one.prediction)},
                       {"reproduced", one.verdict.reproduced},
                       {"divergence", std::move(divergence)},
                       {"claims", std::move(claims)},
                       {"still_alive", one.verdict.still_alive}});
  }
  return ordered_json{{"schema", "lastcall/replays/1"}, {"replays", std::move(replays)}}.dump(2) + '\n';
}

}  // namespace lastcall::cli
