"""What was observed in a log, what the model predicts of it, and whether the two agree."""
import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

REPLAY_WITHIN = 120  # seconds
AT_ONCE_MS = 60  # later than this, something had to be waited for


@dataclass(frozen=True)
class Observation:
    close_called: bool
    closed_after_ms: float | None  # None: never within the watch
    process_ended: bool
    goaways: tuple[tuple[str, int, str], ...]  # client, last stream, code
    told: tuple[str, ...] | None  # what the application heard after the client's RST_STREAM, if there was one

    def text(self):
        parts = []
        if not self.close_called and self.told is not None:
            parts.append(f"told: {', '.join(self.told) or 'nothing'}")
        elif not self.close_called:
            parts.append("close not called")
        elif self.closed_after_ms is None:
            parts.append("never calls back, though its process ends" if self.process_ended else "never closes")
        elif self.closed_after_ms < AT_ONCE_MS:
            parts.append("closes at once")
        else:
            parts.append(f"closes after {self.closed_after_ms / 1000:.1f} s")
        if self.goaways:
            said = [f"{conn}{last}" + (f" {code}" if code != "NO_ERROR" else "") for conn, last, code in self.goaways]
            parts.append(f"GOAWAY {', '.join(said)}")
        return "; ".join(parts)


SERVLET_LISTENERS = ("AsyncListener.", "ReadListener.", "WriteListener.")
CALLBACK = "|".join(["(req|res|stream) '", *map(re.escape, SERVLET_LISTENERS)])
CALLED = "server.close() called"
CALLED_BACK = "server.close() callback"


def observe(rows):
    """`rows` as written; what follows the teardown is not part of them."""
    called = closed = None
    is_node = any(row.get("ev") == "scenario" for row in rows)
    goaways, told = [], None
    process_ended = False
    for row in rows:
        event = row.get("ev", "")
        if event.startswith("harness teardown"):
            break
        if called is None and (event == CALLED if is_node else event.startswith("signal ")):
            called = row["t_ms"]
        if closed is None and event == (CALLED_BACK if is_node else "process exit"):
            closed = row["t_ms"]
        process_ended = process_ended or event == "process exit"
        if row.get("type") == "GOAWAY" and row["dir"] == "s2c":
            goaways.append((row.get("conn", ""), row["last_stream"], row["code"]))
        if row.get("type") == "RST_STREAM" and row["dir"] == "c2s":
            told = []
        elif told is not None and re.match(CALLBACK, event):
            name = event.split(" ")[0] if event.startswith(SERVLET_LISTENERS) else event
            told += [name] if name not in told else []
    after = closed - called if called is not None and closed is not None else None
    return Observation(called is not None, after, process_ended, tuple(goaways), None if told is None else tuple(told))


@dataclass(frozen=True)
class Prediction:
    outcome: str  # "agrees", "differs" or "none": no prediction was made
    text: str
    detail: str = ""  # where it differs, or why there is none


def predict(lastcall, log, peer, observation):
    """Replays the log under the system's profile: the model has to do all that it tells and no more, and to close if the server
    did. The folder of a log may be what tells `lastcall import` the system."""
    with tempfile.TemporaryDirectory() as scratch:
        trace = Path(scratch) / "trace.jsonl"
        named = Path(scratch) / (peer.stands_for or peer.name) / log.name
        named.parent.mkdir()
        shutil.copy(log, named)
        try:
            imported = run(lastcall, "import", named, "--profile", peer.profile, "-o", trace)
            if imported.returncode != 0:
                return Prediction("none", "no prediction", said_by(imported).replace(f"{named}:", "row "))
            replayed = run(lastcall, "replay", trace, "--format", "json")
        except subprocess.TimeoutExpired:
            return Prediction("none", "no prediction", f"the replay took more than {REPLAY_WITHIN} s")
    if replayed.returncode not in (0, 1, 3):
        return Prediction("none", "no prediction", said_by(replayed))
    replay = json.loads(replayed.stdout)["replays"][0]
    if not replay["reproduced"]:
        where = replay["divergence"]
        return Prediction("differs", "something else",
                          f"line {where['step']} of the trace: the log has {where['expected']}, the model {where['observed']}")
    # The bounded form is about when it ends, the unbounded one about whether.
    forms = {claim["form"]: claim["verdict"] for claim in replay["claims"] if claim["name"] == "close_terminates"}
    hangs = forms.get("unbounded") == "violated"
    hung = observation.close_called and observation.closed_after_ms is None
    if hangs != hung:
        return Prediction("differs", "something else", f"the same rows, but close() {'never ends' if hangs else 'ends'}")
    end = "never closes" if hangs else "closes" if observation.close_called else "no close()"
    return Prediction("agrees", f"the same, row by row; {end}")


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=REPLAY_WITHIN, check=False)


def said_by(process):
    if "unknown profile" in process.stderr:
        return "no profile"  # without the names of those that there are
    return " ".join(process.stderr.removeprefix("lastcall: ").split()) or f"exit code {process.returncode}"
