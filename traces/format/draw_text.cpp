#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/format/diagram.hpp"
#include "traces/format/draw.hpp"

namespace lastcall::traces {
namespace {

constexpr std::size_t width_max = 100;
constexpr std::size_t label_max = 38;             ///< of an arrow; longer ones are cut
constexpr std::size_t label_max_with_clock = 29;  ///< the clock's lane needs room too
constexpr std::size_t arrow_extra = 7;            ///< from lane to lane beside the label: "── " before, " ─►" after
constexpr std::size_t flight_gap = 2;             ///< columns that something in flight leaves free
constexpr std::size_t note_indent = 3;            ///< from a lane to the text of its note
constexpr std::size_t note_room = 20;             ///< columns of a note that has a lane to its right; longer ones are wrapped
constexpr std::size_t last_note_room = 26;        ///< columns at least of a note in the last lane
constexpr std::string_view loop_heading = "forever:";
constexpr std::uint64_t pause_ms = 50;  ///< from here on a silence is shown

struct glyphs {
  std::string_view lane, pause, line, flight, right, left, crossing, acts, told, ellipsis, loop_top, loop_side, loop_bottom;
};
constexpr glyphs unicode_glyphs{"│", "┊", "─", "┄", "►", "◄", "┼", "●", "○", "…", "┌", "│", "└"};
constexpr glyphs ascii_glyphs{"|", ":", "-", ".", ">", "<", "|", "*", "o", "~", "+", "|", "+"};

/// One line of the drawing. A cell is one column and may hold a character of several bytes.
class canvas_line {
 public:
  void put(std::size_t column, std::string_view glyph) {
    if (cells_.size() <= column) cells_.resize(column + 1, " ");
    cells_[column] = glyph;
  }
  /// `text` in ASCII.
  void write(std::size_t column, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) put(column + i, text.substr(i, 1));
  }
  std::string text() const {
    std::string joined;
    for (const std::string& cell : cells_) joined += cell;
    joined.erase(joined.find_last_not_of(' ') + 1);
    return joined + '\n';
  }

 private:
  std::vector<std::string> cells_;
};

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (text.size() > width) {
    const std::size_t space = text.rfind(' ', width);
    const std::size_t cut = space == std::string_view::npos || space == 0 ? width : space;
    lines.emplace_back(text.substr(0, cut));
    text.remove_prefix(cut);
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
  }
  lines.emplace_back(text);
  return lines;
}

bool is_note(const diagram_step& s) { return s.kind == step_kind::acts || s.kind == step_kind::is_told; }

class text_drawing {
 public:
  text_drawing(const diagram& d, charset characters)
      : diagram_(d), glyphs_(characters == charset::ascii ? ascii_glyphs : unicode_glyphs) {
    lay_out();
  }

  std::string draw() {
    for (const std::string& line : diagram_.headline) text_ += line + '\n';
    text_ += fmt::format("{} the application acts, {} it is told\n\n", glyphs_.acts, glyphs_.told);
    draw_lane_names();
    for (std::size_t i = 0; i < diagram_.steps.size(); ++i) draw_step(i);
    text_ += empty_line(diagram_.hangs ? glyphs_.pause : glyphs_.lane).text();
    for (const std::string& line : wrapped(diagram_.ending, width_max)) text_ += line + '\n';
    return std::move(text_);
  }

 private:
  void lay_out() {
    const auto& steps = diagram_.steps;
    const bool has_loop = std::ranges::any_of(steps, &diagram_step::loop);
    const bool has_ms = std::ranges::any_of(steps, [](const diagram_step& s) { return s.ms.has_value(); });
    std::size_t ms_width = has_ms ? 2 : 0;
    for (const diagram_step& s : steps) {
      if (s.ms) ms_width = std::max(ms_width, std::to_string(*s.ms).size());
    }
    ms_end_ = (has_loop ? 2 : 0) + ms_width;

    std::size_t at = ms_end_ + (has_ms ? 2 : 0) + diagram_.lanes.front().size() / 2;
    if (has_loop) at = std::max(at, loop_heading.size() + 2);
    for (std::size_t lane = 0; lane < diagram_.lanes.size(); ++lane) {
      lanes_.push_back(at);
      if (lane + 1 < diagram_.lanes.size()) at += gap_after(lane);
    }
  }

  /// Columns from a lane to the next: room for both names, for the labels of the arrows that begin or end here, for the notes.
  std::size_t gap_after(std::size_t lane) const {
    const auto half = [&](std::size_t l) { return diagram_.lanes[l].size() / 2 + 1; };
    std::size_t gap = half(lane) + half(lane + 1) + 2;
    for (const diagram_step& s : diagram_.steps) {
      if (is_note(s)) {
        if (s.from == lane) gap = std::max(gap, note_indent + std::min(note_text(s).size(), note_room) + 1);
      } else if (label_lane(s) == lane) {
        gap = std::max(gap, label_size(s) + arrow_extra);
      }
    }
    return gap;
  }

  std::size_t label_size(const diagram_step& s) const {
    const bool has_clock = diagram_.lanes.size() > diagram_.server + 2;
    return std::min(s.label.size(), has_clock ? label_max_with_clock : label_max);
  }

  /// The lane right of which an arrow has its label: the client's, or the server's where the clock speaks to it.
  std::size_t label_lane(const diagram_step& s) const { return std::min(s.from, s.to); }

