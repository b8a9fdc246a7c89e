// A server of somebody else, checked with the installed checker: it has two guests when last call comes, and each of them may
// leave. Whether they have to decides whether the server ever closes.
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "sim/explore/check.hpp"

namespace {

struct bar {
  using state = std::uint8_t;   // guests left
  using action = std::uint8_t;  // 1: one guest leaves
  struct observation {};
  bool guests_must_leave;

  state initial() const { return 2; }
  void actions(const state& guests, auto&& visit) const {
    if (guests > 0) visit(action{1});
  }
  void apply(const state& before, const action& leaving, state& after, observation&) const {
    after = static_cast<state>(before - leaving);
  }
  std::uint64_t fair_sets(const state&, const action&) const { return guests_must_leave ? 1 : 0; }
  std::size_t encoded_size() const { return 1; }
  void encode(const state& guests, std::byte* bytes) const { *bytes = std::byte{guests}; }
  void decode(const std::byte* bytes, state& guests) const { guests = std::to_integer<state>(*bytes); }
};

}  // namespace

int main() {
  using namespace lastcall::explore;
  const auto claims = std::tuple{eventually(
      "closes", [](const bar::state&) { return true; }, [](const bar::state& guests) { return guests == 0; })};
  const bool proved = check(bar{true}, claims).claims.at(0).verdict == verdict::holds;
  const bool refuted = check(bar{false}, claims).claims.at(0).verdict == verdict::violated;
  return proved && refuted ? 0 : 1;
}
