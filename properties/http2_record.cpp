// Turns a run of the simulated world into the rows of a trace, by watching actions and effects. The world itself keeps no
// frame contents that cannot matter; the recorder carries them along.
#include <array>
#include <deque>
#include <set>
#include <utility>
#include <vector>

#include "properties/http2_world.hpp"

namespace lastcall::properties::http2 {
namespace {

using traces::actor;
using kind = traces::event_kind;

class recorder {
 public:
  template <class State>
  void watch(const State& before, const sim::action& chosen, const sim::observation& seen, const State& after) {
    const std::uint8_t slot = chosen.connection;
    record_cause(before, chosen);
    link_ = &before.links[slot];
    may_write_ = !link_->unread;
    for (const auto& each : seen.effects) std::visit([this](const auto& effect) { this->record(effect); }, each);
    if (chosen.what == sim::move::pump) write(slot, before.links[slot]);
    if (chosen.what == sim::move::client_reads) read(slot);
    deliver_fins(after);
    for (std::size_t each = 0; each < after.links.size(); ++each)
      if (before.links[each].phase == sim::link::backlog && after.links[each].phase == sim::link::none && number_[each] != 0)
        add(actor::client, kind::recv_rst, number_[each]);
  }

  std::vector<traces::row> take(std::size_t loop_start) {
    if (loop_start != std::string::npos)
      for (std::size_t i = loop_start; i < rows_.size(); ++i) rows_[i].loop = true;
    return std::move(rows_);
  }
  std::size_t size() const { return rows_.size(); }

 private:
  traces::row& add(actor who, kind what, std::uint32_t connection = 0, model::stream_id stream = 0) {
    traces::row made;
    made.actor = who;
    made.event = what;
    made.connection = connection;
    made.stream = stream;
    return rows_.emplace_back(made);
  }

  template <class State>
  void record_cause(const State& before, const sim::action& chosen) {
    using enum sim::move;
    const std::uint8_t slot = chosen.connection;
    const auto stream = sim::detail::id_of(chosen.stream);
    if (chosen.what == client_connects) {
      number_[slot] = ++clients_;
      submitted_[slot].clear();
      written_[slot].clear();
      fin_due_[slot] = false;
    }
    const std::uint32_t client = number_[slot];
    const auto sends = [&](kind what) -> traces::row& { return add(actor::client, what, client); };
    switch (chosen.what) {
      case close: add(actor::app, kind::close); break;
      case accept: add(actor::kernel, kind::accepted, client); break;
      case receive: record_arrival(before.links[slot].to_server.front(), client); break;
      case pump: case run_deferred: case run_close_callbacks: case client_reads: break;
      case fire_notice: add(actor::clock, kind::timer_expired, client).timer = model::timer::notice; break;
      case fire_linger: add(actor::clock, kind::timer_expired, client).timer = model::timer::linger; break;
      case fire_preface: add(actor::clock, kind::timer_expired, client).timer = model::timer::preface; break;
      case fire_drain: add(actor::clock, kind::timer_expired).timer = model::timer::drain; break;
      case handler_reads: add(actor::app, kind::handler_read, client, stream); break;
      case handler_responds: add(actor::app, kind::handler_responded, client, stream); break;
      case handler_finishes: add(actor::app, kind::handler_finished, client, stream); break;
      case client_connects: sends(kind::connect); break;
      case client_sends_settings: sends(kind::send_settings); break;
      case client_closes_window: sends(kind::send_settings).initial_window_size = 0; break;
      case client_sends_headers: sends(kind::send_headers).stream = stream; break;
      case client_sends_headers_end: {
        auto& row = sends(kind::send_headers);
        row.stream = stream;
        row.end_stream = true;
        break;
      }
      case client_ends_stream:
      case client_breaks_stream: {
        auto& row = sends(kind::send_data);
        row.stream = stream;
        row.length = 1;
        row.end_stream = true;
        break;
      }
      case client_resets_stream: {
        auto& row = sends(kind::send_rst_stream);
        row.stream = stream;
        row.code = model::error_code::cancel;
        break;
      }
      case client_pings: sends(kind::send_ping); break;
      case client_acks_ping: sends(kind::send_ping_ack); break;
      case client_updates_window: sends(kind::send_window_update).increment = 1; break;
      case client_sends_goaway: sends(kind::send_goaway).code = model::error_code::no_error; break;
      case client_sends_invalid: sends(kind::send_invalid).code = model::error_code::protocol_error; break;
      case client_sends_fin: sends(kind::fin); break;
      case client_aborts: sends(kind::rst); break;
    }
  }

