// One way to run a rapidcheck property inside a GoogleTest case. A property has a name, for only then does rapidcheck
// print the line with which its failure can be reproduced.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <utility>

namespace lastcall::support {

/// Use as EXPECT_TRUE(property("what always holds", [] { ... RC_ASSERT(...); })). RC_PARAMS="reproduce=..." in the
/// environment runs a reported failure again.
template <class Testable>
testing::AssertionResult property(const std::string& name, Testable&& testable) {
  if (rc::check(name, std::forward<Testable>(testable))) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "the property '" << name << "' does not hold; see above for its reproduce line";
}

}  // namespace lastcall::support
