// serve() in a thread of the test, closed by a real signal. Everything here ends by itself: a server that does not
// close is cut short by a second signal when the test is over.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <future>
#include <mutex>
#include <optional>
#include <ostream>
#include <regex>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>

#include "model/profiles/profiles.hpp"
#include "real/serve.hpp"

namespace lastcall::test {

using namespace std::chrono_literals;

/// Long enough for a loaded machine. A test that passes never waits that long.
inline constexpr auto patience = 20s;

/// Text that one thread writes and another waits for.
class shared_text : public std::streambuf {
 public:
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

  bool wait_for(std::string_view part) {
    std::unique_lock lock(mutex_);
    return grown_.wait_for(lock, patience, [&] { return text_.find(part) != std::string::npos; });
  }

 protected:
  int_type overflow(int_type one) override {
    const char letter = traits_type::to_char_type(one);
    xsputn(&letter, 1);
    return one;
  }
  std::streamsize xsputn(const char* from, std::streamsize size) override {
    const std::lock_guard lock(mutex_);
    text_.append(from, static_cast<std::size_t>(size));
    grown_.notify_all();
    return size;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable grown_;
  std::string text_;
};

class running_server {
 public:
  explicit running_server(std::string_view profile, real::serve_options options = {})
      : options_(std::move(options)), end_(std::async(std::launch::async, [this, profile] {
          return real::serve(*model::find_profile(profile), options_, report_);
        })) {
    std::smatch found;
    const auto begun = text_.wait_for("\n") ? text_.text() : std::string();
    if (!std::regex_search(begun, found, std::regex("listening on \\S+:(\\d+)\n"))) {
      throw std::runtime_error("the server does not listen: " + begun);
    }
    port_ = static_cast<std::uint16_t>(std::stoi(found[1]));
  }
  running_server(const running_server&) = delete;
  running_server& operator=(const running_server&) = delete;

  ~running_server() {
    while (end_.valid() && end_.wait_for(50ms) != std::future_status::ready) {
      std::raise(SIGTERM);
    }
  }

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

  void close() {
    std::raise(SIGTERM);
    text_.wait_for("closing: SIGTERM");
  }
  void signal_again() { std::raise(SIGTERM); }

  /// The end of serve(), if it comes in time.
  std::optional<real::serve_result> result(std::chrono::milliseconds within = patience) {
    return end_.wait_for(within) == std::future_status::ready ? std::optional(end_.get()) : std::nullopt;
  }
  bool is_running() const { return end_.valid() && end_.wait_for(0s) != std::future_status::ready; }

  std::string report() const { return text_.text(); }

 private:
  // A signal must not kill the test in the moment after serve() has returned.
  boost::asio::io_context never_run_;
  boost::asio::signal_set caught_{never_run_, SIGTERM, SIGINT};
  real::serve_options options_;
  shared_text text_;
  std::ostream report_{&text_};
  std::uint16_t port_ = 0;
  std::future<real::serve_result> end_;
};

}  // namespace lastcall::test
