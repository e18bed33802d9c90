"""The first program of a Python execution environment.

The handler is `_HANDLER` and the code lies in `LAMBDA_TASK_ROOT`, as on Lambda. `_GATEWRIGHT_SITES` (separated by
`os.pathsep`) are the directories that hold `awslambdaric`, `_GATEWRIGHT_SDK_SITES` those of the SDK, if there is one;
`_GATEWRIGHT_BYTECODE` is where `probe` left their bytecode. They are no arguments, because wrapper scripts count on
this file's name to be the last one.

Everything else is in `gatewright_channel`, because the main program is compiled at each start and a module is not.
"""

import os
import sys

if __name__ == "__main__":  # a child that `multiprocessing` spawns imports this file again
    _directory = os.path.dirname(os.path.abspath(__file__))
    # The interpreter puts the script's directory first unless PYTHONSAFEPATH says otherwise.
    if sys.path[:1] != [_directory]:
        sys.path.insert(0, _directory)
    sys.pycache_prefix = os.environ.pop("_GATEWRIGHT_BYTECODE")
    import gatewright_channel  # type: ignore[import-not-found]

    del sys.path[0]
    _sites, _sdk_sites = (
        os.environ.pop(name).split(os.pathsep) for name in ("_GATEWRIGHT_SITES", "_GATEWRIGHT_SDK_SITES")
    )
    gatewright_channel.serve(_sites, [site for site in _sdk_sites if site])
