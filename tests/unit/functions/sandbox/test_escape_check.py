"""The check must see what gets out: here it runs without a sandbox."""

import os
import subprocess
from pathlib import Path

from gatewright.functions.sandbox.escape_check import Bait, check_arguments, check_variables, lay_bait, verdict


def run(bait: Bait, uid: int, **changes: str) -> str | None:
    variables = check_variables(
        bait, task_root=str(bait.task_root), temporary=str(bait.temporary(None)), uid=uid, has_pids=False
    )
    done = subprocess.run(check_arguments(), env={**variables, **changes}, capture_output=True, text=True, timeout=20)
    return verdict(done.stdout + done.stderr, done.returncode)


def test_a_plain_process_gets_out() -> None:
    with lay_bait() as folder:
        found = run(Bait(Path(folder)), os.geteuid())
    assert found is not None
    assert "reads the data directory" in found
    assert "writes the code" in found
    assert "has no seccomp filter" in found
    assert "can gain privileges" in found


def test_somebody_else_than_was_wanted() -> None:
    with lay_bait() as folder:
        assert f"is user {os.geteuid()}" in str(run(Bait(Path(folder)), 7))


def test_a_sandbox_without_a_place_to_write() -> None:
    with lay_bait() as folder:
        assert "cannot write /nowhere" in str(run(Bait(Path(folder)), os.geteuid(), TMPDIR="/nowhere"))


def test_verdicts() -> None:
    assert verdict("done\n", 0) is None
    assert verdict("done\n", 1) == "it ended with status 1"
    assert verdict("", 0) == "it ended with status 0"
    assert verdict("bwrap: No permissions to create a new namespace\n", 1) == (
        "bwrap: No permissions to create a new namespace"
    )
    assert verdict("writes /usr\nis user 0\ndone\n", 0) == "writes /usr; is user 0"


def test_the_bait_is_taken_away() -> None:
    with lay_bait() as folder:
        assert (Bait(Path(folder)).private / "secret").read_text() == "secret\n"
    assert not Path(folder).exists()
