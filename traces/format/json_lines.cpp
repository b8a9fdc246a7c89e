#include "traces/format/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace lastcall::traces {
namespace {

using nlohmann::json;

/// nlohmann-json keeps the last of two equal keys in silence; this finds the second one.
class duplicate_finder {
 public:
  void see(json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) open_.emplace_back();
    if (event == json::parse_event_t::object_end) open_.pop_back();
    if (event != json::parse_event_t::key) return;
    const auto& key = parsed.get_ref<const std::string&>();
    if (!open_.back().insert(key).second && !duplicate_) duplicate_ = key;
  }
  const std::optional<std::string>& duplicate() const { return duplicate_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::optional<std::string> duplicate_;
};

result<json_object> parse_line(std::string_view text, std::string_view file, std::size_t line) {
  const auto fail = [&](std::string message, std::string field = {}) {
    return error{std::move(message), std::string(file), line, std::move(field)};
  };
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) return fail("the line is empty");
  duplicate_finder duplicates;
  json content;
  try {
    content = json::parse(text, [&](int, json::parse_event_t event, json& parsed) {
      duplicates.see(event, parsed);
      return true;
    });
  } catch (const json::parse_error& e) {
    return fail(fmt::format("not valid JSON at column {}", e.byte));
  }
  if (!content.is_object()) return fail("not a JSON object");
  if (duplicates.duplicate()) return fail("stands twice in this line", *duplicates.duplicate());
  return json_object(std::move(content), std::string(file), line);
}

}  // namespace

json_object::json_object(nlohmann::json content, std::string file, std::size_t line)
    : content_(std::move(content)), file_(std::move(file)), line_(line) {}

void json_object::reject(std::string_view field, std::string message) {
  if (!problem_) problem_ = error{std::move(message), file_, line_, std::string(field)};
}

void json_object::reject(const json_object& inner) {
  if (!problem_) problem_ = inner.problem_;
}

const nlohmann::json* json_object::find(std::string_view name, std::string_view expected) {
  asked_.emplace_back(name);
  const auto found = content_.find(name);
  if (found != content_.end()) return &*found;
  reject(name, fmt::format("missing; expected {}", expected));
  return nullptr;
}

std::string json_object::text(std::string_view name) {
  const json* value = find(name, "a string");
  if (value == nullptr) return {};
  if (value->is_string()) return value->get<std::string>();
  reject(name, fmt::format("{} is not a string", value->dump()));
  return {};
}

bool json_object::flag(std::string_view name) {
  const json* value = find(name, "true or false");
  if (value == nullptr) return false;
  if (value->is_boolean()) return value->get<bool>();
  reject(name, fmt::format("{} is neither true nor false", value->dump()));
  return false;
}

double json_object::number(std::string_view name) {
  const json* value = find(name, "a number");
  if (value == nullptr) return 0;
  if (value->is_number()) return value->get<double>();
  reject(name, fmt::format("{} is not a number", value->dump()));
  return 0;
}

std::uint64_t json_object::whole(std::string_view name, std::uint64_t least, std::uint64_t most) {
  const auto expected = [&] { return fmt::format("a whole number from {} to {}", least, most); };
  const json* value = find(name, expected());
  if (value == nullptr) return least;
  // A negative literal is a signed integer for nlohmann-json, any other integer an unsigned one.
  if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    if (number >= least && number <= most) return number;
  }
  reject(name, fmt::format("{} is not {}", value->dump(), expected()));
  return least;
}

std::uint32_t json_object::whole32(std::string_view name, std::uint32_t least, std::uint32_t most) {
  return static_cast<std::uint32_t>(whole(name, least, most));
}

json_object json_object::object(std::string_view name) {
  const json* value = find(name, "an object");
  if (value != nullptr && value->is_object()) return {*value, file_, line_};
  if (value != nullptr) reject(name, fmt::format("{} is not an object", value->dump()));
  return {json::object(), file_, line_};
}

std::vector<std::string> json_object::texts(std::string_view name) {
  const nlohmann::json* value = find(name, "an array of texts");
  std::vector<std::string> made;
  if (value == nullptr) return made;
  const bool fits = value->is_array() && std::ranges::all_of(*value, [](const nlohmann::json& each) { return each.is_string(); });
  if (!fits) reject(name, "expected an array of texts");
  else for (const nlohmann::json& each : *value) made.push_back(each.get<std::string>());
  return made;
}

std::vector<std::string> json_object::keys() const {
  std::vector<std::string> keys;
  for (const auto& item : content_.items()) keys.push_back(item.key());
  return keys;
}

void json_object::reject_other_fields(std::string_view owner) {
  for (const std::string& key : keys()) {
    if (std::ranges::find(asked_, key) == asked_.end()) reject(key, fmt::format("{} has no such field", owner));
  }
}

result<std::vector<json_object>> parse_json_lines(std::string_view text, std::string_view file) {
  std::vector<json_object> objects;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      return error{"truncated: the last line has no newline at its end", std::string(file), line, {}};
    }
    result<json_object> object = parse_line(text.substr(0, end), file, line);
    if (!object) return object.failure();
    objects.push_back(*std::move(object));
    text.remove_prefix(end + 1);
  }
  return objects;
}

}  // namespace lastcall::traces
