"""The OS-only runtimes `provided.al2` and `provided.al2023`: the function brings its own `bootstrap`.

Source: "Building a custom runtime for AWS Lambda", AWS Lambda Developer Guide. A layer may bring it too.
"""

import os
import stat
from pathlib import Path

from gatewright.functions.runtimes.types import OPT_ROOT, Code, Launch, LaunchRefused, Transport
from gatewright.snapshot.types import FunctionVersion

_BOOTSTRAP = "bootstrap"
_INVALID_ENTRYPOINT = "Runtime.InvalidEntrypoint"
_ANY_EXECUTE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


class ProvidedRuntime:
    """Runs the executable `bootstrap` at the root of the deployment package, else of the layers.

    It speaks the Runtime API.
    """

    def __init__(self, identifier: str) -> None:
        self._identifier = identifier

    def problem(self) -> str | None:
        """Return None: nothing has to be installed."""
        return None

    def warning(self) -> str | None:
        """Return None: there is no version that could be another one."""
        return None

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        """Say how to start the bootstrap. Raises `LaunchRefused` as Lambda reports a missing or unusable one."""
        # Relative in the package, whose root is the working directory.
        program = f"./{_BOOTSTRAP}"
        found, shown_as = code.task_root / _BOOTSTRAP, "/var/task"
        if not _is_file(found) and code.opt_root is not None:
            program = f"{OPT_ROOT}/{_BOOTSTRAP}"
            found, shown_as = code.opt_root / _BOOTSTRAP, "/opt"
        if not _is_file(found):
            message = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
            raise LaunchRefused(_INVALID_ENTRYPOINT, message)
        # The mode is asked for as well: to root, access(2) grants what the mode does not.
        if not found.stat().st_mode & _ANY_EXECUTE or not os.access(found, os.X_OK):
            raise LaunchRefused(_INVALID_ENTRYPOINT, f"fork/exec {shown_as}/{_BOOTSTRAP}: permission denied")
        return Launch(
            argv=(program,),
            environment={},
            readable_paths=(),
            transport=Transport.RUNTIME_API,
            runtime_version_label=self._identifier.replace(".", ":", 1),
        )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # out of our reach
        return False
