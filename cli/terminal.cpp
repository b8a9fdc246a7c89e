#include "cli/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#ifdef _WIN32
#define NOMINMAX
#include <io.h>
#include <windows.h>
#else
#include <unistd.h>
#endif

#include "cli/verb.hpp"

namespace lastcall::cli {
namespace {

bool standard_error_is_a_terminal() {
#ifdef _WIN32
  return _isatty(_fileno(stderr)) != 0;
#else
  return isatty(fileno(stderr)) != 0;
#endif
}

constexpr auto between_updates = std::chrono::milliseconds(100);

}  // namespace

void prepare_terminal() {
#ifdef _WIN32
  SetConsoleOutputCP(CP_UTF8);
#endif
}

void print(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) throw failure{exit_code::environment_failed, "standard output cannot be written"};
}

void complain(std::string message) {
  std::ranges::replace(message, '\n', ' ');
  fmt::print(stderr, "lastcall: {}\n", message);
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string memory_text(std::uint64_t bytes) {
  constexpr double mebibyte = 1 << 20;
  const double mebibytes = static_cast<double>(bytes) / mebibyte;
  return mebibytes < 1024 ? fmt::format("{:.1f} MiB", mebibytes) : fmt::format("{:.1f} GiB", mebibytes / 1024);
}

progress_line::progress_line(std::size_t searches) : is_terminal_(standard_error_is_a_terminal()), searches_(searches) {}

progress_line::~progress_line() {
  if (is_terminal_) show(true);
}

void progress_line::update(std::size_t search, const explore::progress& now) {
  if (!is_terminal_) return;
  const std::lock_guard lock(mutex_);
  searches_[search] = now;
  if (clock::now() - shown_ >= between_updates) show(false);
}

void progress_line::finish(std::size_t search, const explore::exploration& found) {
  if (!is_terminal_) return;
  const std::lock_guard lock(mutex_);
  ++finished_;
  // What a finished search held is given back.
  searches_[search] = {.states = found.states, .transitions = found.transitions, .frontier = 0, .depth = found.depth, .bytes = 0};
  show(false);
}

void progress_line::show(bool last) {
  explore::progress total;
  for (const explore::progress& each : searches_) {
    total.states += each.states;
    total.frontier += each.frontier;
    total.bytes += each.bytes;
    total.depth = std::max(total.depth, each.depth);
  }
  shown_ = clock::now();
  const double seconds = std::chrono::duration<double>(shown_ - begin_).count();
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(total.states) / std::max(seconds, 0.001));
  std::string line = fmt::format("{}/{}  {} states  {}/s  ", finished_, searches_.size(), grouped(total.states),
                                 grouped(rate));
  if (!last) line += fmt::format("frontier {}  depth {}  {}  ", grouped(total.frontier), total.depth, memory_text(total.bytes));
  line += fmt::format("{:.1f} s", seconds);
  width_ = std::max(width_, line.size());  // spaces wipe what a longer line before has left
  fmt::print(stderr, "\r{:<{}}{}", line, width_, last ? "\n" : "");
  std::fflush(stderr);
}

}  // namespace lastcall::cli
