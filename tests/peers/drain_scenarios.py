"""What clients do to servers that know nothing of each other but HTTP/2 and a signal that asks them to leave gracefully.

They serve files: /small has 2 bytes, /big 300,000, /huge 8,000,000; /waitbody is answered when the request's body has ended,
where the server has such a thing.
"""
from scenarios import Suite

suite = Suite("drain", prefix="")
scenario = suite.scenario

WINDOW = 16384  # bytes
SLOWLY = {"settings": {"INITIAL_WINDOW_SIZE": WINDOW}, "returns_windows": False}


def read_slowly(stage, client, seconds):
    """A window at a time, ten in a second, until the server's process ends or for so long."""
    for _ in range(round(seconds * 10)):
        if stage.watch(0.1):
            return
        if client.ended is None:
            client.return_windows()


def downloading(stage, **options):
    """A client in the middle of a response that it reads slowly."""
    client = stage.http2(**SLOWLY, **options)
    client.request("/big?n=300000")
    read_slowly(stage, client, 0.3)
    stage.run(0.05)  # so that the server has read what was sent last
    return client


def stalled(stage):
    """A client that has let its windows close in the middle of a response."""
    client = stage.http2(**SLOWLY)
    stream = client.request("/big?n=300000")
    stage.settle(0.3)
    return client, stream


@scenario("no_client")
def no_client(stage):
    stage.leave()
    stage.watch(3)


@scenario("idle_fresh")
def idle_fresh(stage):
    """no request yet"""
    stage.http2()
    stage.settle(0.2)
    stage.leave()
    stage.watch(8)


def idle(stage, **options):
    client = stage.http2(**options)
    client.request("/small")
    stage.settle(0.3)
    stage.leave()
    return client


@scenario("idle")
def idle_after_request(stage):
    idle(stage)
    stage.watch(8)


@scenario("idle_reacts")
def idle_reacts(stage):
    """the client leaves as soon as it is told to"""
    client = idle(stage)
    stage.run(1, lambda: client.has_received("GOAWAY") or client.ended is not None)
    client.close()
    stage.watch(8)


@scenario("idle_ignore_fin")
def idle_ignore_fin(stage):
    idle(stage, closes_after_fin=False)
    stage.watch(9)


@scenario("idle_settings_noack")
def idle_settings_noack(stage):
    stage.http2(acks_settings=False)
    stage.settle(0.3)
    stage.leave()
    stage.watch(8)


@scenario("silent_tcp")
def silent_tcp(stage):
    """a connection on which nothing is ever sent"""
    stage.http2(sends_preface=False, acks_settings=False, **({"tls": False} if stage.client_options.get("tls") else {}))
    stage.settle(0.3)
    stage.leave()
    stage.watch(9)


@scenario("active")
def active(stage):
    client = downloading(stage)
    stage.leave()
    read_slowly(stage, client, 8)


@scenario("active_new_stream")
def active_new_stream(stage):
    client = downloading(stage)
    stage.leave()
    read_slowly(stage, client, 0.3)
    client.request("/small")
    read_slowly(stage, client, 0.5)
    client.request("/small")
    stage.attempt_connection("new connection attempt", stage.tcp, name="B")
    read_slowly(stage, client, 8)


@scenario("body_never_ends")
def body_never_ends(stage):
    client = stage.http2()
    client.send_data(client.request("/waitbody", "POST", end_stream=False), b"part")
    stage.settle(0.3)
    stage.leave()
    stage.watch(11)


@scenario("half_close_after_signal")
def half_close_after_signal(stage):
    client = downloading(stage)
    stage.leave()
    read_slowly(stage, client, 0.3)
    client.fin()
    read_slowly(stage, client, 8)


@scenario("rst_after_signal")
def rst_after_signal(stage):
    """the client aborts the connection"""
    client, _ = stalled(stage)
    stage.leave()
    stage.run(0.3)
    client.reset()
    stage.watch(8)


@scenario("rst_stream_after_signal")
def rst_stream_after_signal(stage):
    client, stream = stalled(stage)
    stage.leave()
    stage.run(0.3)
    client.send_rst_stream(stream, "CANCEL")
    stage.watch(8)


@scenario("stall_window")
def stall_window(stage):
    """windows stay closed for eleven seconds"""
    client, stream = stalled(stage)
    stage.leave()
    if not stage.watch(11):
        client.event("client opens windows")
        client.send_window_update(0, 1 << 20)
        client.send_window_update(stream, 1 << 20)
        stage.watch(4)


@scenario("stall_tcp")
def stall_tcp(stage):
    """windows are wide open, and eight megabytes stay in the client's socket for eleven seconds"""
    client = stage.http2(settings={"INITIAL_WINDOW_SIZE": 1 << 30}, receive_buffer=8192, returns_windows=False)
    client.send_window_update(0, 1 << 30)
    client.request("/huge?n=8000000")
    client.stop_reading()
    stage.settle(0.3)
    stage.leave()
    stage.watch(11)
    client.resume_reading()
    stage.read_to_the_end(client, 4)


suite.from_here_on_new()


@scenario("fatal_frame_after_signal")
def fatal_frame_after_signal(stage):
    """a connection error (DATA on stream 0, RFC 9113 6.1) while a request is under way that does not end (CVE-2022-27664)"""
    client = stage.http2()
    client.send_data(client.request("/waitbody", "POST", end_stream=False), b"part")
    stage.settle(0.3)
    stage.leave()
    stage.run(0.3)
    client.send_data(0, b"x")
    stage.watch(8)


@scenario("rst_stream_above_last_id")
def rst_stream_above_last_id(stage):
    """a request crosses GOAWAY and is cancelled: the server knows nothing of its stream (golang/go#55846)"""
    client = downloading(stage)
    stage.leave()
    read_slowly(stage, client, 0.3)
    client.send_rst_stream(client.request("/small"), "CANCEL")
    read_slowly(stage, client, 8)


@scenario("two_downloads")
def two_downloads(stage):
    """two streams of one connection, the second one short"""
    client = downloading(stage)
    client.request("/small")
    stage.run(0.1)
    stage.leave()
    read_slowly(stage, client, 8)


@scenario("idle_and_active")
def idle_and_active(stage):
    """one client idle, another one served"""
    stage.http2(name="A").request("/small")
    stage.settle(0.1)
    client = downloading(stage, name="B")
    stage.leave()
    read_slowly(stage, client, 8)


@scenario("client_goaway_after_signal")
def client_goaway_after_signal(stage):
    client = downloading(stage)
    stage.leave()
    read_slowly(stage, client, 0.3)
    client.send_goaway()
    read_slowly(stage, client, 8)


@scenario("ping_after_signal")
def ping_after_signal(stage):
    client = downloading(stage)
    stage.leave()
    read_slowly(stage, client, 0.3)
    client.send_ping()
    read_slowly(stage, client, 8)
