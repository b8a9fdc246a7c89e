#include <array>

#include "properties/tcp_world.hpp"

namespace lastcall::properties::tcp {
namespace {

using enum form;

constexpr std::array all{
    claim_description{"close_terminates", unbounded,
                      "from every state after close(), every fair execution reaches the 'close' event",
                      "Node: net.Server.close, _emitCloseIfDrained"},
    claim_description{"close_callback_once", safety, "each close() is answered exactly once", "jetty/jetty.project#8811"},
    claim_description{"counts_exact", safety, "the counter of connections agrees with the sockets that there are",
                      "Node: net.Server.getConnections"},
    claim_description{"no_leak", safety, "a closed server keeps no socket, timer or listener", "nodejs/node#48604"},
    claim_description{"closes_with_sockets_open", sometimes, "close() was called while a socket was open", "guard"},
    claim_description{"connection_ends_while_closing", sometimes, "a connection that was there at close() has ended", "guard"},
};

}  // namespace

std::span<const claim_description> claims() { return all; }

}  // namespace lastcall::properties::tcp
