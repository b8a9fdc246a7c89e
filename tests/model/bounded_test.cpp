// bounded<T, N>: equal contents must have equal bytes, and an overflow must be loud.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <type_traits>
#include <vector>

#include "model/bounded.hpp"
#include "model/server.hpp"
#include "tests/support/property.hpp"

namespace lastcall::model::test {
namespace {

constexpr std::size_t bound = 4;
// Without padding, so that all of its bytes can be compared.
using few_bytes = bounded<std::uint8_t, bound>;
static_assert(sizeof(few_bytes) == bound + 1);
static_assert(std::is_trivially_copyable_v<few_bytes>);
static_assert(std::is_trivially_copyable_v<basic_server<fixed<2, 4>>>, "the explorer copies the server as bytes");

std::array<unsigned char, sizeof(few_bytes)> bytes_of(const few_bytes& value) {
  std::array<unsigned char, sizeof(few_bytes)> bytes{};
  std::memcpy(bytes.data(), &value, bytes.size());
  return bytes;
}

TEST(bounded, equal_contents_have_equal_bytes_whatever_happened_before) {
  EXPECT_TRUE(support::property("bounded agrees with std::vector, in contents and in bytes", [] {
    few_bytes value;
    std::vector<std::uint8_t> reference;
    for (const int operation : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4))) {
      if (operation == 0 && !value.full()) {
        const auto item = *rc::gen::arbitrary<std::uint8_t>();
        value.push_back(item);
        reference.push_back(item);
      } else if (operation == 1 && !value.empty()) {
        const auto at = *rc::gen::inRange<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(reference.size()));
        const auto* next = value.erase(value.begin() + at);
        RC_ASSERT(next == value.begin() + at);
        reference.erase(reference.begin() + at);
      } else if (operation == 2) {
        const auto size = *rc::gen::inRange<std::size_t>(0, bound + 1);
        value.resize(size);
        reference.resize(size);
      } else if (operation == 3 && *rc::gen::inRange(0, 5) == 0) {
        value.clear();
        reference.clear();
      }
      RC_ASSERT(std::equal(value.begin(), value.end(), reference.begin(), reference.end()));
      RC_ASSERT(value.size() == reference.size());
      RC_ASSERT(value.full() == (reference.size() == bound));

      few_bytes rebuilt;
      for (const auto item : reference) rebuilt.push_back(item);
      RC_ASSERT(value == rebuilt);
      RC_ASSERT(bytes_of(value) == bytes_of(rebuilt));
    }
  }));
}

TEST(bounded, the_tail_is_zero) {
  few_bytes value;
  for (const std::uint8_t item : std::initializer_list<std::uint8_t>{7, 8, 9}) value.push_back(item);
  value.erase(value.begin());
  EXPECT_EQ(bytes_of(value), (std::array<unsigned char, 5>{8, 9, 0, 0, 2}));
  value.resize(1);
  EXPECT_EQ(bytes_of(value), (std::array<unsigned char, 5>{8, 0, 0, 0, 1}));
  value.resize(2);
  EXPECT_EQ(bytes_of(value), (std::array<unsigned char, 5>{8, 0, 0, 0, 2}));
}

TEST(bounded, the_same_items_at_another_length_are_not_equal) {
  few_bytes shorter;
  few_bytes longer;
  longer.push_back(0);
  EXPECT_NE(shorter, longer);
}

TEST(bounded_death, an_overflow_is_a_bug_and_never_a_dropped_value) {
  few_bytes value;
  for (const std::uint8_t item : std::initializer_list<std::uint8_t>{1, 2, 3, 4}) value.push_back(item);
  EXPECT_DEATH(value.push_back(5), "a bounded sequence overflowed");
  EXPECT_DEATH(value.resize(bound + 1), "cannot grow past its bound");
}

TEST(bounded_death, a_broken_invariant_says_what_was_running) {
  invariant_context() = "path 0/3/1";
  EXPECT_DEATH(invariant(false, "something that must hold"), "internal error: something that must hold\n.*while: path 0/3/1");
  invariant_context() = nullptr;
  invariant(true, "nothing happens while it holds");
}

}  // namespace
}  // namespace lastcall::model::test
