// Choice paths: how a run is named, printed and read back.
//
// A run is the list of choice indices taken from the initial state, so a path has a meaning only together with its model. This
// header must not know models; replay.hpp joins the two.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace lastcall::explore {

// A run that shows something: the stem leads from the initial state to the point of interest. A non-empty loop returns to where
// it began and may be repeated for ever. `stops` says that the run may rest at the end of the stem for ever.
struct counterexample {
  std::vector<std::uint32_t> stem;
  std::vector<std::uint32_t> loop;
  bool stops = false;

  friend bool operator==(const counterexample&, const counterexample&) = default;
};

// The stem and then the loop once, ready to be replayed.
inline std::vector<std::uint32_t> choices(const counterexample& run) {
  std::vector<std::uint32_t> all = run.stem;
  all.insert(all.end(), run.loop.begin(), run.loop.end());
  return all;
}

// "0/3/1" for a stem, "0/3/(1/0)" for a stem and a loop, "-" for the run of no steps.
inline std::string to_string(const counterexample& run) {
  std::string text;
  const auto append = [&text](const std::vector<std::uint32_t>& part) {
    for (const std::uint32_t choice : part) {
      if (!text.empty() && text.back() != '(') {
        text += '/';
      }
      text += std::to_string(choice);
    }
  };
  append(run.stem);
  if (!run.loop.empty()) {
    text += text.empty() ? "(" : "/(";
    append(run.loop);
    text += ')';
  }
  return text.empty() ? "-" : text;
}

// Either a path or the reason why the text is none. The text form does not carry `stops`.
struct parsed_path {
  std::optional<counterexample> value;
  std::string error;

  explicit operator bool() const { return value.has_value(); }
};

// Reads what to_string writes. Errors name the column (counted from 1) and what was expected there.
inline parsed_path parse_path(std::string_view text) {
  counterexample run;
  std::size_t at = 0;
  const auto fail = [&](std::string_view expected) {
    const std::string found = at < text.size() ? "'" + std::string(1, text[at]) + "'" : std::string("the end");
    return parsed_path{std::nullopt, "path \"" + std::string(text) + "\", column " + std::to_string(at + 1) + ": expected " +
                                         std::string(expected) + ", found " + found};
  };
  if (text == "-") {
    return {std::move(run), {}};
  }
  bool in_loop = false;
  for (;;) {
    if (!in_loop && at < text.size() && text[at] == '(') {
      in_loop = true;
      ++at;
    }
    std::uint32_t choice = 0;
    const auto [end, status] = std::from_chars(text.data() + at, text.data() + text.size(), choice);
    if (status == std::errc::result_out_of_range) {
      return fail("a choice index below 4294967296");
    }
    if (status != std::errc{}) {
      return fail(text.empty() ? "a choice index, or \"-\" for the path of no steps" : "a choice index");
    }
    (in_loop ? run.loop : run.stem).push_back(choice);
    at = static_cast<std::size_t>(end - text.data());
    if (in_loop && at < text.size() && text[at] == ')') {
      ++at;
      if (at != text.size()) {
        return fail("nothing after the loop");
      }
      return {std::move(run), {}};
    }
    if (at == text.size() && !in_loop) {
      return {std::move(run), {}};
    }
    if (at == text.size() || text[at] != '/') {
      return fail(in_loop ? "'/' or ')'" : "'/'");
    }
    ++at;
  }
}

}  // namespace lastcall::explore
