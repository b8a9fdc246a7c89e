"""The judge of live runs must be able to say no: judge_test.py LASTCALL."""
import dataclasses
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True  # the folder of these files is a source folder

import peers
import recording
import table
import verdicts

LOGS = Path(__file__).resolve().parent.parent / "conformance" / "logs"
LASTCALL = sys.argv.pop(1)


def system(profile):
    return peers.RecordingPeer(profile, profile, None, None, None)


def judged(log, profile):
    observation = verdicts.observe(table.read_rows(log))
    return observation, verdicts.predict(LASTCALL, log, system(profile), observation)


class Judge(unittest.TestCase):
    def test_a_hang_is_observed_and_predicted(self):
        observation, prediction = judged(LOGS / "node-23.1.0" / "h2_idle_session.jsonl", "node-23.1.0")
        self.assertEqual(observation.text(), "never closes")
        self.assertEqual(prediction.outcome, "agrees")

    def test_a_close_at_once_is_observed_and_predicted(self):
        observation, prediction = judged(LOGS / "node-24.21.0" / "h2_idle_session.jsonl", "node-24.21.0")
        self.assertEqual(observation.text(), "closes at once; GOAWAY 0, 0")
        self.assertEqual(prediction.outcome, "agrees")

    def test_another_release_is_not_taken_for_this_one(self):
        _, prediction = judged(LOGS / "node-24.21.0" / "h2_idle_session.jsonl", "node-23.1.0")
        self.assertEqual(prediction.outcome, "differs")

    def test_the_verdict_counts_beside_the_rows(self):
        log = LOGS / "node-23.1.0" / "h2_idle_session.jsonl"
        observation, _ = judged(log, "node-23.1.0")
        prediction = verdicts.predict(LASTCALL, log, system("node-23.1.0"), dataclasses.replace(observation, closed_after_ms=1.0))
        self.assertEqual(prediction.outcome, "differs")

    def test_a_log_that_cannot_be_taken_is_no_prediction(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "log.jsonl"
            log.write_text('{"t_ms": 0, "ev": "scenario", "program": "somebody_elses.js", "options": {}}\n', encoding="utf-8")
            _, prediction = judged(log, "node-23.1.0")
        self.assertEqual(prediction.outcome, "none")
        self.assertIn("somebody_elses.js", prediction.detail)

    def test_what_comes_after_the_teardown_is_not_observed(self):
        rows = [{"t_ms": 0, "ev": "signal SIGTERM"}, {"t_ms": 1, "ev": "harness teardown"}, {"t_ms": 2, "ev": "process exit"}]
        self.assertEqual(verdicts.observe(rows).text(), "never closes")


class Recording(unittest.TestCase):
    def test_rows_of_two_processes_are_merged_by_time_and_each_keeps_its_order(self):
        log = recording.Recording()
        log.event("first")
        log.add({"ev": "long ago"}, epoch_ms=0)
        log.event("second")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "new" / "log.jsonl"
            log.write(path)
            names = [json.loads(line)["ev"] for line in path.read_text(encoding="utf-8").splitlines()]
        self.assertEqual(names, ["long ago", "first", "second"])


if __name__ == "__main__":
    unittest.main()
