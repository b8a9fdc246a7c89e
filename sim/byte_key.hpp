// A value as bytes, for a set of values already seen: equal values, equal bytes.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace lastcall::sim {

/// The layout of sim/bits.hpp with whole words and sequences of any length.
class byte_key {
 public:
  template <class T>
  void field(T value, unsigned = 0) {
    const auto raw = static_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes_.push_back(static_cast<char>(raw >> shift));
  }
  template <class Sequence, class Item>
  void sequence(Sequence& items, std::size_t, unsigned, Item item) {
    field(items.size());
    for (auto& each : items) item(each);
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace lastcall::sim
