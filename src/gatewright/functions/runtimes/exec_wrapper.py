"""Wrapper scripts: a program of the function's that starts its runtime.

Source: "Modifying the runtime environment", AWS Lambda Developer Guide. The OS-only runtimes have none.
"""

import dataclasses

from gatewright.functions.runtimes.types import OPT_ROOT, TASK_ROOT, Launch
from gatewright.snapshot.types import FunctionVersion

_VARIABLE = "AWS_LAMBDA_EXEC_WRAPPER"
_ROOTS = (("/var/task/", TASK_ROOT), ("/opt/", OPT_ROOT))

# What the start script of Lambda's runtimes says and how it ends when the wrapper cannot be run. Only the environment
# itself can tell: a sandbox has other files than the host.
_SCRIPT = """
if [ ! -f "$0" ]; then echo "$1: does not exist"; exit 127; fi
if [ ! -x "$0" ]; then echo "$1: is not an executable"; exit 126; fi
shift
exec "$0" "$@"
"""


def wrapped(launch: Launch, function: FunctionVersion) -> Launch:
    """Return what starts the runtime through the function's wrapper, if it has one."""
    wrapper = dict(function.environment).get(_VARIABLE)
    if not wrapper or function.runtime.startswith("provided"):
        return launch
    path = wrapper
    for prefix, root in _ROOTS:
        if wrapper.startswith(prefix):
            path = f"{root}/{wrapper.removeprefix(prefix)}"
    return dataclasses.replace(launch, argv=("/bin/sh", "-c", _SCRIPT, path, wrapper, *launch.argv))
