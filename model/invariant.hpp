// invariant(): what must hold unless we have a bug. It stays on in every build, because a checker that is wrong in
// silence is worth nothing.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace lastcall {

/// What to print when an invariant breaks: the running work describes itself here (seed, path, replay command).
/// Null when nothing runs. The text must outlive the work.
inline const char*& invariant_context() {
  static thread_local const char* context = nullptr;
  return context;
}

/// Aborts with `what` and the context when `holds` is false.
inline void invariant(bool holds, const char* what) {
  if (holds) [[likely]] return;
  std::fprintf(stderr, "lastcall: internal error: %s\n", what);
  if (invariant_context() != nullptr) std::fprintf(stderr, "  while: %s\n", invariant_context());
  std::abort();
}

}  // namespace lastcall
