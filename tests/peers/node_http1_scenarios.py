"""What clients and application do to Node's http server (servers/node_h1_server.js)."""
import signal

from scenarios import Suite

suite = Suite("h1")
scenario = suite.scenario

# Timeouts short enough to see them expire.
CHECK_OFTEN = {"connectionsCheckingInterval": 200}
SHORT = {"headersTimeout": 500, "requestTimeout": 1000}
LONGER = {"headersTimeout": 1000, "requestTimeout": 2000}


def request(path, method="GET", headers=""):
    return f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"


def command(stage, name, watch):
    """A call of the application, and what follows until the process ends."""
    stage.command(name)
    stage.watch(watch)


def idle(stage, **client):
    stage.tcp(**client).send(request("/fast"))
    stage.settle(0.2)
    command(stage, "close", 3)


@scenario("idle_keepalive")
def idle_keepalive(stage):
    idle(stage)


@scenario("idle_keepalive_client_ignores_fin")
def idle_keepalive_client_ignores_fin(stage):
    idle(stage, closes_after_fin=False)


@scenario("conn_no_request_yet")
def conn_no_request_yet(stage):
    stage.tcp()
    stage.settle(0.2)
    command(stage, "close", 3)


def active(stage, path="/delay?ms=500", headers="", watch=3.0, **client):
    stage.tcp(**client).send(request(path, headers=headers))
    stage.settle()
    command(stage, "close", watch)


@scenario("active_500")
def active_500(stage):
    """the response says keep-alive or close; a kept connection ends by keepAliveTimeout"""
    active(stage, watch=8)


@scenario("active_500_client_ignores_fin")
def active_500_client_ignores_fin(stage):
    active(stage, closes_after_fin=False)


@scenario("active_500_kat500", props={"keepAliveTimeout": 500})
def active_500_kat500(stage):
    active(stage, watch=4)


@scenario("active_then_new_requests_forever", props={"keepAliveTimeout": 500})
def active_then_new_requests_forever(stage):
    """can a client keep the server alive by using its connection again and again?"""
    client = stage.tcp()
    client.send(request("/delay?ms=300"))
    stage.settle()
    command(stage, "close", 0.5)
    for _ in range(10):
        if client.ended is not None:
            break
        client.send(request("/fast"))
        stage.run(0.3)
    stage.watch(2.5)


@scenario("active_tick_headers_sent")
def active_tick_headers_sent(stage):
    """the head, with keep-alive, is out when close() is called"""
    stage.tcp().send(request("/tick"))
    stage.run(0.25)
    command(stage, "close", 8)


@scenario("next_request_during_active")
def next_request_during_active(stage):
    client = stage.tcp()
    client.send(request("/delay?ms=500"))
    stage.settle()
    command(stage, "close", 0.1)
    client.send(request("/fast"))
    stage.watch(3)


PARTIAL_HEAD = "GET /fast HTTP/1.1\r\nHost: localhost\r\nX-A: "


@scenario("slow_header_noclose", opts=CHECK_OFTEN, props=LONGER)
def slow_header_noclose(stage):
    stage.tcp().send(PARTIAL_HEAD)
    stage.run(3)


@scenario("slow_header_noclose_clientError", clientError=True, opts=CHECK_OFTEN, props=LONGER)
def slow_header_noclose_client_error(stage):
    stage.tcp().send(PARTIAL_HEAD)
    stage.run(3)


@scenario("silent_conn_noclose", opts=CHECK_OFTEN, props=LONGER)
def silent_conn_noclose(stage):
    stage.tcp()
    stage.run(3)


def partial_body(stage, length=10):
    client = stage.tcp()
    client.send(request("/waitbody", "POST", f"Content-Length: {length}\r\n") + "abc")
    stage.settle()
    return client


@scenario("slow_body_noclose", opts=CHECK_OFTEN, props=SHORT)
def slow_body_noclose(stage):
    partial_body(stage)
    stage.run(3)


@scenario("slow_body_close", opts=CHECK_OFTEN, props=SHORT)
def slow_body_close(stage):
    """close() takes the timer away that bounds the request"""
    partial_body(stage)
    command(stage, "close", 4)


