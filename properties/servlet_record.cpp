// Turns a run of the Servlet world into the rows of a trace, by watching actions and effects.
#include "properties/servlet_world.hpp"
#include "sim/explore/replay.hpp"

namespace lastcall::properties::servlet {
namespace {

using traces::actor;
using kind = traces::event_kind;
using model::servlet_event;

constexpr std::uint32_t client = 1;

class recorder {
 public:
  void watch(const sim::servlet_action& chosen, const sim::servlet_observation& seen) {
    record_cause(chosen, seen);
    for (const auto& each : seen.effects) std::visit([this](const auto& effect) { this->record(effect); }, each);
  }

  std::vector<traces::row> take(std::size_t loop_start) {
    for (std::size_t i = loop_start; i < rows_.size(); ++i) rows_[i].loop = true;
    return std::move(rows_);
  }
  std::size_t size() const { return rows_.size(); }

 private:
  traces::row& add(actor who, kind what, bool of_stream = true) {
    traces::row made;
    made.actor = who;
    made.event = what;
    made.connection = client;
    made.stream = of_stream ? model::servlet_stream : 0;
    return rows_.emplace_back(made);
  }

  void frame(actor who, kind what, servlet_event frame) {
    traces::row& made = add(who, what);
    made.end_stream = frame == servlet_event::headers_end_received || frame == servlet_event::end_received;
    made.length = what == kind::send_data || what == kind::recv_data ? 1 : 0;
    if (frame == servlet_event::reset_received) made.code = model::error_code::cancel;
  }

  void record_cause(const sim::servlet_action& chosen, const sim::servlet_observation& seen) {
    using enum sim::servlet_move;
    switch (chosen.what) {
      case client_sends_headers:
      case client_sends_headers_end:
        add(actor::client, kind::connect, false);
        add(actor::client, kind::send_settings, false);
        return frame(actor::client, kind::send_headers,
                     chosen.what == client_sends_headers ? servlet_event::headers_received : servlet_event::headers_end_received);
      case client_sends_data: return frame(actor::client, kind::send_data, servlet_event::data_received);
      case client_sends_end: return frame(actor::client, kind::send_data, servlet_event::end_received);
      case client_resets: return frame(actor::client, kind::send_rst_stream, servlet_event::reset_received);
      case receive: {
        const bool headers =
            seen.happened == servlet_event::headers_received || seen.happened == servlet_event::headers_end_received;
        const bool resets = seen.happened == servlet_event::reset_received;
        return frame(actor::server, headers ? kind::recv_headers : resets ? kind::recv_rst_stream : kind::recv_data, seen.happened);
      }
      case application_calls: add(actor::app, call_named(chosen.call)); return;
      case listeners_return: add(actor::app, kind::listeners_returned); return;
      case fire_timeout: add(actor::clock, kind::timer_expired, false).timer = model::timer::async_timeout; return;
    }
  }

  /// Calls have the same names in a trace.
  static kind call_named(servlet_event call) {
    constexpr auto first = static_cast<unsigned>(servlet_event::start_async_called);
    return static_cast<kind>(static_cast<unsigned>(kind::start_async_called) + static_cast<unsigned>(call) - first);
  }
  static_assert(static_cast<unsigned>(kind::complete_called) - static_cast<unsigned>(kind::start_async_called) ==
                    static_cast<unsigned>(servlet_event::complete_called) - static_cast<unsigned>(servlet_event::start_async_called),
                "the calls of model::servlet_event and traces::event_kind differ");

  template <class Effect>
  void record(const Effect&) {}
  void record(const model::notify& e) { add(actor::server, traces::event_of(e.what)).failed = e.failed; }
  void record(const model::arm_timer& e) { add(actor::server, kind::arm_timer, false).timer = e.which; }
  void record(const model::cancel_timer& e) { add(actor::server, kind::cancel_timer, false).timer = e.which; }
  void record(const model::send_headers&) {
    add(actor::server, kind::send_headers);
    add(actor::client, kind::recv_headers);
  }
  void record(const model::send_data& e) {
    for (const auto& [who, what] : {std::pair{actor::server, kind::send_data}, {actor::client, kind::recv_data}}) {
      traces::row& made = add(who, what);
      made.length = e.length;
      made.end_stream = e.end_stream;
    }
  }
  void record(const model::send_rst_stream& e) {
    add(actor::server, kind::send_rst_stream).code = e.code;
    add(actor::client, kind::recv_rst_stream).code = e.code;
  }

  std::vector<traces::row> rows_;
};

}  // namespace

std::vector<traces::row> rows_of(const sim::world_options& options, const explore::counterexample& run) {
  const sim::servlet_world world(options);
  recorder rows;
  std::size_t steps = 0;
  std::size_t loop_start = run.stem.empty() && !run.loop.empty() ? 0 : std::string::npos;
  explore::replay(world, explore::choices(run), [&](const auto&, const auto& chosen, const auto& seen, const auto&) {
    rows.watch(chosen, seen);
    if (++steps == run.stem.size() && !run.loop.empty()) loop_start = rows.size();
  });
  return rows.take(loop_start);
}

}  // namespace lastcall::properties::servlet
