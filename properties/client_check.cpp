// The client's world and what properties/ asks of it: its claims in words, its verdicts, its runs as rows.
#include <array>
#include <map>

#include "properties/client_claims.hpp"
#include "properties/explored_world.hpp"
#include "properties/protocols.hpp"
#include "sim/explore/replay.hpp"

namespace lastcall::properties {
namespace client {
namespace {

using enum form;
using traces::actor;
using kind = traces::event_kind;

constexpr std::array all{
    claim_description{"legal_frames", safety, "stream ids are odd and rise, and no stream is opened once a GOAWAY was read",
                      "haproxy/haproxy#3215; RFC 9113 5.1.1, 6.8"},
    claim_description{"no_new_after_goaway", safety, "from the arrival of a GOAWAY on no stream is opened, not even by its listener",
                      "netty/netty#8080; RFC 9113 6.8"},
    claim_description{"retryable_told", safety, "a request above the last id, or never sent, is reported as one that may be repeated",
                      "netty/netty#9986; RFC 9113 8.7"},
    claim_description{"responses_delivered", safety, "a complete response is kept for the application, whatever follows it",
                      "hyperium/hyper#4130; RFC 9113 8.1"},
    claim_description{"each_request_ends_once", safety, "each request ends for its application exactly once",
                      "grpc/grpc-java#12185"},
    claim_description{"goaway_excludes_a_request", sometimes, "a GOAWAY arrived whose last id was below an open request", "guard"},
    claim_description{"goaway_meets_unwritten_request", sometimes, "a GOAWAY excluded a request that was not written yet", "guard"},
    claim_description{"listener_asks_again", sometimes, "the GOAWAY listener asked for a request", "guard"},
    claim_description{"reset_follows_response", sometimes, "RST_STREAM arrived behind a complete response", "guard"},
    claim_description{"answer_behind_own_goaway", sometimes, "a response arrived after the client had sent GOAWAY", "guard"},
};

environment_verdict check(const sim::world_options& options, const explore::options& bounds) {
  return check_world(sim::client_world(options), claims(), descriptions(),
                     [](const claim_description&, const sim::world_options&) { return true; }, bounds);
}

std::vector<std::string> assumptions(const sim::world_options& world) {
  return {"one connection of a client, on which it opens at most " + std::to_string(world.streams) + " streams",
          "at most " + std::to_string(world.channel_capacity) + " frames of the server are on the way; a full channel makes it wait",
          "the server obeys RFC 9113: its last id never rises and leaves out no stream that it has answered or reset",
          "requests and responses are one frame each; a frame of the client arrives when it is written",
          "the classes of clients and handlers make no difference: the server may do anything at any time, and owes nothing"};
}

std::string fairness(const sim::world_options&) { return "weak: the client writes, receives, and its application reads"; }

class recorder {
 public:
  void watch(const state& before, const client_action& chosen, const client_observation& seen) {
    using enum sim::client_side_move;
    const auto stream = sim::client_world::id_of(chosen.stream);
    switch (chosen.what) {
      case application_asks: add(actor::client, kind::request_wanted); break;
      case application_leaves: break;
      case application_reads: break;
      case client_writes:
        for (model::stream_id each = 1;; each += 2) {
          if (before.client.request(each) != request_state::submitted) continue;
          auto& row = add(actor::client, kind::send_headers, each);
          row.end_stream = true;
          break;
        }
        break;
      case client_receives: arrive(before.to_client.front()); break;
      case client_receives_and_asks:
        arrive(before.to_client.front());
        add(actor::client, kind::request_wanted);
        break;
      case server_answers: data(add(actor::server, kind::send_data, stream)); break;
      case server_resets: add(actor::server, kind::send_rst_stream, stream).code = model::error_code::no_error; break;
      case server_sends_notice: goaway(add(actor::server, kind::send_goaway), model::highest_stream_id); break;
      case server_sends_goaway: goaway(add(actor::server, kind::send_goaway), stream); break;
      case server_ends: add(actor::server, kind::shutdown_write); break;
    }
    for (const auto& each : seen.effects) std::visit([this](const auto& effect) { this->tell(effect); }, each);
  }
  std::vector<traces::row> take() { return std::move(rows_); }

  recorder() {
    add(actor::client, kind::connect);
    add(actor::client, kind::send_settings);
  }

