#include "traces/format/servlet_handlers.hpp"

#include <algorithm>
#include <string>

namespace lastcall::traces {
namespace {

using e = event_kind;

bool has_word(std::string_view path, std::string_view word) {
  for (path.remove_prefix(std::min<std::size_t>(1, path.size())); !path.empty();) {
    const std::string_view first = path.substr(0, path.find('-'));
    if (first == word) return true;
    path.remove_prefix(std::min(path.size(), first.size() + 1));
  }
  return false;
}

}  // namespace

servlet_program words_of_reset_servlet(std::string_view path) {
  const auto has = [path](std::string_view word) { return has_word(path, word); };
  servlet_program made;
  made.completes_in_listener = has("ends");
  made.is_synchronous = has("sync");
  made.in_service.emplace_back();
  const auto call = [&made](e event) { made.in_service.back().push_back(event); };
  const auto wait_for_row = [&made] { made.in_service.emplace_back(); };
  if (made.is_synchronous) return made;

  const bool commits_first = has("slow") && has("committed");
  if (commits_first) wait_for_row();
  if (has("slow")) wait_for_row();
  call(e::start_async_called);
  if (has("timeout")) call(e::timeout_set);
  if (!has("quiet")) call(e::listener_added);
  if (has("committed") && !commits_first) wait_for_row();
  if (has("read") || has("bidi")) call(e::reader_set);
  if (has("wl") || has("bidi")) call(e::writer_set);
  if (has("held")) wait_for_row();
  call(e::service_returned);
  made.when_writable = {e::print_called, e::is_ready_called, e::flush_called};
  return made;
}

servlet_program paths_of_jetty_server(std::string_view path) {
  servlet_program made;
  made.is_synchronous = path == "/sync";
  if (made.is_synchronous) {
    made.in_service = {{e::print_called, e::flush_called}};
    return made;
  }
  std::vector<e> calls{e::start_async_called, e::listener_added};
  if (path == "/read" || path == "/bidi") calls.push_back(e::reader_set);
  if (path == "/wl" || path == "/bidi") calls.push_back(e::writer_set);
  calls.push_back(e::service_returned);
  made.in_service = {std::move(calls)};
  made.when_writable = {e::is_ready_called, e::print_called, e::is_ready_called, e::flush_called};
  return made;
}

}  // namespace lastcall::traces
