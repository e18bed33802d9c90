"""A program that tries to leave the sandbox that it runs in: what chooses a tier is what really happened.

It is one shell script of builtins, so that a try takes milliseconds. It prints one word for each way out that it found,
then `done`.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SCRIPT: Final = r"""
tries() { if ( : >"$1" ) 2>/dev/null; then echo "writes $2"; fi; }
tries /usr/gatewright-escape /usr
tries /gatewright-escape /
tries /etc/gatewright-escape /etc
tries "$TASK/gatewright-escape" "the code"
tries "$DATA/escape" "the data directory"
tries /proc/sys/kernel/core_pattern /proc/sys
tries /proc/sys/vm/drop_caches /proc/sys
if ( read -r secret <"$DATA/secret" ) 2>/dev/null; then echo "reads the data directory"; fi
if [ "$$" != "$NODE" ] && [ "$NODE" -gt "$OWN_PIDS" ] && kill -0 "$NODE" 2>/dev/null; then echo "signals the node"; fi
while read -r name real effective saved rest; do
  case "$name" in
    Uid:) [ "$real $effective $saved" = "$WANTED_UID $WANTED_UID $WANTED_UID" ] || echo "is user $effective" ;;
    CapEff: | CapPrm: | CapInh: | CapAmb:) [ "$real" = 0000000000000000 ] || echo "has capabilities" ;;
    NoNewPrivs:) [ "$real" = 1 ] || echo "can gain privileges" ;;
    Seccomp:) [ "$real" = 2 ] || echo "has no seccomp filter" ;;
  esac
done </proc/self/status
tries "$TMPDIR/gatewright" "" | { read -r wrote || echo "cannot write $TMPDIR"; }
echo done
"""
NEEDLESS_PIDS: Final = 64
"""In a process namespace of its own the check sees small numbers only, which may be the node's by chance."""


@dataclass(frozen=True, slots=True)
class Bait:
    """What the check must not reach: a directory like the node's, and a function's code."""

    directory: Path

    @property
    def task_root(self) -> Path:
        """Return the directory of the code."""
        return self.directory / "task"

    @property
    def private(self) -> Path:
        """Return what stands for the data directory."""
        return self.directory / "private"

    def temporary(self, uid: int | None) -> Path:
        """Make a directory that `uid`, or ourselves, may write to."""
        path = self.directory / "tmp"
        path.mkdir(mode=0o700, exist_ok=True)
        if uid is not None:
            os.chown(path, uid, uid)
        return path


def lay_bait() -> "tempfile.TemporaryDirectory[str]":
    """Make the directories of a `Bait`, readable as a node's would be at worst."""
    folder: tempfile.TemporaryDirectory[str] = tempfile.TemporaryDirectory(prefix="gatewright-check-")
    bait = Bait(Path(folder.name))
    os.chmod(folder.name, 0o755)  # noqa: S103 — only the sandbox is to keep others out
    bait.task_root.mkdir(mode=0o755)
    bait.private.mkdir(mode=0o755)
    (bait.private / "secret").write_text("secret\n")
    return folder


def check_arguments() -> tuple[str, ...]:
    """Return the program."""
    return ("/bin/sh", "-c", _SCRIPT)


def check_variables(bait: Bait, *, task_root: str, temporary: str, uid: int, has_pids: bool) -> Mapping[str, str]:
    """Return its environment: where it is, and who it must be. `has_pids` says that it has a process namespace."""
    return {
        "DATA": str(bait.private),
        "TASK": task_root,
        "TMPDIR": temporary,
        "NODE": str(os.getpid()),
        "OWN_PIDS": str(NEEDLESS_PIDS if has_pids else 0),
        "WANTED_UID": str(uid),
    }


def verdict(output: str, status: int) -> str | None:
    """Return None when the sandbox held, else one line that says what did not."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if status == 0 and lines == ["done"]:
        return None
    found = [line for line in lines if line != "done"]
    return "; ".join(found)[-300:] or f"it ended with status {status}"
