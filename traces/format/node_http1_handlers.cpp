#include "traces/format/node_http1_handlers.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace lastcall::traces {
namespace {

/// The program reads a number of the query as JavaScript does: absent, zero and no number alike give the default.
std::uint32_t query_number(std::string_view query, std::string_view name, std::uint32_t otherwise) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.substr(0, pair.find('=')) != name || pair.find('=') == std::string_view::npos) continue;
    std::uint32_t value = 0;
    std::from_chars(pair.data() + name.size() + 1, pair.data() + pair.size(), value);
    return value == 0 ? otherwise : value;
  }
  return otherwise;
}

}  // namespace

http1_program http1_handler_for(std::string_view target) {
  using enum event_kind;
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view query = path.size() < target.size() ? target.substr(path.size() + 1) : std::string_view();
  const http1_call resume{request_resume};
  const http1_call head{response_head, 200};
  const http1_call end{response_end};
  const auto write = [](std::uint32_t length) { return http1_call{response_write, length}; };

  if (path == "/fast") return {{resume, head, write(2), end}, {}, {}, 2};
  if (path == "/delay") return {{resume}, {}, {{query_number(query, "ms", 500), true, {head, write(4), end}}}, 4};
  if (path == "/waitbody") return {{resume}, {head, write(7), end}, {}, 7};
  if (path == "/now") return {{head, write(5), end}, {}, {}, 5};
  if (path == "/hang") return {{resume}, {}, {}, 0};
  if (path == "/big") {
    const std::uint32_t length = query_number(query, "n", 8'000'000);
    return {{resume, head, write(length), end}, {}, {}, length};
  }
  if (path == "/bigchunks") {
    constexpr std::uint32_t chunk = 100'000;
    const std::uint32_t times = query_number(query, "n", 40);
    if (times < 2) return {{resume, end}, {}, {}, 0};
    http1_program made{{resume, head, write(chunk)}, {}, {}, std::uint64_t{times - 1} * chunk};
    for (std::uint32_t i = 2; i < times; ++i) made.timers.push_back({25, false, {write(chunk)}});
    made.timers.push_back({25, true, {end}});
    return made;
  }
  if (path == "/tick") {
    const http1_call tick{response_write, 10, true};
    http1_program made{{resume, head, tick}, {}, {}, 91};
    for (int i = 0; i < 8; ++i) made.timers.push_back({100, false, {tick}});
    made.timers.push_back({100, false, {write(1), end}});
    return made;
  }
  return {{resume, {response_head, 404}, end}, {}, {}, 0};
}

}  // namespace lastcall::traces
