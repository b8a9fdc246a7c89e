#include "cli/names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/verb.hpp"
#include "model/profiles/profiles.hpp"
#include "model/profiles/releases.hpp"
#include "properties/check.hpp"

namespace lastcall::cli {
namespace {

/// Insertions, deletions and substitutions from one word to the other (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
    }
  }
  return row.back();
}

/// A slip of the fingers, or a name cut short.
bool is_near(std::string_view given, std::string_view name) {
  constexpr std::size_t shortest_part = 3;
  if (given.size() >= shortest_part && name.find(given) != std::string_view::npos) return true;
  return distance(given, name) <= (name.size() < 5 ? 1 : std::max<std::size_t>(2, name.size() / 3));
}

}  // namespace

name_list profile_names() {
  name_list names;
  for (const auto table : {model::profiles(), model::mutants()})
    for (const model::profile& each : table) names.emplace_back(each.name);
  return names;
}

name_list claim_names() {
  name_list names;
  for (const model::protocol protocol : properties::protocols())
    for (const properties::claim_description& each : properties::claims(protocol))
      if (std::ranges::find(names, each.name) == names.end()) names.emplace_back(each.name);
  return names;
}

name_list peer_names() {
  name_list names;
  for (const sim::peer_class& each : sim::peer_classes) names.emplace_back(each.name);
  return names;
}

name_list handler_names() {
  name_list names;
  for (const sim::handler_class& each : sim::handler_classes) names.emplace_back(each.name);
  return names;
}

std::string unknown_name(std::string_view kind, std::string_view given, const name_list& known) {
  name_list near;
  std::ranges::copy_if(known, std::back_inserter(near), [&](const std::string& name) { return is_near(given, name); });
  if (!near.empty()) return fmt::format("unknown {} '{}'; did you mean '{}'?", kind, given, fmt::join(near, "' or '"));
  constexpr std::size_t most_in_a_line = 10;
  if (known.size() > most_in_a_line)
    return fmt::format("unknown {} '{}'; lastcall list and lastcall --help name them", kind, given);
  return fmt::format("unknown {} '{}'; there are: {}", kind, given, fmt::join(known, ", "));
}

CLI::Validator one_of(std::string_view kind, name_list known) {
  const auto find = [kind = std::string(kind), known = std::move(known)](const std::string& given) {
    return std::ranges::find(known, given) != known.end() ? std::string() : unknown_name(kind, given, known);
  };
  return CLI::Validator(find, "");
}

CLI::Validator any_profile() {
  const auto find = [](const std::string& given) {
    return model::profile_for(given).decisions != nullptr ? std::string() : unknown_name("profile", given, profile_names());
  };
  return CLI::Validator(find, "");
}

CLI::Option* add_format(CLI::App& verb, output_format& chosen) {
  const auto choose = [&chosen](const std::string& name) {
    chosen = name == "json" ? output_format::json : output_format::text;
  };
  return verb.add_option_function<std::string>("--format", choose, "how to print the result (default text)")
      ->check(one_of("format", {"text", "json"}))
      ->type_name("text|json");
}

void add_ascii(CLI::App& verb, bool& chosen) { verb.add_flag("--ascii", chosen, "draw with ASCII characters only"); }

}  // namespace lastcall::cli
