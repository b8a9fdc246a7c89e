// check: every claim, over every reachable state of one world. The entrance for whoever wants a verdict.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "properties/claims.hpp"
#include "sim/explore/path.hpp"
#include "sim/explore/report.hpp"
#include "sim/world.hpp"

namespace lastcall::properties {

BOOST_DEFINE_FIXED_ENUM_CLASS(verdict, std::uint8_t, holds, violated, unknown, not_applicable)

/// A verdict of the checker, in our words.
verdict converted(explore::verdict value);

struct claim_verdict {
  const claim_description* claim = nullptr;
  properties::verdict verdict = properties::verdict::unknown;
  /// Of a violated claim, the shortest run that shows it, as choices of `sim::world`. A violated guard has none.
  std::optional<explore::counterexample> counterexample;
};

/// A step of the argument for any number of connections, checked by exploration. See docs/PROOFS.md.
struct lemma {
  std::string_view name;
  std::string_view statement;
  properties::verdict verdict = properties::verdict::unknown;
};

/// What one exploration found: the verdicts in the order of claims(), and what was explored.
struct environment_verdict {
  sim::world_options world;
  std::vector<claim_verdict> claims;
  explore::exploration explored;
  std::vector<lemma> argument;  ///< of a verdict about any number of connections

  /// The first of this name and form; null when there is none.
  const claim_verdict* find(std::string_view name, form of) const;
  bool any(verdict value) const;
};

/// What a verdict takes for granted, in sentences.
std::vector<std::string> assumptions(const sim::world_options&);

/// The fairness constraints of this environment, in words.
std::string fairness(const sim::world_options&);

/// The protocols whose servers can be checked, in the order of their enumeration.
std::vector<model::protocol> protocols();

/// Whether this profile promises to close by a deadline, whatever others do.
bool has_deadline(const model::profile&, model::protocol);

/// The largest number of connections that check() takes.
inline constexpr std::uint32_t connections_max = 3;

/// Whether a world of these sizes exists.
constexpr bool is_valid(const sim::world_options& world) {
  return world.connections >= 1 && world.connections <= connections_max && world.streams >= 1 &&
         world.streams <= sim::streams_max && world.channel_capacity >= 1 && world.channel_capacity <= sim::channel_max;
}

/// Explores the world exhaustively, with exact storage. Every claim gets its verdict, one that cannot apply to this
/// profile or environment `not_applicable`. A bound that is hit turns what is not violated into `unknown`.
environment_verdict check(const sim::world_options&, const explore::options& = {});

/// The same for any number of HTTP/2 connections: `world.connections` is not looked at. One connection is explored together with
/// another that stands for all others, which proves lemmas that do not depend on their number. What is violated there is
/// looked for again in the world of one connection: found, it is violated and its counterexample is that world's; not
/// found, it is `unknown`. Claims that count over all connections are `not_applicable`.
environment_verdict check_any_connections(const sim::world_options& world, const explore::options& = {});

}  // namespace lastcall::properties
