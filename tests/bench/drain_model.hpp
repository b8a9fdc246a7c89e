// The protocol of spin/drain.pml for `explore`, variable for variable and step for step, so that the two can be counted against
// each other: graceful shutdown of a server with several connections, over ordered channels. drain.pml explains it.
//
// Names and their order are those of drain.pml. What is not a variable here is no freedom either: the listener's program counter
// is `phase`, a session's and the timer's never move, and the scratch variables are zero between steps. `init` is not modelled.
// This file must not become cleverer than drain.pml: a better protocol is not comparable any more.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>

#include "sim/explore/claims.hpp"

namespace lastcall::bench {

// The compile-time switches of drain.pml.
struct drain_switches {
  bool no_ping = false;
  bool no_reconnect = false;
  bool no_deadline = false;
  bool bug_goaway = false;
};

// A variable's place in a word.
struct field {
  unsigned offset;
  unsigned width;

  constexpr field then(unsigned next_width) const { return {offset + width, next_width}; }
  constexpr std::uint64_t mask() const { return ((std::uint64_t{1} << width) - 1) << offset; }
};

// Connections (C), streams of each (S), and messages in each channel (CAP).
template <unsigned Connections, unsigned Streams, unsigned Capacity>
class drain_model {
 public:
  enum phase : std::uint8_t { open, closing, closed };
  enum connection_state : std::uint8_t { none, up, ga, finw };
  enum client_place : std::uint8_t { idle, connected, gone };
  enum to_server : std::uint8_t { conn_message = 1, headers, end, rsts, fin_message, ping };
  enum to_client : std::uint8_t { resp = 1, refused, goaway, server_fin };

  // The variables of one connection, of its session and its client and of both channels, packed into one word.
  using connection = std::uint64_t;

  struct state {
    std::array<connection, Connections> at{};
    std::uint8_t phase = open;
    std::uint8_t emitted = 0;

    friend bool operator==(const state&, const state&) = default;
  };

  enum kind : std::uint8_t {
    listener_closes, listener_emits_close, deadline_expires,
    session_accepts, session_reads, session_responds, session_sends_goaway, session_sends_fin, session_sees_abort,
    client_connects, client_opens, client_ends, client_resets, client_pings, client_sends_fin, client_reads, client_finishes,
    client_aborts, client_sees_destroyed
  };
  struct action {
    kind what;
    std::uint8_t connection = 0;
    std::uint8_t stream = 0;

    friend bool operator==(const action&, const action&) = default;
  };

  // The assertions that a step broke, a bit each.
  struct observation {
    enum : std::uint8_t { emitted_once = 1, handlers_ended = 2, goaway_kept = 4, ids_grow = 8, begins_with_conn = 16 };
    std::uint8_t broken = 0;
  };

  explicit drain_model(drain_switches switches = {}) : switches_(switches) {}

  state initial() const { return {}; }

  template <class Visit>
  void actions(const state& s, Visit&& visit) const {
    const bool is_closing = s.phase == closing;
    if (s.phase == open) {
      visit(action{listener_closes});
    }
    if (is_closing) {
      if (table_empty(s)) {
        visit(action{listener_emits_close});
      } else if (!switches_.no_deadline) {
        visit(action{deadline_expires});
      }
    }
    for (std::uint8_t i = 0; i < Connections; ++i) {
      session_actions(s, i, visit);
      client_actions(s, i, visit);
    }
  }

