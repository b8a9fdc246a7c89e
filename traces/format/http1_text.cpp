#include "traces/format/http1_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace lastcall::traces {
namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::array<std::string_view, 10> methods{"GET",  "HEAD",    "POST",    "PUT",   "DELETE",
                                                   "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI"};

std::string lower(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

/// The value of a header field in lower case; nothing if the head has none.
std::optional<std::string> field_of(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || lower(line.substr(0, colon)) != name) continue;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return lower(value);
  }
  return std::nullopt;
}

bool says(std::string_view head, std::string_view name, std::string_view token) {
  const auto value = field_of(head, name);
  return value && value->find(token) != std::string::npos;
}

std::uint64_t number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

/// Bytes that no request can begin with are refused before its head is whole.
bool can_begin_a_request(std::string_view text) {
  const std::string_view method = text.substr(0, text.find(' '));
  const bool whole = method.size() < text.size();
  return std::ranges::any_of(methods, [&](std::string_view each) { return whole ? each == method : each.starts_with(method); });
}

/// Takes whole chunks from the front. True when the last one was among them; `taken` counts bytes of the body.
bool take_chunks(std::string& text, std::uint32_t& taken) {
  for (;;) {
    const std::size_t line = text.find("\r\n");
    if (line == std::string::npos) return false;
    const std::uint64_t size = number(text, 16);
    const std::size_t whole = line + 2 + static_cast<std::size_t>(size) + 2;
    if (text.size() < whole) return false;
    text.erase(0, whole);
    if (size == 0) return true;
    taken += static_cast<std::uint32_t>(size);
  }
}

}  // namespace

request_piece request_cutter::complete_head() {
  request_piece made;
  const std::string_view line = std::string_view(head_).substr(0, head_.find("\r\n"));
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first || !line.substr(last + 1).starts_with("HTTP/1.")) {
    made.what = request_piece::invalid;
    return made;
  }
  made.what = request_piece::head;
  made.target = line.substr(first + 1, last - first - 1);
  const bool version_1_0 = line.ends_with("HTTP/1.0");
  made.closes = version_1_0 ? !says(head_, "connection", "keep-alive") : says(head_, "connection", "close");
  made.upgrade = (says(head_, "connection", "upgrade") && field_of(head_, "upgrade")) || line.starts_with("CONNECT ");
  made.wants_continue = says(head_, "expect", "100-continue");
  if (made.upgrade) {
    state_ = after_upgrade;
  } else if (says(head_, "transfer-encoding", "chunked")) {
    state_ = in_chunks;
  } else {
    left_ = number(field_of(head_, "content-length").value_or("0"));
    state_ = left_ > 0 ? in_body : in_head;
  }
  made.end = state_ == in_head;
  return made;
}

std::vector<request_piece> request_cutter::take(std::string_view bytes) {
  std::vector<request_piece> found;
  while (!bytes.empty()) {
    request_piece piece;
    if (state_ == in_head) {
      while (head_.empty() && (bytes.starts_with('\r') || bytes.starts_with('\n'))) bytes.remove_prefix(1);
      if (bytes.empty()) break;
      const std::size_t held = head_.size();
      head_ += bytes;
      const std::size_t end = head_.find(head_end);
      if (!can_begin_a_request(head_)) {
        piece.what = request_piece::invalid;
        bytes = {};
      } else if (end == std::string::npos) {
        bytes = {};
      } else {
        bytes.remove_prefix(end + head_end.size() - held);
        head_.resize(end + 2);
        piece = complete_head();
        head_.clear();
      }
      if (piece.what == request_piece::invalid) state_ = given_up;
    } else if (state_ == in_body) {
      const auto taken = std::min<std::uint64_t>(left_, bytes.size());
      left_ -= taken;
      bytes.remove_prefix(static_cast<std::size_t>(taken));
      piece = {.what = request_piece::body, .target = {}, .end = left_ == 0, .length = static_cast<std::uint32_t>(taken)};
      if (left_ == 0) state_ = in_head;
    } else if (state_ == in_chunks) {
      body_ += bytes;
      piece.what = request_piece::body;
      piece.end = take_chunks(body_, piece.length);
      bytes = {};
      if (piece.end) {
        // What follows the last chunk is the next request.
        state_ = in_head;
        found.push_back(piece);
        const std::string rest = std::exchange(body_, {});
        const auto more = take(rest);
        found.insert(found.end(), more.begin(), more.end());
        break;
      }
    } else {
      if (state_ == given_up) break;
      piece.what = request_piece::past_upgrade;
      piece.length = static_cast<std::uint32_t>(bytes.size());
      bytes = {};
    }
    found.push_back(piece);
  }
  return found;
}

void response_cutter::finish(std::vector<response_piece>& found) {
  found.push_back({.end = true});
  state_ = in_head;
}

std::vector<response_piece> response_cutter::take(std::string_view bytes) {
  std::vector<response_piece> found;
  if (state_ == in_unseen) {
    if (bytes.ends_with("0\r\n\r\n")) finish(found);
    return found;
  }
  text_ += bytes;
  for (;;) {
    if (state_ == in_head) {
      // The tail of a response whose text is not recorded may stand before it.
      text_.erase(0, std::min(text_.find("HTTP/1."), text_.size()));
      const std::size_t end = text_.find(head_end);
      if (end == std::string::npos) break;
      const std::string head = text_.substr(0, end + 2);
      text_.erase(0, end + head_end.size());
      const auto status = static_cast<std::uint16_t>(number(std::string_view(head).substr(std::min<std::size_t>(9, head.size()))));
      found.push_back({.end = false, .status = status, .closes = says(head, "connection", "close")});
      if (status == 100) continue;
      if (says(head, "transfer-encoding", "chunked")) {
        state_ = in_chunks;
      } else if (const auto length = field_of(head, "content-length")) {
        left_ = number(*length);
        state_ = in_body;
      } else {
        state_ = to_the_end;
        answers_request_ = field_of(head, "date").has_value();
      }
    } else if (state_ == in_body) {
      const auto taken = std::min<std::uint64_t>(left_, text_.size());
      text_.erase(0, static_cast<std::size_t>(taken));
      left_ -= taken;
      if (left_ > 0) break;
      finish(found);
    } else if (state_ == in_chunks) {
      std::uint32_t ignored = 0;
      if (!take_chunks(text_, ignored)) break;
      finish(found);
    } else {
      text_.clear();
      break;
    }
  }
  return found;
}

std::vector<response_piece> response_cutter::take_fin() {
  std::vector<response_piece> found;
  if (state_ == to_the_end && answers_request_) finish(found);
  return found;
}

std::vector<response_piece> response_cutter::take_unseen(std::uint64_t length, std::uint64_t body_length) {
  std::vector<response_piece> found;
  if (state_ == in_head) {
    found.push_back({});
    left_ = body_length;
  } else if (state_ == in_chunks) {
    left_ = body_length;
  }
  if (state_ != to_the_end) state_ = in_unseen;
  left_ -= std::min(left_, length);
  if (left_ == 0 && state_ == in_unseen) finish(found);
  return found;
}

}  // namespace lastcall::traces