  void record_arrival(const sim::sent_frame& frame, std::uint32_t client) {
    using enum sim::client_frame;
    const auto stream = sim::detail::id_of(frame.stream);
    const auto arrives = [&](kind what) -> traces::row& { return add(actor::server, what, client); };
    switch (frame.kind) {
      case none: break;
      case settings: arrives(kind::recv_settings); break;
      case headers: arrives(kind::recv_headers).stream = stream; break;
      case headers_end: {
        auto& row = arrives(kind::recv_headers);
        row.stream = stream;
        row.end_stream = true;
        break;
      }
      case data_end: {
        auto& row = arrives(kind::recv_data);
        row.stream = stream;
        row.length = 1;
        row.end_stream = true;
        break;
      }
      case rst_stream: {
        auto& row = arrives(kind::recv_rst_stream);
        row.stream = stream;
        row.code = model::error_code::cancel;
        break;
      }
      case ping: arrives(kind::recv_ping); break;
      case ping_ack: arrives(kind::recv_ping_ack); break;
      case window_update: arrives(kind::recv_window_update); break;
      case goaway: arrives(kind::recv_goaway).code = model::error_code::no_error; break;
      case invalid: arrives(kind::recv_invalid).code = model::error_code::protocol_error; break;
      case fin: arrives(kind::recv_fin); break;
      case rst: arrives(kind::recv_rst); break;
    }
  }

  // Frames of the server: submitted here, written by the pump, read by the client.
  traces::row& submit(kind sent, kind received, model::connection_id slot, model::stream_id stream = 0) {
    traces::row arriving;
    arriving.actor = actor::client;
    arriving.event = received;
    arriving.connection = number_[slot];
    arriving.stream = stream;
    submitted_[slot].push_back(arriving);
    return add(actor::server, sent, number_[slot], stream);
  }
  void record(const model::send_settings& e) { submit(kind::send_settings, kind::recv_settings, e.connection); }
  void record(const model::send_settings_ack& e) { submit(kind::send_settings_ack, kind::recv_settings_ack, e.connection); }
  void record(const model::send_ping& e) { submit(kind::send_ping, kind::recv_ping, e.connection); }
  void record(const model::send_ping_ack& e) { submit(kind::send_ping_ack, kind::recv_ping_ack, e.connection); }
  void record(const model::send_headers& e) { submit(kind::send_headers, kind::recv_headers, e.connection, e.stream); }
  void record(const model::send_goaway& e) {
    auto& row = submit(kind::send_goaway, kind::recv_goaway, e.connection);
    auto& arriving = submitted_[e.connection].back();
    row.last_stream = arriving.last_stream = e.last_stream;
    row.code = arriving.code = e.code;
  }
  void record(const model::send_rst_stream& e) {
    auto& row = submit(kind::send_rst_stream, kind::recv_rst_stream, e.connection, e.stream);
    row.code = submitted_[e.connection].back().code = e.code;
    if (e.behind_data) behind_data_.emplace(e.connection, e.stream);
  }
  void record(const model::send_data& e) {
    auto& row = submit(kind::send_data, kind::recv_data, e.connection, e.stream);
    auto& arriving = submitted_[e.connection].back();
    row.length = arriving.length = 1;
    row.end_stream = arriving.end_stream = e.end_stream;
  }

