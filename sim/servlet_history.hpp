// What the past of one Servlet request means for its future: who was told what, and what is still owed. The claims need it;
// the container does not, so it stands beside model::servlet and is the same for the checker and for the replay of a log.
#pragma once

#include "model/servlet.hpp"

namespace lastcall::sim {

/// Whether these effects tell the application this.
bool tells(const model::effects&, model::callback);

struct servlet_history {
  bool error_told = false;  ///< AsyncListener.onError
  bool complete_told = false;
  bool read_error_told = false;
  bool write_error_told = false;
  bool application_ended = false;  ///< it called complete(), or returned from a synchronous service()
  bool owes_error = false;  ///< the stream was lost while the request waited, and a listener was there to hear of it
  bool owes_late_error = false;  ///< the stream was lost before that, and the AsyncListener came later
  bool owes_end = false;  ///< the application, an error that it was told of, or the timeout has ended the request

  friend bool operator==(const servlet_history&, const servlet_history&) = default;

  void watch(const model::servlet& before, model::servlet_event, const model::effects&, const model::servlet& after);
};

}  // namespace lastcall::sim
