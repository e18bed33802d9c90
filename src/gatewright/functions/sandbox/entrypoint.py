"""Whether the kernel will run a program, asked before it is started.

A launcher that stands between (`setpriv`, later a sandbox) would report the failure by an exit status of its own, and
the caller would hear of a runtime that exited, where Lambda says what is wrong with the entry point.
"""

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

_TASK_ROOT: Final = "/var/task"
_HEAD_BYTES: Final = 256
_NO_MOUNTS: Final[Mapping[str, Path]] = MappingProxyType({})


def entrypoint_problem(
    program: str, directory: Path, shown_as: str = _TASK_ROOT, mounts: Mapping[str, Path] = _NO_MOUNTS
) -> str | None:
    """Return Lambda's sentence when `program`, started in `directory`, cannot run; None when it can or is on PATH.

    `shown_as` is what Lambda calls the directory. `mounts` says where on the host lies what the program will see at
    other paths: a script may name an interpreter there.
    """
    if "/" not in program:
        return None
    reason = _reason(directory / program, mounts)
    return None if reason is None else f"fork/exec {os.path.normpath(os.path.join(shown_as, program))}: {reason}"


def _reason(path: Path, mounts: Mapping[str, Path]) -> str | None:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        return "no such file or directory"
    except OSError:
        return "permission denied"
    if not os.access(path, os.X_OK):
        return "permission denied"
    if head.startswith(b"\x7fELF"):
        return None
    if not head.startswith(b"#!"):
        return "exec format error"
    # Only blanks end the name: with line ends of Windows the kernel looks for `/bin/sh\r`, and so must we.
    interpreter = head[2:].split(b"\n")[0].replace(b"\t", b" ").strip(b" ").split(b" ")[0]
    return None if interpreter and _on_host(os.fsdecode(interpreter), mounts).exists() else "no such file or directory"


def _on_host(path: str, mounts: Mapping[str, Path]) -> Path:
    for point, source in mounts.items():
        if PurePosixPath(path).is_relative_to(point):
            return source / PurePosixPath(path).relative_to(point)
    return Path(path)
