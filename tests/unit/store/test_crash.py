"""SIGKILL at random moments: what was acknowledged is there, what was not is not half there (DESIGN.md, rule 5)."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gatewright.store import collect_blobs, open_store
from gatewright.store.types import Key, Store
from tests.unit.store.crash_writer import PARTS, content, log_key, part_key

KILLS = 200
LONGEST_RUN_SECONDS = 0.06
LONGEST_START_SECONDS = 0.2
SEED = 20260101


def run_and_kill(directory: Path, seconds: float, *, waits_for_start: bool) -> int:
    """Let the child write for a while, kill it and return the last number that it acknowledged (0 for none).

    Without waiting for its start, the kill falls into the opening of the store, recovery included.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.store.crash_writer", str(directory)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert child.stdout is not None
    with child.stdout:
        if waits_for_start:
            assert child.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        # What follows the last line feed was cut off by the kill and acknowledges nothing.
        lines = child.stdout.read().split(b"\n")[:-1]
    return max((int(line) for line in lines if line != b"ready"), default=0)


def verify(store: Store, acknowledged: int) -> int:
    """Check every promise and return the revision."""
    with store.read() as reader:
        revision = reader.revision
        parts = [reader.get(part_key(part)) for part in PARTS]
        logs = reader.list("123456789012", "us-east-1", "test", "log")
    assert revision >= acknowledged, "an acknowledged transaction is gone"
    if revision == 0:
        assert parts == [None] * len(PARTS)
        return 0
    assert {part["Number"] for part in parts if part is not None} == {revision}, "half a transaction"
    assert None not in parts
    deleted = {number - 3 for number in range(5, revision + 1, 5)}
    expected = [number for number in range(1, revision + 1) if number not in deleted]
    assert [document["Number"] for _, document in logs] == expected
    for part in parts:
        assert part is not None
        with store.blobs.open(part["Blob"]) as file:
            assert file.read() == content(revision)
    return revision


def verify_feed(store: Store, after: int, revision: int) -> None:
    expected: list[tuple[int, Key, bool]] = []
    for number in range(after + 1, revision + 1):
        expected += [(number, part_key(part), False) for part in PARTS]
        expected.append((number, log_key(number), False))
        if number % 5 == 0:
            expected.append((number, log_key(number - 3), True))
    found = [(change.revision, change.key, change.is_deleted) for change in store.changes(after, 1_000_000)]
    assert found == expected


def verify_blobs(store: Store) -> None:
    """Open every blob: opening checks its hash."""
    for name in store.blobs.names():
        store.blobs.open(name).close()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_and_nothing_is_half_there(tmp_path: Path) -> None:
    moments = random.Random(SEED)
    revision = 0
    kills_with_progress = 0
    for kill in range(KILLS):
        waits = kill % 8 != 0
        seconds = moments.uniform(0, LONGEST_RUN_SECONDS if waits else LONGEST_START_SECONDS)
        acknowledged = run_and_kill(tmp_path, seconds, waits_for_start=waits)
        store = open_store(tmp_path)
        previous, revision = revision, verify(store, acknowledged)
        assert revision >= previous
        verify_feed(store, previous, revision)
        verify_blobs(store)
        with store.read() as reader:
            newest = reader.get(part_key(PARTS[0]))
        collect_blobs(store, set() if newest is None else {newest["Blob"]})
        store.close()
        kills_with_progress += revision > previous
    assert kills_with_progress > KILLS // 4, "the kills did not fall into writes"
