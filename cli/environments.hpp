// Which worlds to look at: environments by the names of their classes, and bounds.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "cli/names.hpp"
#include "sim/world.hpp"

namespace lastcall::cli {

struct environment {
  const sim::peer_class* peer;
  const sim::handler_class* handler;

  friend bool operator==(const environment&, const environment&) = default;
};

/// "peer/handler".
std::string name_of(const environment& where);
std::string name_of(const sim::world_options& where);

/// The product of these classes. A handler left out is `any` for peers that are, else `finishing`; a peer left out is `any` for
/// handlers that are, else `cooperative`; with both left out it is the matrix that `check` shows by default. Names must be known.
std::vector<environment> environments_of(const name_list& peers, const name_list& handlers);

/// Whether a profile is judged by this environment where the user names none. A promise to close by a deadline is one to close
/// whatever others do: `any/any` and `breaking/any`. Without one it is what every server owes, `cooperative/finishing`.
bool decides(const model::profile& profile, model::protocol protocol, const environment& where);

/// Those that this profile speaks, as far as there are worlds for them; the first is the one it is known for.
std::vector<model::protocol> protocols_of(const model::profile& profile);
/// The names of all protocols that there are worlds for.
name_list protocol_names();

/// `bounds::connections` for as many as there may be.
inline constexpr std::uint32_t any_number = 0;

struct bounds {
  std::uint32_t connections = 1;
  std::uint32_t streams = 2;
  std::uint32_t channel_capacity = 2;
};
/// --connections, --streams, --channel-capacity.
std::vector<CLI::Option*> add_bounds(CLI::App& verb, bounds& chosen);

/// Lets --connections, the first of these options, be `any` too.
void allow_any_number(CLI::Option& connections);

sim::world_options world_of(const model::profile& profile, model::protocol protocol, const environment& where, const bounds& limits);

/// The command that replays a choice path in this world.
std::string replay_command(const sim::world_options& world, const std::string& path);

}  // namespace lastcall::cli
