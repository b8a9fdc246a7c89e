#include "properties/protocols.hpp"

#include <algorithm>
#include <array>
#include <boost/describe/enum_to_string.hpp>

#include "model/invariant.hpp"

namespace lastcall::properties {

const claim_verdict* environment_verdict::find(std::string_view name, form of) const {
  for (const auto& each : claims)
    if (each.claim->name == name && each.claim->form == of) return &each;
  return nullptr;
}

bool environment_verdict::any(verdict value) const {
  return std::ranges::any_of(claims, [value](const claim_verdict& each) { return each.verdict == value; });
}

verdict converted(explore::verdict value) {
  switch (value) {
    case explore::verdict::holds: return verdict::holds;
    case explore::verdict::violated: return verdict::violated;
    case explore::verdict::unknown: break;
  }
  return verdict::unknown;
}

namespace {

/// In the order of model::protocol.
constexpr std::array worlds{&http2_world, &http1_world, &tcp_world, &servlet_world, &client_world};

const protocol_world& world_of(model::protocol protocol) {
  const protocol_world* found = find_world(protocol);
  invariant(found != nullptr, "a protocol without a world was asked about");
  return *found;
}

}  // namespace

const protocol_world* find_world(model::protocol protocol) {
  const auto found = std::ranges::find_if(worlds, [protocol](const auto* each) { return each->protocol == protocol; });
  return found == worlds.end() ? nullptr : *found;
}

std::vector<model::protocol> protocols() {
  std::vector<model::protocol> known;
  for (const auto* each : worlds) known.push_back(each->protocol);
  return known;
}

std::span<const claim_description> claims(model::protocol protocol) { return world_of(protocol).claims; }

bool is_claim(std::string_view name) {
  return std::ranges::any_of(worlds, [name](const auto* world) {
    return std::ranges::any_of(world->claims, [name](const claim_description& each) { return each.name == name; });
  });
}

environment_verdict check(const sim::world_options& world, const explore::options& bounds) {
  return world_of(world.protocol).check(world, bounds);
}
std::vector<std::string> assumptions(const sim::world_options& world) { return world_of(world.protocol).assumptions(world); }
std::string fairness(const sim::world_options& world) { return world_of(world.protocol).fairness(world); }
bool has_deadline(const model::profile& profile, model::protocol protocol) {
  return world_of(protocol).has_deadline(profile);
}
std::vector<std::string> steps_along(const sim::world_options& world, const explore::counterexample& run) {
  return world_of(world.protocol).steps_along(world, run);
}

replay_verdict replay_path(const sim::world_options& world, const explore::counterexample& run) {
  return world_of(world.protocol).replay_path(world, run);
}

}  // namespace lastcall::properties
