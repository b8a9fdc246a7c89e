// Which profile speaks for a release that nobody measured: that of the newest measured release of the same system that is
// not newer, or, for a release older than all of them, that of the oldest.
#pragma once

#include <string>
#include <string_view>

#include "model/profile.hpp"

namespace lastcall::model {

struct spokesman {
  const profile* decisions = nullptr;  ///< null: no profile has this name, and none is of its system
  std::string note;                    ///< "node-22.12.0 is not measured; predicted by node-20.20.2"; empty for a measured one
};

/// The profile or mutant of this name, or the one that speaks for it. A release's name is "system-1.2.3", with "+option" behind it for
/// a system that was started with that option.
spokesman profile_for(std::string_view name);

}  // namespace lastcall::model
