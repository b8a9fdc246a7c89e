#include "properties/replay.hpp"

#include <boost/describe/enum_to_string.hpp>

#include "model/invariant.hpp"
#include "properties/protocols.hpp"
#include "traces/format/write.hpp"

namespace lastcall::properties {
namespace {

std::string text_of(const traces::row& r) {
  traces::trace one;
  one.rows.push_back(r);
  const std::string text = traces::write_trace(one);
  const std::size_t row = text.find('\n') + 1;
  return text.substr(row, text.size() - row - 1);
}

std::optional<divergence> first_difference(const traces::trace& recorded, const std::vector<traces::row>& rows) {
  for (std::size_t i = 0; i < recorded.rows.size() || i < rows.size(); ++i) {
    const bool both = i < recorded.rows.size() && i < rows.size();
    if (both && recorded.rows[i] == rows[i]) continue;
    const std::size_t line = i < recorded.rows.size() ? recorded.rows[i].line : i + 2;
    return divergence{line, i < recorded.rows.size() ? text_of(recorded.rows[i]) : "nothing more",
                      i < rows.size() ? text_of(rows[i]) : "nothing more"};
  }
  return std::nullopt;
}

}  // namespace

replay_verdict replay(const traces::trace& recorded, const model::profile& profile) {
  const protocol_world* world = find_world(recorded.protocol);
  invariant(world != nullptr, "a trace of a protocol without a world");
  if (recorded.path.empty() || !recorded.world) return world->replay_log(recorded, profile);
  sim::world_options options;
  options.protocol = recorded.protocol;
  options.profile = &profile;
  options.connections = recorded.world->connections;
  options.streams = recorded.world->streams;
  options.channel_capacity = recorded.world->channel_capacity;
  options.peer = sim::find_peer_class(recorded.world->peer);
  options.handler = sim::find_handler_class(recorded.world->handler);
  const auto run = explore::parse_path(recorded.path);
  if (options.peer == nullptr || options.handler == nullptr || !run || !is_valid(options))
    return {false, divergence{1, "a world and a path that this version knows", "something else in the header"}, {}, {}};
  if (auto difference = first_difference(recorded, world->rows_of(options, *run.value))) return {false, difference, {}, {}};
  return world->replay_path(options, *run.value);
}

traces::trace record(const sim::world_options& options, const explore::counterexample& run, const claim_description& violated) {
  traces::trace made;
  made.title = std::string(violated.name) + " (" + boost::describe::enum_to_string(violated.form, "") + ") is violated by " +
               std::string(options.profile->name);
  made.system = "simulated server, profile " + std::string(options.profile->name);
  made.source = "found by lastcall check";
  made.profile = options.profile->name;
  made.protocol = options.protocol;
  made.expect.emplace(violated.name, traces::verdict::violated);
  made.world = traces::world{.connections = options.connections,
                             .streams = options.streams,
                             .channel_capacity = options.channel_capacity,
                             .peer = std::string(options.peer->name),
                             .handler = std::string(options.handler->name)};
  made.path = explore::to_string(run);
  made.rows = find_world(options.protocol)->rows_of(options, run);
  return made;
}

}  // namespace lastcall::properties
