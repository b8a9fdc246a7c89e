#include <boost/describe/enum_to_string.hpp>

#include "properties/http2_world.hpp"

namespace lastcall::properties::http2 {
namespace {

std::string counted(std::uint32_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> assumptions(const sim::world_options& world) {
  const model::profile& profile = *world.profile;
  const std::string slots =
      world.second_is_others
          ? "any number of connections, by an argument (docs/PROOFS.md): one with " + counted(world.streams, "stream") +
                " is explored beside another that stands for all others, may come and be lost at any time, and is owed nothing"
          : "at most " + counted(world.connections, "connection") + " at a time and " + counted(world.streams, "stream") +
                " on each; a slot is used again after its connection ends";
  std::vector<std::string> rules{
      slots,
      "a connection holds " + counted(world.channel_capacity, "frame") +
          " the server has not read and one write the client has not read; a full channel makes the writer wait",
      "one step of the server is one run-to-completion turn; receiving and writing are separate steps",
      "what the server submits between two writes goes out in one write; its output buffer is not bounded",
      "the application calls close() once while the server listens, and again only when it is closed",
      "response and request bodies are one DATA frame; a client's window is open, or closed until one WINDOW_UPDATE",
      "no clock: an armed timer may fire at any time",
  };
  if (profile.close_announces == model::close_announces::notice && (profile.second_phase == model::second_phase::on_timer || profile.second_phase == model::second_phase::on_ping_ack_or_timer))
    rules.emplace_back("the notice timers, armed by close(), are shorter than the drain deadline and fire before it");
  if (profile.after_fin == model::after_fin::lingers || profile.after_fin == model::after_fin::reads_on_before)
    rules.emplace_back("the linger timer is finite");
  if (world.peer->keeps_the_rules)
    rules.emplace_back("a cooperative client sends no PING and no GOAWAY while it owes a body, a WINDOW_UPDATE, an answer or FIN");
  if (world.second_is_others)
    rules.emplace_back("not covered: counts_exact and no_leak, which speak of all connections together");
  rules.emplace_back("handlers that were told of a failure are detached and may still run");
  return rules;
}

std::string fairness(const sim::world_options& world) {
  std::string text = "weak, per connection: accept, receive, write, close callbacks, each arming of a timer";
  for (int i = 0; i < 16; ++i) {
    const auto move = static_cast<sim::client_move>(i);
    const char* name = boost::describe::enum_to_string(move, nullptr);
    if (name == nullptr) break;
    if (world.peer->must.has(move)) text += std::string("; client ") + name;
  }
  if (world.handler->must.has(sim::handler_move::finish)) text += "; handler finish";
  return text;
}

}  // namespace lastcall::properties::http2
