// The machines, each with what its table is held against: the facts that cannot be together, and the matrix of
// states and events. A cell names the states that the event may lead to, "stays" for a row that keeps the state, and "-"
// where the table has no row. What a row commands is not repeated here; server_test.cpp shows it at work.
#pragma once

#include "model/client_request.hpp"
#include "model/event_loop.hpp"
#include "model/exchange.hpp"
#include "model/http1_connection.hpp"
#include "model/http2_client.hpp"
#include "model/http2_goaway.hpp"
#include "model/http2_session.hpp"
#include "model/http2_stream.hpp"
#include "model/net_server.hpp"
#include "model/servlet_output.hpp"
#include "model/servlet_request.hpp"
#include "model/tcp_socket.hpp"

namespace lastcall::model::test {

struct net_server_machine {
  using state = net_server::state;
  using event = net_server::event;
  using facts = net_server::facts;
  static constexpr const char* name = "net_server";
  static constexpr auto initial = state::created;
  static constexpr auto step = &net_server::step;
  static constexpr auto table = &net_server::table;
  static bool impossible(const facts&) { return false; }
  static constexpr const char* matrix = R"(
                  | created   | listening      | closing      | closed
listen_called     | listening | stays          | listening    | listening
close_called      | stays     | closing,closed | stays        | stays
connection_opened | -         | stays          | stays        | -
connection_gone   | -         | stays          | stays,closed | -
deferred_ran      | -         | -              | stays,closed | -
drain_expired     | -         | -              | stays        | -
)";
};

struct tcp_socket_machine {
  using state = tcp_socket::state;
  using event = tcp_socket::event;
  using facts = tcp_socket::facts;
  static constexpr const char* name = "tcp_socket";
  static constexpr auto initial = state::open;
  static constexpr auto step = &tcp_socket::step;
  static constexpr auto table = &tcp_socket::table;
  static bool impossible(const facts&) { return false; }
  static constexpr const char* matrix = R"(
                    | open             | read_ended  | ending      | both_ending | write_ended | destroyed | closed
peer_fin            | read_ended       | -           | both_ending | -           | destroyed   | -         | -
peer_rst            | destroyed        | destroyed   | destroyed   | destroyed   | destroyed   | -         | -
end_called          | ending,destroyed | both_ending | -           | -           | -           | -         | -
output_finished     | -                | -           | write_ended | destroyed   | -           | -         | -
destroy_called      | destroyed        | destroyed   | destroyed   | destroyed   | destroyed   | -         | -
close_callbacks_ran | -                | -           | -           | -           | -           | closed    | -
)";
};

struct http1_connection_machine {
  using state = http1_connection::state;
  using event = http1_connection::event;
  using facts = http1_connection::facts;
  static constexpr const char* name = "http1_connection";
  static constexpr auto initial = state::fresh;
  static constexpr auto step = &http1_connection::step;
  static constexpr auto table = &http1_connection::table;
  /// Both come from one decision of the profile, http1::idle_means.
  static bool impossible(const facts& known) { return known.parser_idle_suffices && known.nothing_received_is_idle; }
  static constexpr const char* matrix = R"(
                  | fresh | head     | body   | idle  | upgraded | failed
message_began     | head  | -        | -      | head  | -        | -
head_completed    | -     | body     | -      | -     | -        | -
upgrade_completed | -     | upgraded | -      | -     | -        | -
message_completed | -     | -        | idle   | -     | -        | -
message_broken    | -     | failed   | failed | -     | -        | -
peer_ended        | stays | -        | -      | stays | -        | stays
sweep_called      | stays | stays    | stays  | stays | -        | -
deadline_passed   | stays | stays    | stays  | -     | -        | -
)";
};