  void record(const model::return_window&) {}
  void record(const model::write_now& e) {
    if (may_write_) write(static_cast<std::uint8_t>(e.connection), *link_);
    may_write_ = false;
  }
  void record(const model::start_listening&) {}
  void record(const model::stop_listening&) {
    add(actor::server, kind::stop_listening);
  }
  void record(const model::discard_output& e) {
    submitted_[e.connection].clear();
    written_[e.connection].clear();
  }
  void record(const model::shutdown_write& e) {
    add(actor::server, kind::shutdown_write, number_[e.connection]);
    fin_due_[e.connection] = true;
  }
  void record(const model::destroy_socket& e) {
    add(actor::server, kind::destroy_socket, number_[e.connection]);
    fin_due_[e.connection] = false;
  }
  void record(const model::run_close_callbacks&) {}
  void record(const model::run_deferred&) {}
  void record(const model::arm_timer& e) { add(actor::server, kind::arm_timer, owner(e.which, e.connection)).timer = e.which; }
  void record(const model::cancel_timer& e) { add(actor::server, kind::cancel_timer, owner(e.which, e.connection)).timer = e.which; }
  void record(const model::notify& e) {
    const bool of_server = e.what == model::callback::server_close || e.what == model::callback::close_callback ||
                           e.what == model::callback::listening;
    auto& row = add(actor::server, traces::event_of(e.what), of_server ? 0 : number_[e.connection], e.stream);
    if (e.what == model::callback::close_callback || e.what == model::callback::socket_close) row.failed = e.failed;
    if (e.what == model::callback::session_goaway) row.code = e.code;
  }
  std::uint32_t owner(model::timer which, model::connection_id slot) const {
    return which == model::timer::drain ? 0 : number_[slot];
  }

  /// The pump hands over everything but DATA that a closed window holds back.
  void write(std::uint8_t slot, const sim::link& client) {
    std::deque<traces::row> kept;
    for (const auto& frame : submitted_[slot]) {
      const bool waits = frame.event == kind::recv_data ||
                         (frame.event == kind::recv_rst_stream && behind_data_.contains({slot, frame.stream}));
      const bool blocked = client.window_closed && waits;
      (blocked ? kept : written_[slot]).push_back(frame);
    }
    submitted_[slot] = std::move(kept);
  }
  void read(std::uint8_t slot) {
    for (const auto& frame : written_[slot]) rows_.push_back(frame);
    written_[slot].clear();
  }

  /// A client that has read everything before it sees FIN at once.
  template <class State>
  void deliver_fins(const State& now) {
    for (std::size_t slot = 0; slot < now.links.size(); ++slot) {
      const sim::link& client = now.links[slot];
      if (!fin_due_[slot] || client.phase != sim::link::accepted || client.unread || sim::detail::aborted(client)) continue;
      add(actor::client, kind::recv_fin, number_[slot]);
      fin_due_[slot] = false;
    }
  }

  std::vector<traces::row> rows_;
  const sim::link* link_ = nullptr;  ///< of the connection at hand, before the step
  bool may_write_ = false;           ///< a write inside the step finds the client's socket empty
  std::set<std::pair<model::connection_id, model::stream_id>> behind_data_;  ///< streams whose RST_STREAM waits for their DATA
  std::uint32_t clients_ = 0;
  std::array<std::uint32_t, connections_max> number_{};  ///< of the client that has this slot
  std::array<std::deque<traces::row>, connections_max> submitted_, written_;
  std::array<bool, connections_max> fin_due_{};
};

}  // namespace

std::vector<traces::row> rows_of(const sim::world_options& options, const explore::counterexample& run) {
  return with_world(options, [&](const auto& world) {
    recorder rows;
    std::size_t steps = 0;
    std::size_t loop_start = std::string::npos;
    if (run.stem.empty() && !run.loop.empty()) loop_start = 0;
    explore::replay(world, explore::choices(run), [&](const auto& before, const auto& chosen, const auto& seen, const auto& after) {
      rows.watch(before, chosen, seen, after);
      if (++steps == run.stem.size() && !run.loop.empty()) loop_start = rows.size();
    });
    return rows.take(loop_start);
  });
}

}  // namespace lastcall::properties::http2
