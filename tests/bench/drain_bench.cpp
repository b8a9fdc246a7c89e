// Checks the drain protocol once and prints what scripts/bench compares with SPIN: lastcall_drain_bench <size> <question>
//
// A process does one check, so that the peak of its memory, which the caller measures, is that of this check.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>

#include "sim/explore/check.hpp"
#include "tests/bench/drain_model.hpp"

namespace {

using lastcall::bench::drain_model;
namespace explore = lastcall::explore;

void print(const explore::report& result) {
  const explore::exploration& explored = result.explored;
  std::string violated;
  for (const explore::claim_result& claim : result.claims) {
    if (claim.verdict != explore::verdict::holds) {
      violated += (violated.empty() ? "" : ",") + claim.name;
    }
  }
  std::printf("states %llu\ntransitions %llu\nseconds %.3f\nviolated %s\n",
              static_cast<unsigned long long>(explored.states), static_cast<unsigned long long>(explored.transitions),
              explored.seconds, violated.empty() ? "-" : violated.c_str());
}

template <unsigned Connections, unsigned Streams, unsigned Capacity>
bool run(std::string_view question) {
  using model = drain_model<Connections, Streams, Capacity>;
  if (question == "safety") {
    const model correct;
    print(explore::check(correct, correct.safety_claims()));
  } else if (question == "liveness") {
    print(explore::check(model(), model::drains()));
  } else if (question == "liveness-without-deadline") {
    print(explore::check(model({.no_deadline = true}), model::drains()));
  } else {
    return false;
  }
  return true;
}

bool run(std::string_view size, std::string_view question) {
  if (size == "2x1") {
    return run<2, 1, 1>(question);
  }
  if (size == "3x1") {
    return run<3, 1, 1>(question);
  }
  return size == "2x2" && run<2, 2, 2>(question);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || !run(argv[1], argv[2])) {
    std::fputs("usage: lastcall_drain_bench 2x1|3x1|2x2 safety|liveness|liveness-without-deadline\n", stderr);
    return EXIT_FAILURE;
  }
}
