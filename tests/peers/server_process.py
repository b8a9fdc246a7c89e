"""A server under test: a process that we start, whose standard output is its lane of the log, and that we end.

Output lines that are JSON objects {"t": milliseconds since 1970, "ev": name, ...} become rows; other lines become remarks.
"""
import json
import os
import shutil
import signal
import subprocess


class ServerProcess:
    graceful_signal = signal.SIGTERM

    def __init__(self, recording, command, remarks=("server output", "server output"), folder=None):
        """The server tells its port in a row, or whoever starts it sets it. What else it says becomes remarks of these names, by
        standard output and error. `folder` is the server's own and goes with it."""
        self.recording, self.port, self.exit_code = recording, None, None
        self._folder = folder
        self._unfinished = {}  # the start of a line, by stream
        # A process group of its own: a server with workers ends as a whole, and nobody else with it.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         start_new_session=True)
        self.streams = [self._process.stdout, self._process.stderr]
        self._remark_of = dict(zip(self.streams, remarks))
        for stream in self.streams:
            os.set_blocking(stream.fileno(), False)

    def on_readable(self, stream):
        """Reads what is there; a stream that ended is taken out of `streams`."""
        while True:
            try:
                data = os.read(stream.fileno(), 65536)
            except BlockingIOError:
                return
            if not data:
                self.streams.remove(stream)
                return
            lines = (self._unfinished.pop(stream, b"") + data).split(b"\n")
            self._unfinished[stream] = lines.pop()
            for line in lines:
                self._take(line.decode("utf-8", "replace"), self._remark_of[stream])

    def _take(self, line, remark):
        try:
            row = json.loads(line)
            at = row.pop("t")
        except (ValueError, AttributeError, KeyError, TypeError):
            self.recording.event(remark, text=line[:400])
            return
        self.port = row.get("port", self.port)
        self.recording.add(row, epoch_ms=at)

    def has_exited(self):
        """True once the process is gone and all it said has been read."""
        if self.exit_code is not None:
            return True
        if self._process.poll() is None:
            return False
        for stream in list(self.streams):
            self.on_readable(stream)
        self.exit_code = self._process.returncode
        self.recording.event("process exit", rc=self.exit_code)
        return True

    def command(self, **what):
        """A line for the server's standard input."""
        try:
            self._process.stdin.write(json.dumps(what).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            self.recording.event("cmd failed", cmd=what)

    def signal(self, number):
        if self._process.poll() is None:
            self._process.send_signal(number)

    def end(self):
        """Ends the process and those that it started, whatever state they are in."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        self.has_exited()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            try:
                stream.close()
            except OSError:
                pass
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
