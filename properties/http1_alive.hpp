// What keeps an HTTP/1 server from closing, or is left of one that has closed, read off its state as a process lists its
// active handles.
#pragma once

#include <algorithm>
#include <boost/describe/enum_to_string.hpp>
#include <string>
#include <vector>

#include "model/http1_server.hpp"

namespace lastcall::properties::http1 {

template <class Enum>
std::string word(Enum value) {
  std::string text = boost::describe::enum_to_string(value, "");
  std::ranges::replace(text, '_', ' ');
  return text;
}

/// A line each; none when the server has closed and left nothing behind.
template <class Server>
std::vector<std::string> still_alive(const Server& server) {
  std::vector<std::string> alive;
  if (server.listener_open()) alive.emplace_back("listener");
  for (std::size_t i = 0; i < server.connections().size(); ++i) {
    const auto& which = server.connections()[i];
    const std::string name = "connection " + std::to_string(i + 1);
    if (which.socket == model::tcp_socket::state::closed) continue;
    if (which.socket == model::tcp_socket::state::destroyed) {
      alive.push_back(name + ": destroyed, its close callbacks have not run");
      continue;
    }
    std::string text = name + ": socket " + word(which.socket) + ", request " + word(which.parser);
    if (which.output_pending) text += ", output unwritten";
    for (const auto& [armed, timer] : {std::pair{which.head_armed, ", head timer"}, {which.request_armed, ", request timer"},
                                       {which.keep_alive_armed, ", keep-alive timer"}, {which.linger_armed, ", linger timer"}})
      if (armed) text += timer;
    alive.push_back(text);
    for (const auto& each : which.requests)
      if (!model::is_over(each.response))
        alive.push_back(name + ", request " + std::to_string(each.id) + ": response " +
                        (each.response == model::exchange::state::writing ? "complete but not written" : "not complete"));
  }
  if (server.drain_armed()) alive.emplace_back("drain timer");
  if (server.checking_armed()) alive.emplace_back("checking timer");
  if (server.timer_lost()) alive.emplace_back("a checking timer that nobody knows any more");
  return alive;
}

}  // namespace lastcall::properties::http1
