// What is said of a server whose application sees sockets: its claims, what is alive in it, and the functions behind its row in
// properties/protocols.hpp.
#pragma once

#include <boost/describe/enum_to_string.hpp>
#include <string>
#include <vector>

#include "model/socket_server.hpp"
#include "properties/check.hpp"
#include "properties/replay.hpp"

namespace lastcall::properties::tcp {

std::span<const claim_description> claims();

/// What keeps the server's process from ending or its close() from being answered, a line each; none when it has closed.
template <class Server>
std::vector<std::string> still_alive(const Server& server) {
  std::vector<std::string> alive;
  if (server.is_closed()) return alive;
  for (std::size_t i = 0; i < server.connections().size(); ++i) {
    const auto& each = server.connections()[i];
    if (each.socket == model::tcp_socket::state::closed) continue;
    std::string text = "connection " + std::to_string(i + 1) + ": socket " + boost::describe::enum_to_string(each.socket, "");
    if (!each.reading && each.is_live()) text += each.peer_has_ended ? ", its end was read and not told" : ", not read";
    if (each.writing) text += ", a write under way";
    if (each.shutdown_pending) text += ", FIN to be sent";
    alive.push_back(text);
  }
  if (server.listener_open()) alive.insert(alive.begin(), "listener");
  return alive;
}

/// The counter is the number of sockets there are.
template <class Server>
bool counts_exact(const Server& server) {
  std::uint32_t live = 0;
  for (const auto& each : server.connections()) live += each.is_live() ? 1U : 0U;
  return live == server.connections_counted();
}

/// A closed server keeps no socket, listener or callback.
template <class Server>
bool no_leak(const Server& server) {
  if (!server.is_closed()) return true;
  for (const auto& each : server.connections())
    if (each.is_live() || each.timeout_armed) return false;
  return !server.listener_open();
}

replay_verdict replay_log(const traces::trace&, const model::profile&);

}  // namespace lastcall::properties::tcp
