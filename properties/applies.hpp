// Which claims about an HTTP/2 server have a meaning where.
#pragma once

#include "properties/check.hpp"

namespace lastcall::properties {

/// Whether a claim has a meaning for this profile, and a guard a chance in this environment.
bool applies(const claim_description& claim, const sim::world_options& world);

}  // namespace lastcall::properties
