// Every claim as a property of random runs, in worlds larger than those that are explored whole; and the other way round,
// the planted defects as what random runs find and rapidcheck shrinks.
#include "tests/properties/walks.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "tests/support/property.hpp"

namespace lastcall::properties::test {
namespace {

using claim_type = step_claim<simulated::state>;

const std::vector<claim_type>& all_claims() {
  static const auto claims = step_claims<simulated::state>();
  return claims;
}

const claim_type& claim_named(const std::string& name) {
  return *std::ranges::find(all_claims(), name, &claim_type::name);
}

/// Runs in one case of a property: rapidcheck draws a hundred cases, and a rare defect takes thousands of runs.
constexpr int runs_in_a_case = 50;

// --- claims that one step can break -----------------------------------------------------------------------------------

class walks : public testing::TestWithParam<std::string> {};

void expect_kept(const std::string& claim, const sim::world_options& options) {
  const simulated world(options);
  EXPECT_TRUE(support::property(claim + " is kept by " + text_of(options), [&] {
    for (int i = 0; i < runs_in_a_case; ++i) {
      const auto broken = broken_by(world, claim_named(claim), *runs());
      if (broken) RC_FAIL(explanation(claim, options, *broken));
    }
  }));
}

TEST_P(walks, keep_the_claim_under_rfc9113) {
  expect_kept(GetParam(), environment("rfc9113", "breaking", "any", 1, 4));
  expect_kept(GetParam(), environment("rfc9113", "breaking", "any", 2, 2));
}

class walks_of_node : public walks {};

TEST_P(walks_of_node, keep_the_claim_where_everybody_keeps_the_rules) {
  for (const char* profile : {"node-23.1.0", "node-24.21.0"})
    expect_kept(GetParam(), environment(profile, "cooperative", "finishing", 2, 2));
}

/// Node has no deadline: what a deadline promises is not asked of it.
std::vector<std::string> names(bool with_deadline) {
  std::vector<std::string> found;
  for (const auto& each : all_claims()) {
    const bool needs_deadline = each.name == "bounded close_terminates" || each.name == "waits_are_bounded";
    if (with_deadline || !needs_deadline) found.push_back(each.name);
  }
  return found;
}

std::string test_name(const testing::TestParamInfo<std::string>& each) {
  std::string name = each.param;
  std::ranges::replace(name, ' ', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(claims, walks, testing::ValuesIn(names(true)), test_name);
INSTANTIATE_TEST_SUITE_P(claims, walks_of_node, testing::ValuesIn(names(false)), test_name);

// --- claims about what comes in the end -------------------------------------------------------------------------------

/// Goes on from a state, taking each time the first action that `chosen` picks, until there is none.
template <class Chosen>
std::size_t go_on(const simulated& world, simulated::state& now, std::size_t steps_max, Chosen chosen) {
  sim::observation seen;
  for (std::size_t steps = 0; steps < steps_max; ++steps) {
    std::optional<sim::action> next;
    world.actions(now, [&](const sim::action& each) {
      if (!next && chosen(each)) next = each;
    });
    if (!next) return steps;
    const auto before = now;
    world.apply(before, *next, now, seen);
  }
  return steps_max;
}

/// Far more than a server with two connections needs to come to rest.
constexpr std::size_t steps_max = 200;

/// After a random run nothing moves any more but the server, the kernel and the timers, which are fair in every
/// environment: close() is called, if it was not, and the server must be closed.
void expect_the_end(const simulated& world) {
  auto now = world.initial();
  const auto run = walk(world, *runs(), [&](const auto&, const auto&, const auto&, const auto& after) { now = after; });
  if (!now.server.is_closing() && !now.server.is_closed()) {
    const auto before = now;
    sim::observation seen;
    world.apply(before, {sim::move::close}, now, seen);
  }
  go_on(world, now, steps_max,
        [&](const sim::action& each) { return !now.server.is_closed() && world.fair_sets(now, each) != 0; });
  if (!now.server.is_closed()) RC_FAIL(explanation("close_terminates", world.options(), run));
}

TEST(walks_end, close_terminates_when_the_environment_falls_silent) {
  const auto options = environment("rfc9113", "any", "any", 2, 2);
  const simulated world(options);
  EXPECT_TRUE(support::property("close_terminates when the environment falls silent, in " + text_of(options), [&] {
    for (int i = 0; i < runs_in_a_case; ++i) expect_the_end(world);
  }));
}

TEST(walks_end, node_24_terminates_only_because_peers_and_handlers_do_what_they_must) {
  const auto options = environment("node-24.21.0", "cooperative", "finishing", 1, 2);
  const simulated world(options);
  sim::observation seen;
  auto now = world.initial();
  for (const sim::move what : {sim::move::client_connects, sim::move::accept, sim::move::client_sends_settings,
                               sim::move::receive, sim::move::client_sends_headers_end, sim::move::receive, sim::move::close}) {
    const auto before = now;
    world.apply(before, {what}, now, seen);
  }
  auto alone = now;
  go_on(world, alone, steps_max, [](const sim::action& each) { return is_own_step(each); });
  EXPECT_FALSE(alone.server.is_closed());
  go_on(world, now, steps_max, [&](const sim::action& each) {
    return !now.server.is_closed() && world.fair_sets(now, each) != 0 && each.what != sim::move::client_pings;
  });
  EXPECT_TRUE(now.server.is_closed());
}

TEST(walks_end, no_spin_of_the_server_alone) {
  for (const char* profile : {"rfc9113", "node-24.21.0", "node-23.1.0", "mutant-sweep-before-stop"}) {
    const auto options = environment(profile, "any", "any", 2, 2);
    const simulated world(options);
    EXPECT_TRUE(support::property("no_spin in " + text_of(options), [&] {
      for (int i = 0; i < runs_in_a_case; ++i) {
        auto now = world.initial();
        const auto run = walk(world, *runs(), [&](const auto&, const auto&, const auto&, const auto& after) { now = after; });
        const auto steps = go_on(world, now, steps_max, [](const sim::action& each) { return is_own_step(each); });
        if (steps == steps_max) RC_FAIL(explanation("no_spin", options, run));
      }
    }));
  }
}

// --- random runs see what there is to see -----------------------------------------------------------------------------

TEST(walks_reach, every_guard_so_that_no_property_above_is_vacuous) {
  std::map<std::string, int> met;
  const auto all = guards<simulated::state>();
  for (const auto& guard : all) met[guard.name] = 0;
  for (const char* profile : {"rfc9113", "rfc9113-one-stream"}) {
    const simulated world(environment(profile, "breaking", "any", 2, 2));
    rc::Random random(20260101);
    for (int i = 0; i < 2000; ++i) {
      const numbers drawn = runs()(random.split(), 100).value();
      walk(world, drawn, [&](const auto& before, const auto& chosen, const auto& seen, const auto& after) {
        for (const auto& guard : all) met[guard.name] += guard.holds(before, chosen, seen, after) ? 1 : 0;
      });
    }
  }
  // Random runs seldom take five steps in one order; that these are reached is the exhaustive search's to show.
  for (const char* rare : {"request_waits_for_handler", "reset_meets_blocked_data"}) met.erase(rare);
  for (const auto& [guard, times] : met) EXPECT_GT(times, 0) << guard;
}

// --- the planted defects ----------------------------------------------------------------------------------------------

struct sought {
  const char* mutant;
  const char* claim;
};

class sought_mutant : public testing::TestWithParam<sought> {};

TEST_P(sought_mutant, is_found_by_random_runs_and_shrunk_to_a_short_one) {
  constexpr int attempts_max = 50'000;
  const auto options = environment(GetParam().mutant, "any", "any");
  const claim_type& claim = claim_named(GetParam().claim);
  const simulated world(options);
  const auto breaks = [&](const rc::Shrinkable<numbers>& drawn) { return broken_by(world, claim, drawn.value()).has_value(); };

  rc::Random random(20260101);
  std::optional<rc::Shrinkable<numbers>> smallest;
  int attempts = 0;
  while (!smallest && attempts++ < attempts_max) {
    const auto drawn = runs()(random.split(), 100);
    if (breaks(drawn)) smallest = drawn;
  }
  ASSERT_TRUE(smallest.has_value()) << "not found in " << attempts_max << " runs";
  // As rapidcheck does it: the first smaller run that still breaks the claim, as long as there is one.
  for (bool smaller = true; smaller;) {
    smaller = false;
    auto shrinks = smallest->shrinks();
    while (auto next = shrinks.next()) {
      if (!breaks(*next)) continue;
      smallest = *next;
      smaller = true;
      break;
    }
  }
  const auto run = broken_by(world, claim, smallest->value());
  ASSERT_TRUE(run.has_value());
  std::size_t shortest = 0;
  for (const auto& each : check(options).claims) {
    const bool is_bounded = each.claim->form == form::bounded;
    if ((is_bounded ? "bounded " : "") + std::string(each.claim->name) != claim.name || !each.counterexample) continue;
    shortest = each.counterexample->stem.size();
  }
  std::printf("%-36s %-26s run %5d, shrunk to %2zu steps, shortest %2zu\n", GetParam().mutant, GetParam().claim, attempts,
              run->path.stem.size(), shortest);
  EXPECT_GE(run->path.stem.size(), shortest) << "the search missed a shorter run\n" << explanation(claim.name, options, *run);
  EXPECT_LE(run->path.stem.size(), 2 * shortest) << explanation(claim.name, options, *run);
}

INSTANTIATE_TEST_SUITE_P(planted, sought_mutant,
                         testing::Values(sought{"mutant-idle-when-handlers-done", "no_loss"},
                                         sought{"mutant-serves-above-last-id", "no_new_after_final_goaway"},
                                         sought{"mutant-reset-counted-twice", "counts_exact"},
                                         sought{"mutant-closes-with-unread-input", "ordered_close"},
                                         sought{"mutant-committed-skips-listeners", "one_terminal_event"},
                                         sought{"mutant-late-close-forgotten", "close_callback_once"},
                                         sought{"mutant-deadline-spares-announced", "bounded close_terminates"},
                                         sought{"mutant-second-phase-by-ack-only", "bounded close_terminates"},
                                         sought{"mutant-second-phase-by-next-headers", "bounded close_terminates"},
                                         sought{"mutant-control-frames-rearm-deadline", "bounded close_terminates"},
                                         sought{"mutant-farewell-awaited", "bounded close_terminates"},
                                         sought{"mutant-final-goaway-clears-deadline", "bounded close_terminates"}),
                         [](const auto& each) {
                           std::string name(each.param.mutant + std::string("mutant-").size());
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

// --- what a failure prints --------------------------------------------------------------------------------------------

TEST(explanation, names_the_claim_the_path_its_actions_and_the_command_that_replays_it) {
  const auto options = environment("mutant-late-close-forgotten", "any", "any");
  const simulated world(options);
  const std::optional<named_run> run = [&]() -> std::optional<named_run> {
    // close() twice, whatever else is offered.
    numbers path;
    auto now = world.initial();
    for (int i = 0; i < 2; ++i) {
      std::uint32_t choice = 0;
      while (explore::action_at(world, now, choice).value().what != sim::move::close) ++choice;
      path.push_back(choice);
      const auto before = now;
      sim::observation seen;
      world.apply(before, {sim::move::close}, now, seen);
    }
    return broken_by(world, claim_named("close_callback_once"), path);
  }();
  ASSERT_TRUE(run.has_value());
  const std::string path = explore::to_string(run->path);
  EXPECT_EQ(explanation("close_callback_once", options, *run),
            "claim:   close_callback_once\npath:    " + path + "\nactions: " + world.describe({sim::move::close}) + ", " +
                world.describe({sim::move::close}) + "\nreplay:  lastcall replay --path " + path +
                " --profile mutant-late-close-forgotten --connections 1 --streams 1 --channel-capacity 2 --peer any"
                " --handler any");
}

}  // namespace
}  // namespace lastcall::properties::test
