// Strict JSON Lines: every line one object, no key twice, a newline at the end. Used by the reader of traces and by the importers;
// it knows nothing of either.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/format/result.hpp"

namespace lastcall::traces {

/// One line's object. Asking for a field that is missing or of the wrong type notes a problem and gives a default value; the
/// first problem stays. So a whole line is read without a test after each field, and `problem()` is looked at once.
class json_object {
 public:
  json_object(nlohmann::json content, std::string file, std::size_t line);

  std::size_t line() const { return line_; }
  bool has(std::string_view name) const { return content_.contains(name); }

  std::string text(std::string_view name);
  bool flag(std::string_view name);
  double number(std::string_view name);
  /// A whole number from `least` to `most`.
  std::uint64_t whole(std::string_view name, std::uint64_t least, std::uint64_t most);
  std::uint32_t whole32(std::string_view name, std::uint32_t least = 0,
                        std::uint32_t most = std::numeric_limits<std::uint32_t>::max());
  json_object object(std::string_view name);
  /// An array of texts.
  std::vector<std::string> texts(std::string_view name);

  /// All keys, in alphabetical order.
  std::vector<std::string> keys() const;

  /// Notes a problem with the first key that was never asked for.
  void reject_other_fields(std::string_view owner);
  void reject(std::string_view field, std::string message);
  /// Takes over the problem of an object inside this one.
  void reject(const json_object& inner);
  const std::optional<error>& problem() const { return problem_; }

 private:
  const nlohmann::json* find(std::string_view name, std::string_view expected);

  nlohmann::json content_;
  std::string file_;
  std::size_t line_;
  std::vector<std::string> asked_;
  std::optional<error> problem_;
};

/// All lines of a text, or the first line that is not a whole JSON object.
result<std::vector<json_object>> parse_json_lines(std::string_view text, std::string_view file);

}  // namespace lastcall::traces
