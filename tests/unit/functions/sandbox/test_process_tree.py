"""What /proc says about the memory of processes that share it."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gatewright.functions.sandbox.process_tree import ProcessTree
from tests.unit.functions.fakes import MIB

FORKS = 6
CODE = f"""
    import os, time
    kept = os.urandom(1024) * (40 * 1024)
    for _ in range({FORKS}):
        if os.fork() == 0:
            time.sleep(1000)
    print("forked", flush=True)
    time.sleep(1000)
"""


@contextmanager
def forked() -> Iterator[int]:
    """A process with 40 MiB and children that share it."""
    code = textwrap.dedent(CODE)
    with subprocess.Popen([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE, process_group=0) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            subprocess.run(["/bin/kill", "-KILL", "--", f"-{process.pid}"], check=True)


@pytest.mark.parametrize(("exact_above", "least", "most"), [(100 * MIB, 40, 100), (4096 * MIB, 40 * FORKS, 80 * FORKS)])
def test_what_is_shared_counts_once_when_it_matters(exact_above: int, least: int, most: int) -> None:
    with forked() as pid:
        tree = ProcessTree(pid, exact_above)
        try:
            assert least * MIB < tree.used_bytes() < most * MIB
        finally:
            tree.close()


def test_a_process_that_has_ended() -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        process.wait()
    tree = ProcessTree(process.pid, 0)
    assert tree.used_bytes() == 0
    tree.close()