  void apply(const state& before, const action& taken, state& after, observation& seen) const {
    after = before;
    seen.broken = 0;
    connection& c = after.at[taken.connection];
    const unsigned n = taken.stream;
    switch (taken.what) {
      case listener_closes:
        after.phase = closing;
        for (connection& each : after.at) {
          if (get(each, conn) == none && get(each, c2s) != 0) {
            set(each, c2s, 0);
            destroy_socket(each);
          }
        }
        break;
      case listener_emits_close:
        after.phase = closed;
        ++after.emitted;
        assert_that(seen, observation::emitted_once, after.emitted == 1);
        for (const connection each : after.at) {
          assert_that(seen, observation::handlers_ended, get(each, so) == 0 && get(each, sr) == 0);
        }
        break;
      case deadline_expires:
        for (connection& each : after.at) {
          if (get(each, conn) != none) {
            drop(each);
            destroy_socket(each);
          }
        }
        break;
      case session_accepts:
        assert_that(seen, observation::begins_with_conn, type_of(pop(c, c2s)) == conn_message);
        set(c, conn, up);
        break;
      case session_reads: read_frame(c, seen); break;
      case session_responds:
        push(c, s2c, resp, n);
        remove(c, sr, n);
        break;
      case session_sends_goaway:
        push(c, s2c, goaway, get(c, last));
        set(c, goid, get(c, last));
        set(c, conn, ga);
        break;
      case session_sends_fin:
        push(c, s2c, server_fin, 0);
        if (get(c, rdc) != 0) {
          drop(c);
        } else {
          set(c, conn, finw);
        }
        break;
      case session_sees_abort:
        drop(c);
        set(c, crst, 0);
        break;
      case client_connects:
        push(c, c2s, conn_message, 0);
        set(c, nxt, 1);
        set(c, place, connected);
        break;
      case client_opens: {
        const unsigned id = get(c, nxt);
        push(c, c2s, headers, id);
        add(c, co, id);
        add(c, cw, id);
        set(c, nxt, id + 1);
        break;
      }
      case client_ends:
        push(c, c2s, end, n);
        remove(c, co, n);
        break;
      case client_resets:
        push(c, c2s, rsts, n);
        remove(c, co, n);
        remove(c, cw, n);
        break;
      case client_pings: push(c, c2s, ping, 0); break;
      case client_sends_fin:
        push(c, c2s, fin_message, 0);
        set(c, fin, 1);
        set(c, co, 0);
        break;
      case client_reads: read_answer(c); break;
      case client_finishes: leave(c); break;
      case client_aborts:
        set(c, crst, 1);
        set(c, s2c, 0);
        leave(c);
        break;
      case client_sees_destroyed:
        set(c, srst, 0);
        set(c, s2c, 0);
        leave(c);
        break;
    }
  }

  // Words one after the other, low byte first, without the bytes that no variable occupies; then the server's own variables.
  static constexpr std::size_t encoded_size() { return Connections * bytes_per_connection + 1; }
  void encode(const state& s, std::byte* bytes) const {
    for (const connection c : s.at) {
      for (unsigned i = 0; i < bytes_per_connection; ++i) {
        *bytes++ = static_cast<std::byte>(c >> (8 * i));
      }
    }
    *bytes = static_cast<std::byte>(s.phase | s.emitted << 4);
  }
  void decode(const std::byte* bytes, state& s) const {
    for (connection& c : s.at) {
      c = 0;
      for (unsigned i = 0; i < bytes_per_connection; ++i) {
        c |= static_cast<connection>(*bytes++) << (8 * i);
      }
    }
    s.phase = static_cast<std::uint8_t>(*bytes) & 0xf;
    s.emitted = static_cast<std::uint8_t>(*bytes) >> 4;
  }

  // A constraint for each process, as SPIN's weak fairness has it: Listener, Timer, and Sess(i) and Client(i) in turn.
  std::uint64_t fair_sets(const state&, const action& taken) const {
    const unsigned process = taken.what == listener_closes || taken.what == listener_emits_close ? 0U
                             : taken.what == deadline_expires                                    ? 1U
                             : taken.what < client_connects ? 2U + 2U * taken.connection
                                                            : 3U + 2U * taken.connection;
    return std::uint64_t{1} << process;
  }

  // drain.pml's assertions, and SPIN's own: nothing is stuck while the listener still has close to emit.
  auto safety_claims() const {
    const auto unbroken = [](std::uint8_t assertion) {
      return [assertion](const state&, const action&, const observation& seen, const state&) {
        return (seen.broken & assertion) == 0;
      };
    };
    return std::tuple{
        explore::always_step("close_is_emitted_once", unbroken(observation::emitted_once)),
        explore::always_step("no_handler_outlives_close", unbroken(observation::handlers_ended)),
        explore::always_step("no_handler_begins_above_the_goaway_id", unbroken(observation::goaway_kept)),
        explore::always_step("stream_ids_only_grow", unbroken(observation::ids_grow)),
        explore::always_step("a_connection_begins_with_conn", unbroken(observation::begins_with_conn)),
        explore::always("nothing_is_stuck_while_closing", [this](const state& s) { return s.phase != closing || can_move(s); }),
    };
  }

