#include "sim/servlet_lanes.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "sim/lane_rows.hpp"

namespace lastcall::sim {
namespace {

using model::servlet_event;
using traces::actor;
using traces::row;
using kind = traces::event_kind;

/// The event that a row of the application is, or nothing.
std::optional<servlet_event> call_of(kind event) {
  switch (event) {
    case kind::start_async_called: return servlet_event::start_async_called;
    case kind::timeout_set: return servlet_event::timeout_set;
    case kind::listener_added: return servlet_event::listener_added;
    case kind::reader_set: return servlet_event::reader_set;
    case kind::writer_set: return servlet_event::writer_set;
    case kind::service_returned: return servlet_event::service_returned;
    case kind::is_ready_called: return servlet_event::is_ready_called;
    case kind::print_called: return servlet_event::print_called;
    case kind::flush_called: return servlet_event::flush_called;
    case kind::complete_called: return servlet_event::complete_called;
    default: return std::nullopt;
  }
}

/// The event that a frame of the client is, or nothing when it is not about the request.
std::optional<servlet_event> arrival_of(const row& r) {
  switch (r.event) {
    case kind::send_headers: return r.end_stream ? servlet_event::headers_end_received : servlet_event::headers_received;
    case kind::send_data: return r.end_stream ? servlet_event::end_received : servlet_event::data_received;
    case kind::send_rst_stream: return servlet_event::reset_received;
    default: return std::nullopt;
  }
}

bool is_seen_frame(const row& r) {
  return r.event == kind::recv_headers || r.event == kind::recv_rst_stream || (r.event == kind::recv_data && r.end_stream);
}

/// Rows of two lanes that are this far apart happened in this order; the processes that wrote them differ by some milliseconds.
constexpr std::uint64_t surely_before_ms = 100;

struct lane_position {
  model::servlet request;
  std::size_t client_done = 0;
  std::size_t delivered = 0;  ///< rows of the client's lane that the server has read or that are nothing to read
  std::size_t process_done = 0;
  bool called = false;  ///< the next call of the process's lane has begun, before the callbacks that stand in front of it
  std::vector<row> unread;  ///< frames of the server
  std::vector<row> callbacks;  ///< made, and not yet in the lane
  std::optional<row> result;  ///< of the application's last call, not yet in the lane
};

class servlet_search {
 public:
  servlet_search(const traces::trace& log, const model::profile& profile) : profile_(profile) {
    for (const row& r : log.rows) {
      last_line_ = std::max<std::size_t>(last_line_, r.line);
      const bool is_call = r.actor == actor::app && call_of(r.event);
      const bool is_callback = r.actor == actor::server && traces::callback_of(r) && r.event != kind::listening;
      if (r.actor == actor::client && (arrival_of(r) || is_seen_frame(r))) client_.push_back(&r);
      if (is_call || is_callback) process_.push_back(&r);
    }
  }

  servlet_lane_replay run() {
    if (visit({})) return {true, std::nullopt, std::move(schedule_)};
    return {false, furthest_, {}};
  }

 private:
  bool visit(const lane_position& now) {
    if (!seen_.insert(key_of(now)).second) return false;
    note(now);
    if (is_complete(now) && !has_own_step(now)) return true;
    // Of several schedules, the one nearest to the order in which the rows stand: a reset that was logged after service() had
    // returned may have arrived before that, but nobody would tell it so.
    const bool client_first = next_line(client_, now.client_done) < next_line(process_, now.process_done);
    const auto first = client_first ? &servlet_search::client_sends : &servlet_search::call;
    const auto second = client_first ? &servlet_search::call : &servlet_search::client_sends;
    for (const auto move : {&servlet_search::client_reads, &servlet_search::callback, &servlet_search::result, &servlet_search::deliver,
                            &servlet_search::listeners_return, first, second, &servlet_search::timeout}) {
      lane_position next = now;
      const std::size_t mark = schedule_.size();
      if ((this->*move)(next) && visit(next)) return true;
      schedule_.resize(mark);
    }
    return false;
  }

