"""A TCP client that logs every byte it sends and sees, and can do what well-behaved clients do not: stay silent, stop reading,
send FIN and go on reading, abort. It never waits: its stage (stage.py) tells it when its socket is readable."""
import errno
import socket
import ssl
import struct

SHORT_TEXT = 600  # bytes; what is longer is logged by its length alone


def name_of(error):
    return errno.errorcode.get(error.errno, type(error).__name__)


def accept_any_certificate(protocol):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols([protocol])
    return context


class TcpPeer:
    """`ended` says how the connection ended as this side sees it: None while it lasts, else a word."""

    def __init__(self, recording, port, name="", closes_after_fin=True, receive_buffer=None, tls=False):
        self.recording, self.name, self.closes_after_fin = recording, name, closes_after_fin
        self.ended = None
        self.reading = True
        self.has_sent_fin = False
        self.received = 0  # bytes
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(5)
        try:
            self.socket.connect(("127.0.0.1", port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls:
                self.socket = accept_any_certificate("h2").wrap_socket(self.socket)
        except OSError:
            self.socket.close()
            raise
        self.event("tcp.connect c2s")

    def event(self, name, **details):
        self.recording.event(name, **details, **self._conn())

    def _conn(self):
        return {"conn": self.name} if self.name else {}

    # What the stage needs to know.

    def wants_read(self):
        return self.reading and self.ended is None

    def has_buffered_input(self):
        """TLS may hold bytes that have left the kernel, which no selector sees."""
        return isinstance(self.socket, ssl.SSLSocket) and self.socket.pending() > 0

    # Sending.

    def send(self, text):
        data = text.encode("latin-1")
        row = {"dir": "c2s", "type": "TCP_DATA", "len": len(data), **self._conn()}
        if len(data) < SHORT_TEXT:
            row["text"] = text
        self.recording.add(row)
        self.send_bytes(data)

    def send_bytes(self, data):
        """The row that says so has been written already: when the kernel refuses the bytes, another one takes it back."""
        if self.ended is not None:
            return
        try:
            self.socket.settimeout(2)
            self.socket.sendall(data)
        except OSError as error:
            self.event(f"client send failed {name_of(error)}")

    # Ending.

    def fin(self):
        if self.socket.fileno() < 0:
            return
        self.event("tcp.fin c2s")
        self.has_sent_fin = True
        try:
            # Below TLS: a half-close without the alert that would announce it.
            socket.socket.shutdown(self.socket, socket.SHUT_WR)
        except OSError as error:
            self.event(f"client shutdown failed {name_of(error)}")

    def reset(self):
        if self.socket.fileno() < 0:
            return
        self.event("tcp.rst c2s")
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        self.ended = self.ended or "reset by us"

    def close(self):
        if self.socket.fileno() < 0:
            return
        self.event("tcp.close c2s")
        self.socket.close()
        self.ended = self.ended or "closed by us"

    # Receiving.

    def stop_reading(self):
        self.reading = False
        self.event("client stops reading")

    def resume_reading(self):
        self.reading = True
        self.event("client resumes reading")

    def on_readable(self, at_most=65536):
        try:
            self.socket.settimeout(0)
            data = self.socket.recv(at_most)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError as error:
            self.ended = "rst" if isinstance(error, ConnectionResetError) else f"err:{name_of(error)}"
            self.event(f"tcp.{self.ended} s2c")
            return
        if data:
            self.received += len(data)
            self.on_data(data)
            return
        self.ended = "fin"
        self.event("tcp.fin s2c")
        if self.closes_after_fin:
            self.close()

    def on_data(self, data):
        row = {"dir": "s2c", "type": "TCP_DATA", "len": len(data), **self._conn()}
        if len(data) < SHORT_TEXT:
            row["text"] = data.decode("latin-1")
        self.recording.add(row)
