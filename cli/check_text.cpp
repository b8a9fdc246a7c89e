#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "cli/check.hpp"
#include "cli/environments.hpp"
#include "cli/names.hpp"
#include "cli/profile_view.hpp"
#include "cli/terminal.hpp"
#include "properties/replay.hpp"
#include "traces/format/draw.hpp"

namespace lastcall::cli {
namespace {

using properties::claim_description, properties::claim_verdict, properties::form, properties::verdict;

constexpr std::size_t line_width = 112;  ///< of the matrix, which everything else fits
constexpr std::size_t claim_width = 31;
constexpr std::size_t title_width = 26;

bool is_guard(const claim_verdict& each) { return each.claim->form == form::sometimes; }

/// The form is said where a claim comes in two.
std::string title_of(const claim_description& claim) {
  const bool has_two_forms = claim.form == form::unbounded || claim.form == form::bounded;
  return has_two_forms ? fmt::format("{} ({})", claim.name, text_of(claim.form)) : std::string(claim.name);
}

std::string_view cell_of(const claim_verdict& each) {
  switch (each.verdict) {
    case verdict::holds: return is_guard(each) ? "reached" : "holds";
    case verdict::violated: return is_guard(each) ? "NEVER" : "VIOLATED";
    case verdict::unknown: return "unknown";
    case verdict::not_applicable: return "n/a";
  }
  return "";
}

std::string counted(std::uint64_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::vector<std::string> split(const std::string& text, std::string_view separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  return parts;
}

/// A list without what is in `others` too.
std::vector<std::string> without(std::vector<std::string> list, const std::vector<std::string>& others) {
  std::erase_if(list, [&](const std::string& one) { return std::ranges::find(others, one) != others.end(); });
  return list;
}

std::vector<std::string> fair_moves(const sim::world_options& world) { return split(properties::fairness(world), "; "); }

std::string environment_words(const sim::world_options& world) {
  return fmt::format("{} clients and {} handlers", world.peer->name, world.handler->name);
}

class report {
 public:
  report(const profile_finding& finding, bool ascii) : finding_(finding), ascii_(ascii) {}

  std::string text() {
    const sim::world_options& world = finding_.environments.front().verdict.world;
    line("{} ({}): {}, {} on each, {} in flight", finding_.profile->name, text_of(finding_.protocol),
         world.second_is_others ? "any number of connections" : counted(world.connections, "connection") + " at a time",
         counted(world.streams, "stream"), counted(world.channel_capacity, "frame"));
    if (!finding_.prediction.empty()) line("{}", finding_.prediction);
    line("decisions: {}", finding_.profile->source);
    write_matrix();
    write_argument();
    write_explored();
    write_assumptions();
    for (const environment_finding& each : finding_.environments)
      if (each.decides) write_counterexamples(each.verdict);
    for (const environment_finding& each : finding_.environments)
      if (each.decides) write_result(each.verdict);
    return std::move(text_);
  }

 private:
  template <class... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    std::string made = fmt::format(format, std::forward<Values>(values)...);
    text_ += made.substr(0, made.find_last_not_of(' ') + 1) + '\n';
  }

  std::size_t column_width(const environment_finding& each) const {
    constexpr std::size_t widest_cell = 8;
    return std::max({each.verdict.world.peer->name.size(), each.verdict.world.handler->name.size(), widest_cell});
  }

  template <class Cell>
  void row(std::string_view title, Cell cell) {
    std::string cells;
    for (const environment_finding& each : finding_.environments)
      cells += fmt::format("  {:<{}}", cell(each), column_width(each));
    line("{:<{}}{}", title, claim_width, cells);
  }

  void write_matrix() {
    text_ += '\n';
    row("clients", [](const auto& each) { return each.verdict.world.peer->name; });
    row("handlers", [](const auto& each) { return each.verdict.world.handler->name; });
    row("", [](const auto& each) { return each.decides ? "decides" : ""; });
    bool guards = false;
    const std::size_t count = finding_.environments.front().verdict.claims.size();
    for (std::size_t i = 0; i < count; ++i) {
      const claim_verdict& first = finding_.environments.front().verdict.claims[i];
      if (is_guard(first) && !guards) line("\nguards: was there anything to prove?");
      guards = is_guard(first);
      row(title_of(*first.claim), [i](const auto& each) { return cell_of(each.verdict.claims[i]); });
    }
  }

  /// The lemmas that together speak of any number of connections, whose number is finite when close() is called.
  void write_argument() {
    const auto& lemmas = finding_.environments.front().verdict.argument;
    if (lemmas.empty()) return;
    line("\nargument for any number of connections (docs/PROOFS.md)");
    for (std::size_t i = 0; i < lemmas.size(); ++i)
      row(lemmas[i].name, [i](const auto& each) {
        return each.verdict.argument[i].verdict == verdict::holds ? "holds" : "FAILS";
      });
    for (const properties::lemma& each : lemmas) paragraph(fmt::format("  {}", each.name), title_width, each.statement);
  }

  void write_explored() {
    line("\n{:<24}{:>12}{:>14}{:>8}{:>12}  {}", "explored", "states", "transitions", "depth", "memory", "storage");
    for (const environment_finding& each : finding_.environments) {
      const explore::exploration& explored = each.verdict.explored;
      line("{:<24}{:>12}{:>14}{:>8}{:>12}  {}{}", name_of(each.verdict.world), grouped(explored.states),
           grouped(explored.transitions), explored.depth, memory_text(explored.bytes), explored.storage,
           explored.complete ? "" : fmt::format(", stopped by {}", explored.stopped_by));
    }
  }

  /// `text` after `title`, in lines that fit the matrix.
  void paragraph(std::string_view title, std::size_t indent, std::string_view text) {
    std::string made = fmt::format("{:<{}}", title, indent);
    std::size_t used = made.size();
    for (const std::string& word : split(std::string(text), " ")) {
      if (used + word.size() > line_width) {
        line("{}", made);
        made = std::string(indent, ' ');
        used = indent;
      }
      made += word + ' ';
      used += word.size() + 1;
    }
    line("{}", made);
  }

  /// What `things_of` says of every environment.
  template <class ThingsOf>
  std::vector<std::string> common(ThingsOf things_of) const {
    const std::vector<std::string> first = things_of(finding_.environments.front().verdict.world);
    std::vector<std::string> differing;
    for (const environment_finding& each : finding_.environments)
      for (std::string& one : without(first, things_of(each.verdict.world))) differing.push_back(std::move(one));
    return without(first, differing);
  }

  /// What all environments take for granted, who is who, and what each environment takes for granted besides.
  void write_assumptions() {
    const std::vector<std::string> rules = common(properties::assumptions);
    const std::vector<std::string> fair = common(fair_moves);
    line("\nassumed in every environment");
    for (const std::string& rule : rules) paragraph("  - ", 4, rule);
    paragraph("  - ", 4, deadlines_text(*finding_.profile));
    paragraph("  - ", 4, fmt::format("fairness: {}", fmt::join(fair, "; ")));

    line("\nassumed of clients and handlers");
    std::set<std::string> told;
    const auto tell = [&](std::string_view name, std::string_view kind, std::string_view meaning) {
      const std::string title = fmt::format("  {} {}", name, kind);
      if (told.insert(title).second) paragraph(title, title_width, meaning);
    };
    for (const environment_finding& each : finding_.environments)
      tell(each.verdict.world.peer->name, "clients", each.verdict.world.peer->meaning);
    for (const environment_finding& each : finding_.environments)
      tell(each.verdict.world.handler->name, "handlers", each.verdict.world.handler->meaning);

    if (finding_.environments.size() == 1) return;
    line("\nassumed besides");
    for (const environment_finding& each : finding_.environments) {
      const sim::world_options& world = each.verdict.world;
      std::vector<std::string> own = without(properties::assumptions(world), rules);
      const std::vector<std::string> own_fair = without(fair_moves(world), fair);
      if (!own_fair.empty()) own.push_back(fmt::format("fair too: {}", fmt::join(own_fair, ", ")));
      paragraph("  " + name_of(world), title_width, own.empty() ? "nothing" : fmt::format("{}", fmt::join(own, "; ")));
    }
  }

  void write_counterexamples(const properties::environment_verdict& where) {
    for (const claim_verdict& each : where.claims) {
      if (each.verdict != verdict::violated || is_guard(each) || !shown_.insert(each.claim).second) continue;
      line("\n{} is violated with {}", title_of(*each.claim), environment_words(where.world));
      line("  claim:  {}", each.claim->rule);
      line("  source: {}", each.claim->source);
      if (!each.counterexample) continue;
      const std::string path = explore::to_string(*each.counterexample);
      line("  path:   {}", path);
      line("  replay: {}\n", replay_command(where.world, path));
      const traces::trace run = properties::record(where.world, *each.counterexample, *each.claim);
      text_ += traces::draw_text(run, ascii_ ? traces::charset::ascii : traces::charset::unicode);
      if (each.claim->name != "close_terminates") continue;
      line("\n  still alive at the end:");
      for (const std::string& handle : properties::replay_path(where.world, *each.counterexample).still_alive) line("  - {}", handle);
    }
  }

  void write_result(const properties::environment_verdict& where) {
    std::set<std::string_view> broken;
    std::set<std::string_view> never_reached;
    for (const claim_verdict& each : where.claims)
      if (each.verdict == verdict::violated) (is_guard(each) ? never_reached : broken).insert(each.claim->name);
    const std::string_view name = finding_.profile->name;
    const std::string words = environment_words(where.world);
    text_ += '\n';
    if (!finding_.prediction.empty()) line("{}:", finding_.prediction);
    if (!broken.empty()) {
      line("{} breaks {} with {}.", name, fmt::join(broken, ", "), words);
    } else if (where.any(verdict::unknown)) {
      line("{} is not decided with {}: the search stopped at a bound.", name, words);
    } else {
      line("{} keeps every claim with {}, within these bounds.", name, words);
    }
    if (!never_reached.empty())
      line("Guards never reached, so that this world proves less than it seems: {}.", fmt::join(never_reached, ", "));
  }

  const profile_finding& finding_;
  bool ascii_;
  std::set<const properties::claim_description*> shown_;  ///< violated claims whose counterexample stands in the text
  std::string text_;
};

}  // namespace

std::string check_text(const std::vector<profile_finding>& findings, bool ascii) {
  std::string text;
  for (const profile_finding& each : findings) {
    if (!text.empty()) text += '\n';
    text += report(each, ascii).text();
  }
  return text;
}

}  // namespace lastcall::cli
