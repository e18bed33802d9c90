"""What the shell in a sandbox reads: the environment variables, then the program to become.

Variables go this way, and not by `execve` of the programs that set the sandbox up, for two reasons: `LD_PRELOAD` and
its like would run the function's code in those programs, some of which are root still; and everybody on the machine
can read the arguments of a program, for which `env NAME=value …` is no way either.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from gatewright.functions.sandbox.types import SandboxError

READY_COMMAND: Final = b"echo >&0\n"
"""The first command: it says on the shell's standard input, a socket, that the sandbox stands."""

_RUN: Final = 'exec "$@" </dev/null\n'


def launch_script(variables: Mapping[str, str]) -> bytes:
    """Return the commands, for a shell that has the program's arguments as its own. Raises `SandboxError`."""
    # One group: a shell runs it when it has read all of it, so that half a script does nothing.
    return "".join(("{ :\n", *_exports(variables), "} 2>/dev/null\n", _RUN)).encode("utf-8", "surrogateescape")


def _exports(variables: Mapping[str, str]) -> Iterator[str]:
    for name, value in variables.items():
        if not name.isascii() or not name.isidentifier() or "\0" in value:
            raise SandboxError(f"the environment variable {name[:64]!r} cannot be given to a process")
        # `command`: a few names are the shell's own (UID in bash), which would end here for being given another value.
        yield f"command export {name}={quoted(value)}\n"


def quoted(value: str) -> str:
    """Return a text as one word of the shell's language."""
    return "'" + value.replace("'", "'\\''") + "'"
