"""How an execution environment's process is started: the contract between `runtimes` and the rest of `functions`.

A runtime says what to run; the environment runs it, adds the reserved environment variables ("Using Lambda
environment variables", Lambda Developer Guide), the sandbox and the limits, and speaks the transport.
"""

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from gatewright.base.errors import GatewrightError
from gatewright.snapshot.types import FunctionVersion

TASK_ROOT: Final = "{task_root}"
"""Stands for the directory where the process sees the deployment package."""
OPT_ROOT: Final = "{opt_root}"
"""Stands for the directory where the process sees the layers."""


class Transport(enum.Enum):
    """How the host and a runtime talk to each other."""

    CHANNEL = "channel"
    """Frames over the inherited socket named by `_GATEWRIGHT_CHANNEL_FD`."""
    RUNTIME_API = "runtime-api"
    """AWS's Runtime API over HTTP at `AWS_LAMBDA_RUNTIME_API`."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a function is made of, unpacked on this machine."""

    task_root: Path
    """The deployment package, `/var/task`."""
    opt_root: Path | None = None
    """The merged layers, `/opt`; None without layers."""


@dataclass(frozen=True, slots=True)
class Launch:
    """One process to start for an execution environment. Its working directory is the task root.

    Arguments and values of variables hold `TASK_ROOT` and `OPT_ROOT` where a path depends on the sandbox (`seen_at`).
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    """Variables besides those that the host sets for every function; the host's and the user's come on top."""
    readable_paths: tuple[Path, ...]
    """Directories and files outside the task root that the process must be able to read: sandboxes mount them."""
    transport: Transport
    runtime_version_label: str
    """What INIT_START reports as the runtime version, such as `python:3.11.7`."""
    links: tuple[tuple[str, Path], ...] = ()
    """Names at which the process finds things of the host: where a sandbox has a file system of its own, symbolic links
    from the one to the other. What they lead to is among `readable_paths`."""

    def seen_at(self, task_root: str, opt_root: str) -> "Launch":
        """Return the same for a sandbox in which code and layers are seen at these paths."""

        def place(text: str) -> str:
            return text.replace(TASK_ROOT, task_root).replace(OPT_ROOT, opt_root)

        return dataclasses.replace(
            self,
            argv=tuple(map(place, self.argv)),
            environment={name: place(value) for name, value in self.environment.items()},
        )


class LaunchRefused(GatewrightError):
    """The function's code cannot be started at all; Lambda reports it as a failure of INIT.

    `error_type` is Lambda's (`Runtime.InvalidEntrypoint`), `message` is its text without the leading
    `RequestId: … Error: `, which the host puts before it.
    """

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.message = message


class Runtime(Protocol):
    """One runtime identifier (`python3.12`) on this machine. Answers are found on first use and kept."""

    def problem(self) -> str | None:
        """Return one sentence that says why the runtime cannot be used here and what to install, or None."""
        ...

    def warning(self) -> str | None:
        """Return one sentence when another version than the wanted one is used, or None."""
        ...

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        """Say what to start for `function`. Raises `LaunchRefused`.

        Only for a runtime without a `problem`. A sandbox may mount code and layers elsewhere than they lie on the host:
        what is inside of them is named by way of `TASK_ROOT` and `OPT_ROOT`, or of the working directory, which is the
        task root.
        """
        ...
