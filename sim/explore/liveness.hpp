// Claims about infinite runs, decided on the stored transition graph: `eventually` and `acyclic`.
//
// A run is fair when no fairness constraint is enabled from some point on for ever without being served: an action of it taken,
// or, for a timer, its arming ended by a cancel or a re-arm, after which the next arming starts to wait anew. So a run that never
// reaches the goal is fair if it either
//   (a) rests in a state where no fair action is enabled, for the environment owes none of the unfair ones; or
//   (b) ends up going round among states that, taken together, serve every constraint or disable it somewhere.
// (b) is a generalised Buchi condition, one acceptance set for each constraint. Such a run exists in a set of mutually reachable
// states if and only if the set meets every acceptance set, and what a part of a component meets the whole meets too: it suffices
// to look at the maximal strongly connected components. R. Tarjan, Depth-First Search and Linear Graph Algorithms, SIAM J.
// Computing 1 (1972); E. A. Emerson, C.-L. Lei, Modalities for Model Checking, Science of Computer Programming 8 (1987).
//
// Nothing here recurses, for graphs are deep, and nothing here reads a model.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sim/explore/graph.hpp"
#include "sim/explore/storage.hpp"

namespace lastcall::explore {

inline constexpr std::uint32_t no_state = std::numeric_limits<std::uint32_t>::max();

// The search tree: the parent of each state, which always has a smaller index; state 0 is its own.
using parent_list = chunked_vector<std::uint32_t>;

inline std::vector<std::uint32_t> depths_of(const parent_list& parents) {
  std::vector<std::uint32_t> depth(parents.size(), 0);
  for (std::uint32_t state = 1; state < depth.size(); ++state) {
    depth[state] = depth[parents[state]] + 1;
  }
  return depth;
}

// The states of a run from state 0 to `last`, and the choices of a loop from there; or no loop, when the run stops there.
struct lasso {
  std::vector<std::uint32_t> stem_states;
  std::vector<std::uint32_t> loop;
};

// A part of the graph with, for each state, the length of the run that leads to it from state 0. A state without a parent here is
// reached as in the search tree.
struct region {
  std::vector<std::uint32_t> distance;  // no_state outside the region
  std::vector<std::uint32_t> parent;    // no_state where the search tree takes over

