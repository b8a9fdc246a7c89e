"""The table of a run: for people on a terminal, and as a page of Markdown."""
import json
import platform
import time
from dataclasses import dataclass

import verdicts
from peers import Peer, RecordingPeer
from scenarios import Scenario, Suite

MARKS = {"agrees": "yes", "differs": "NO", "none": "no prediction", "failed": "did not run"}


@dataclass(frozen=True)
class Line:
    peer: Peer | RecordingPeer
    suite: Suite
    scenario: Scenario
    observation: verdicts.Observation | None
    prediction: verdicts.Prediction

    def observed(self):
        return self.observation.text() if self.observation else "did not run"


def read_rows(log):
    return [json.loads(row) for row in log.read_text(encoding="utf-8").splitlines()]


def groups_of(lines):
    """Systems for which a scenario came out alike share a row. (suite name, scenario, {(observed, prediction): [names]}) each."""
    found = {}
    for line in lines:
        _, _, rows = found.setdefault((line.suite.name, line.scenario.name), (line.suite.name, line.scenario, {}))
        rows.setdefault((line.observed(), line.prediction), []).append(line.peer.name)
    return found.values()


def counts(lines):
    """One line for each system: how many scenarios, how many of them agree."""
    found = {}
    for line in lines:
        of_peer = found.setdefault(line.peer.name, dict.fromkeys(MARKS, 0))
        of_peer[line.prediction.outcome] += 1
    return found


def text(lines, absent):
    parts = []
    for suite, scenario, rows in groups_of(lines):
        parts.append(f"{suite}_{scenario.name}" + ("  (new)" if scenario.is_new else ""))
        for (observed, prediction), names in rows.items():
            parts.append(f"  {MARKS[prediction.outcome]:<14}{', '.join(names)}: {observed}")
            if prediction.detail:
                parts.append(f"  {'':<14}{prediction.detail}")
    parts.append("")
    for name, of_peer in counts(lines).items():
        summary = ", ".join(f"{number} {MARKS[outcome]}" for outcome, number in of_peer.items() if number and outcome != "agrees")
        total = sum(of_peer.values())
        parts.append(f"{name}: {of_peer['agrees']} of {total} predicted" + (f" ({summary})" if summary else ""))
    parts += [f"{name}: skipped: {reason}" for name, reason in absent.items()]
    return "\n".join(parts)


def cell(value):
    return value.replace("|", "\\|").replace("\n", " ")


def markdown(lines, absent, logs):
    """`logs` is the folder of the run's logs, whose age is the run's."""
    when = max((log.stat().st_mtime for log in logs.rglob("*.jsonl")), default=0)
    day = time.strftime("%Y-%m-%d", time.gmtime(when))
    page = [INTRODUCTION, f"The run: {day}, {platform.system()} on {platform.machine()}.", "",
            "| system | scenarios | predicted | differ | no prediction | did not run |", "|---|" + "---|" * 5]
    for name, of_peer in counts(lines).items():
        cells = [name, sum(of_peer.values()), *(of_peer[outcome] for outcome in MARKS)]
        page.append(f"| {' | '.join(map(str, cells))} |")
    for name, reason in absent.items():
        page.append(f"| {name} | skipped: {cell(reason)} | | | | |")
    new = [line for line in lines if line.scenario.is_new]
    if new:
        agreed = sum(line.prediction.outcome == "agrees" for line in new)
        page += ["", f"*New* are scenarios written after the profiles: {agreed} of {len(new)} of their runs were predicted."]

    suite_of_heading = None
    for suite, scenario, rows in groups_of(lines):
        if suite != suite_of_heading:
            page += ["", f"## {HEADINGS[suite]}", "",
                     "| scenario | systems | observed | predicted | agree |", "|---|---|---|---|---|"]
            suite_of_heading = suite
        for (observed, prediction), names in rows.items():
            name = scenario.name + (" *(new)*" if scenario.is_new else "")
            predicted = prediction.detail or prediction.text
            page.append(f"| {name} | {', '.join(names)} | {observed} | {cell(predicted)} | {MARKS[prediction.outcome]} |")
    return "\n".join(page) + "\n"


HEADINGS = {"h2": "Node's `http2` server", "h1": "Node's `http` server", "net": "Node's `net` server",
            "drain": "Other servers, at their graceful signal",
            "servlet": "What Jetty tells a servlet of its client's RST_STREAM"}

INTRODUCTION = """# Real servers against the model

`scripts/peers` starts real servers on the loopback interface, lets clients of its own do to them what the scenarios of
[tests/peers](../tests/peers/README.md) say, records both sides, and replays each log under the profile of the system. This page
is the table of one such run; `scripts/peers --markdown docs/PEERS.md` writes it anew.

*Observed*: when `close` was answered (for a server that has only a signal: when its process ended), counted from the call, and
the last stream ids of the GOAWAY frames that the clients received, with the client where there are two. *Never closes* means: not
within the watch of the scenario, two to fifteen seconds.
*Predicted* is "the same" only if the model, under that profile, does everything that the log tells in the order of its lanes and
nothing more ([traces/README.md](../traces/README.md)), and its verdict on `close_terminates` is the observed one.
"""
