// What an operation gives that can fail for a reason the user must hear of: a value, or one error that names the file, the line
// and the field at fault. What peers and the operating system do is never an error but an event (model/event.hpp), and a bug of
// ours is an invariant (model/invariant.hpp).
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

#include "model/invariant.hpp"

namespace lastcall::traces {

struct error {
  std::string message;   ///< what is wrong, and what was expected
  std::string file;      ///< as the user named it; empty where no file is concerned
  std::size_t line = 0;  ///< counted from 1; 0 where no line is concerned
  std::string field;     ///< the JSON key; empty where the whole line is concerned

  friend bool operator==(const error&, const error&) = default;
};

/// "file:line: field `x`: what is wrong"; parts that are not known are left out.
inline std::string to_string(const error& e) {
  std::string text = e.file;
  if (e.line != 0) text += fmt::format("{}{}", text.empty() ? "line " : ":", e.line);
  if (!text.empty()) text += ": ";
  if (!e.field.empty()) text += fmt::format("field `{}`: ", e.field);
  return text + e.message;
}

/// Either a T or an error. Asking for the one that is not there is a bug.
template <typename T>
class result {
 public:
  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  result(error e) : content_(std::in_place_index<1>, std::move(e)) {}

  explicit operator bool() const { return content_.index() == 0; }

  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(std::get<0>(checked())); }
  const T* operator->() const { return &value(); }
  const error& failure() const {
    invariant(content_.index() == 1, "the failure of a result that succeeded was asked for");
    return std::get<1>(content_);
  }

 private:
  std::variant<T, error>& checked() {
    invariant(content_.index() == 0, "the value of a result that failed was asked for");
    return content_;
  }
  const T& value() const {
    invariant(content_.index() == 0, "the value of a result that failed was asked for");
    return std::get<0>(content_);
  }

  std::variant<T, error> content_;
};

}  // namespace lastcall::traces
