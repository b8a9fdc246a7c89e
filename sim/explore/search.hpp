// The exhaustive search: visits every reachable state once and leaves behind what the verdicts need.
//
// One loop serves both orders; only the frontier differs. Successors are not looked up one by one: they are collected in a batch,
// in a first pass each is hashed and its table slot prefetched, in a second its likely state, and only then is it looked up, so
// that the waits for memory overlap. This file must not decide verdicts; check.hpp does.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/explore/claims.hpp"
#include "sim/explore/graph.hpp"
#include "sim/explore/liveness.hpp"
#include "sim/explore/model.hpp"
#include "sim/explore/report.hpp"
#include "sim/explore/storage.hpp"

namespace lastcall::explore {

// How many of the claims are of a kind, or how many of those that stand before a position.
template <class... Claims>
constexpr unsigned count_claims(claim_kind kind, std::size_t before = sizeof...(Claims)) {
  const std::array<claim_kind, sizeof...(Claims)> kinds{Claims::kind...};
  unsigned found = 0;
  for (std::size_t i = 0; i < before; ++i) {
    found += kinds[i] == kind ? 1 : 0;
  }
  return found;
}

// Compile-time facts about a list of claims: what must be stored, and the bits by which stored marks and labels name a claim.
template <class... Claims>
struct claim_list {
  static constexpr std::array<claim_kind, sizeof...(Claims)> kinds{Claims::kind...};
  static constexpr unsigned eventually_claims = count_claims<Claims...>(claim_kind::eventually);
  static constexpr unsigned acyclic_claims = count_claims<Claims...>(claim_kind::acyclic);
  static constexpr bool needs_fairness = eventually_claims > 0;
  static constexpr bool needs_cycles = acyclic_claims > 0;
  static constexpr bool needs_graph = needs_fairness || needs_cycles;
  static_assert(eventually_claims <= 15, "the marks of a state have room for 15 eventually claims");
  static_assert(acyclic_claims <= 64, "an edge label has room for 64 acyclic claims");

  // The argument is the position of the claim in the list.
  static constexpr std::uint32_t trigger_mark(std::size_t claim) {
    return 2U << (2 * count_claims<Claims...>(claim_kind::eventually, claim));
  }
  static constexpr std::uint32_t goal_mark(std::size_t claim) { return trigger_mark(claim) << 1; }
  static constexpr std::uint64_t cycle_bit(std::size_t claim) {
    return std::uint64_t{1} << count_claims<Claims...>(claim_kind::acyclic, claim);
  }
  static constexpr std::uint32_t all_goals() {
    std::uint32_t all = 0;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      all |= kinds[i] == claim_kind::eventually ? goal_mark(i) : 0;
    }
    return all;
  }
};

// Calls visit(integral_constant<position>, claim) for each claim.
template <class... Claims, class Visit>
void for_each_claim(const std::tuple<Claims...>& claims, Visit&& visit) {
  [&]<std::size_t... Is>(std::index_sequence<Is...>) {
    (visit(std::integral_constant<std::size_t, Is>{}, std::get<Is>(claims)), ...);
  }(std::index_sequence_for<Claims...>{});
}

// The states still to expand. Breadth first needs no list: states are numbered in the order they were found.
class frontier {
 public:
  explicit frontier(search_order order) : depth_first_(order == search_order::depth_first) {}

  std::uint64_t size() const { return size_; }
  std::size_t bytes() const { return stack_.bytes(); }

  void push(std::uint32_t state) {
    ++size_;
    if (depth_first_) {
      stack_.push_back(state);
    }
  }
  std::uint32_t pop() {
    --size_;
    if (!depth_first_) {
      return next_++;
    }
    const std::uint32_t state = stack_.back();
    stack_.pop_back();
    return state;
  }

 private:
  bool depth_first_;
  std::uint64_t size_ = 0;
  std::uint32_t next_ = 0;
  chunked_vector<std::uint32_t> stack_;
};

template <explorable Model, class... Claims>
class search {
 public:
  using list = claim_list<Claims...>;

  // What settled a claim about states or steps: a state, and the choice taken there if a step settled it.
  struct finding {
    std::uint32_t state;
    std::optional<std::uint32_t> choice;
  };

  search(const Model& model, const std::tuple<Claims...>& claims, const options& chosen)
      : model_(model),
        claims_(claims),
        options_(chosen),
        visited_(model.encoded_size()),
        frontier_(chosen.order),
        state_size_(model.encoded_size()),
        batch_bytes_(std::max<std::size_t>(batch_capacity * state_size_, 1)) {}

