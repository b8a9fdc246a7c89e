// Effects as text, so that a scenario reads as the list of what the server does.
#pragma once

#include <boost/describe/enum_to_string.hpp>
#include <string>
#include <variant>
#include <vector>

#include "model/effect.hpp"

namespace lastcall::model::test {

using lines = std::vector<std::string>;

namespace detail {

template <class Enum>
std::string name_of(Enum value) {
  return boost::describe::enum_to_string(value, "?");
}

/// Connection 0 goes without saying.
inline std::string on(connection_id who) { return who == 0 ? "" : " on " + std::to_string(who); }

struct effect_printer {
  std::string operator()(const send_settings& e) const { return "send_settings" + on(e.connection); }
  std::string operator()(const send_settings_ack& e) const { return "send_settings_ack" + on(e.connection); }
  std::string operator()(const send_ping& e) const { return "send_ping" + on(e.connection); }
  std::string operator()(const send_ping_ack& e) const { return "send_ping_ack" + on(e.connection); }
  std::string operator()(const send_goaway& e) const {
    return "send_goaway " + std::to_string(e.last_stream) + " " + name_of(e.code) + on(e.connection);
  }
  std::string operator()(const send_rst_stream& e) const {
    return "send_rst_stream " + std::to_string(e.stream) + " " + name_of(e.code) +
           (e.behind_data ? " behind_data" : "") + on(e.connection);
  }
  std::string operator()(const send_headers& e) const { return "send_headers " + std::to_string(e.stream) + on(e.connection); }
  std::string operator()(const send_data& e) const {
    return "send_data " + std::to_string(e.stream) + " length " + std::to_string(e.length) + (e.end_stream ? " end" : "") +
           on(e.connection);
  }
  std::string operator()(const return_window& e) const { return "return_window " + std::to_string(e.length) + on(e.connection); }
  std::string operator()(const write_now& e) const { return "write_now" + on(e.connection); }
  std::string operator()(const start_listening&) const { return "start_listening"; }
  std::string operator()(const stop_listening&) const { return "stop_listening"; }
  std::string operator()(const discard_output& e) const { return "discard_output" + on(e.connection); }
  std::string operator()(const shutdown_write& e) const { return "shutdown_write" + on(e.connection); }
  std::string operator()(const destroy_socket& e) const { return "destroy_socket" + on(e.connection); }
  std::string operator()(const run_close_callbacks& e) const { return "run_close_callbacks" + on(e.connection); }
  std::string operator()(const run_deferred&) const { return "run_deferred"; }
  std::string operator()(const arm_timer& e) const { return "arm_timer " + name_of(e.which) + on(e.connection); }
  std::string operator()(const cancel_timer& e) const { return "cancel_timer " + name_of(e.which) + on(e.connection); }
  std::string operator()(const notify& e) const {
    return (e.next_tick ? "next_tick " : "notify ") + name_of(e.what) + (e.stream == 0 ? "" : " " + std::to_string(e.stream)) +
           (e.code == error_code::no_error ? "" : " " + name_of(e.code)) + (e.failed ? " failed" : "") + on(e.connection);
  }
};

}  // namespace detail

/// In the order in which they are carried out: callbacks of the next tick come last.
inline lines text_of(const effects& done) {
  lines text;
  for (const bool ticks : {false, true}) {
    for (const auto& each : done) {
      const auto* told = std::get_if<notify>(&each);
      if ((told != nullptr && told->next_tick) == ticks) text.push_back(std::visit(detail::effect_printer{}, each));
    }
  }
  return text;
}

}  // namespace lastcall::model::test
