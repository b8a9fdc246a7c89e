// What keeps an HTTP/2 server from closing, read off its state as a process lists its active handles.
#pragma once

#include <algorithm>
#include <boost/describe/enum_to_string.hpp>
#include <string>
#include <vector>

#include "model/server.hpp"

namespace lastcall::properties::http2 {

template <class Enum>
std::string word(Enum value) {
  std::string text = boost::describe::enum_to_string(value, "");
  std::ranges::replace(text, '_', ' ');
  return text;
}

inline void add_connection(std::vector<std::string>& alive, std::size_t number, const auto& which) {
  using model::tcp_socket::state;
  const std::string name = "connection " + std::to_string(number + 1);
  if (which.socket == state::closed) return;
  if (which.socket == state::destroyed) {
    alive.push_back(name + ": destroyed, its close callbacks have not run");
    return;
  }
  std::string text = name + ": socket " + word(which.socket) + ", session " + word(which.session);
  if (which.output_pending) text += ", output unwritten";
  if (which.notice_armed) text += ", notice timer";
  if (which.linger_armed) text += ", linger timer";
  alive.push_back(text);
  for (const auto& each : which.requests)
    if (!model::is_over(each.exchange))
      alive.push_back(name + ", stream " + std::to_string(each.id) + ": " + word(each.stream) + ", response " +
                      (each.exchange == model::exchange::state::writing ? "complete but not written" : "not complete"));
}

/// A line each; none when the server has closed.
template <class Server>
std::vector<std::string> still_alive(const Server& server) {
  std::vector<std::string> alive;
  if (server.is_closed()) return alive;
  if (server.listener_open()) alive.emplace_back("listener");
  for (std::size_t i = 0; i < server.connections().size(); ++i) add_connection(alive, i, server.connections()[i]);
  if (server.drain_armed()) alive.emplace_back("drain timer");
  return alive;
}

}  // namespace lastcall::properties::http2