  void run() {
    const auto begin = std::chrono::steady_clock::now();
    model_.encode(model_.initial(), batch_bytes_.data());
    add(visited_.insert(visited_.hash(batch_bytes_.data()), batch_bytes_.data()).index, 0);
    std::uint64_t expanded = 0;
    while (stopped_by_.empty()) {
      if (frontier_.size() == 0) {
        flush();
        if (frontier_.size() == 0) {
          break;
        }
        continue;
      }
      const std::uint32_t state = frontier_.pop();
      expand(state);
      if (options_.order == search_order::depth_first) {
        flush();  // the next state must be one of these successors
      }
      if (++expanded % options_.progress_interval == 0 && options_.on_progress) {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
        options_.on_progress({visited_.size(), transitions_, frontier_.size(), depth_of(state), bytes(), elapsed.count()});
      }
    }
  }

  const visited_set& visited() const { return visited_; }
  const transition_graph& graph() const { return graph_; }
  const parent_list& parents() const { return parents_; }
  const std::array<std::optional<finding>, sizeof...(Claims)>& findings() const { return findings_; }
  std::uint64_t transitions() const { return transitions_; }
  const std::string& stopped_by() const { return stopped_by_; }
  std::uint64_t bytes() const { return bytes_besides_states() + visited_.bytes(); }

  // Only the table of the visited set can go: paths are rebuilt from the states.
  void release_table() { visited_.release_table(); }

 private:
  static constexpr std::size_t batch_capacity = 512;
  // What liveness.hpp holds for each state at its peak: depth, region, queue, and Tarjan's numbers and stacks.
  static constexpr std::uint64_t analysis_bytes_per_state = list::needs_graph ? 40 : 0;

  struct pending {
    std::uint64_t hash;  // this and the slot are known once the batch is looked up
    std::size_t slot;
    std::uint32_t source;
    std::uint16_t label;
    bool keep_edge;
  };

  std::uint64_t bytes_besides_states() const { return parents_.bytes() + graph_.bytes() + frontier_.bytes(); }

  std::uint32_t depth_of(std::uint32_t state) const {
    std::uint32_t depth = 0;
    for (; state != 0; state = parents_[state]) {
      ++depth;
    }
    return depth;
  }

  void add(std::uint32_t state, std::uint32_t parent) {
    parents_.push_back(parent);
    frontier_.push(state);
    if constexpr (list::needs_graph) {
      graph_.add_state();
    }
  }

  void expand(std::uint32_t source) {
    model_.decode(visited_[source], before_);
    const bool keep_edges = judge_state(source);
    std::uint32_t choice = 0;
    model_.actions(before_, [&](const typename Model::action& action) {
      if (!stopped_by_.empty()) {
        return;
      }
      model_.apply(before_, action, after_, seen_);
      const std::uint64_t matched = judge_step(source, choice++, action);
      std::uint16_t label = 0;
      if constexpr (list::needs_graph) {
        if (keep_edges && !find_label(action, matched, label)) {
          stop("more than 65535 kinds of transition, as told apart by fairness constraints and acyclic claims");
          return;
        }
      }
      model_.encode(after_, batch_bytes_.data() + batch_size_ * state_size_);
      batch_[batch_size_] = {0, 0, source, label, keep_edges};
      if (++batch_size_ == batch_capacity) {
        flush();
      }
    });
    if (list::needs_graph && !stopped_by_.empty()) {
      graph_.set_marks(source, 0);
    }
  }

  // Evaluates the claims about the state before_. Returns whether its edges will be needed: a state that satisfies every goal
  // lies outside every region that liveness looks at.
  bool judge_state(std::uint32_t state) {
    std::uint32_t marks = transition_graph::expanded;
    for_each_claim(claims_, [&](auto position, const auto& claim) {
      constexpr std::size_t i = decltype(position)::value;
      constexpr claim_kind kind = list::kinds[i];
      if constexpr (kind == claim_kind::always || kind == claim_kind::sometimes) {
        if (!findings_[i] && static_cast<bool>(claim.predicate(before_)) == (kind == claim_kind::sometimes)) {
          findings_[i] = finding{state, std::nullopt};
        }
      } else if constexpr (kind == claim_kind::eventually) {
        marks |= claim.trigger(before_) ? list::trigger_mark(i) : 0;
        marks |= claim.goal(before_) ? list::goal_mark(i) : 0;
      }
    });
    if constexpr (list::needs_graph) {
      graph_.set_marks(state, marks);
    }
    return list::needs_cycles || (list::needs_fairness && (marks & list::all_goals()) != list::all_goals());
  }

