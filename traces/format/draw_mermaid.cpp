#include <fmt/format.h>

#include "traces/format/diagram.hpp"
#include "traces/format/draw.hpp"

namespace lastcall::traces {
namespace {

/// Mermaid ends a message at ';' and takes '#' for the start of an entity.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == ';') safe += "#59;";
    else if (c == '#') safe += "#35;";
    else safe += c;
  }
  return safe;
}

std::string participant(const diagram& d, std::size_t lane) {
  if (lane < d.server) return fmt::format("c{}", lane + 1);
  return lane == d.server ? "server" : lane == d.server + 1 ? "app" : "clock";
}

std::string statement(const diagram& d, const diagram_step& step) {
  const std::string from = participant(d, step.from);
  const std::string to = participant(d, step.to);
  const std::string text = escaped(note_text(step));
  switch (step.kind) {
    case step_kind::arrow: return fmt::format("{}->>{}: {}", from, to, text);
    case step_kind::leaves: return fmt::format("{}--){}: {} (in flight)", from, to, text);
    case step_kind::arrives: return fmt::format("{}->>{}: {} (arrives)", from, to, text);
    case step_kind::acts: break;
    case step_kind::is_told: return fmt::format("server-->>{}: {}", from, text);
  }
  if (step.from == d.server + 1) return fmt::format("{}->>server: {}", from, text);
  return fmt::format("Note over {}: {}", from, text);
}

}  // namespace

std::string draw_mermaid(const trace& t) {
  const diagram d = diagram_of(t);
  std::string text = "sequenceDiagram\n";
  for (std::size_t lane = 0; lane < d.lanes.size(); ++lane) {
    text += fmt::format("  participant {} as {}\n", participant(d, lane), d.lanes[lane]);
  }
  for (const std::string& line : d.headline) {
    text += fmt::format("  Note over {},{}: {}\n", participant(d, 0), participant(d, d.lanes.size() - 1), escaped(line));
  }
  bool in_loop = false;
  for (const diagram_step& step : d.steps) {
    if (step.loop && !in_loop) text += "  loop forever\n";
    in_loop = step.loop;
    text += fmt::format("{}{}\n", in_loop ? "    " : "  ", statement(d, step));
  }
  if (in_loop) text += "  end\n";
  return text + fmt::format("  Note over {},{}: {}\n", participant(d, 0), participant(d, d.lanes.size() - 1), escaped(d.ending));
}

}  // namespace lastcall::traces