  // --- Moves. Each returns false when it is not possible, or when its lane says something else.

  bool client_reads(lane_position& s) {
    if (s.unread.empty() || s.client_done == client_.size() || !agrees(*client_[s.client_done], s.unread.front())) return false;
    if (!is_due(*client_[s.client_done], process_, s.process_done)) return false;
    s.unread.erase(s.unread.begin());
    ++s.client_done;
    return true;
  }
  bool client_sends(lane_position& s) {
    if (s.client_done == client_.size() || !arrival_of(*client_[s.client_done])) return false;
    if (!is_due(*client_[s.client_done], process_, s.process_done)) return false;
    ++s.client_done;
    return true;
  }
  bool deliver(lane_position& s) {
    while (s.delivered < s.client_done && !arrival_of(*client_[s.delivered])) ++s.delivered;
    if (s.delivered == s.client_done) return false;
    return happen(s, *arrival_of(*client_[s.delivered++]));
  }
  bool listeners_return(lane_position& s) {
    using enum model::servlet_request::state;
    const auto at = s.request.request;
    const bool runs = at == telling_error || at == telling_timeout || at == timeout_answered;
    return runs && s.callbacks.empty() && happen(s, servlet_event::listeners_returned);
  }
  /// A listener logs the timeout when it comes. Without one no row tells of it: then it may have come before any row of the process, if
  /// frames that were sent long before that row have been read.
  bool timeout(lane_position& s) {
    const bool is_told = s.process_done < process_.size() && process_[s.process_done]->event == kind::request_timeout;
    if (!s.request.timeout_armed || (s.request.listens && !is_told && s.process_done < process_.size())) return false;
    const auto next_frame = std::find_if(client_.begin() + static_cast<std::ptrdiff_t>(s.delivered), client_.end(),
                                         [](const row* r) { return arrival_of(*r).has_value(); });
    const auto at = static_cast<std::size_t>(next_frame - client_.begin());
    if (s.process_done < process_.size() && !is_due(*process_[s.process_done], client_, at)) return false;
    return happen(s, servlet_event::timeout_expired);
  }
  bool callback(lane_position& s) {
    if (s.callbacks.empty() || !is_next(s, s.callbacks.front())) return false;
    s.callbacks.erase(s.callbacks.begin());
    ++s.process_done;
    return true;
  }
  bool result(lane_position& s) {
    if (!s.result || !is_next(s, *s.result)) return false;
    s.result.reset();
    ++s.process_done;
    return true;
  }
  /// A call that returns is logged when it returns: the container may log callbacks after it has begun.
  bool call(lane_position& s) {
    const auto next = std::find_if(process_.begin() + static_cast<std::ptrdiff_t>(s.process_done), process_.end(), is_of_application);
    if (next == process_.end() || (*next)->actor != actor::app) return false;
    const bool is_first = next - process_.begin() == static_cast<std::ptrdiff_t>(s.process_done);
    const bool returns = next + 1 != process_.end() && (*(next + 1))->event == kind::call_returned;
    if (s.called) {
      if (is_first) ++s.process_done;
      return is_first && !(s.called = false);
    }
    if (!is_due(**next, client_, s.client_done)) return false;
    // Nobody has the request before service() is called.
    if ((!is_first && !returns) || s.request.stream == model::http2_stream::state::idle) return false;
    if (is_first) ++s.process_done;
    s.called = !is_first;
    s.result.reset();
    return happen(s, *call_of((*next)->event));
  }
  static bool is_of_application(const row* r) { return r->actor == actor::app || r->event == kind::call_returned; }

