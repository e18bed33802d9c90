"""SIGKILL at random moments: every event that was acknowledged runs at least once, and is recorded at least once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = 100
LONGEST_RUN_SECONDS = 0.15
SEED = 20260101
ROOT = Path(__file__).parents[4]


def child(directory: Path, first: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.unit.functions.async_invoke.crash_node", str(directory), str(first)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)


def run_and_kill(directory: Path, first: int, seconds: float) -> list[int]:
    """Let the child accept events for a while, kill it and return those that it acknowledged."""
    process = child(directory, first)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return [int(line) for line in process.stdout.read().split(b"\n")[:-1]]


def numbers(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()]


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_acknowledged_event_runs(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    acknowledged: list[int] = []
    for _ in range(KILLS):
        first = max(acknowledged, default=0) + 1000  # beyond what may have been accepted without being acknowledged
        acknowledged += run_and_kill(tmp_path, first, dice.random() * LONGEST_RUN_SECONDS)
    assert len(acknowledged) > 10 * KILLS
    last = child(tmp_path, 0)
    assert last.communicate(timeout=60)[0] == b"ready\n"
    assert last.returncode == 0
    ran, sent = numbers(tmp_path / "ran"), numbers(tmp_path / "sent")
    assert set(acknowledged) - set(ran) == set(), "an acknowledged event never ran"
    assert set(ran) - set(sent) == set(), "an event that ran was never recorded"
    # What runs twice is what a kill interrupted: of the events in flight, not of those in the queue.
    assert len(ran) - len(set(ran)) < KILLS * 256
