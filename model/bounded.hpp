// A vector of at most N values that is itself a plain value: trivially copyable when T is, no allocation, and equal
// contents have equal bytes because what lies past the end is always zero.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/invariant.hpp"

namespace lastcall::model {

template <class T, std::size_t N>
class bounded {
  static_assert(N < 256);

 public:
  using value_type = T;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == N; }
  T* begin() { return items_.data(); }
  T* end() { return items_.data() + size_; }
  const T* begin() const { return items_.data(); }
  const T* end() const { return items_.data() + size_; }
  T& operator[](std::size_t i) { return items_[i]; }
  const T& operator[](std::size_t i) const { return items_[i]; }
  T& front() { return items_[0]; }
  const T& front() const { return items_[0]; }
  T& back() { return items_[size_ - 1U]; }

  /// The caller has asked full(): an overflow is a bug, never a dropped value.
  void push_back(const T& value) {
    invariant(!full(), "a bounded sequence overflowed");
    items_[size_++] = value;
  }
  T* erase(T* at) {
    for (T* next = at + 1; next != end(); ++next) next[-1] = *next;
    items_[--size_] = T{};
    return at;
  }
  void resize(std::size_t size) {
    invariant(size <= N, "a bounded sequence cannot grow past its bound");
    while (size_ > size) items_[--size_] = T{};
    size_ = static_cast<std::uint8_t>(size);
  }
  void clear() { resize(0); }

  friend bool operator==(const bounded&, const bounded&) = default;

 private:
  std::array<T, N> items_{};
  std::uint8_t size_ = 0;
};

}  // namespace lastcall::model
