"""The OS-only runtimes `provided.al2` and `provided.al2023`: the function brings its own `bootstrap`.

Source: "Building a custom runtime for AWS Lambda", AWS Lambda Developer Guide.
"""

import os
import stat

from gatewright.functions.runtimes.types import Code, Launch, LaunchRefused, Transport
from gatewright.snapshot.types import FunctionVersion

_BOOTSTRAP = "bootstrap"
_INVALID_ENTRYPOINT = "Runtime.InvalidEntrypoint"


class ProvidedRuntime:
    """Runs the executable `bootstrap` at the root of the deployment package; it speaks the Runtime API."""

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
        try:
            mode = (code.task_root / _BOOTSTRAP).stat().st_mode
        except OSError:
            mode = 0
        if not stat.S_ISREG(mode):
            message = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"
            raise LaunchRefused(_INVALID_ENTRYPOINT, message)
        is_executable = mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        if not is_executable or not os.access(code.task_root / _BOOTSTRAP, os.X_OK):
            raise LaunchRefused(_INVALID_ENTRYPOINT, "fork/exec /var/task/bootstrap: permission denied")
        return Launch(
            # Relative, since a sandbox mounts the code elsewhere than it lies on the host.
            argv=(f"./{_BOOTSTRAP}",),
            environment={},
            readable_paths=(),
            transport=Transport.RUNTIME_API,
            runtime_version_label=self._identifier.replace(".", ":", 1),
        )
