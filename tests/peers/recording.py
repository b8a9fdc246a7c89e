"""One scenario's log: what happened, a JSON object a row, in the form that traces/README.md describes.

Rows come from two processes, the client's (this one) and the server's, which share one clock. They are sorted when the log
is written; rows of one process keep their order.
"""
import json
import time


class Recording:
    def __init__(self):
        # The wall clock anchored once: two rows of ours never change places because somebody set the clock.
        self._started = time.time()
        self._anchor = time.monotonic()
        self._rows = []

    def now_ms(self):
        return (time.monotonic() - self._anchor) * 1000

    def add(self, row, epoch_ms=None):
        """Appends a row; `epoch_ms` is the time that another process gave it, in milliseconds since 1970."""
        at = self.now_ms() if epoch_ms is None else epoch_ms - self._started * 1000
        self._rows.append({"t_ms": round(at, 2), **row})

    def event(self, name, **details):
        self.add({"ev": name, **details})

    def __len__(self):
        return len(self._rows)

    def rows(self):
        """In the order of their times."""
        return sorted(self._rows, key=lambda row: row["t_ms"])

    def has(self, name):
        return any(row.get("ev") == name for row in self._rows)

    def count(self, name):
        return sum(row.get("ev") == name for row in self._rows)

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(row) + "\n" for row in self.rows()), encoding="utf-8")
