"""Whether the kernel will run a program, asked before it is started.

A launcher that stands between (`setpriv`, later a sandbox) would report the failure by an exit status of its own, and
the caller would hear of a runtime that exited, where Lambda says what is wrong with the entry point.
"""

import os
from pathlib import Path
from typing import Final

_TASK_ROOT: Final = "/var/task"
_HEAD_BYTES: Final = 256


def entrypoint_problem(program: str, directory: Path, shown_as: str = _TASK_ROOT) -> str | None:
    """Return Lambda's sentence when `program`, started in `directory`, cannot run; None when it can or is on PATH.

    `shown_as` is what Lambda calls the directory.
    """
    if "/" not in program:
        return None
    reason = _reason(directory / program)
    return None if reason is None else f"fork/exec {os.path.normpath(os.path.join(shown_as, program))}: {reason}"


def _reason(path: Path) -> str | None:
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
    return None if os.path.exists(interpreter) else "no such file or directory"
