// The checker against a naive reference on random small models: adjacency matrices, transitive closure, no shared code.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

#include "sim/explore/check.hpp"
#include "tests/explore/models.hpp"

namespace lastcall::explore::test {
namespace {

constexpr std::uint32_t most_states = 8;
constexpr std::uint64_t all_constraints = 0b1111;
using edge = graph_model::edge;
using state_set = std::array<bool, most_states>;
using relation = std::array<state_set, most_states>;

struct random_case {
  graph_model model{most_states};
  state_set bad{}, trigger{}, goal{};
};

// The states reachable from `from` through edges that lead from state to state inside `inside`, in one step or more.
relation closure(const graph_model& model, const state_set& inside, auto&& follow) {
  relation reach{};
  for (std::uint32_t s = 0; s < most_states; ++s) {
    for (const edge& e : model.edges[s]) {
      reach[s][e.target] = reach[s][e.target] || (inside[s] && inside[e.target] && follow(e));
    }
  }
  for (std::uint32_t via = 0; via < most_states; ++via) {
    for (std::uint32_t s = 0; s < most_states; ++s) {
      for (std::uint32_t t = 0; t < most_states; ++t) {
        reach[s][t] = reach[s][t] || (reach[s][via] && reach[via][t]);
      }
    }
  }
  return reach;
}

struct expected {
  bool safe = true, acyclic = true, live = true;
  std::uint64_t states = 0;
  std::size_t steps_to_bad = most_states;
};

std::uint64_t enabled(const graph_model& model, std::uint32_t s) {
  std::uint64_t any = 0;
  for (const edge& e : model.edges[s]) {
    any |= e.fair;
  }
  return any;
}

expected reference(const random_case& given) {
  const auto every = [](const edge&) { return true; };
  const auto internal = [](const edge& e) { return e.internal; };
  state_set everything{}, open{};
  everything.fill(true);
  relation reach = closure(given.model, everything, every);
  reach[0][0] = true;
  for (std::uint32_t s = 0; s < most_states; ++s) {
    open[s] = !given.goal[s];
  }
  const relation around = closure(given.model, everything, internal);
  const relation before_goal = closure(given.model, open, every);
  expected result;
  state_set near{};
  near[0] = true;
  for (std::size_t steps = 0; steps < most_states; ++steps) {
    const state_set now = near;
    for (std::uint32_t s = 0; s < most_states; ++s) {
      if (now[s]) {
        result.steps_to_bad = given.bad[s] ? std::min(result.steps_to_bad, steps) : result.steps_to_bad;
        std::for_each(given.model.edges[s].begin(), given.model.edges[s].end(), [&](const edge& e) { near[e.target] = true; });
      }
    }
  }
  for (std::uint32_t s = 0; s < most_states; ++s) {
    result.states += reach[0][s];
    result.safe = result.safe && !(reach[0][s] && given.bad[s]);
    result.acyclic = result.acyclic && !(reach[0][s] && around[s][s]);
    bool owed = false;
    for (std::uint32_t t = 0; t < most_states; ++t) {
      owed = owed || (reach[0][t] && given.trigger[t] && open[t] && (t == s || before_goal[t][s]));
    }
    if (!owed) {
      continue;
    }
    std::uint64_t met = 0;
    for (std::uint32_t t = 0; t < most_states; ++t) {
      if (before_goal[s][t] && before_goal[t][s]) {
        met |= ~enabled(given.model, t);
        for (const edge& e : given.model.edges[t]) {
          met |= before_goal[t][e.target] && before_goal[e.target][t] ? e.fair | e.restarted : 0;
        }
      }
    }
    const bool stops = enabled(given.model, s) == 0;
    const bool goes_round = before_goal[s][s] && (met & all_constraints) == all_constraints;
    result.live = result.live && !stops && !goes_round;
  }
  return result;
}

// A violated liveness claim must come with a run that is what it says, judged here from the definition alone.
void confirm_lasso(const random_case& given, const counterexample& run) {
  std::uint32_t at = 0;
  bool owed = false;
  std::uint64_t met = 0;
  const auto visit = [&](std::uint32_t s) { owed = !given.goal[s] && (owed || given.trigger[s]); };
  visit(at);
  for (const std::uint32_t choice : run.stem) {
    visit(at = given.model.edges[at].at(choice).target);
  }
  RC_ASSERT(owed);
  RC_ASSERT(run.stops == run.loop.empty());
  RC_ASSERT(!run.stops || enabled(given.model, at) == 0);
  const std::uint32_t home = at;
  for (const std::uint32_t choice : run.loop) {
    const edge& e = given.model.edges[at].at(choice);
    met |= e.fair | e.restarted | ~enabled(given.model, at);
    visit(at = e.target);
    RC_ASSERT(owed);
  }
  RC_ASSERT(at == home);
  RC_ASSERT(run.stops || ~met == 0);
}

// A cycle must close and consist of internal edges.
void confirm_cycle(const random_case& given, const counterexample& run) {
  std::uint32_t at = 0;
  for (const std::uint32_t choice : run.stem) {
    at = given.model.edges[at].at(choice).target;
  }
  const std::uint32_t home = at;
  RC_ASSERT(!run.loop.empty());
  for (const std::uint32_t choice : run.loop) {
    RC_ASSERT(given.model.edges[at].at(choice).internal);
    at = given.model.edges[at].at(choice).target;
  }
  RC_ASSERT(at == home);
}

random_case draw() {
  random_case given;
  // Few constraints with sparse bits make both verdicts frequent.
  const auto bits = [](int of_ten) {
    return rc::gen::mapcat(rc::gen::inRange(0, 10), [=](int draw) {
      return draw < of_ten ? rc::gen::inRange<std::uint64_t>(0, all_constraints + 1) : rc::gen::just<std::uint64_t>(0);
    });
  };
  const auto states = *rc::gen::inRange<std::uint32_t>(1, most_states + 1);
  for (std::uint32_t s = 0; s < states; ++s) {
    const int edges = *rc::gen::inRange(0, 4);
    for (int i = 0; i < edges; ++i) {
      given.model.add(s, {.target = *rc::gen::inRange<std::uint32_t>(0, states),
                          .fair = *bits(8),
                          .restarted = *bits(1),
                          .internal = *rc::gen::inRange(0, 3) == 0});
    }
    given.bad[s] = *rc::gen::inRange(0, 12) == 0;
    given.trigger[s] = *rc::gen::inRange(0, 3) == 0;
    given.goal[s] = *rc::gen::inRange(0, 4) == 0;
  }
  return given;
}

// How often each verdict was met: a comparison that only ever sees one of them proves nothing.
struct tally {
  int safe = 0, unsafe = 0, acyclic = 0, cyclic = 0, live = 0, stops = 0, loops = 0;
};

void compare(const random_case& given, tally& met) {
  const auto claims = std::tuple{
      always("safe", [&](std::uint32_t s) { return !given.bad[s]; }),
      acyclic("acyclic", [](std::uint32_t, const edge& e) { return e.internal; }),
      eventually("live", [&](std::uint32_t s) { return given.trigger[s]; }, [&](std::uint32_t s) { return given.goal[s]; }),
  };
  const expected want = reference(given);
  for (const search_order order : {search_order::breadth_first, search_order::depth_first}) {
    options chosen;
    chosen.order = order;
    const report got = check(given.model, claims, chosen);
    RC_ASSERT(got.explored.states == want.states);
    RC_ASSERT((got["safe"].verdict == verdict::holds) == want.safe);
    RC_ASSERT((got["acyclic"].verdict == verdict::holds) == want.acyclic);
    RC_ASSERT((got["live"].verdict == verdict::holds) == want.live);
    if (!want.safe && order == search_order::breadth_first) {
      RC_ASSERT(got["safe"].counterexample->stem.size() == want.steps_to_bad);
    }
    if (!want.acyclic) {
      confirm_cycle(given, *got["acyclic"].counterexample);
    }
    if (!want.live) {
      confirm_lasso(given, *got["live"].counterexample);
      ++(got["live"].counterexample->stops ? met.stops : met.loops);
    }
  }
  ++(want.safe ? met.safe : met.unsafe);
  ++(want.acyclic ? met.acyclic : met.cyclic);
  met.live += want.live ? 1 : 0;
}

TEST(explore_reference, agrees_with_the_naive_reference_on_random_models) {
  tally met;
  // Thirty models a case: rapidcheck runs a hundred cases unless it is told otherwise.
  EXPECT_TRUE(rc::check("explore agrees with the naive reference", [&] {
    for (int i = 0; i < 30; ++i) {
      compare(draw(), met);
    }
  }));
  for (const int times : {met.safe, met.unsafe, met.acyclic, met.cyclic, met.live, met.stops, met.loops}) {
    EXPECT_GE(times, 50);
  }
}

}  // namespace
}  // namespace lastcall::explore::test
