"""An HTTP/2 client (RFC 9113, prior knowledge or TLS with ALPN) that logs every frame and can leave out what a client owes:
the preface, the SETTINGS ack, window updates."""
import struct

from tcp_peer import TcpPeer

TYPES = ("DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE",
         "CONTINUATION")
CODES = ("NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
         "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
         "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED")
SETTINGS = {1: "HEADER_TABLE_SIZE", 2: "ENABLE_PUSH", 3: "MAX_CONCURRENT_STREAMS", 4: "INITIAL_WINDOW_SIZE",
            5: "MAX_FRAME_SIZE", 6: "MAX_HEADER_LIST_SIZE", 8: "ENABLE_CONNECT_PROTOCOL"}
SETTING_IDS = {name: number for number, name in SETTINGS.items()}
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
FRAME_HEADER = 9  # bytes (RFC 9113 4.1)
LARGEST_STREAM = 0x7FFFFFFF


def name_in(table, number):
    return table[number] if number < len(table) else hex(number)


def literal_field(name, value):
    """A header field without indexing, with its name (RFC 7541 6.2.2); both shorter than 127 bytes."""
    return b"\x00" + b"".join(bytes([len(text)]) + text.encode("ascii") for text in (name, value))


class Http2Peer(TcpPeer):
    def __init__(self, recording, port, settings=None, sends_preface=True, acks_settings=True, returns_windows=True, **tcp):
        super().__init__(recording, port, **tcp)
        self.acks_settings, self.returns_windows = acks_settings, returns_windows
        self.frames = []         # received, as logged
        self.unreturned = {}     # bytes of DATA received, by stream, for which no window was given back
        self._input = b""
        self._next_stream = 1
        if sends_preface:
            self.send_preface()
            self.send_settings(settings or {})

    # Sending.

    def send_preface(self):
        self.send_bytes(PREFACE)
        self.event("preface c2s")

    def send_frame(self, frame_type, flags, stream, payload=b"", **details):
        if self.has_sent_fin:
            return  # as a client whose own side is closed: it neither acknowledges nor returns windows
        self._log_frame("c2s", frame_type, flags, stream, len(payload), details)
        length = struct.pack(">I", len(payload))[1:]
        self.send_bytes(length + struct.pack(">BBI", TYPES.index(frame_type), flags, stream) + payload)

    def send_settings(self, settings):
        payload = b"".join(struct.pack(">HI", SETTING_IDS[name], value) for name, value in settings.items())
        self.send_frame("SETTINGS", 0, 0, payload, settings=settings)

    def request(self, path, method="GET", end_stream=True):
        """Opens the next stream and returns its id. `scheme` is what the server checks least, so it is the same with TLS."""
        stream, self._next_stream = self._next_stream, self._next_stream + 2
        fields = ((":method", method), (":scheme", "http"), (":path", path), (":authority", "127.0.0.1"))
        block = b"".join(literal_field(*field) for field in fields)
        flags = END_HEADERS | (END_STREAM if end_stream else 0)
        self.send_frame("HEADERS", flags, stream, block, path=path, method=method)
        return stream

    def send_data(self, stream, data, end_stream=False):
        self.send_frame("DATA", END_STREAM if end_stream else 0, stream, data)

    def send_trailers(self, stream):
        self.send_frame("HEADERS", END_HEADERS | END_STREAM, stream, literal_field("checksum", "0"))

    def send_rst_stream(self, stream, code):
        self.send_frame("RST_STREAM", 0, stream, struct.pack(">I", CODES.index(code)), code=code)

    def send_window_update(self, stream, increment):
        self.send_frame("WINDOW_UPDATE", 0, stream, struct.pack(">I", increment), inc=increment)

    def send_ping(self):
        self.send_frame("PING", 0, 0, b"lastcall")

    def send_goaway(self, last_stream=0, code="NO_ERROR"):
        self.send_frame("GOAWAY", 0, 0, struct.pack(">II", last_stream, CODES.index(code)), last_stream=last_stream, code=code)

    def return_windows(self):
        """Gives back, for the connection and each stream, what DATA has used up since the last time."""
        for stream, length in self.unreturned.items():
            self.send_window_update(0, length)
            self.send_window_update(stream, length)
        self.unreturned.clear()

    # Receiving.

    def is_settled(self):
        """The server acknowledged our SETTINGS."""
        return self.has_received("SETTINGS", ACK)

    def has_received(self, frame_type, flag=0):
        return any(frame["type"] == frame_type and frame["flags"] & flag == flag for frame in self.frames)

    def on_data(self, data):
        self._input += data
        while len(self._input) >= FRAME_HEADER:
            length = int.from_bytes(self._input[:3], "big")
            if len(self._input) < FRAME_HEADER + length:
                return
            frame_type, flags, stream = struct.unpack(">BBI", self._input[3:FRAME_HEADER])
            payload = self._input[FRAME_HEADER:FRAME_HEADER + length]
            self._input = self._input[FRAME_HEADER + length:]
            self._on_frame(name_in(TYPES, frame_type), flags, stream & LARGEST_STREAM, payload)

    def _on_frame(self, frame_type, flags, stream, payload):
        details = {}
        if frame_type == "GOAWAY":
            last_stream, code = struct.unpack(">II", payload[:8])
            details = {"last_stream": last_stream & LARGEST_STREAM, "code": name_in(CODES, code)}
            if len(payload) > 8:
                details["debug"] = payload[8:].decode("latin-1")
        elif frame_type == "RST_STREAM":
            details = {"code": name_in(CODES, *struct.unpack(">I", payload))}
        elif frame_type == "WINDOW_UPDATE":
            details = {"inc": struct.unpack(">I", payload)[0] & LARGEST_STREAM}
        elif frame_type == "SETTINGS" and not flags & ACK:
            details = {"settings": {SETTINGS.get(key, str(key)): value for key, value in struct.iter_unpack(">HI", payload)}}
        self.frames.append(self._log_frame("s2c", frame_type, flags, stream, len(payload), details))

        if frame_type == "SETTINGS" and not flags & ACK and self.acks_settings:
            self.send_frame("SETTINGS", ACK, 0)
        elif frame_type == "PING" and not flags & ACK:
            self.send_frame("PING", ACK, 0, payload)
        elif frame_type == "DATA" and payload:
            if not self.returns_windows:
                self.unreturned[stream] = self.unreturned.get(stream, 0) + len(payload)
                return
            self.send_window_update(0, len(payload))
            if not flags & END_STREAM:
                self.send_window_update(stream, len(payload))

    def _log_frame(self, direction, frame_type, flags, stream, length, details):
        row = {"dir": direction, "type": frame_type, "stream": stream, "flags": flags, "len": length, **self._conn(), **details}
        self.recording.add(row)
        return row
