"""What clients and application do to Node's http2 server (servers/node_h2_server.js)."""
import signal

from http2_peer import Http2Peer
from scenarios import Suite

suite = Suite("h2")
scenario = suite.scenario


# close() and what the clients do about it.

@scenario("no_client")
def no_client(stage):
    stage.close()
    stage.watch(1)


@scenario("idle_session")
def idle_session(stage):
    stage.http2()
    stage.settle()
    stage.close()
    stage.watch()


@scenario("idle_after_request")
def idle_after_request(stage):
    stage.http2().request("/fast")
    stage.settle()
    stage.close()
    stage.watch()


@scenario("client_ignores_fin.idle", "client_ignores_fin.active")
def client_ignores_fin(stage, variant):
    """the client never closes its side"""
    client = stage.http2(closes_after_fin=False)
    if variant == "active":
        client.request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.watch(4)


@scenario("idle_client_reacts.goaway_then_client_closes")
def idle_client_reacts(stage, _variant):
    """the client closes as soon as it sees GOAWAY, or after a second"""
    client = stage.http2()
    stage.settle()
    stage.close()
    stage.run(1, lambda: client.has_received("GOAWAY") or client.ended is not None)
    client.close()
    stage.watch()


@scenario("new_stream_after_close_idle")
def new_stream_after_close_idle(stage):
    client = stage.http2()
    client.request("/fast")
    stage.settle()
    stage.close()
    stage.run(0.1)
    client.request("/fast")
    stage.run(0.5)
    client.request("/fast")
    stage.watch()


@scenario("active_500ms")
def active_500ms(stage):
    stage.http2().request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.watch()


@scenario("new_stream_during_active")
def new_stream_during_active(stage):
    client = stage.http2()
    client.request("/delay?ms=1000")
    stage.settle()
    stage.close()
    stage.run(0.1)
    client.request("/fast")
    stage.run(0.2)
    client.request("/fast")
    stage.watch()


@scenario("active_tick_stream")
def active_tick_stream(stage):
    """a response of ten chunks is under way"""
    stage.http2().request("/tick?n=10&ms=100")
    stage.run(0.25)
    stage.close()
    stage.watch()


@scenario("body_never_ends.waitbody", "body_never_ends.now", "body_never_ends.nowconsume")
def body_never_ends(stage, handler):
    client = stage.http2()
    client.send_data(client.request("/" + handler, "POST", end_stream=False), b"part")
    stage.settle()
    stage.close()
    stage.watch()


@scenario("window_zero.stall", "window_zero.stall_then_release")
def window_zero(stage, variant):
    client = stage.http2(settings={"INITIAL_WINDOW_SIZE": 0})
    stream = client.request("/big?n=50000")
    stage.settle()
    stage.close()
    stage.watch(3 if variant == "stall" else 1)
    if variant == "stall_then_release":
        client.event("client opens window")
        client.send_window_update(stream, 1 << 20)
        stage.watch(2)


@scenario("tcp_stall.stall", "tcp_stall.stall_then_release")
def tcp_stall(stage, variant):
    """windows are wide open, and the client leaves 8 MB in its socket"""
    client = stage.http2(settings={"INITIAL_WINDOW_SIZE": 1 << 30}, receive_buffer=8192, returns_windows=False)
    client.send_window_update(0, 1 << 30)
    client.request("/big?n=8000000")
    client.stop_reading()
    stage.settle(0.3)
    stage.close()
    stage.watch(3 if variant == "stall" else 1)
    if variant == "stall_then_release":
        client.resume_reading()
        stage.read_to_the_end(client, 5)


@scenario("settings_never_acked.idle", "settings_never_acked.active")
def settings_never_acked(stage, variant):
    client = stage.http2(acks_settings=False)
    if variant == "active":
        client.request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.watch()


