// Which rows there are: for each actor and event, the fields that a row must have and those that it may have. The reader, the
// writer and the table in traces/README.md all follow this one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "traces/format/trace.hpp"

namespace lastcall::traces {

/// The fields that depend on the event, in the order in which the writer puts them.
enum class field : std::uint8_t {
  connection, stream, length, increment, last_stream, code, end_stream, failed, timer, initial_window_size,
  error, ready_state, count, duration_ms, connections_max, handles, has_callback, looks_up_host, allow_half_open, pause_on_connect,
  request, target, status, end, joined, closes, upgrade, wants_continue, complete, aborted, written, destroyed,
  head_timeout, request_timeout, keep_alive_timeout, checking_interval, handles_client_errors
};
inline constexpr std::size_t field_count = 37;

struct field_info {
  std::string_view name;     ///< the JSON key
  std::string_view content;  ///< for people: type and range
};
const field_info& info(field f);

class field_set {
 public:
  constexpr field_set() = default;
  constexpr field_set(std::initializer_list<field> fields) {
    for (const field f : fields) bits_ |= bit(f);
  }
  constexpr bool has(field f) const { return (bits_ & bit(f)) != 0; }

 private:
  static constexpr std::uint64_t bit(field f) { return std::uint64_t{1} << static_cast<unsigned>(f); }
  std::uint64_t bits_ = 0;
};

/// What a replay does with a row.
enum class role : std::uint8_t {
  input,     ///< done to the server: replay does it
  observed,  ///< must come out of the server: replay compares it
  step,      ///< how it came about, where the writer of the trace knows: replay may search another way
};

struct row_shape {
  traces::actor actor;
  event_kind event;
  field_set required;
  field_set optional;
  traces::role role;
  std::string_view meaning;
};

/// Every row there can be, grouped by actor.
std::span<const row_shape> all_shapes();

/// The shape of this actor's event, or null: the actor has no such event.
const row_shape* shape_of(actor who, event_kind event);

/// The table of traces/README.md, in Markdown, generated from all_shapes().
std::string shape_table_markdown();

}  // namespace lastcall::traces