  canvas_line empty_line(std::string_view lane_glyph) const {
    canvas_line line;
    for (const std::size_t column : lanes_) line.put(column, lane_glyph);
    return line;
  }

  void draw_lane_names() {
    canvas_line line;
    if (std::ranges::any_of(diagram_.steps, [](const diagram_step& s) { return s.ms.has_value(); })) line.write(ms_end_ - 2, "ms");
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
      line.write(lanes_[lane] - diagram_.lanes[lane].size() / 2, diagram_.lanes[lane]);
    }
    text_ += line.text();
    text_ += empty_line(glyphs_.lane).text();
  }

  void draw_step(std::size_t i) {
    const diagram_step& s = diagram_.steps[i];
    const bool loop_begins = s.loop && (i == 0 || !diagram_.steps[i - 1].loop);
    const bool loop_ends = s.loop && i + 1 == diagram_.steps.size();
    if (s.ms && shown_ms_ && *s.ms >= *shown_ms_ + pause_ms) {
      canvas_line pause = empty_line(glyphs_.pause);
      if (s.loop && !loop_begins) pause.put(0, glyphs_.loop_side);
      text_ += pause.text();
    }
    if (loop_begins) {
      canvas_line heading = empty_line(glyphs_.lane);
      heading.write(0, loop_heading);
      text_ += heading.text();
    }
    std::vector<std::string> lines{s.label};
    if (is_note(s)) lines = wrapped(note_text(s), room_of_notes(s.from));
    for (std::size_t k = 0; k < lines.size(); ++k) {
      canvas_line line = empty_line(glyphs_.lane);
      if (is_note(s)) {
        if (k == 0) line.put(lanes_[s.from], s.kind == step_kind::is_told ? glyphs_.told : glyphs_.acts);
        line.write(lanes_[s.from] + note_indent, lines[k]);
      } else {
        draw_arrow(line, s);
      }
      if (k == 0) draw_ms(line, s);
      if (s.loop) {
        const bool top = loop_begins && k == 0;
        const bool bottom = loop_ends && k + 1 == lines.size();
        line.put(0, bottom ? glyphs_.loop_bottom : top ? glyphs_.loop_top : glyphs_.loop_side);
      }
      text_ += line.text();
    }
  }

  void draw_ms(canvas_line& line, const diagram_step& s) {
    if (!s.ms || s.ms == shown_ms_) return;
    const std::string text = std::to_string(*s.ms);
    line.write(ms_end_ - text.size(), text);
    shown_ms_ = s.ms;
  }

  std::size_t room_of_notes(std::size_t lane) const {
    const std::size_t begin = lanes_[lane] + note_indent;
    if (lane + 1 < lanes_.size()) return lanes_[lane + 1] - begin - 1;
    return width_max > begin + last_note_room ? width_max - begin : last_note_room;
  }

  void draw_arrow(canvas_line& line, const diagram_step& s) const {
    const bool rightward = s.from < s.to;
    const std::size_t first = lanes_[std::min(s.from, s.to)] + 1;  // columns strictly between the two lanes
    const std::size_t last = lanes_[std::max(s.from, s.to)] - 1;
    for (std::size_t column = first; column <= last; ++column) {
      // What is in flight breaks off before the far lane, and comes from beyond the near one.
      const std::size_t travelled = rightward ? column - first : last - column;
      const std::size_t from_the_gap = s.kind == step_kind::leaves    ? last - first - travelled
                                       : s.kind == step_kind::arrives ? travelled
                                                                      : last - first;
      if (from_the_gap < flight_gap) continue;
      const bool crossing = std::ranges::find(lanes_, column) != lanes_.end();
      const bool in_flight = from_the_gap < (last - first) / 4;
      line.put(column, crossing ? glyphs_.crossing : in_flight ? glyphs_.flight : glyphs_.line);
    }
    if (s.kind != step_kind::leaves) line.put(rightward ? last : first, rightward ? glyphs_.right : glyphs_.left);
    draw_label(line, s);
  }

  void draw_label(canvas_line& line, const diagram_step& s) const {
    const std::size_t lane = label_lane(s);
    const std::size_t room = lanes_[lane + 1] - lanes_[lane] - 1;
    const std::size_t size = label_size(s);
    const std::size_t left = lanes_[lane] + 1;
    const bool held_at_right = s.kind == step_kind::leaves ? s.from > s.to : s.from < s.to;  // the end that is known
    const std::size_t begin = s.kind == step_kind::arrow ? left + (room - size) / 2
                              : held_at_right            ? left + room - size - 3
                                                         : left + 3;
    line.put(begin - 1, " ");
    line.write(begin, s.label.substr(0, size));
    if (size < s.label.size()) line.put(begin + size - 1, glyphs_.ellipsis);
    line.put(begin + size, " ");
  }

  const diagram& diagram_;
  const glyphs& glyphs_;
  std::vector<std::size_t> lanes_;  ///< the column of each
  std::size_t ms_end_ = 0;
  std::optional<std::uint64_t> shown_ms_;
  std::string text_;
};

}  // namespace

std::string draw_text(const trace& t, charset characters) {
  const diagram d = diagram_of(t);
  return text_drawing(d, characters).draw();
}

}  // namespace lastcall::traces
