// Values to bits and back: a writer, a reader and a counter with the same interface, so that one routine describes a
// layout for all three. Little-endian within bytes, the same on every platform.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "model/invariant.hpp"

namespace lastcall::sim {

/// What the three have in common: a sequence is its length and as many items as the bound allows, the missing ones zero,
/// so that the layout has a fixed size.
template <class Derived>
class bit_layout {
 public:
  /// Integers, enumerations and bool. `width` is in bits, at most 32.
  template <class T>
  void field(T& value, unsigned width) {
    std::uint32_t raw = static_cast<std::uint32_t>(value);
    self().word(raw, width);
    value = static_cast<T>(raw);
  }

  template <class Sequence, class Item>
  void sequence(Sequence& items, std::size_t bound, unsigned length_width, Item item) {
    auto length = static_cast<std::uint32_t>(items.size());
    self().word(length, length_width);
    items.resize(length);
    for (std::size_t i = 0; i < bound; ++i) {
      if (i < length) {
        item(items[i]);
      } else {
        typename Sequence::value_type missing{};
        item(missing);
      }
    }
  }

 private:
  Derived& self() { return static_cast<Derived&>(*this); }
};

class bit_counter : public bit_layout<bit_counter> {
 public:
  void word(std::uint32_t&, unsigned width) { bits_ += width; }
  std::size_t bytes() const { return (bits_ + 7) / 8; }

 private:
  std::size_t bits_ = 0;
};

class bit_writer : public bit_layout<bit_writer> {
 public:
  explicit bit_writer(std::byte* to) : to_(to) {}
  void word(std::uint32_t& value, unsigned width) {
    invariant(width == 32 || value < (std::uint32_t{1} << width), "a value does not fit into its bits");
    pending_ |= std::uint64_t{value} << held_;
    for (held_ += width; held_ >= 8; held_ -= 8, pending_ >>= 8) *to_++ = static_cast<std::byte>(pending_ & 0xff);
  }
  /// Writes the last, partial byte.
  void finish() {
    if (held_ > 0) *to_++ = static_cast<std::byte>(pending_ & 0xff);
  }

 private:
  std::byte* to_;
  std::uint64_t pending_ = 0;
  unsigned held_ = 0;
};

class bit_reader : public bit_layout<bit_reader> {
 public:
  explicit bit_reader(const std::byte* from) : from_(from) {}
  void word(std::uint32_t& value, unsigned width) {
    for (; held_ < width; held_ += 8) pending_ |= std::uint64_t{std::to_integer<std::uint8_t>(*from_++)} << held_;
    value = static_cast<std::uint32_t>(pending_ & ((std::uint64_t{1} << width) - 1));
    pending_ >>= width;
    held_ -= width;
  }

 private:
  const std::byte* from_;
  std::uint64_t pending_ = 0;
  unsigned held_ = 0;
};

}  // namespace lastcall::sim