struct http2_session_machine {
  using state = http2_session::state;
  using event = http2_session::event;
  using facts = http2_session::facts;
  static constexpr const char* name = "http2_session";
  static constexpr auto initial = state::preface;
  static constexpr auto step = &http2_session::step;
  static constexpr auto table = &http2_session::table;
  static bool impossible(const facts&) { return false; }
  static constexpr const char* matrix = R"(
                  | preface        | open           | closing          | lingering | closed
settings_received | open           | -              | -                | -         | -
drained           | closing        | closing        | lingering,closed | -         | -
peer_ended        | closing,closed | closing,closed | stays,closed     | closed    | -
connection_error  | closed         | closing,closed | -                | -         | -
linger_expired    | -              | -              | -                | closed    | -
connection_lost   | closed         | closed         | closed           | closed    | -
)";
};

struct http2_goaway_machine {
  using state = http2_goaway::state;
  using event = http2_goaway::event;
  using facts = http2_goaway::facts;
  static constexpr const char* name = "http2_goaway";
  static constexpr auto initial = state::silent;
  static constexpr auto step = &http2_goaway::step;
  static constexpr auto table = &http2_goaway::table;
  /// Both come from one decision of the profile, close_announces.
  static bool impossible(const facts& known) { return known.announces_final && known.announces_notice; }
  static constexpr const char* matrix = R"(
                     | silent                       | notice_sent      | final_sent
drain_called         | stays,notice_sent,final_sent | -                | -
session_close_called | final_sent                   | -                | -
session_registered   | stays,final_sent             | -                | -
notice_expired       | -                            | final_sent       | -
ping_ack_received    | -                            | stays,final_sent | -
headers_received     | -                            | stays,final_sent | -
quiescence_reached   | final_sent                   | final_sent       | -
goaway_received      | stays,final_sent             | -                | -
session_ended        | -                            | silent           | silent
)";
};

struct http2_stream_machine {
  using state = http2_stream::state;
  using event = http2_stream::event;
  using facts = http2_stream::facts;
  static constexpr const char* name = "http2_stream";
  static constexpr auto initial = state::idle;
  static constexpr auto step = &http2_stream::step;
  static constexpr auto table = &http2_stream::table;
  /// Both come from one decision of the profile, reset_counts.
  static bool impossible(const facts& known) { return known.counts_twice && known.counts_never; }
  static constexpr const char* matrix = R"(
                     | idle               | open                     | half_closed_local | half_closed_remote | closed
headers_received     | open               | -                        | -                 | -                  | -
headers_end_received | half_closed_remote | -                        | -                 | -                  | -
data_received        | -                  | stays                    | stays             | closed             | -
end_received         | -                  | half_closed_remote       | closed            | closed             | -
end_written          | -                  | half_closed_local,closed | -                 | closed             | -
reset_received       | -                  | closed                   | closed            | closed             | -
connection_gone      | -                  | closed                   | closed            | closed             | -
)";
};

struct exchange_machine {
  using state = exchange::state;
  using event = exchange::event;
  using facts = exchange::facts;
  static constexpr const char* name = "exchange";
  static constexpr auto initial = state::waiting;
  static constexpr auto step = &exchange::step;
  static constexpr auto table = &exchange::table;
  static bool impossible(const facts&) { return false; }
  static constexpr const char* matrix = R"(
                  | waiting    | dispatched | committed    | writing      | completed | failed
handler_free      | dispatched | -          | -            | -            | -         | -
handler_responded | -          | committed  | -            | -            | -         | -
handler_wrote     | -          | -          | stays        | -            | -         | -
handler_finished  | -          | writing    | writing      | -            | -         | -
response_written  | -          | -          | -            | completed    | -         | -
request_failed    | failed     | failed     | stays,failed | stays,failed | -         | -
)";
};

