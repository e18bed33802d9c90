"""The first program of a Python execution environment.

    python -S bootstrap.py SITES BYTECODE

`SITES` (separated by `os.pathsep`) are the directories that hold `awslambdaric` and the SDK; `BYTECODE` is where
`probe` left their bytecode, or empty. The handler is `_HANDLER` and the code lies in `LAMBDA_TASK_ROOT`, as on Lambda.

Everything else is in `gatewright_channel`, because the main program is compiled at each start and a module is not.
"""

import os
import sys

if __name__ == "__main__":  # a child that `multiprocessing` spawns imports this file again
    _sites, _bytecode = sys.argv[1:3]
    del sys.argv[1:]
    _directory = os.path.dirname(os.path.abspath(__file__))
    # The interpreter puts the script's directory first unless PYTHONSAFEPATH says otherwise.
    if sys.path[:1] != [_directory]:
        sys.path.insert(0, _directory)
    sys.pycache_prefix = _bytecode or None
    import gatewright_channel  # type: ignore[import-not-found]

    del sys.path[0]
    gatewright_channel.serve(_sites.split(os.pathsep))