  bool contains(std::uint32_t state) const { return distance[state] != no_state; }
};

// The states from state 0 to `last` in the search tree; in the second form, through the region as far as it goes.
inline std::vector<std::uint32_t> stem_to(std::uint32_t last, const parent_list& parents) {
  std::vector<std::uint32_t> stem{last};
  while (stem.back() != 0) {
    stem.push_back(parents[stem.back()]);
  }
  std::reverse(stem.begin(), stem.end());
  return stem;
}
inline std::vector<std::uint32_t> stem_to(std::uint32_t last, const parent_list& parents, const region& within) {
  std::vector<std::uint32_t> inside;
  for (; within.parent[last] != no_state; last = within.parent[last]) {
    inside.push_back(last);
  }
  std::vector<std::uint32_t> stem = stem_to(last, parents);
  stem.insert(stem.end(), inside.rbegin(), inside.rend());
  return stem;
}

// The states that are reached from a triggered one without passing the goal, breadth first, so that a stem of least length leads
// to the trigger and on. Seeds lie at different depths: they and the queue are merged by distance. States that were not expanded
// stay outside, for nothing is known of what they enable.
inline region open_region(const transition_graph& graph, const std::vector<std::uint32_t>& depth, std::uint32_t trigger,
                          std::uint32_t goal) {
  region found{std::vector<std::uint32_t>(graph.states(), no_state), std::vector<std::uint32_t>(graph.states(), no_state)};
  const auto is_open = [&](std::uint32_t state) {
    return (graph.marks(state) & (transition_graph::expanded | goal)) == transition_graph::expanded;
  };
  std::vector<std::uint32_t> seeds;
  for (std::uint32_t state = 0; state < graph.states(); ++state) {
    if (is_open(state) && (graph.marks(state) & trigger) != 0) {
      found.distance[state] = depth[state];
      seeds.push_back(state);
    }
  }
  std::stable_sort(seeds.begin(), seeds.end(), [&](std::uint32_t a, std::uint32_t b) { return depth[a] < depth[b]; });

  std::vector<std::uint32_t> queue;
  std::size_t next_seed = 0;
  std::size_t next_queued = 0;
  while (next_seed < seeds.size() || next_queued < queue.size()) {
    const bool from_seeds = next_queued == queue.size() ||
                            (next_seed < seeds.size() && depth[seeds[next_seed]] <= found.distance[queue[next_queued]]);
    const std::uint32_t state = from_seeds ? seeds[next_seed++] : queue[next_queued++];
    for (std::uint32_t choice = 0; choice < graph.edge_count(state); ++choice) {
      const std::uint32_t target = graph.target(state, choice);
      if (is_open(target) && !found.contains(target)) {
        found.distance[target] = found.distance[state] + 1;
        found.parent[target] = state;
        queue.push_back(target);
      }
    }
  }
  return found;
}

// Tarjan's algorithm with a stack of its own. `follow(state, choice)` selects edges, `start(state)` the states to start from.
// Calls on_component(members, is_member) for each component; is_member is valid for targets of followed edges out of members.
template <class Start, class Follow, class OnComponent>
void for_each_component(const transition_graph& graph, Start&& start, Follow&& follow, OnComponent&& on_component) {
  struct frame {
    std::uint32_t state;
    std::uint32_t lowest;  // the smallest number known to be reachable; needed only while the state is on this path
    std::uint32_t next_choice;
  };
  constexpr std::uint32_t finished = no_state;           // the largest number, so that it never lowers `lowest`
  std::vector<std::uint32_t> number(graph.states(), 0);  // 0 is unvisited
  std::vector<std::uint32_t> unassigned;                 // visited, but not yet in a finished component
  chunked_vector<frame> path;
  std::uint32_t visited = 0;
  const auto enter = [&](std::uint32_t state) {
    number[state] = ++visited;
    unassigned.push_back(state);
    path.push_back({state, number[state], 0});
  };
  for (std::uint32_t root = 0; root < graph.states(); ++root) {
    if (number[root] != 0 || !start(root)) {
      continue;
    }
    enter(root);
    while (!path.empty()) {
      frame& top = path.back();
      if (top.next_choice < graph.edge_count(top.state)) {
        const std::uint32_t choice = top.next_choice++;
        if (!follow(top.state, choice)) {
          continue;
        }
        const std::uint32_t target = graph.target(top.state, choice);
        if (number[target] == 0) {
          enter(target);
        } else {
          top.lowest = std::min(top.lowest, number[target]);
        }
        continue;
      }
      const frame done = top;
      path.pop_back();
      if (!path.empty()) {
        path.back().lowest = std::min(path.back().lowest, done.lowest);
      }
      if (done.lowest != number[done.state]) {
        continue;
      }
      const auto first = std::find(unassigned.rbegin(), unassigned.rend(), done.state).base() - 1;
      // From here no followed edge leads to an unassigned state of another component, or this one would not be complete.
      on_component(std::span<const std::uint32_t>(first, unassigned.end()),
                   [&](std::uint32_t state) { return number[state] != finished; });
      std::for_each(first, unassigned.end(), [&](std::uint32_t state) { number[state] = finished; });
      unassigned.erase(first, unassigned.end());
    }
  }
}

// A short closed walk through `entry` inside a component that serves or disables each of the `obligations`. Greedy: the nearest
// open obligation first, then home. The shortest such walk is not sought, for that is NP-hard.
template <class Follow>
std::vector<std::uint32_t> closed_walk(const transition_graph& graph, std::uint32_t entry,
                                       const std::vector<std::uint32_t>& members, Follow&& follow, std::uint64_t obligations) {
  std::vector<bool> inside(graph.states(), false);
  for (const std::uint32_t state : members) {
    inside[state] = true;
  }
  std::vector<std::uint32_t> walk;
  std::vector<std::uint32_t> from(graph.states());
  std::vector<std::uint32_t> by(graph.states());
  std::vector<std::uint32_t> queue;
  // Appends the shortest way of at least one edge whose last edge is wanted(state, choice); returns the state it ends in.
  const auto append_leg = [&](std::uint32_t start, auto&& on_edge, auto&& wanted) {
    for (const std::uint32_t state : members) {
      from[state] = no_state;
    }
    queue.assign(1, start);
    for (std::size_t next = 0; next < queue.size(); ++next) {
      const std::uint32_t state = queue[next];
      for (std::uint32_t choice = 0; choice < graph.edge_count(state); ++choice) {
        const std::uint32_t target = graph.target(state, choice);
        if (!follow(state, choice) || !inside[target]) {
          continue;
        }
        if (wanted(state, choice)) {
          const std::size_t leg_begin = walk.size();
          walk.push_back(choice);
          on_edge(state, choice);
          for (std::uint32_t back = state; back != start; back = from[back]) {
            walk.push_back(by[back]);
            on_edge(from[back], by[back]);
          }
          std::reverse(walk.begin() + static_cast<std::ptrdiff_t>(leg_begin), walk.end());
          return target;
        }
        if (from[target] == no_state && target != start) {
          from[target] = state;
          by[target] = choice;
          queue.push_back(target);
        }
      }
    }
    return no_state;  // not reached: every member reaches every member
  };
  const auto served = [&](std::uint32_t state, std::uint32_t choice) {
    const edge_label& label = graph.label(state, choice);
    return label.taken | label.restarted | ~graph.enabled(graph.target(state, choice));
  };
  std::uint64_t open = obligations & graph.enabled(entry);
  std::uint32_t at = entry;
  while (open != 0) {
    std::uint64_t done = 0;
    at = append_leg(
        at, [&](std::uint32_t state, std::uint32_t choice) { done |= served(state, choice); },
        [&](std::uint32_t state, std::uint32_t choice) { return (served(state, choice) & open) != 0; });
    open &= ~done;
  }
  if (walk.empty() || at != entry) {
    append_leg(
        at, [](std::uint32_t, std::uint32_t) {},
        [&](std::uint32_t state, std::uint32_t choice) { return graph.target(state, choice) == entry; });
  }
  return walk;
}

// Among the components that have a cycle and serve or disable all `obligations`, the one that is reached first.
struct component {
  std::uint32_t entry = no_state;
  std::vector<std::uint32_t> members;
};

template <class Follow>
std::optional<component> nearest_component(const transition_graph& graph, const region& within, Follow&& follow,
                                           std::uint64_t obligations) {
  std::optional<component> nearest;
  for_each_component(
      graph, [&](std::uint32_t state) { return within.contains(state); }, follow,
      [&](std::span<const std::uint32_t> members, auto&& is_member) {
        const std::uint32_t entry = *std::min_element(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) {
          return std::pair(within.distance[a], a) < std::pair(within.distance[b], b);
        });
        if (nearest && within.distance[nearest->entry] <= within.distance[entry]) {
          return;
        }
        bool has_edge = false;
        std::uint64_t met = ~obligations;
        for (const std::uint32_t state : members) {
          met |= ~graph.enabled(state);
          for (std::uint32_t choice = 0; choice < graph.edge_count(state); ++choice) {
            if (follow(state, choice) && is_member(graph.target(state, choice))) {
              has_edge = true;
              met |= graph.label(state, choice).taken | graph.label(state, choice).restarted;
            }
          }
        }
        if (has_edge && ~met == 0) {
          nearest = component{entry, {members.begin(), members.end()}};
        }
      });
  return nearest;
}

