#include "traces/format/node_handlers.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace lastcall::traces {
namespace {

/// A number of the query, or `otherwise` where there is none or it is 0 (the program says `+value || otherwise`).
std::uint32_t query_number(std::string_view query, std::string_view name, std::uint32_t otherwise) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.substr(0, pair.find('=')) != name || pair.size() <= name.size()) continue;
    const std::string_view text = pair.substr(name.size() + 1);
    std::uint32_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    return status == std::errc{} && end == text.data() + text.size() && value != 0 ? value : otherwise;
  }
  return otherwise;
}

}  // namespace

handler_program handler_for(std::string_view target) {
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);

  constexpr handler_call read{event_kind::handler_read};
  constexpr handler_call respond{event_kind::handler_responded};
  constexpr handler_call finish{event_kind::handler_finished};
  const auto write = [](std::uint32_t length) { return handler_call{event_kind::handler_wrote, length}; };

  if (path == "/small" || path == "/fast") return {{read, respond, write(2), finish}, {}, 0};
  if (path == "/delay") return {{read}, {respond, write(4), finish}, 0};
  if (path == "/echo") return {{respond, read}, {write(7), finish}, 0};
  if (path == "/waitbody") return {{read}, {respond, write(7), finish}, 0};
  if (path == "/now") return {{respond, write(5), finish}, {}, 0};
  if (path == "/nowconsume") return {{read, respond, write(5), finish}, {}, 0};
  if (path == "/big" || path == "/huge") {
    return {{read, respond, write(query_number(query, "n", 1'000'000)), finish}, {}, 0};
  }
  if (path == "/tick") return {{read, respond}, {write(1), finish}, query_number(query, "sz", 10)};
  if (path == "/hang") return {{read}, {}, 0};
  if (path == "/hangnoread") return {};
  return {{read, respond, write(2), finish}, {}, 0};
}

}  // namespace lastcall::traces