  // ltl drains { [] (close_called -> <> close_emitted) }
  static auto drains() {
    return std::tuple{explore::eventually("drains", [](const state& s) { return s.phase != open; },
                                          [](const state& s) { return s.emitted == 1; })};
  }

  // What a session reads next, 0 if nothing.
  static unsigned next_for_server(const state& s, unsigned i) { return type_of(first(s.at[i], c2s)); }

 private:
  static constexpr unsigned id_width = std::bit_width(Streams);
  static constexpr unsigned message_width = 3 + id_width;  // the type, which is never 0, and a stream id

  static constexpr field conn{0, 2};
  static constexpr field so = conn.then(Streams);
  static constexpr field sr = so.then(Streams);
  static constexpr field last = sr.then(id_width);
  static constexpr field goid = last.then(id_width);
  static constexpr field rdc = goid.then(1);
  static constexpr field crst = rdc.then(1);
  static constexpr field srst = crst.then(1);
  static constexpr field place = srst.then(2);
  static constexpr field nxt = place.then(std::bit_width(Streams + 1));
  static constexpr field co = nxt.then(Streams);
  static constexpr field cw = co.then(Streams);
  static constexpr field ga_seen = cw.then(1);
  static constexpr field fin = ga_seen.then(1);
  static constexpr field sfin = fin.then(1);
  static constexpr field c2s = sfin.then(message_width * Capacity);
  static constexpr field s2c = c2s.then(message_width * Capacity);
  static constexpr unsigned bytes_per_connection = (s2c.offset + s2c.width + 7) / 8;
  static_assert(bytes_per_connection <= sizeof(connection) && Connections * 2 + 2 <= 64);

  static unsigned get(connection c, field f) { return static_cast<unsigned>((c & f.mask()) >> f.offset); }
  static void set(connection& c, field f, unsigned value) { c = (c & ~f.mask()) | (std::uint64_t{value} << f.offset); }

  // Sets of stream ids, which start at 1.
  static bool has(connection c, field f, unsigned id) { return (c >> (f.offset + id - 1) & 1) != 0; }
  static void add(connection& c, field f, unsigned id) { c |= std::uint64_t{1} << (f.offset + id - 1); }
  static void remove(connection& c, field f, unsigned id) { c &= ~(std::uint64_t{1} << (f.offset + id - 1)); }

  // Channels: the first message in the lowest bits, nothing above the last.
  static bool is_empty(connection c, field channel) { return (c & channel.mask()) == 0; }
  static bool is_full(connection c, field channel) {
    return get(c, channel) >> (message_width * (Capacity - 1)) != 0;
  }
  static unsigned first(connection c, field channel) { return get(c, channel) & ((1U << message_width) - 1); }
  static unsigned pop(connection& c, field channel) {
    const unsigned message = first(c, channel);
    set(c, channel, get(c, channel) >> message_width);
    return message;
  }
  static void push(connection& c, field channel, unsigned type, unsigned id) {
    const unsigned length = (static_cast<unsigned>(std::bit_width(get(c, channel))) + message_width - 1) / message_width;
    c |= std::uint64_t{type | id << 3} << (channel.offset + length * message_width);
  }
  static unsigned type_of(unsigned message) { return message & 7; }
  static unsigned id_of(unsigned message) { return message >> 3; }

  static void assert_that(observation& seen, std::uint8_t assertion, bool holds) {
    seen.broken = static_cast<std::uint8_t>(seen.broken | (holds ? 0 : assertion));
  }

  static bool table_empty(const state& s) {
    connection any = 0;
    for (const connection c : s.at) {
      any |= c & conn.mask();
    }
    return any == 0;
  }

  bool can_move(const state& s) const {
    bool found = false;
    actions(s, [&found](const action&) { found = true; });
    return found;
  }

  // The server forgets a connection.
  static void drop(connection& c) {
    c &= ~(conn.mask() | so.mask() | sr.mask() | last.mask() | goid.mask() | rdc.mask() | c2s.mask());
  }
  // The server destroys a socket; nobody is told if the client aborted first.
  static void destroy_socket(connection& c) {
    if (get(c, crst) != 0) {
      set(c, crst, 0);
    } else {
      set(c, srst, 1);
    }
  }
  // The client forgets its connection.
  void leave(connection& c) const {
    c &= ~(nxt.mask() | co.mask() | cw.mask() | ga_seen.mask() | fin.mask() | sfin.mask());
    set(c, place, switches_.no_reconnect ? gone : idle);
  }

