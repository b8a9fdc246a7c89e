// The simulated world of one request in a Servlet container: its client, the frames on their way, the application and the
// clock. The application decides at every point what it does next, so that every way to use the API is explored: synchronous,
// waiting, with a ReadListener, a WriteListener or both, with and without an AsyncListener and a timeout.
#pragma once

#include <string>

#include "model/bounded.hpp"
#include "sim/servlet_history.hpp"
#include "sim/world_options.hpp"

namespace lastcall::sim {

BOOST_DEFINE_FIXED_ENUM_CLASS(servlet_move, std::uint8_t,
  client_sends_headers,
  client_sends_headers_end,
  client_sends_data,
  client_sends_end,
  client_resets,
  receive,  ///< the server reads a frame
  application_calls,
  listeners_return,
  fire_timeout
)

struct servlet_action {
  servlet_move what = servlet_move::receive;
  model::servlet_event call = model::servlet_event::start_async_called;  ///< of application_calls; else the default
  friend bool operator==(const servlet_action&, const servlet_action&) = default;
};

struct servlet_observation {
  model::servlet_event happened = model::servlet_event::headers_received;
  bool reached_server = false;  ///< this step is one of the server, which `happened` names
  model::effects effects;
};

class servlet_world {
 public:
  static constexpr std::size_t channel_max = 2;
  enum class client : std::uint8_t { new_born, sending, has_sent_data, ended, has_reset };

  struct state {
    model::servlet request;
    servlet_history history;
    client at = client::new_born;
    bool application_done = false;  ///< it has called complete()
    model::bounded<model::servlet_event, channel_max> to_server;
    friend bool operator==(const state&, const state&) = default;
  };
  using action = servlet_action;
  using observation = servlet_observation;

  explicit servlet_world(const world_options& options) : options_(options) {}
  const world_options& options() const { return options_; }

  state initial() const { return {}; }
  template <class Visit>
  void actions(const state& now, Visit&& visit) const;
  void apply(const state& before, const action& chosen, state& after, observation& seen) const;

  std::size_t encoded_size() const;
  void encode(const state& now, std::byte* bytes) const;
  void decode(const std::byte* bytes, state& now) const;

  std::uint64_t fair_sets(const state& now, const action& chosen) const;
  /// The timeout is armed once in the life of a request.
  std::uint64_t restarted(const state&, const action&, const observation&, const state&) const { return 0; }
  std::string describe(const action& chosen) const;

 private:
  bool is_possible(const state& now, const action& asked) const;
  bool may_call(const state& now, model::servlet_event call) const;
  template <class Bits>
  void transfer(Bits& bits, state& now) const;

  world_options options_;
};

template <class Visit>
void servlet_world::actions(const state& now, Visit&& visit) const {
  using enum servlet_move;
  for (const auto move : {client_sends_headers, client_sends_headers_end, client_sends_data, client_sends_end, client_resets, receive,
                          listeners_return, fire_timeout})
    if (const action one{move}; is_possible(now, one)) visit(one);
  using call = model::servlet_event;
  for (auto each = call::start_async_called; each <= call::complete_called; each = static_cast<call>(static_cast<unsigned>(each) + 1))
    if (const action one{application_calls, each}; is_possible(now, one)) visit(one);
}

}  // namespace lastcall::sim
