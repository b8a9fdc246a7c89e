// The profiles: data, one row of decisions per server, and the planted mutants that a checker worth its name must find.
#pragma once

#include <span>
#include <string_view>

#include "model/profile.hpp"

namespace lastcall::model {

/// Servers of the field and `rfc9113`, which does what a right server does.
std::span<const profile> profiles();

/// Planted defects: each is a profile above with one decision (rarely two) gone wrong, after a field bug named in its
/// source. They are listed apart so that nobody takes them for a server.
std::span<const profile> mutants();

/// By name, among both; null when there is none.
const profile* find_profile(std::string_view name);

}  // namespace lastcall::model
