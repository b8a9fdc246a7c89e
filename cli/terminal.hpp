// The terminal: what is printed there and nowhere else, and the end of standard output.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "sim/explore/report.hpp"

namespace lastcall::cli {

/// Makes a Windows console show UTF-8; nothing elsewhere.
void prepare_terminal();

/// Writes to standard output; throws failure when the text cannot be written in full.
void print(const std::string& text);

/// "lastcall: MESSAGE" on standard error; always one line.
void complain(std::string message);

/// "1,234,567".
std::string grouped(std::uint64_t number);
/// "12.3 MiB".
std::string memory_text(std::uint64_t bytes);

/// One line on standard error that follows several searches at once, if that is a terminal; silent otherwise. Thread-safe.
class progress_line {
 public:
  explicit progress_line(std::size_t searches);
  /// Leaves the line with the totals.
  ~progress_line();
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void update(std::size_t search, const explore::progress& now);
  void finish(std::size_t search, const explore::exploration& found);

 private:
  using clock = std::chrono::steady_clock;
  void show(bool last);

  const bool is_terminal_;
  const clock::time_point begin_ = clock::now();
  std::mutex mutex_;
  clock::time_point shown_{};
  std::vector<explore::progress> searches_;
  std::size_t finished_ = 0;
  std::size_t width_ = 0;
};

}  // namespace lastcall::cli