@scenario("no_preface.nothing", "no_preface.preface_no_settings", "no_preface.half_preface")
def no_preface(stage, variant):
    client = stage.http2(sends_preface=False, acks_settings=False)
    if variant == "half_preface":
        client.send_bytes(b"PRI * HTTP/2.0\r\n")
    if variant == "preface_no_settings":
        client.send_bytes(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    stage.settle(0.2)
    stage.close()
    stage.watch()


@scenario("half_close.idle_before", "half_close.idle_after", "half_close.active_before", "half_close.active_after")
def half_close(stage, variant):
    """the client sends FIN and goes on reading, before or after close()"""
    client = stage.http2()
    if variant.startswith("active"):
        client.request("/delay?ms=500")
    stage.settle()
    if variant.endswith("before"):
        client.fin()
        stage.settle()
    stage.close()
    stage.run(0.1)
    if variant.endswith("after"):
        client.fin()
    stage.watch()


@scenario("client_rst.idle_before", "client_rst.idle_after", "client_rst.active_before", "client_rst.active_after")
def client_rst(stage, variant):
    client = stage.http2()
    if variant.startswith("active"):
        client.request("/delay?ms=500")
    stage.settle()
    if variant.endswith("before"):
        client.reset()
        stage.settle()
    stage.close()
    stage.run(0.1)
    if variant.endswith("after"):
        client.reset()
    stage.watch()


@scenario("fin_close_active.active")
def fin_close_active(stage, _variant):
    """the client closes its socket while its request is answered"""
    client = stage.http2()
    client.request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.run(0.1)
    client.close()
    stage.watch()


@scenario("handler_never_responds")
def handler_never_responds(stage):
    stage.http2().request("/hang")
    stage.settle()
    stage.close()
    stage.watch()


@scenario("client_goaway_idle")
def client_goaway_idle(stage):
    client = stage.http2()
    stage.settle()
    client.send_goaway()
    stage.run(1)
    stage.close()
    stage.watch()


@scenario("close_twice")
def close_twice(stage):
    stage.http2().request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.close()
    stage.watch()


@scenario("session_close_api.idle", "session_close_api.active")
def session_close_api(stage, variant):
    """server.close(), and session.close() of every session: the documented way round"""
    client = stage.http2()
    if variant == "active":
        client.request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.command("closeSessions")
    stage.run(0.15)
    if variant == "active":
        client.request("/fast")
    stage.watch()


@scenario("session_goaway_api.idle")
def session_goaway_api(stage, _variant):
    client = stage.http2()
    stage.settle()
    stage.command("goaway", code=0)
    stage.run(0.1)
    client.request("/fast")
    stage.watch(1.5)


@scenario("new_connection_after_close")
def new_connection_after_close(stage):
    stage.http2(name="A").request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.run(0.05)
    stage.attempt_connection("second connect", stage.http2, name="B")
    stage.watch()


@scenario("ping_after_close")
def ping_after_close(stage):
    client = stage.http2()
    client.request("/delay?ms=800")
    stage.settle()
    stage.close()
    stage.run(0.1)
    client.send_ping()
    stage.watch()


# RST_STREAM from the client.

def reset_stream(stage, path, code, method="GET", body=None):
    """Resets the only stream of a client 250 ms into its request, and sees that the connection lives on."""
    client = stage.http2()
    stream = client.request(path, method, end_stream=body is None)
    if body is not None:
        client.send_data(stream, body)
    stage.run(0.25)
    client.send_rst_stream(stream, code)
    stage.run(1.2)
    client.send_ping()
    stage.run(0.2)


@scenario(*(f"rst_mid_request.{code}" for code in ("CANCEL", "NO_ERROR", "INTERNAL_ERROR", "REFUSED_STREAM", "PROTOCOL_ERROR")))
def rst_mid_request(stage, code):
    reset_stream(stage, "/waitbody", code, "POST", b"part")


@scenario("rst_mid_request_noread.CANCEL", "rst_mid_request_noread.INTERNAL_ERROR")
def rst_mid_request_noread(stage, code):
    reset_stream(stage, "/hangnoread", code, "POST", b"part")


@scenario("rst_waiting_response.NO_ERROR", "rst_waiting_response.INTERNAL_ERROR")
def rst_waiting_response(stage, code):
    """the request is complete and the handler has not answered yet"""
    reset_stream(stage, "/delay?ms=600", code)


@scenario("rst_mid_response.CANCEL", "rst_mid_response.NO_ERROR")
def rst_mid_response(stage, code):
    """one chunk is out, the next one comes only after the reset"""
    reset_stream(stage, "/tick?n=4&ms=100&first=700&cb=1", code)


@scenario("rst_blocked_write.CANCEL")
def rst_blocked_write(stage, code):
    """the response is blocked by a window of zero"""
    client = stage.http2(settings={"INITIAL_WINDOW_SIZE": 0})
    stream = client.request("/tick?n=3&ms=600&cb=1&sz=40000")
    stage.run(0.25)
    client.send_rst_stream(stream, code)
    stage.run(1.6)


resets = [each.name for each in suite.scenarios if each.name.startswith("rst_")]
suite.with_options(["active_500ms"], "_compat", api="compat")
suite.with_options(resets, "@compat", api="compat")
suite.with_options(["rst_mid_request.CANCEL", "rst_mid_request.INTERNAL_ERROR", "rst_mid_response.CANCEL"], "!nolisteners",
                   errListeners=False)
suite.with_options(["rst_mid_request.CANCEL@compat", "rst_mid_request.INTERNAL_ERROR@compat"], "!nolisteners", errListeners=False)


suite.from_here_on_new()

@scenario("two_streams_end_one_by_one")
def two_streams_end_one_by_one(stage):
    """close() finds two requests that end 400 ms apart"""
    client = stage.http2()
    client.request("/delay?ms=400")
    client.request("/delay?ms=800")
    stage.settle()
    stage.close()
    stage.watch()


@scenario("idle_and_active_session")
def idle_and_active_session(stage):
    """close() finds one session idle and one that serves"""
    stage.http2(name="A")
    stage.http2(name="B").request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.watch()


@scenario("rst_while_draining.CANCEL", "rst_while_draining.INTERNAL_ERROR")
def rst_while_draining(stage, code):
    """the request that close() waits for is reset"""
    client = stage.http2()
    stream = client.request("/hang")
    stage.settle()
    stage.close()
    stage.run(0.2)
    client.send_rst_stream(stream, code)
    stage.watch()


@scenario("body_ends_after_close.waitbody", "body_ends_after_close.echo")
def body_ends_after_close(stage, handler):
    """the rest of the request's body comes while the server drains"""
    client = stage.http2()
    stream = client.request("/" + handler, "POST", end_stream=False)
    client.send_data(stream, b"part")
    stage.settle()
    stage.close()
    stage.run(0.3)
    client.send_data(stream, b"rest", end_stream=True)
    stage.watch()


@scenario("client_goaway_while_draining")
def client_goaway_while_draining(stage):
    """both sides have said GOAWAY, and a request is under way"""
    client = stage.http2()
    client.request("/delay?ms=600")
    stage.settle()
    stage.close()
    stage.run(0.1)
    client.send_goaway()
    stage.watch()


@scenario("session_close_without_server_close.idle", "session_close_without_server_close.active")
def session_close_without_server_close(stage, variant):
    """only session.close(): the server goes on listening"""
    client = stage.http2()
    if variant == "active":
        client.request("/delay?ms=400")
    stage.settle()
    stage.command("closeSessions")
    stage.run(1.2)


@scenario("close_twice_idle")
def close_twice_idle(stage):
    """the second close() meets a server that the first one has not closed yet"""
    stage.http2()
    stage.settle()
    stage.close()
    stage.close()
    stage.watch()


@scenario("second_session_outlives_first")
def second_session_outlives_first(stage):
    """two sessions serve; one client aborts while the server drains"""
    first = stage.http2(name="A")
    first.request("/hang")
    second = stage.http2(name="B")
    second.request("/fast")  # stream 1 again; the handler's rows name only the stream
    second.request("/delay?ms=700")
    stage.settle()
    stage.close()
    stage.run(0.1)
    first.reset()
    stage.watch()


@scenario("destroy_sessions.idle", "destroy_sessions.active", "destroy_sessions.uploading")
def destroy_sessions(stage, variant):
    """session.destroy() of every session, while the server drains"""
    client = stage.http2()
    if variant == "active":
        client.request("/delay?ms=500")
    if variant == "uploading":
        client.send_data(client.request("/waitbody", "POST", end_stream=False), b"part")
    stage.settle()
    stage.close()
    stage.run(0.1)
    stage.command("destroySessions")
    stage.watch(2)


@scenario("sigterm.active")
def sigterm(stage, _variant):
    """the application calls close() because of a signal"""
    stage.http2().request("/delay?ms=400")
    stage.settle()
    stage.server.signal(signal.SIGTERM)
    stage.watch()


@scenario("goaway_api_then_close.idle", "goaway_api_then_close.active")
def goaway_api_then_close(stage, variant):
    """session.goaway() and then close()"""
    client = stage.http2()
    if variant == "active":
        client.request("/delay?ms=500")
    stage.settle()
    stage.command("goaway", code=0)
    stage.run(0.1)
    stage.close()
    stage.watch()


@scenario("client_goaway_with_error.idle", "client_goaway_with_error.active")
def client_goaway_with_error(stage, variant):
    """the client says GOAWAY with INTERNAL_ERROR while the server drains"""
    client = stage.http2()
    if variant == "active":
        client.request("/delay?ms=500")
    stage.settle()
    stage.close()
    stage.run(0.1)
    client.send_goaway(code="INTERNAL_ERROR")
    stage.watch()


@scenario("half_close_mid_download.before", "half_close_mid_download.after")
def half_close_mid_download(stage, variant):
    """the client sends FIN in the middle of a response that its window holds up, before or after close()"""
    client = stage.http2(settings={"INITIAL_WINDOW_SIZE": 1000}, returns_windows=False)
    client.request("/big?n=50000")
    stage.settle()
    if variant == "after":
        stage.close()
        stage.run(0.1)
    client.fin()
    stage.settle()
    if variant == "before":
        stage.close()
    stage.watch()


@scenario("settings_open_the_window")
def settings_open_the_window(stage):
    """a later SETTINGS frame of the client raises INITIAL_WINDOW_SIZE, and the blocked response goes on"""
    client = stage.http2(settings={"INITIAL_WINDOW_SIZE": 0})
    client.request("/big?n=50000")
    stage.settle()
    stage.close()
    stage.run(0.3)
    client.send_settings({"INITIAL_WINDOW_SIZE": 65535})
    stage.watch()


@scenario("request_trailers_after_close")
def request_trailers_after_close(stage):
    """the request ends with trailers while the server drains"""
    client = stage.http2()
    stream = client.request("/waitbody", "POST", end_stream=False)
    client.send_data(stream, b"part")
    stage.settle()
    stage.close()
    stage.run(0.2)
    client.send_trailers(stream)
    stage.watch()


@scenario("protocol_error_while_draining.data_on_stream_0", "protocol_error_while_draining.window_overflow",
          "protocol_error_while_draining.rst_of_idle_stream")
def protocol_error_while_draining(stage, variant):
    """a connection error (RFC 9113 5.4.1) while a request is served"""
    client = stage.http2()
    client.request("/delay?ms=600")
    stage.settle()
    stage.close()
    stage.run(0.1)
    if variant == "data_on_stream_0":
        client.send_data(0, b"x")
    if variant == "window_overflow":
        client.send_window_update(0, 0x7FFFFFFF)
    if variant == "rst_of_idle_stream":
        client.send_rst_stream(7, "CANCEL")
    stage.watch()


@scenario("stops_reading_idle_then_resumes")
def stops_reading_idle_then_resumes(stage):
    """an idle client does not see what close() sends until half a second later"""
    client = stage.http2()
    stage.settle()
    client.stop_reading()
    stage.close()
    stage.run(0.5)
    client.resume_reading()
    stage.watch()


@scenario("reset_of_stream_above_last_id")
def reset_of_stream_above_last_id(stage):
    """a request after GOAWAY is cancelled by its client (golang/go#55846)"""
    client = stage.http2()
    client.request("/delay?ms=600")
    stage.settle()
    stage.close()
    stage.run(0.1)
    client.send_rst_stream(client.request("/fast"), "CANCEL")
    stage.watch()


@scenario("three_sessions_leave_one_by_one")
def three_sessions_leave_one_by_one(stage):
    """close() waits for the last of three, whose clients leave by FIN, by close and by reset"""
    clients = [stage.http2(name=name, closes_after_fin=False) for name in "ABC"]
    stage.settle()
    stage.close()
    stage.settle()
    for client, leaves in zip(clients, (Http2Peer.fin, Http2Peer.close, Http2Peer.reset)):
        leaves(client)
        stage.settle(0.2)
    stage.watch()


suite.with_options(["idle_and_active_session", "rst_while_draining.CANCEL", "rst_while_draining.INTERNAL_ERROR",
                    "body_ends_after_close.waitbody", "body_ends_after_close.echo", "new_stream_during_active",
                    "half_close.active_after", "client_rst.active_after", "window_zero.stall_then_release",
                    "destroy_sessions.active"], "@compat", api="compat")
