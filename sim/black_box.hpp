// Replays the log of a server whose process shows nothing but its end: what its clients did and saw, the signals it got, and
// when it exited. The search finds a schedule of deliveries, handlers, timers and internal steps under which the model shows
// every client what the log says and ends when the process did. It takes no protocol decision and judges nothing.
//
// With so little to see, time matters: a timer whose duration is known expires when it is due, GOAWAY, FIN and the end of the
// process come promptly after what causes them, and what has not happened when the watch ends did not happen.
// Not compared: WINDOW_UPDATE and how a response is cut into DATA. That it ends only when the client's windows let it, is.
#pragma once

#include "sim/lanes.hpp"

namespace lastcall::sim {

/// The trace must be of a black box.
lane_replay replay_black_box(const traces::trace&, const model::profile&);

}  // namespace lastcall::sim
