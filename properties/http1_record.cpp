// Turns a run of the simulated HTTP/1 world into the rows of a trace, by watching actions and effects.
#include <array>
#include <vector>

#include "properties/http1_world.hpp"

namespace lastcall::properties::http1 {
namespace {

using traces::actor;
using kind = traces::event_kind;

class recorder {
 public:
  template <class State>
  void watch(const State& before, const sim::http1::action& chosen, const sim::http1::observation& seen, const State& after) {
    const std::uint8_t slot = chosen.connection;
    record_cause(before, chosen);
    for (const auto& each : seen.effects) std::visit([this](const auto& effect) { this->record(effect); }, each);
    if (chosen.what == sim::http1::move::pump) written_[slot] = std::exchange(submitted_[slot], {});
    if (chosen.what == sim::http1::move::client_reads) read(slot);
    for (std::size_t each = 0; each < after.links.size(); ++each) {
      const auto was = before.links[each].phase;
      if (was == sim::http1::link::backlog && after.links[each].phase == sim::http1::link::none)
        add(actor::client, kind::recv_rst, number_[each]);
      if (fin_due_[each] && !after.links[each].unread && !sim::http1::detail::aborted(after.links[each])) {
        add(actor::client, kind::recv_fin, number_[each]);
        fin_due_[each] = false;
      }
    }
  }

  std::vector<traces::row> take(std::size_t loop_start) {
    if (loop_start != std::string::npos)
      for (std::size_t i = loop_start; i < rows_.size(); ++i) rows_[i].loop = true;
    return std::move(rows_);
  }
  std::size_t size() const { return rows_.size(); }

 private:
  traces::row& add(actor who, kind what, std::uint32_t connection = 0) {
    traces::row made;
    made.actor = who;
    made.event = what;
    made.connection = connection;
    return rows_.emplace_back(made);
  }

  template <class State>
  void record_cause(const State& before, const sim::http1::action& chosen) {
    using enum sim::http1::move;
    const std::uint8_t slot = chosen.connection;
    if (chosen.what == client_connects) {
      number_[slot] = ++clients_;
      submitted_[slot].clear();
      written_[slot].clear();
      fin_due_[slot] = false;
    }
    const std::uint32_t client = number_[slot];
    const auto expires = [&](model::timer which) {
      add(actor::clock, kind::timer_expired, which == model::timer::drain ? 0 : client).timer = which;
    };
    const auto sends_head = [&](bool end) {
      auto& row = add(actor::client, kind::send_head, client);
      row.target = "/";
      row.end = end;
    };
    switch (chosen.what) {
      case listen: add(actor::app, kind::listen); break;
      case emit_listening: add(actor::app, kind::emit_listening); break;
      case close: add(actor::app, kind::close); break;
      case accept: add(actor::kernel, kind::accepted, client); break;
      case receive: {
        const auto taken = before.links[slot].to_server.front();
        if (taken == sim::http1::piece::fin) add(actor::server, kind::recv_fin, client);
        if (taken == sim::http1::piece::rst) add(actor::server, kind::recv_rst, client);
        break;
      }
      case pump: case fin_leaves: case run_close_callbacks: case client_reads: break;
      case fire_head: expires(model::timer::head); break;
      case fire_request: expires(model::timer::request); break;
      case fire_keep_alive: expires(model::timer::keep_alive); break;
      case fire_linger: expires(model::timer::linger); break;
      case fire_drain: expires(model::timer::drain); break;
      case handler_responds: add(actor::app, kind::response_head, client).request = chosen.request; break;
      case handler_finishes: add(actor::app, kind::response_end, client).request = chosen.request; break;
      case client_connects: add(actor::client, kind::connect, client); break;
      case client_begins_head:
      case client_drips: add(actor::client, kind::send_head_part, client); break;
      case client_ends_head: sends_head(false); break;
      case client_ends_request: sends_head(true); break;
      case client_ends_body: {
        auto& row = add(actor::client, kind::send_body, client);
        row.length = 1;
        row.end = true;
        break;
      }
      case client_sends_fin: add(actor::client, kind::fin, client); break;
      case client_aborts: add(actor::client, kind::rst, client); break;
    }
  }

  template <class Effect>
  void record(const Effect&) {}
  void record(const model::http1::send_response& e) {
    traces::row arriving;
    arriving.event = kind::recv_response;
    arriving.status = e.status;
    arriving.closes = e.closes;
    submit(e.connection, arriving);
  }
  void record(const model::http1::send_end& e) {
    traces::row arriving;
    arriving.event = kind::recv_response_end;
    submit(e.connection, arriving);
  }
  void submit(model::connection_id slot, traces::row arriving) {
    arriving.actor = actor::client;
    arriving.connection = number_[slot];
    submitted_[slot].push_back(arriving);
  }

  void record(const model::stop_listening&) { add(actor::server, kind::stop_listening); }
  void record(const model::shutdown_write& e) {
    add(actor::server, kind::shutdown_write, number_[e.connection]);
    fin_due_[e.connection] = true;
  }
  void record(const model::destroy_socket& e) {
    add(actor::server, kind::destroy_socket, number_[e.connection]);
    fin_due_[e.connection] = false;
  }
  void record(const model::arm_timer& e) { add(actor::server, kind::arm_timer, owner(e.which, e.connection)).timer = e.which; }
  void record(const model::cancel_timer& e) { add(actor::server, kind::cancel_timer, owner(e.which, e.connection)).timer = e.which; }
  void record(const model::http1::notify& e) {
    const bool of_server = e.what == model::callback::server_close || e.what == model::callback::close_callback ||
                           e.what == model::callback::listening;
    auto& row = add(actor::server, traces::event_of(e.what), of_server ? 0 : number_[e.connection]);
    row.request = e.request;
    row.failed = e.failed && e.what != model::callback::listening;
    row.complete = e.complete;
    row.aborted = e.aborted;
    row.written = e.written;
    if (e.error != model::node_error::none && !of_server) row.error = e.error;
  }
  std::uint32_t owner(model::timer which, model::connection_id slot) const {
    return which == model::timer::drain || which == model::timer::checking ? 0 : number_[slot];
  }

  void read(std::uint8_t slot) {
    rows_.insert(rows_.end(), written_[slot].begin(), written_[slot].end());
    written_[slot].clear();
  }

  std::vector<traces::row> rows_;
  std::uint32_t clients_ = 0;
  std::array<std::uint32_t, connections_max> number_{};  ///< of the client that has this slot
  std::array<std::vector<traces::row>, connections_max> submitted_, written_;
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

}  // namespace lastcall::properties::http1