  template <class Visit>
  void session_actions(const state& s, std::uint8_t i, Visit&& visit) const {
    const connection c = s.at[i];
    const unsigned at = get(c, conn);
    const bool can_send = !is_full(c, s2c);
    if (!is_empty(c, c2s)) {
      if (at == none && s.phase == open) {
        visit(action{session_accepts, i});
      }
      if (at != none && (at != ga || can_send)) {
        visit(action{session_reads, i});
      }
    }
    for (std::uint8_t n = 1; n <= Streams; ++n) {
      if (has(c, sr, n) && can_send) {
        visit(action{session_responds, i, n});
      }
    }
    if (at == up && s.phase == closing && can_send) {
      visit(action{session_sends_goaway, i});
    }
    if ((at == ga || (at == up && get(c, rdc) != 0)) && (c & (so.mask() | sr.mask())) == 0 && can_send) {
      visit(action{session_sends_fin, i});
    }
    if (get(c, crst) != 0) {
      visit(action{session_sees_abort, i});
    }
  }

  template <class Visit>
  void client_actions(const state& s, std::uint8_t i, Visit&& visit) const {
    const connection c = s.at[i];
    if (get(c, place) == idle) {
      if (s.phase == open && (c & (conn.mask() | crst.mask() | srst.mask() | c2s.mask() | s2c.mask())) == 0) {
        visit(action{client_connects, i});
      }
      return;
    }
    if (get(c, place) == gone) {
      return;
    }
    if ((c & (srst.mask() | fin.mask())) == 0 && !is_full(c, c2s)) {
      if ((c & (ga_seen.mask() | sfin.mask())) == 0 && get(c, nxt) <= Streams) {
        visit(action{client_opens, i});
      }
      for (std::uint8_t n = 1; n <= Streams; ++n) {
        if (has(c, co, n)) {
          visit(action{client_ends, i, n});
        }
        if (has(c, cw, n)) {
          visit(action{client_resets, i, n});
        }
      }
      if (!switches_.no_ping) {
        visit(action{client_pings, i});
      }
      visit(action{client_sends_fin, i});
    }
    if (!is_empty(c, s2c)) {
      visit(action{client_reads, i});
    }
    const bool both_closed = get(c, fin) != 0 && get(c, sfin) != 0;
    if (both_closed) {
      visit(action{client_finishes, i});
    }
    if ((c & (crst.mask() | srst.mask())) == 0 && !both_closed) {
      visit(action{client_aborts, i});
    }
    if (get(c, srst) != 0) {
      visit(action{client_sees_destroyed, i});
    }
  }

  void read_frame(connection& c, observation& seen) const {
    const unsigned message = pop(c, c2s);
    const unsigned id = id_of(message);
    if (get(c, conn) == finw) {  // past caring: only FIN matters
      if (type_of(message) == fin_message) {
        drop(c);
      }
      return;
    }
    switch (type_of(message)) {
      case headers: {
        const bool is_late = get(c, conn) == ga && id > get(c, goid);
        if (is_late && !switches_.bug_goaway) {
          push(c, s2c, refused, id);
          break;
        }
        assert_that(seen, observation::goaway_kept, !is_late);
        assert_that(seen, observation::ids_grow, id > get(c, last));
        set(c, last, id);
        add(c, so, id);
        break;
      }
      case end:
        if (has(c, so, id)) {
          remove(c, so, id);
          add(c, sr, id);
        }
        break;
      case rsts:
        remove(c, so, id);
        remove(c, sr, id);
        break;
      case fin_message:
        set(c, rdc, 1);
        set(c, so, 0);
        break;
      default: break;  // PING
    }
  }

  static void read_answer(connection& c) {
    const unsigned message = pop(c, s2c);
    const unsigned id = id_of(message);
    switch (type_of(message)) {
      case goaway:
        set(c, ga_seen, 1);
        set(c, co, get(c, co) & ((1U << id) - 1));
        set(c, cw, get(c, cw) & ((1U << id) - 1));
        break;
      case server_fin:
        set(c, sfin, 1);
        set(c, co, 0);
        set(c, cw, 0);
        break;
      default:  // RESP, REFUSED
        remove(c, co, id);
        remove(c, cw, id);
        break;
    }
  }

  drain_switches switches_;
};

}  // namespace lastcall::bench
