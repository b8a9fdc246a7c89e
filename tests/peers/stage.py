"""The stage of one scenario: a server process, its clients, and one loop that listens to all of them.

Nothing waits anywhere else, and every wait has an end. A scenario is a function that takes the stage and acts on it.
"""
import selectors
import time

from http2_peer import Http2Peer
from recording import Recording
from tcp_peer import TcpPeer, name_of

TICK = 0.01          # seconds: how late the end of a process or of a wait may be noticed
START_WITHIN = 15.0  # seconds


class Failed(Exception):
    """The environment, not the server, kept the scenario from running."""


class Stage:
    def __init__(self, start_server, client_options=None):
        """`start_server(recording)` starts a process and returns it; the options are those of every client."""
        self.recording = Recording()
        self.client_options = client_options or {}
        self.clients = []
        self.server = start_server(self.recording)

    # Time.

    def run(self, seconds, until=lambda: False):
        """Lets things happen for so long, or until the condition holds; returns whether it does."""
        end = time.monotonic() + seconds
        while not until():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._turn(min(left, TICK))
        return True

    def _turn(self, seconds):
        readers = [client for client in self.clients if client.wants_read()]
        if any(client.has_buffered_input() for client in readers):
            seconds = 0
        with selectors.DefaultSelector() as selector:
            for stream in self.server.streams:
                selector.register(stream, selectors.EVENT_READ, lambda stream=stream: self.server.on_readable(stream))
            for client in readers:
                selector.register(client.socket, selectors.EVENT_READ, client.on_readable)
            ready = [key.data for key, _ in selector.select(seconds)]
        ready += [client.on_readable for client in readers if client.has_buffered_input()]
        for on_readable in ready:
            on_readable()
        self.server.has_exited()  # whoever waits for what, the row stands where it happened

    def watch(self, seconds=3.0):
        """The observation that the log is about: until the server's process ends, or for so long. Returns whether it ended."""
        if not self.run(seconds, self.server.has_exited):
            return False
        self.settle(quiet=0.05)  # what it sent last is still on its way to the clients
        return True

    def read_to_the_end(self, client, seconds):
        """Until the client has seen its connection end, and the server's process its own end."""
        self.run(seconds, lambda: client.ended is not None)
        self.watch(seconds)

    def settle(self, quiet=0.1, at_most=3.0):
        """Until nothing has happened for a while: on a busy machine that is safer than a fixed time."""
        seen, since = -1, time.monotonic()

        def is_quiet():
            nonlocal seen, since
            if len(self.recording) != seen:
                seen, since = len(self.recording), time.monotonic()
            return time.monotonic() - since >= quiet
        self.run(at_most, is_quiet)

    # The server.

    def wait_until_listening(self):
        self.run(START_WITHIN, lambda: self.server.port is not None or self.server.has_exited())
        if self.server.port is None or self.server.has_exited():
            said = [row["text"] for row in self.recording.rows() if "text" in row]
            raise Failed(f"the server did not start: {' / '.join(said[-3:]) or 'it said nothing'}")

    def command(self, name, **details):
        self.server.command(cmd=name, **details)

    def close(self):
        """server.close(); returns when the server says that it was called."""
        calls = self.recording.count("server.close() called")
        self.command("close")
        self.run(2, lambda: self.recording.count("server.close() called") > calls or self.server.has_exited())

    def leave(self):
        """The signal by which a server without an API is asked to leave gracefully."""
        number = self.server.graceful_signal
        self.recording.event(f"signal {number.name}")
        self.server.signal(number)

    # The clients.

    def tcp(self, **options):
        self.clients.append(TcpPeer(self.recording, self.server.port, **{**self.client_options, **options}))
        return self.clients[-1]

    def http2(self, **options):
        """A client whose handshake is over, as far as its options let it be."""
        client = Http2Peer(self.recording, self.server.port, **{**self.client_options, **options})
        self.clients.append(client)
        if options.get("sends_preface", True):
            self.run(3, lambda: client.is_settled() or client.ended is not None)
        return client

    def attempt_connection(self, row, make, **options):
        """Somebody else tries to connect by `make`; the row says what came of it."""
        try:
            make(**options)
            self.recording.event(row, result="accepted")
        except OSError as error:
            self.recording.event(row, result=name_of(error))

    def tear_down(self):
        self.recording.event("harness teardown (events below are not part of the scenario)")
        for client in self.clients:
            client.close()
        self.server.end()