@scenario("slow_body_close_then_finish")
def slow_body_close_then_finish(stage):
    client = partial_body(stage, length=6)
    command(stage, "close", 0.5)
    client.send("def")
    stage.watch(3)


@scenario("early_response_body_unfinished")
def early_response_body_unfinished(stage):
    stage.tcp().send(request("/now", "POST", "Content-Length: 10\r\n") + "abc")
    stage.settle(0.2)
    command(stage, "close", 3)


@scenario("handler_never_responds")
def handler_never_responds(stage):
    active(stage, "/hang")


@scenario("closeAll_active")
def close_all_active(stage):
    active(stage, "/hang", watch=0.2)
    command(stage, "closeAll", 1.5)


@scenario("closeAll_active_tick")
def close_all_active_tick(stage):
    stage.tcp().send(request("/tick"))
    stage.run(0.25)
    command(stage, "close", 0.1)
    command(stage, "closeAll", 1.5)


@scenario("closeAll_silent_conn")
def close_all_silent_conn(stage):
    stage.tcp()
    stage.settle()
    command(stage, "close", 0.2)
    command(stage, "closeAll", 1.5)


@scenario("closeIdle_idle_only")
def close_idle_idle_only(stage):
    stage.tcp(name="A").send(request("/fast"))
    stage.tcp(name="B").send(request("/delay?ms=600"))
    stage.settle(0.2)
    command(stage, "closeIdle", 1)


@scenario("closeIdle_silent_conn")
def close_idle_silent_conn(stage):
    stage.tcp(name="A")
    stage.settle(0.2)
    command(stage, "closeIdle", 0.5)


@scenario("closeIdle_slow_header")
def close_idle_slow_header(stage):
    stage.tcp(name="A").send("GET /fast HT")
    stage.settle(0.2)
    command(stage, "closeIdle", 0.5)


@scenario("keepAliveTimeout_0_close", props={"keepAliveTimeout": 0})
def keep_alive_timeout_0_close(stage):
    idle(stage)


def big_stalled(stage):
    client = stage.tcp(receive_buffer=8192)
    client.send(request("/big"))
    client.stop_reading()
    stage.settle(0.3)
    return client


@scenario("big_stalled_reader")
def big_stalled_reader(stage):
    """8 MB are on their way to a client that does not read, then does"""
    client = big_stalled(stage)
    command(stage, "close", 2)
    client.resume_reading()
    stage.read_to_the_end(client, 2)


@scenario("big_stalled_reader_closeAll")
def big_stalled_reader_close_all(stage):
    big_stalled(stage)
    command(stage, "close", 0.5)
    command(stage, "closeAll", 1.5)


@scenario("halfclose_idle_noclose")
def halfclose_idle_noclose(stage):
    client = stage.tcp()
    client.send(request("/fast"))
    stage.settle(0.2)
    client.fin()
    stage.run(1)


@scenario("rst_active")
def rst_active(stage):
    client = stage.tcp()
    client.send(request("/delay?ms=500"))
    stage.settle()
    command(stage, "close", 0.1)
    client.reset()
    stage.watch(2)


@scenario("close_twice")
def close_twice(stage):
    active(stage, watch=0.1)
    command(stage, "close", 3)


@scenario("connection_close_request")
def connection_close_request(stage):
    active(stage, "/delay?ms=300", "Connection: close\r\n")


@scenario("sigterm_default_active", sigterm=False)
def sigterm_default_active(stage):
    stage.tcp().send(request("/delay?ms=500"))
    stage.settle()
    stage.server.signal(signal.SIGTERM)
    stage.watch(1.5)


suite.from_here_on_new()

@scenario("idle_and_active")
def idle_and_active(stage):
    """close() finds one connection idle and one that serves"""
    stage.tcp(name="A").send(request("/fast"))
    stage.settle()
    stage.tcp(name="B").send(request("/delay?ms=400", headers="Connection: close\r\n"))
    stage.settle()
    command(stage, "close", 3)


@scenario("slow_header_then_finish")
def slow_header_then_finish(stage):
    """the rest of a request's head comes after close()"""
    client = stage.tcp()
    client.send(PARTIAL_HEAD)
    stage.settle(0.2)
    command(stage, "close", 0.5)
    client.send("b\r\n\r\n")
    stage.watch(3)