 private:
  traces::row& add(actor who, kind what, model::stream_id stream = 0) {
    traces::row made;
    made.actor = who;
    made.event = what;
    made.connection = 1;
    made.stream = stream;
    return rows_.emplace_back(made);
  }
  static void data(traces::row& row) {
    row.length = 1;
    row.end_stream = true;
  }
  static void goaway(traces::row& row, model::stream_id last) {
    row.last_stream = last;
    row.code = model::error_code::no_error;
  }
  void arrive(const sim::reply& frame) {
    const auto stream = sim::client_world::id_of(frame.stream);
    switch (frame.kind) {
      case sim::reply_kind::response: data(add(actor::client, kind::recv_data, stream)); break;
      case sim::reply_kind::reset: add(actor::client, kind::recv_rst_stream, stream).code = model::error_code::no_error; break;
      case sim::reply_kind::goaway: goaway(add(actor::client, kind::recv_goaway), stream); break;
      case sim::reply_kind::notice: goaway(add(actor::client, kind::recv_goaway), model::highest_stream_id); break;
      case sim::reply_kind::fin: add(actor::client, kind::recv_fin); break;
    }
  }

  void tell(const model::open_stream& e) { add(actor::client, kind::submit_headers, e.stream); }
  void tell(const model::leave&) { goaway(add(actor::client, kind::send_goaway), 0); }
  void tell(const model::report& e) {
    switch (e.what) {
      case model::client_report::goaway: add(actor::client, kind::session_goaway); break;
      case model::client_report::turned_away: add(actor::client, kind::request_turned_away); break;
      case model::client_report::completed: add(actor::client, kind::request_completed, e.stream); break;
      case model::client_report::failed: add(actor::client, kind::request_error, e.stream); break;
      case model::client_report::retryable: add(actor::client, kind::request_retryable, e.stream); break;
    }
  }

  std::vector<traces::row> rows_;
};

std::vector<traces::row> rows_of(const sim::world_options& options, const explore::counterexample& run) {
  recorder rows;
  explore::replay(sim::client_world(options), explore::choices(run),
                  [&](const auto& before, const auto& chosen, const auto& seen, const auto&) { rows.watch(before, chosen, seen); });
  return rows.take();
}

replay_verdict replay_path(const sim::world_options& options, const explore::counterexample& run) {
  replay_verdict result;
  std::map<std::string_view, bool> kept;
  const auto demand = [&](std::string_view name, bool holds) {
    bool& so_far = kept.try_emplace(name, true).first->second;
    so_far = so_far && holds;
  };
  const auto off = explore::replay(
      sim::client_world(options), explore::choices(run), [&](const state& before, const auto& chosen, const auto& seen, const state& after) {
        demand("legal_frames", legal_frames(before, seen));
        demand("no_new_after_goaway", no_new_after_goaway(before, chosen, seen));
        demand("retryable_told", retryable_told(before, chosen, seen, after));
        demand("responses_delivered", responses_delivered(before, chosen, seen, after));
        demand("each_request_ends_once", each_request_ends_once(before, seen, after));
      });
  if (off) {
    result.divergence = divergence{off->step, "choice " + std::to_string(off->chosen),
                                   "a state that offers " + std::to_string(off->offered) + " choices"};
    return result;
  }
  result.reproduced = true;
  for (const auto& claim : descriptions())
    if (const auto found = kept.find(claim.name); found != kept.end())
      result.claims.push_back({&claim, found->second ? verdict::holds : verdict::violated, {}});
  return result;
}

/// Logs of clients cannot be replayed: only runs of the checker have the schedule that a client's own steps need.
replay_verdict replay_log(const traces::trace&, const model::profile&) {
  return {false, divergence{1, "the choice path of a run", "a log of a client"}, {}, {}};
}

}  // namespace

std::span<const claim_description> descriptions() { return all; }

}  // namespace client

const protocol_world client_world{
    .protocol = model::protocol::client,
    .claims = client::all,
    .check = client::check,
    .assumptions = client::assumptions,
    .fairness = client::fairness,
    .has_deadline = [](const model::profile&) { return false; },
    .replay_log = client::replay_log,
    .replay_path = client::replay_path,
    .rows_of = client::rows_of,
    .steps_along = [](const sim::world_options& options,
                      const explore::counterexample& run) { return names_of_steps(sim::client_world(options), run); },
};

}  // namespace lastcall::properties
