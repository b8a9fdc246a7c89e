#!/usr/bin/env python3
"""Runs real servers through the scenarios and holds the model's predictions against what they did.

Exit codes: 0 everything was predicted; 3 something was not; 4 the environment failed; 77 every system asked for is absent.
"""
import argparse
import concurrent.futures
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

sys.dont_write_bytecode = True  # the folder of these files is a source folder

import peers
import table
import verdicts
from scenarios import Scenario
from stage import Failed, Stage

EXIT_AGREES, EXIT_DISAGREES, EXIT_ENVIRONMENT, EXIT_SKIPPED = 0, 3, 4, 77


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lastcall", type=Path, required=True, help="the lastcall command")
    parser.add_argument("--cache", type=Path, required=True, help="where the systems are kept")
    parser.add_argument("--logs", type=Path, required=True, help="where the logs go; a folder for each system")
    parser.add_argument("--peer", action="append", metavar="NAME", help="only this system; may be repeated")
    parser.add_argument("--only", default="", metavar="REGEX",
                        help="only the scenarios SUITE_NAME that match, and no Jetty, which plays all or none")
    parser.add_argument("--jobs", type=int, default=4, help="scenarios at a time (default 4)")
    parser.add_argument("--offline", action="store_true", help="install nothing: what is not in the cache is absent")
    parser.add_argument("--again", action="store_true", help="judge the logs that are there; run nothing")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table as Markdown, too")
    return parser.parse_args()


def play(asked, peer, found, suite, scenario):
    """Plays one scenario; returns the lines of the table that come of it."""
    log = asked.logs / peer.name / f"{suite.log_name(scenario)}.jsonl"
    try:
        if not asked.again:
            stage = Stage(lambda recording: peer.start(found, recording, suite, scenario), peer.client_options)
            try:
                stage.wait_until_listening()
                scenario.act(stage)
            finally:
                stage.tear_down()
            stage.recording.write(log)
        return [judge(asked, peer, suite, scenario, log)]
    except (Failed, OSError) as error:
        return [table.Line(peer, suite, scenario, None, verdicts.Prediction("failed", "", str(error)))]


def record(asked, peer, found):
    """Lets the system's own program play everything; returns a line for each log."""
    folder = asked.logs / peer.name
    try:
        if not asked.again:
            shutil.rmtree(folder, ignore_errors=True)
            peer.record(found, folder)
        return [judge(asked, peer, peer.suite, Scenario(log.stem, None), log) for log in sorted(folder.glob("*.jsonl"))]
    except (OSError, subprocess.TimeoutExpired) as error:
        return [table.Line(peer, peer.suite, Scenario("all", None), None, verdicts.Prediction("failed", "", str(error)))]


def judge(asked, peer, suite, scenario, log):
    observation = verdicts.observe(table.read_rows(log))
    return table.Line(peer, suite, scenario, observation, verdicts.predict(asked.lastcall, log, peer, observation))


def jobs_of(asked, peer):
    """Functions without arguments, each of which returns lines of the table. Raises Absent."""
    found = peer.find(asked.cache.resolve(), not asked.offline)
    if isinstance(peer, peers.RecordingPeer):
        return [] if asked.only else [partial(record, asked, peer, found)]
    return [partial(play, asked, peer, found, suite, scenario) for suite in peer.suites for scenario in suite.scenarios
            if re.search(asked.only, f"{suite.name}_{scenario.name}")]


def main():
    asked = arguments()
    known = peers.all_peers()
    unknown = set(asked.peer or []) - {peer.name for peer in known}
    if unknown:
        there_are = ", ".join(peer.name for peer in known)
        print(f"error: unknown system {', '.join(sorted(unknown))}; there are {there_are}", file=sys.stderr)
        return EXIT_ENVIRONMENT

    absent, jobs, lines = {}, [], []
    for peer in known:
        if asked.peer and peer.name not in asked.peer:
            continue
        try:
            jobs += [(peer.name, job) for job in jobs_of(asked, peer)]
        except peers.Absent as error:
            absent[peer.name] = str(error)
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        under_way = [(name, pool.submit(job)) for name, job in jobs]
        for done, (name, future) in enumerate(under_way, 1):
            try:
                lines += future.result()
            except peers.Absent as error:
                absent[name] = str(error)
            if sys.stderr.isatty():
                print(f"\r{done}/{len(jobs)}", end="", file=sys.stderr, flush=True)
    print(table.text(lines, absent))
    if asked.markdown:
        asked.markdown.write_text(table.markdown(lines, absent, asked.logs), encoding="utf-8")
    outcomes = {line.prediction.outcome for line in lines}
    if not lines:
        return EXIT_SKIPPED if absent else EXIT_ENVIRONMENT
    if "failed" in outcomes:
        return EXIT_ENVIRONMENT
    return EXIT_AGREES if outcomes == {"agrees"} else EXIT_DISAGREES


if __name__ == "__main__":
    sys.exit(main())
