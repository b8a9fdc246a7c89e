// A state and its bytes are the same thing: the search compares bytes only.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

#include "sim/explore/replay.hpp"
#include "tests/sim/walker.hpp"
#include "tests/support/property.hpp"

namespace lastcall::sim::test {
namespace {

struct encoding_case {
  const char* name;
  world_options options;
};

template <std::size_t C>
void expect_bytes_to_be_the_state(const encoding_case& given) {
  const world<C> w(given.options);
  const auto encoded = [&](const typename world<C>::state& now) {
    std::vector<std::byte> bytes(w.encoded_size() + 1, std::byte{0x5a});
    w.encode(now, bytes.data());
    RC_ASSERT(bytes.back() == std::byte{0x5a});
    return bytes;
  };
  EXPECT_TRUE(support::property(std::string("a state and its bytes are the same thing: ") + given.name, [&] {
    std::vector<typename world<C>::state> states{w.initial()};
    const auto numbers = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, 60U));
    explore::walk(w, numbers, [&](const auto&, const auto&, const auto&, const auto& after) { states.push_back(after); });
    std::vector<std::vector<std::byte>> bytes;
    for (const auto& each : states) {
      bytes.push_back(encoded(each));
      // Whatever was there before is overwritten whole.
      typename world<C>::state decoded = states.back();
      w.decode(bytes.back().data(), decoded);
      RC_ASSERT(decoded == each);
    }
    for (std::size_t i = 0; i < states.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) RC_ASSERT((states[i] == states[j]) == (bytes[i] == bytes[j]));
  }));
}

world_options sized(world_options options, std::uint32_t connections, std::uint32_t streams, std::uint32_t capacity) {
  options.connections = connections;
  options.streams = streams;
  options.channel_capacity = capacity;
  return options;
}

TEST(encoding, equal_states_have_equal_bytes_and_the_bytes_give_the_state_back) {
  expect_bytes_to_be_the_state<1>({"the most general client", sized(options_of("rfc9113"), 1, 1, 2)});
  expect_bytes_to_be_the_state<1>({"four streams, one frame", sized(options_of("rfc9113"), 1, 4, 1)});
  expect_bytes_to_be_the_state<2>({"two connections", sized(options_of("rfc9113"), 2, 2, 2)});
  const auto keeps_rules = options_of("node-24.21.0", "cooperative", "finishing");
  expect_bytes_to_be_the_state<2>({"a client that keeps the rules", sized(keeps_rules, 2, 2, 2)});
  const auto defers = options_of("mutant-sweep-before-stop", "cooperative", "finishing");
  expect_bytes_to_be_the_state<2>({"a deferred close", sized(defers, 2, 1, 2)});
  expect_bytes_to_be_the_state<2>({"one of two connections", sized(options_of("rfc9113"), 1, 2, 2)});
}

TEST(encoding, a_state_of_one_connection_and_one_stream_fits_into_thirty_two_bytes) {
  EXPECT_LE(world<1>(options_of("rfc9113")).encoded_size(), 32U);
}

TEST(encoding_death, a_value_that_does_not_fit_into_its_bits_is_a_bug) {
  std::byte byte{};
  bit_writer bits(&byte);
  std::uint32_t value = 8;
  EXPECT_DEATH(bits.field(value, 3), "a value does not fit into its bits");
}

TEST(encoding_death, a_world_larger_than_its_type_is_a_bug) {
  EXPECT_DEATH(world<1>(sized(options_of("rfc9113"), 2, 1, 2)), "fewer connections than asked for");
  EXPECT_DEATH(world<1>(sized(options_of("rfc9113"), 1, streams_max + 1, 2)), "fewer streams than asked for");
  EXPECT_DEATH(world<1>(sized(options_of("rfc9113"), 1, 1, channel_max + 1)), "no such channel capacity");
}

}  // namespace
}  // namespace lastcall::sim::test