  bool happen(lane_position& s, servlet_event what) {
    schedule_.push_back(what);
    effects_.clear();
    s.request.step(what, profile_, effects_);
    for (const auto& each : effects_) {
      if (const auto* told = std::get_if<model::notify>(&each)) {
        if (told->what == model::callback::call_returned) s.result = as_row(*told);
        else s.callbacks.push_back(as_row(*told));
      }
      if (std::holds_alternative<model::send_headers>(each)) see(s, {kind::recv_headers, model::servlet_stream});
      if (const auto* sent = std::get_if<model::send_rst_stream>(&each)) see(s, {kind::recv_rst_stream, sent->stream, 0, sent->code});
      if (const auto* sent = std::get_if<model::send_data>(&each); sent != nullptr && sent->end_stream)
        see(s, {kind::recv_data, sent->stream, 0, model::error_code::no_error, true});
    }
    return true;
  }
  std::size_t next_line(const std::vector<const row*>& lane, std::size_t done) const {
    return done < lane.size() ? lane[done]->line : last_line_ + 1;
  }
  static void see(lane_position& s, const server_frame& frame) { s.unread.push_back(as_row(frame, 1)); }

  bool is_next(const lane_position& s, const row& shown) const {
    return s.process_done < process_.size() && agrees(*process_[s.process_done], shown) &&
           is_due(*process_[s.process_done], client_, s.client_done);
  }

  /// Clocks of one machine: what the other lane logged long before has happened before.
  static bool is_due(const row& r, const std::vector<const row*>& other, std::size_t done) {
    return done == other.size() || !r.ms || *other[done]->ms + surely_before_ms > *r.ms;
  }

  bool is_complete(const lane_position& s) const {
    return s.client_done == client_.size() && s.process_done == process_.size() && s.unread.empty() && s.callbacks.empty();
  }
  /// What the container still does when everybody else is silent.
  bool has_own_step(const lane_position& now) {
    const std::size_t mark = schedule_.size();
    bool possible = false;
    for (const auto move : {&servlet_search::deliver, &servlet_search::listeners_return, &servlet_search::timeout}) {
      lane_position next = now;
      possible |= (this->*move)(next);
    }
    schedule_.resize(mark);
    return possible;
  }

  // --- Divergence: of all positions the one that got furthest, and what the model had ready there.

  void note(const lane_position& at) {
    const std::size_t reached = at.client_done + at.process_done;
    if (furthest_ && reached <= furthest_rows_) return;
    furthest_rows_ = reached;
    const row* expected = nullptr;
    for (const auto* each : {at.process_done < process_.size() ? process_[at.process_done] : nullptr,
                             at.client_done < client_.size() ? client_[at.client_done] : nullptr})
      if (each != nullptr && (expected == nullptr || each->line < expected->line)) expected = each;
    const row* shown = !at.callbacks.empty() ? &at.callbacks.front() : at.result ? &*at.result : at.unread.empty() ? nullptr : &at.unread.front();
    furthest_ = lane_divergence{expected == nullptr ? last_line_ + 1 : expected->line,
                                expected == nullptr ? "nothing more" : describe(*expected),
                                shown == nullptr ? "nothing" : describe(*shown)};
  }

  static std::string key_of(const lane_position& s) {
    const model::servlet& r = s.request;
    std::string key;
    const auto put = [&key](auto value) { key += std::to_string(static_cast<unsigned>(value)) + ','; };
    put(r.stream), put(r.request), put(r.output);
    for (const bool each : {r.stream_lost, r.body_ended, r.has_unread, r.listens, r.reads, r.reader_done, r.writes, r.may_write,
                            r.has_timeout, r.timeout_armed, s.called, s.result.has_value(), s.result && s.result->failed})
      put(each);
    put(s.client_done), put(s.delivered), put(s.process_done);
    for (const auto* rows : {&s.unread, &s.callbacks}) {
      for (const row& each : *rows) put(each.event);
      key += ';';
    }
    return key;
  }

  const model::profile& profile_;
  std::vector<const row*> client_;
  std::vector<const row*> process_;
  std::size_t last_line_ = 0;
  model::effects effects_;
  std::unordered_set<std::string> seen_;
  std::vector<servlet_event> schedule_;
  std::optional<lane_divergence> furthest_;
  std::size_t furthest_rows_ = 0;
};

}  // namespace

servlet_lane_replay replay_servlet_lanes(const traces::trace& log, const model::profile& profile) {
  return servlet_search(log, profile).run();
}

}  // namespace lastcall::sim
