// Releases that nobody measured are predicted by those that somebody did, and every prediction says so.
#include <gtest/gtest.h>

#include "model/profiles/profiles.hpp"
#include "model/profiles/releases.hpp"

namespace lastcall::model::test {
namespace {

std::string_view spokesman_of(std::string_view name) {
  const spokesman chosen = profile_for(name);
  return chosen.decisions == nullptr ? "nobody" : chosen.decisions->name;
}

TEST(releases, a_measured_release_speaks_for_itself) {
  for (const auto table : {profiles(), mutants()}) {
    for (const profile& each : table) {
      EXPECT_EQ(profile_for(each.name).decisions, &each);
      EXPECT_EQ(profile_for(each.name).note, "");
    }
  }
}

TEST(releases, the_newest_measured_one_that_is_not_newer_speaks_for_another) {
  EXPECT_EQ(spokesman_of("node-20.9.0"), "node-20.3.1");
  EXPECT_EQ(spokesman_of("node-22.12.0"), "node-20.20.2");
  EXPECT_EQ(spokesman_of("node-23.11.1"), "node-23.1.0");
  EXPECT_EQ(spokesman_of("node-100.0.0"), "node-26.10.0");
  EXPECT_EQ(profile_for("node-22.12.0").note, "node-22.12.0 is not measured; predicted by node-20.20.2");
}

TEST(releases, the_oldest_one_speaks_for_those_before_it) { EXPECT_EQ(spokesman_of("node-18.0.0"), "node-20.3.1"); }

TEST(releases, nobody_speaks_for_what_is_no_release_of_a_known_system) {
  for (const auto* name : {"", "node", "node-", "node-22.x", "node-22.", "node-22.1", "node-22.1.0.0", "deno-2.0.0", "mutant-22.1.0", "-1.2.3"})
    EXPECT_EQ(spokesman_of(name), "nobody") << name;
}

}  // namespace
}  // namespace lastcall::model::test