  // Evaluates the claims about the step from before_ to after_. Returns the acyclic claims that it matches.
  std::uint64_t judge_step(std::uint32_t source, std::uint32_t choice, const typename Model::action& action) {
    std::uint64_t matched = 0;
    for_each_claim(claims_, [&](auto position, const auto& claim) {
      constexpr std::size_t i = decltype(position)::value;
      constexpr claim_kind kind = list::kinds[i];
      if constexpr (kind == claim_kind::always_step || kind == claim_kind::sometimes_step) {
        if (!findings_[i] &&
            static_cast<bool>(claim.predicate(std::as_const(before_), action, std::as_const(seen_), std::as_const(after_))) ==
                (kind == claim_kind::sometimes_step)) {
          findings_[i] = finding{source, choice};
        }
      } else if constexpr (kind == claim_kind::acyclic) {
        matched |= claim.predicate(std::as_const(before_), action) ? list::cycle_bit(i) : 0;
      }
    });
    return matched;
  }

  bool find_label(const typename Model::action& action, std::uint64_t matched, std::uint16_t& label) {
    edge_label found{0, 0, matched};
    if constexpr (list::needs_fairness) {
      found.taken = fair_sets_of(model_, before_, action);
      found.restarted = restarted_by(model_, before_, action, seen_, after_);
    }
    const auto number = graph_.labels.number_of(found);
    label = number.value_or(0);
    return number.has_value();
  }

  // Looks up the successors collected so far, adds those that are new, and empties the batch.
  void flush() {
    if (batch_size_ == 0) {
      return;
    }
    const std::uint64_t states = std::uint64_t{visited_.size()} + batch_size_;
    if (states > visited_set::max_states) {
      stop("more than 4294967294 states");
      return;
    }
    if (bytes_besides_states() + visited_.bytes_with(batch_size_) + states * analysis_bytes_per_state >
        options_.memory_limit_bytes) {
      stop("the memory limit of " + std::to_string(options_.memory_limit_bytes) + " bytes");
      return;
    }
    visited_.reserve(batch_size_);
    for (std::size_t i = 0; i < batch_size_; ++i) {
      batch_[i].hash = visited_.hash(batch_bytes_.data() + i * state_size_);
      visited_.prefetch_slot(batch_[i].hash);
    }
    for (std::size_t i = 0; i < batch_size_; ++i) {
      batch_[i].slot = visited_.prefetch_state(batch_[i].hash);
    }
    for (std::size_t i = 0; i < batch_size_; ++i) {
      const pending& next = batch_[i];
      const bool may_add = options_.state_limit == 0 || visited_.size() < options_.state_limit;
      const auto [target, is_new] = visited_.insert_at(next.slot, next.hash, batch_bytes_.data() + i * state_size_, may_add);
      if (target == visited_set::max_states) {
        stop("the limit of " + std::to_string(options_.state_limit) + " states", i);
        return;
      }
      if (is_new) {
        add(target, next.source);
      }
      if constexpr (list::needs_graph) {
        if (next.keep_edge) {
          graph_.add_edge(next.source, target, next.label);
        }
      }
    }
    transitions_ += batch_size_;
    batch_size_ = 0;
  }

  void stop(std::string reason, std::size_t first_lost = 0) {
    stopped_by_ = std::move(reason);
    abandon_batch(first_lost);
  }

  // Drops the successors from `first` on. Their sources no longer count as expanded, for not all of their edges are known.
  void abandon_batch(std::size_t first) {
    if constexpr (list::needs_graph) {
      for (std::size_t i = first; i < batch_size_; ++i) {
        graph_.set_marks(batch_[i].source, 0);
      }
    }
    transitions_ += std::min(first, batch_size_);
    batch_size_ = 0;
  }

  const Model& model_;
  const std::tuple<Claims...>& claims_;
  const options& options_;
  visited_set visited_;
  frontier frontier_;
  parent_list parents_;
  transition_graph graph_;
  std::array<std::optional<finding>, sizeof...(Claims)> findings_{};
  std::uint64_t transitions_ = 0;
  std::string stopped_by_;

  typename Model::state before_{};
  typename Model::state after_{};
  typename Model::observation seen_{};
  std::size_t state_size_;
  std::size_t batch_size_ = 0;
  std::array<pending, batch_capacity> batch_;
  std::vector<std::byte> batch_bytes_;
};

}  // namespace lastcall::explore
