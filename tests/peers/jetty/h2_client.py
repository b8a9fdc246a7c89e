"""A client that speaks just enough HTTP/2 (RFC 9113, clear text, prior knowledge) and logs every frame both ways.

It decides nothing: it acknowledges SETTINGS and PING and returns windows, and the scenario does the rest.
"""

import select
import socket
import struct
import time

TYPES = ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION"]
CODES = ["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
         "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
         "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"]
SETTINGS = {1: "HEADER_TABLE_SIZE", 2: "ENABLE_PUSH", 3: "MAX_CONCURRENT_STREAMS", 4: "INITIAL_WINDOW_SIZE", 5: "MAX_FRAME_SIZE",
            6: "MAX_HEADER_LIST_SIZE", 8: "ENABLE_CONNECT_PROTOCOL"}
INDEXED_STATUS = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}  # RFC 7541 Appendix A
END_STREAM = ACK = 1
END_HEADERS = 4


def field(name, value):
    """A header field, literal and never indexed, without Huffman coding (RFC 7541 6.2.3)."""
    return b"\x10" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def status_of(block):
    """The :status of a header block where it stands in the static table, which is where 200 and 500 are; otherwise nothing."""
    while block and block[0] & 0xE0 == 0x20:  # dynamic table size updates come first (RFC 7541 4.2)
        size = 1
        if block[0] & 0x1F == 0x1F:
            while block[size] & 0x80:
                size += 1
            size += 1
        block = block[size:]
    return INDEXED_STATUS.get(block[0]) if block else None


class Client:
    def __init__(self, log, port):
        self.log = log
        self.pending = b""
        self.acknowledged = self.pong = False
        self.streams = {}  # what came back: status, bytes, end
        self.closed = None
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.log.event("tcp.connect c2s")
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        self.log.event("preface c2s")
        self.send("SETTINGS", settings={})

    def send(self, kind, flags=0, stream=0, payload=b"", **details):
        if self.closed:
            return
        self.log.frame("c2s", kind, flags, stream, len(payload), details)
        header = struct.pack(">I", len(payload))[1:] + bytes([TYPES.index(kind), flags]) + struct.pack(">I", stream)
        self.socket.sendall(header + payload)

    def request(self, stream, method, path, end):
        self.streams[stream] = {"status": None, "bytes": 0, "end": None}
        block = b"".join(field(name, value) for name, value in
                         [(":method", method), (":scheme", "http"), (":path", path), (":authority", "127.0.0.1")])
        self.send("HEADERS", END_HEADERS | (END_STREAM if end else 0), stream, block, path=path, method=method)

    def reset(self, stream, code):
        self.send("RST_STREAM", 0, stream, struct.pack(">I", CODES.index(code)), code=code)

    def data(self, stream, content, end):
        self.send("DATA", END_STREAM if end else 0, stream, content)

    def ping(self):
        """Waits for the answer: until then, the server may not have read what was sent before."""
        self.pong = False
        self.send("PING", 0, 0, b"lastcall")
        self.read_until(5, lambda: self.pong or self.closed)

    def close(self):
        if not self.closed:
            self.log.event("tcp.close c2s")
        self.socket.close()

    def read_until(self, seconds, done=lambda: False):
        """Takes what comes for so long, or until done() says so, whose answer it returns."""
        end = time.monotonic() + seconds
        while not done():
            left = end - time.monotonic()
            if left <= 0:
                return False
            if self.closed:
                time.sleep(min(left, 0.01))
            elif select.select([self.socket], [], [], min(left, 0.01))[0]:
                self._receive()
        return True

    def _receive(self):
        try:
            received = self.socket.recv(65536)
            self.closed = None if received else "fin"
        except ConnectionResetError:
            received, self.closed = b"", "rst"
        if self.closed:
            self.log.event(f"tcp.{self.closed} s2c")
        self.pending += received
        while len(self.pending) >= 9:
            length = int.from_bytes(self.pending[:3], "big")
            if len(self.pending) < 9 + length:
                return
            kind, flags = self.pending[3:5]
            stream = int.from_bytes(self.pending[5:9], "big") & 0x7FFFFFFF
            payload, self.pending = self.pending[9:9 + length], self.pending[9 + length:]
            if kind < len(TYPES):
                self._take(TYPES[kind], flags, stream, payload)

    def _take(self, kind, flags, stream, payload):
        details = {}
        seen = self.streams.get(stream, {})
        if kind == "GOAWAY":
            last, code = struct.unpack(">II", payload[:8])
            details = {"last_stream": last & 0x7FFFFFFF, "code": CODES[code]}
        elif kind == "RST_STREAM":
            details = {"code": CODES[struct.unpack(">I", payload)[0]]}
            seen["end"] = "rst:" + details["code"]
        elif kind == "SETTINGS" and not flags & ACK:
            details = {"settings": {SETTINGS.get(k, str(k)): v for k, v in struct.iter_unpack(">HI", payload)}}
        elif kind == "WINDOW_UPDATE":
            details = {"inc": struct.unpack(">I", payload)[0]}
        elif kind == "HEADERS" and status_of(payload):
            details = {"status": status_of(payload)}
            seen["status"] = details["status"]
        if kind == "DATA" and seen:
            seen["bytes"] += len(payload)
        if kind in ("DATA", "HEADERS") and flags & END_STREAM and seen:
            seen["end"] = "end"
        self.log.frame("s2c", kind, flags, stream, len(payload), details)
        if kind == "SETTINGS" and flags & ACK:
            self.acknowledged = True
        elif kind == "SETTINGS":
            self.send("SETTINGS", ACK)
        elif kind == "PING" and flags & ACK:
            self.pong = True
        elif kind == "PING":
            self.send("PING", ACK, 0, payload)
        elif kind == "DATA" and payload:
            for each in (0, stream) if not flags & END_STREAM else (0,):
                self.send("WINDOW_UPDATE", 0, each, struct.pack(">I", len(payload)), inc=len(payload))
