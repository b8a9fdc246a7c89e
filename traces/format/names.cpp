#include <algorithm>
#include <array>
#include <boost/mp11.hpp>
#include <cctype>
#include <string>

#include "model/invariant.hpp"
#include "traces/format/trace.hpp"

namespace lastcall::traces {
namespace {

constexpr std::array event_names{
#define LASTCALL_NAME(name) std::string_view(#name),
    LASTCALL_TRACE_EVENTS(LASTCALL_NAME)
#undef LASTCALL_NAME
};

constexpr auto first_callback = event_kind::listening;

/// The callbacks of the model stand at the end of event_kind, with the same names in the same order.
constexpr bool callbacks_match_the_model() {
  auto index = static_cast<std::size_t>(first_callback);
  bool same = true;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<model::callback>>([&](auto d) {
    same = same && index < event_names.size() && event_names[index] == d.name;
    ++index;
  });
  return same && index == event_names.size();
}
static_assert(callbacks_match_the_model(), "model::callback changed: follow it in traces::event_kind and in shape.cpp");

/// `error.code` of Node, in the order of model::node_error.
constexpr std::array<std::string_view, 12> error_names{
    "none", "EPIPE", "ECONNRESET", "EADDRINUSE", "ERR_SERVER_ALREADY_LISTEN", "ERR_SERVER_NOT_RUNNING", "ERR_STREAM_DESTROYED",
    "ERR_STREAM_WRITE_AFTER_END", "application", "ERR_HTTP_REQUEST_TIMEOUT", "HPE_INVALID_EOF_STATE", "HPE"};

template <typename Enum>
std::optional<Enum> enumerator_named(std::string_view name) {
  std::optional<Enum> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Enum>>([&](auto d) {
    if (name == d.name) found = d.value;
  });
  return found;
}

template <typename Enum>
std::string_view enumerator_name(Enum value) {
  const char* name = boost::describe::enum_to_string(value, nullptr);
  invariant(name != nullptr, "an enumerator has no name");
  return name;
}

}  // namespace

std::optional<model::callback> callback_of(const row& r) {
  if (r.actor != actor::server || r.event < first_callback) return std::nullopt;
  return static_cast<model::callback>(static_cast<unsigned>(r.event) - static_cast<unsigned>(first_callback));
}

event_kind event_of(model::callback callback) {
  return static_cast<event_kind>(static_cast<unsigned>(callback) + static_cast<unsigned>(first_callback));
}

std::string_view name_of(event_kind event) { return event_names.at(static_cast<std::size_t>(event)); }
std::string_view name_of(model::timer timer) { return enumerator_name(timer); }
std::string_view name_of(model::protocol protocol) { return enumerator_name(protocol); }

std::string name_of(model::error_code code) {
  std::string name(enumerator_name(code));
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::string_view name_of(model::node_error error) { return error_names.at(static_cast<std::size_t>(error)); }
std::string_view name_of(model::ready_state state) { return enumerator_name(state); }

std::string actor_name(const row& r) {
  if (r.actor == actor::client) return "client " + std::to_string(r.connection);
  return std::string(enumerator_name(r.actor));
}

std::optional<event_kind> event_named(std::string_view name) {
  const auto found = std::ranges::find(event_names, name);
  if (found == event_names.end()) return std::nullopt;
  return static_cast<event_kind>(found - event_names.begin());
}

std::optional<model::timer> timer_named(std::string_view name) { return enumerator_named<model::timer>(name); }
std::optional<model::protocol> protocol_named(std::string_view name) { return enumerator_named<model::protocol>(name); }

std::optional<model::error_code> code_named(std::string_view name) {
  std::optional<model::error_code> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<model::error_code>>([&](auto d) {
    if (name == name_of(d.value)) found = d.value;
  });
  return found;
}

std::optional<model::node_error> error_named(std::string_view name) {
  const auto found = std::ranges::find(error_names, name);
  if (found == error_names.end()) return std::nullopt;
  return static_cast<model::node_error>(found - error_names.begin());
}

std::optional<model::ready_state> ready_state_named(std::string_view name) { return enumerator_named<model::ready_state>(name); }

}  // namespace lastcall::traces
