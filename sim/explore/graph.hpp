// The transition graph that a search leaves behind when some claim speaks of infinite runs.
//
// It holds numbers only: no model, no predicate. Its parts are filled by search.hpp and read by liveness.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/explore/storage.hpp"

namespace lastcall::explore {

// What the analysis must know of an edge. Distinct labels are few, so an edge stores the number of its label.
struct edge_label {
  std::uint64_t taken = 0;      // the fairness constraints its action belongs to
  std::uint64_t restarted = 0;  // the timer constraints whose arming it ended
  std::uint64_t matched = 0;    // the acyclic claims whose predicate it satisfies

  friend bool operator==(const edge_label&, const edge_label&) = default;
};

// Numbers labels in the order they are first seen.
class label_table {
 public:
  static constexpr std::size_t max_labels = 0xffff;

  const edge_label& operator[](std::uint16_t number) const { return labels_[number]; }

  // Nothing when a new label no longer fits into 16 bits.
  std::optional<std::uint16_t> number_of(const edge_label& label) {
    if (labels_.size() * 2 >= slots_.size()) {
      grow();
    }
    std::size_t slot = slot_of(label);
    for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
      const auto number = static_cast<std::uint16_t>(slots_[slot] - 1);
      if (labels_[number] == label) {
        return number;
      }
    }
    if (labels_.size() == max_labels) {
      return std::nullopt;
    }
    labels_.push_back(label);
    slots_[slot] = static_cast<std::uint32_t>(labels_.size());
    return static_cast<std::uint16_t>(labels_.size() - 1);
  }

 private:
  std::size_t slot_of(const edge_label& label) const {
    std::uint64_t mixed = label.taken * 0x9e37'79b9'7f4a'7c15U;
    mixed = (mixed ^ (mixed >> 32) ^ label.restarted) * 0xbf58'476d'1ce4'e5b9U;
    mixed = (mixed ^ (mixed >> 32) ^ label.matched) * 0x94d0'49bb'1331'11ebU;
    return (mixed >> 32) & (slots_.size() - 1);
  }
  void grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
    for (std::size_t number = 0; number < labels_.size(); ++number) {
      std::size_t slot = slot_of(labels_[number]);
      while (slots_[slot] != 0) {
        slot = (slot + 1) & (slots_.size() - 1);
      }
      slots_[slot] = static_cast<std::uint32_t>(number + 1);
    }
  }

  std::vector<edge_label> labels_;
  std::vector<std::uint32_t> slots_;  // number + 1, or 0
};

// States are numbered as the visited set numbers them. The edges of a state lie side by side in the order of its choices.
class transition_graph {
 public:
  static constexpr std::uint32_t expanded = 1;

  label_table labels;

  std::uint32_t states() const { return static_cast<std::uint32_t>(nodes_.size()); }
  std::size_t bytes() const { return nodes_.bytes() + targets_.bytes() + edge_labels_.bytes(); }

  void add_state() { nodes_.push_back({}); }

  // The edges of one state must be added one after the other.
  void add_edge(std::uint32_t source, std::uint32_t target, std::uint16_t label) {
    node& from = nodes_[source];
    if (from.edge_count++ == 0) {
      from.first_edge = targets_.size();
    }
    targets_.push_back(target);
    edge_labels_.push_back(label);
  }

  // Bit 0 (`expanded`) says that all edges of the state are known, the others that it satisfies a trigger or a goal.
  std::uint32_t marks(std::uint32_t state) const { return nodes_[state].marks; }
  void set_marks(std::uint32_t state, std::uint32_t marks) { nodes_[state].marks = marks; }

  std::uint32_t edge_count(std::uint32_t state) const { return nodes_[state].edge_count; }
  std::uint32_t target(std::uint32_t state, std::uint32_t choice) const { return targets_[nodes_[state].first_edge + choice]; }
  const edge_label& label(std::uint32_t state, std::uint32_t choice) const {
    return labels[edge_labels_[nodes_[state].first_edge + choice]];
  }

  // The constraints with an enabled action in this state.
  std::uint64_t enabled(std::uint32_t state) const {
    std::uint64_t any = 0;
    for (std::uint32_t choice = 0; choice < edge_count(state); ++choice) {
      any |= label(state, choice).taken;
    }
    return any;
  }

 private:
  struct node {
    std::uint64_t first_edge = 0;
    std::uint32_t edge_count = 0;
    std::uint32_t marks = 0;
  };

  chunked_vector<node> nodes_;
  chunked_vector<std::uint32_t> targets_;
  chunked_vector<std::uint16_t> edge_labels_;
};

}  // namespace lastcall::explore
