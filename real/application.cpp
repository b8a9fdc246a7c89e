#include "real/application.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace lastcall::real {
namespace {

constexpr std::size_t chunk = 32 * 1024;

std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string_view value_of(std::span<const wire::field> request, std::string_view name) {
  const auto at = std::ranges::find(request, name, &wire::field::name);
  return at == request.end() ? std::string_view() : std::string_view(at->value);
}

// The number of `name` in a query like "n=5&ms=100"; nothing if it is missing or no number.
std::optional<std::uint32_t> number_of(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      const auto digits = pair.substr(name.size() + 1);
      std::uint32_t number = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
    }
  }
  return std::nullopt;
}

wire::fields plain(std::string_view status, std::optional<std::uint64_t> length = {}) {
  wire::fields response{{":status", std::string(status)}, {"server", "lastcall"}, {"content-type", "text/plain"}};
  if (length) {
    response.push_back({"content-length", std::to_string(*length)});
  }
  return response;
}

}  // namespace

void application::begin(exchange_key which, std::span<const wire::field> request) {
  const auto method = value_of(request, ":method");
  const auto target = value_of(request, ":path");
  const auto path = target.substr(0, target.find('?'));
  const auto query = path.size() == target.size() ? std::string_view() : target.substr(path.size() + 1);
  auto& at = handlers_.try_emplace(which, loop_, ++serial_).first->second;
  at.request_line = fmt::format("{} {}", method, target);

  const auto count = number_of(query, "n");
  const auto ms = number_of(query, "ms");
  at.interval = std::chrono::milliseconds(ms.value_or(0));
  at.left = count.value_or(0);

  if (method == "HEAD") {
    port_.respond(which, plain("200"));
    finish(which, at);
  } else if (path == "/") {
    answer(which, "200", "This round is on the house.\n");
  } else if (path == "/delay" && ms) {
    at.route = route::delay;
    wait(which, at);
  } else if (path == "/bytes" && count) {
    at.route = route::bytes;
    port_.respond(which, plain("200", at.left));
    progress(which, at);
  } else if (path == "/stream" && count && ms) {
    at.route = route::stream;
    port_.respond(which, plain("200"));
    on_timer(which, at);
  } else if (path == "/hang") {
    at.route = route::hang;
  } else if (path == "/echo") {
    at.route = route::echo;
    port_.read_body(which);
    port_.respond(which, plain("200"));
  } else if (path == "/delay" || path == "/bytes" || path == "/stream") {
    answer(which, "400", "A number is missing: /delay?ms=N, /bytes?n=N, /stream?n=N&ms=M\n");
  } else {
    answer(which, "404", "Not on the menu.\n");
  }
}

void application::answer(exchange_key which, std::string_view status, std::string_view text) {
  port_.respond(which, plain(status, text.size()));
  port_.write(which, as_bytes(text));
  finish(which, handlers_.at(which));
}

void application::finish(exchange_key which, handler& at) {
  at.finished = true;
  port_.finish(which);
}

// Does what can be done without waiting for time.
void application::progress(exchange_key which, handler& at) {
  if (at.finished || port_.waiting(which) > 0) {
    return;
  }
  if (at.route == route::bytes) {
    static const std::string filling(chunk, '.');
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(at.left, chunk));
    at.left -= part;
    if (part > 0) {
      port_.write(which, as_bytes(filling).first(part));
    }
    if (at.left == 0) {
      finish(which, at);
    }
  } else if (at.route == route::echo) {
    port_.consumed(which, std::exchange(at.unread, 0));
    if (at.body_complete) {
      finish(which, at);
    }
  }
}

void application::wait(exchange_key which, handler& at) {
  at.timer.expires_after(at.interval);
  at.timer.async_wait([this, which, serial = at.serial](boost::system::error_code error) {
    const auto found = handlers_.find(which);
    if (!error && found != handlers_.end() && found->second.serial == serial) {
      on_timer(which, found->second);
      port_.handler_returned();
    }
  });
}

void application::on_timer(exchange_key which, handler& at) {
  if (at.route == route::delay) {
    answer(which, "200", fmt::format("Waited {} ms.\n", at.interval.count()));
    return;
  }
  if (at.left > 0 && port_.waiting(which) < chunk) {
    port_.write(which, as_bytes(fmt::format("{} to go\n", --at.left)));
  }
  if (at.left > 0) {
    wait(which, at);
  } else {
    finish(which, at);
  }
}

void application::body(exchange_key which, std::span<const std::byte> content) {
  const auto found = handlers_.find(which);
  if (found == handlers_.end()) {
    return;
  }
  found->second.unread += content.size();
  port_.write(which, content);
  progress(which, found->second);
}

void application::body_ended(exchange_key which) {
  const auto found = handlers_.find(which);
  if (found != handlers_.end()) {
    found->second.body_complete = true;
    progress(which, found->second);
  }
}

void application::writable(model::connection_id connection) {
  for (auto at = handlers_.lower_bound({connection, 0}); at != handlers_.end() && at->first.connection == connection;
       ++at) {
    progress(at->first, at->second);
  }
}

std::optional<std::string> application::end(exchange_key which) {
  const auto found = handlers_.find(which);
  if (found == handlers_.end()) {
    return std::nullopt;
  }
  const auto ended = handlers_.extract(found);
  return ended.mapped().finished ? std::nullopt : std::optional(ended.mapped().request_line);
}

std::vector<std::string> application::end_all(model::connection_id connection) {
  std::vector<std::string> detached;
  for (auto at = handlers_.lower_bound({connection, 0}); at != handlers_.end() && at->first.connection == connection;
       at = handlers_.lower_bound({connection, 0})) {
    if (auto line = end(at->first)) {
      detached.push_back(std::move(*line));
    }
  }
  return detached;
}

}  // namespace lastcall::real