@scenario("pipelined_two")
def pipelined_two(stage):
    """two requests in one segment, and close() while the first one is answered"""
    stage.tcp().send(request("/delay?ms=400") + request("/fast", headers="Connection: close\r\n"))
    stage.settle()
    command(stage, "close", 3)


@scenario("halfclose_active")
def halfclose_active(stage):
    """the client sends FIN while its request is answered, after close()"""
    client = stage.tcp()
    client.send(request("/delay?ms=500"))
    stage.settle()
    command(stage, "close", 0.1)
    client.fin()
    stage.watch(3)


@scenario("keepalive_expires_noclose", props={"keepAliveTimeout": 300})
def keepalive_expires_noclose(stage):
    """an idle connection, with nobody calling close()"""
    stage.tcp().send(request("/fast"))
    stage.run(2)


@scenario("rst_mid_body")
def rst_mid_body(stage):
    """the client aborts half-way through its body, before close()"""
    client = partial_body(stage)
    client.reset()
    stage.settle(0.2)
    command(stage, "close", 2)


@scenario("fin_before_close.idle", "fin_before_close.active")
def fin_before_close(stage, variant):
    """the client sends FIN before close()"""
    client = stage.tcp(closes_after_fin=False)
    client.send(request("/fast" if variant == "idle" else "/delay?ms=500"))
    stage.settle(0.2)
    client.fin()
    stage.settle(0.2)
    command(stage, "close", 3)


@scenario("client_close_mid_response")
def client_close_mid_response(stage):
    """the client closes its socket while chunks keep coming, and close() is called"""
    client = stage.tcp()
    client.send(request("/tick"))
    stage.run(0.25)
    client.close()
    stage.run(0.2)
    command(stage, "close", 2)


@scenario("three_requests_one_connection")
def three_requests_one_connection(stage):
    """a connection that has served three requests is idle when close() is called"""
    client = stage.tcp()
    for _ in range(3):
        client.send(request("/fast"))
        stage.settle(0.1)
    command(stage, "close", 2)


@scenario("max_requests_per_socket", props={"maxRequestsPerSocket": 2})
def max_requests_per_socket(stage):
    """the second request is the last one of its connection; a third one comes all the same"""
    client = stage.tcp()
    for _ in range(3):
        client.send(request("/fast"))
        stage.settle(0.1)
    command(stage, "close", 2)


@scenario("chunked_upload")
def chunked_upload(stage):
    """a request with Transfer-Encoding: chunked ends after close()"""
    client = stage.tcp()
    client.send(request("/waitbody", "POST", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n")
    stage.settle()
    command(stage, "close", 0.3)
    client.send("0\r\n\r\n")
    stage.watch(3)


@scenario("http_1_0")
def http_1_0(stage):
    """a request of HTTP/1.0, which keeps no connection"""
    stage.tcp().send("GET /delay?ms=300 HTTP/1.0\r\n\r\n")
    stage.settle()
    command(stage, "close", 2)


@scenario("bad_request")
def bad_request(stage):
    """no HTTP at all"""
    stage.tcp().send("BOGUS\r\n\r\n")
    stage.settle(0.2)
    command(stage, "close", 2)


@scenario("upgrade_outlives_close")
def upgrade_outlives_close(stage):
    """an upgraded connection is none of the server's any more"""
    client = stage.tcp()
    client.send(request("/fast", headers="Connection: Upgrade\r\nUpgrade: x\r\n"))
    stage.settle(0.2)
    command(stage, "close", 1.5)
    client.fin()
    stage.watch(1)


@scenario("close_idle_then_close")
def close_idle_then_close(stage):
    """closeIdleConnections() finds one idle and one silent connection; then close()"""
    stage.tcp(name="A").send(request("/fast"))
    stage.settle()
    stage.tcp(name="B")
    stage.settle()
    command(stage, "closeIdle", 0.3)
    command(stage, "close", 2)


@scenario("request_timeout_after_response", opts=CHECK_OFTEN, props={**SHORT, "keepAliveTimeout": 3000})
def request_timeout_after_response(stage):
    """the second request of a connection stops in its head; nobody calls close()"""
    client = stage.tcp()
    client.send(request("/fast"))
    stage.settle()
    client.send(PARTIAL_HEAD)
    stage.run(2.5)
