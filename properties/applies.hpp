// Which claims have a meaning where, and how verdicts of the checker are told.
#pragma once

#include "properties/check.hpp"

namespace lastcall::properties {

/// Whether a claim has a meaning for this profile, and a guard a chance in this environment.
bool applies(const claim_description& claim, const sim::world_options& world);

verdict converted(explore::verdict value);

}  // namespace lastcall::properties
