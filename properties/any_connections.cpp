// The argument for any number of connections; docs/PROOFS.md states it for a sceptical reader.
#include <array>

#include "properties/applies.hpp"
#include "properties/http2_world.hpp"
#include "properties/world_claims.hpp"
#include "sim/explore/check.hpp"

namespace lastcall::properties {
namespace {

using world = sim::world<2>;
using state = world::state;

/// The connection that is looked at is the first.
bool tracked_is_there(const state& now) { return !now.server.connections().empty() && now.server.connections()[0].is_live(); }

std::uint32_t live_connections(const state& now) {
  return static_cast<std::uint32_t>(std::ranges::count_if(now.server.connections(), [](const auto& each) { return each.is_live(); }));
}

constexpr std::array statements{
    lemma{"each_leaves", "after close() a connection that is there ends, whatever the others do or never do"},
    lemma{"none_is_added", "after close() no connection is added"},
    lemma{"the_last_closes", "a closing server whose listener is closed and that has no connection left is closed"},
    lemma{"others_do_not_touch", "a step of another connection changes nothing of this one and of its client"},
    lemma{"others_are_not_touched", "a step of this connection changes nothing of another one and of its client"},
};

/// The server as a whole takes these steps; all others belong to one connection.
bool is_of_the_server(const sim::action& chosen) {
  return chosen.what == sim::move::close || chosen.what == sim::move::fire_drain || chosen.what == sim::move::run_deferred;
}

bool is_untouched(std::size_t who, const state& before, const state& after) {
  using connection = world::server_type::connection;
  const auto of = [who](const state& now) {
    return who < now.server.connections().size() ? now.server.connections()[who] : connection{};
  };
  return of(before) == of(after) && before.links[who] == after.links[who];
}

auto lemmas() {
  const auto step = [](const lemma& stated, auto predicate) { return explore::always_step(std::string(stated.name), predicate); };
  return std::tuple{
      explore::eventually(std::string(statements[0].name),
                          [](const state& now) { return now.server.is_closing() && tracked_is_there(now); },
                          [](const state& now) { return !tracked_is_there(now); }),
      step(statements[1], [](const state& before, const sim::action&, const sim::observation&, const state& after) {
        return !before.server.is_closing() || live_connections(after) <= live_connections(before);
      }),
      explore::always(std::string(statements[2].name), [](const state& now) {
        return !now.server.is_closing() || now.server.listener_open() || live_connections(now) > 0;
      }),
      step(statements[3], [](const state& before, const sim::action& chosen, const sim::observation&, const state& after) {
        return is_of_the_server(chosen) || chosen.connection == 0 || is_untouched(0, before, after);
      }),
      step(statements[4], [](const state& before, const sim::action& chosen, const sim::observation&, const state& after) {
        return is_of_the_server(chosen) || chosen.connection == 1 || is_untouched(1, before, after);
      }),
  };
}

/// Claims about sums over all connections, which the lemmas do not speak of.
bool counts_all_connections(const claim_description& claim) { return claim.name == "counts_exact" || claim.name == "no_leak"; }

}  // namespace

environment_verdict check_any_connections(const sim::world_options& asked, const explore::options& bounds) {
  sim::world_options with_others = asked;
  with_others.connections = 2;
  with_others.second_is_others = true;
  sim::world_options alone = asked;
  alone.connections = 1;

  const explore::report found =
      explore::check(world(with_others), std::tuple_cat(world_claims<state>(), lemmas()), bounds);
  environment_verdict result{with_others, {}, found.explored, {statements.begin(), statements.end()}};
  bool argument_holds = true;
  for (std::size_t i = 0; i < result.argument.size(); ++i) {
    result.argument[i].verdict = converted(found.claims[claims().size() + i].verdict);
    argument_holds &= result.argument[i].verdict == verdict::holds;
  }
  const bool independent =
      result.argument[3].verdict == verdict::holds && result.argument[4].verdict == verdict::holds;

  std::optional<environment_verdict> concrete;
  for (std::size_t i = 0; i < claims().size(); ++i) {
    claim_verdict one{&claims()[i], converted(found.claims[i].verdict), {}};
    // In this world nobody is fair to the others, so that the claim about them all is what the lemmas add up to.
    if (one.claim->form == form::unbounded) one.verdict = argument_holds ? verdict::holds : verdict::violated;
    if (!independent && one.verdict == verdict::holds) one.verdict = verdict::unknown;
    if (!applies(*one.claim, asked) || counts_all_connections(*one.claim)) one.verdict = verdict::not_applicable;
    if (one.verdict == verdict::violated) {
      if (!concrete) concrete = http2::check(alone, bounds);
      one = concrete->claims[i];
      if (one.verdict != verdict::violated) one = {&claims()[i], verdict::unknown, {}};
    }
    result.claims.push_back(std::move(one));
  }
  // Counterexamples are runs of one connection.
  result.world.connections = 1;
  return result;
}

}  // namespace lastcall::properties