struct http2_client_machine {
  using state = http2_client::state;
  using event = http2_client::event;
  using facts = http2_client::facts;
  static constexpr const char* name = "http2_client";
  static constexpr auto initial = state::open;
  static constexpr auto step = &http2_client::step;
  static constexpr auto table = &http2_client::table;
  /// Both come from one decision of the profile, client.goaway_order.
  static bool impossible(const facts& known) { return known.notifies_first && known.fails_first; }
  static constexpr const char* matrix = R"(
                | open    | leaving | closed
request_wanted  | stays   | stays   | stays
goaway_received | leaving | stays   | -
close_called    | leaving | -       | -
connection_lost | closed  | closed  | -
)";
};

struct client_request_machine {
  using state = client_request::state;
  using event = client_request::event;
  using facts = client_request::facts;
  static constexpr const char* name = "client_request";
  static constexpr auto initial = state::unused;
  static constexpr auto step = &client_request::step;
  static constexpr auto table = &client_request::table;
  static bool impossible(const facts&) { return false; }
  static constexpr const char* matrix = R"(
                | unused    | submitted | open     | answered   | over
submit_called   | submitted | -         | -        | -          | -
headers_written | -         | open      | -        | -          | -
response_ended  | -         | -         | answered | -          | -
reset_received  | -         | -         | over     | stays,over | -
excluded        | -         | over      | over     | -          | -
connection_lost | -         | over      | over     | stays      | -
response_read   | -         | -         | -        | over       | -
)";
};

struct event_loop_machine {
  using state = event_loop::state;
  using event = event_loop::event;
  using facts = event_loop::facts;
  static constexpr const char* name = "event_loop";
  static constexpr auto initial = state::timers;
  static constexpr auto step = &event_loop::step;
  static constexpr auto table = &event_loop::table;
  static bool impossible(const facts&) { return false; }
  static constexpr const char* matrix = R"(
           | timers        | pending | prepare | poll            | pending_in_poll | check   | closing | ended
phase_done | pending,ended | prepare | poll    | pending_in_poll | check           | closing | timers  | -
)";
};

struct servlet_request_machine {
  using state = servlet_request::state;
  using event = servlet_request::event;
  using facts = servlet_request::facts;
  static constexpr const char* name = "servlet_request";
  static constexpr auto initial = state::dispatched;
  static constexpr auto step = &servlet_request::step;
  static constexpr auto table = &servlet_request::table;
  static bool impossible(const facts& known) {
    const bool decides_of_uncommitted = !known.committed && (known.unnoticed || known.ends_untold);
    return decides_of_uncommitted || (known.unnoticed && known.ends_untold) || (known.timeout_resets && known.timeout_ends);
  }
  static constexpr const char* matrix = R"(
                   | dispatched    | async_started | waiting                               | telling_error     | telling_timeout     | timeout_answered | lingering | completed | aborted
start_async_called | async_started | -             | -                                     | -                 | -                   | -                | -         | -         | -
service_returned   | completed     | waiting       | -                                     | -                 | -                   | -                | -         | -         | -
complete_called    | -             | -             | completed                             | stays             | timeout_answered    | -                | -         | -         | -
stream_failed      | -             | -             | stays,telling_error,completed,aborted | -                 | -                   | -                | -         | -         | -
timeout_expired    | -             | -             | telling_timeout                       | -                 | -                   | -                | -         | -         | -
listeners_returned | -             | -             | -                                     | completed,aborted | lingering,completed | completed        | -         | -         | -
)";
};

struct servlet_output_machine {
  using state = servlet_output::state;
  using event = servlet_output::event;
  using facts = servlet_output::facts;
  static constexpr const char* name = "servlet_output";
  static constexpr auto initial = state::uncommitted;
  static constexpr auto step = &servlet_output::step;
  static constexpr auto table = &servlet_output::table;
  static bool impossible(const facts&) { return false; }
  static constexpr const char* matrix = R"(
             | uncommitted      | committed    | failed | closed
print_called | stays            | stays        | stays  | stays
flush_called | committed,failed | stays,failed | stays  | stays
ended        | closed           | closed       | closed | -
cut          | closed           | closed       | closed | -
)";
};

}  // namespace lastcall::model::test