// A fair run from a triggered state that never reaches the goal; marks as in transition_graph.
inline std::optional<lasso> find_unfulfilled(const transition_graph& graph, const parent_list& parents,
                                             const std::vector<std::uint32_t>& depth, std::uint32_t trigger, std::uint32_t goal) {
  const region open = open_region(graph, depth, trigger, goal);
  std::uint32_t stop = no_state;
  for (std::uint32_t state = 0; state < graph.states(); ++state) {
    if (open.contains(state) && (stop == no_state || open.distance[state] < open.distance[stop]) && graph.enabled(state) == 0) {
      stop = state;
    }
  }
  const auto follow = [&](std::uint32_t state, std::uint32_t choice) { return open.contains(graph.target(state, choice)); };
  const auto fair = nearest_component(graph, open, follow, ~std::uint64_t{0});
  std::optional<lasso> found;
  if (fair) {
    found = lasso{stem_to(fair->entry, parents, open), closed_walk(graph, fair->entry, fair->members, follow, ~std::uint64_t{0})};
  }
  if (stop != no_state && (!fair || open.distance[stop] <= open.distance[fair->entry] + found->loop.size())) {
    found = lasso{stem_to(stop, parents, open), {}};
  }
  return found;
}

// A cycle of edges that all satisfy an acyclic claim, given by its bit among the `matched` ones.
inline std::optional<lasso> find_cycle(const transition_graph& graph, const parent_list& parents,
                                       const std::vector<std::uint32_t>& depth, std::uint64_t claim) {
  const region all{depth, std::vector<std::uint32_t>(depth.size(), no_state)};
  const auto follow = [&](std::uint32_t state, std::uint32_t choice) {
    return (graph.label(state, choice).matched & claim) != 0;
  };
  const auto cyclic = nearest_component(graph, all, follow, 0);
  if (!cyclic) {
    return std::nullopt;
  }
  return lasso{stem_to(cyclic->entry, parents), closed_walk(graph, cyclic->entry, cyclic->members, follow, 0)};
}

}  // namespace lastcall::explore
