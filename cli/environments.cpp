#include "cli/environments.hpp"

#include <fmt/format.h>

#include "properties/check.hpp"

namespace lastcall::cli {
namespace {

environment environment_of(std::string_view peer, std::string_view handler) {
  return {sim::find_peer_class(peer), sim::find_handler_class(handler)};
}

}  // namespace

std::string name_of(const environment& where) { return fmt::format("{}/{}", where.peer->name, where.handler->name); }
std::string name_of(const sim::world_options& where) { return name_of(environment{where.peer, where.handler}); }

std::vector<environment> environments_of(const name_list& peers, const name_list& handlers) {
  std::vector<environment> chosen;
  if (peers.empty() && handlers.empty()) {
    for (const std::string& peer : peer_names()) chosen.push_back(environments_of({peer}, {}).front());
    chosen.push_back(environment_of("cooperative", "stuck"));
  } else if (handlers.empty()) {
    for (const std::string& peer : peers)
      chosen.push_back(environment_of(peer, peer == "any" || peer == "breaking" || peer == "offending" ? "any" : "finishing"));
  } else if (peers.empty()) {
    for (const std::string& handler : handlers)
      chosen.push_back(environment_of(handler == "any" ? "any" : "cooperative", handler));
  } else {
    for (const std::string& peer : peers)
      for (const std::string& handler : handlers) chosen.push_back(environment_of(peer, handler));
  }
  return chosen;
}

bool decides(const model::profile& profile, model::protocol protocol, const environment& where) {
  if (!properties::has_deadline(profile, protocol)) return where == environment_of("cooperative", "finishing");
  return where == environment_of("any", "any") || where == environment_of("breaking", "any");
}

std::vector<model::protocol> protocols_of(const model::profile& profile) {
  std::vector<model::protocol> spoken;
  for (const model::protocol each : properties::protocols())
    if (profile.speaks.has(each)) spoken.push_back(each);
  return spoken;
}

name_list protocol_names() {
  name_list names;
  for (const model::protocol each : properties::protocols()) names.emplace_back(text_of(each));
  return names;
}

std::vector<CLI::Option*> add_bounds(CLI::App& verb, bounds& chosen) {
  const auto add = [&](const char* name, std::uint32_t& value, std::uint32_t most, const char* what) {
    return verb.add_option(name, value, fmt::format("{} (default {})", what, value))
        ->check(CLI::Range(std::uint32_t{1}, most).description(""))
        ->type_name(fmt::format("1..{}", most));
  };
  return {add("--connections", chosen.connections, properties::connections_max, "connections at a time"),
          add("--streams", chosen.streams, static_cast<std::uint32_t>(sim::streams_max), "streams per connection"),
          add("--channel-capacity", chosen.channel_capacity, static_cast<std::uint32_t>(sim::channel_max),
              "frames on the way to the server")};
}

void allow_any_number(CLI::Option& connections) {
  // Validators run last in, first out, so this one sees the text before the range does; 0 is what `any` stands for.
  const auto most = fmt::format("{}", properties::connections_max);
  connections.get_validator(0)->active(false);
  connections
      .transform(CLI::Validator(
          [most](std::string& text) -> std::string {
            const bool is_number = text.size() == 1 && text >= "1" && text <= most;
            if (text == "any") text = fmt::format("{}", any_number);
            else if (!is_number) return fmt::format("'{}' is neither a number from 1 to {} nor any", text, most);
            return {};
          },
          ""))
      ->type_name(fmt::format("1..{}|any", most));
}

sim::world_options world_of(const model::profile& profile, model::protocol protocol, const environment& where,
                            const bounds& limits) {
  return {.protocol = protocol,
          .profile = &profile,
          .peer = where.peer,
          .handler = where.handler,
          .connections = limits.connections,
          .streams = limits.streams,
          .channel_capacity = limits.channel_capacity};
}

std::string replay_command(const sim::world_options& world, const std::string& path) {
  // A loop stands in parentheses, which shells take for their own.
  const std::string word = path.find('(') == std::string::npos ? path : '"' + path + '"';
  const std::string spoken =
      world.protocol == model::protocol::http2 ? "" : fmt::format(" --protocol {}", text_of(world.protocol));
  return fmt::format("lastcall replay --path {} --profile {}{} --connections {} --streams {} --channel-capacity {} --peer {} "
                     "--handler {}",
                     word, world.profile->name, spoken, world.connections, world.streams, world.channel_capacity, world.peer->name,
                     world.handler->name);
}

}  // namespace lastcall::cli
