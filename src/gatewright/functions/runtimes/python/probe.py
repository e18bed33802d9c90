"""Tells what an interpreter is, and leaves the bytecode of what every environment on it imports.

    python -S probe.py SITES BYTECODE

Prints a JSON object; fails when `awslambdaric` cannot be imported. With its bytecode in place an environment
starts in a third of the time, and sandboxes, in which nothing may be written, find it there.
"""

import os
import sys

if __name__ == "__main__":
    sys.pycache_prefix = sys.argv[2] or None
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    # Not above: what is imported before the prefix is set leaves no bytecode below it.
    import json

    import gatewright_channel  # type: ignore[import-not-found]

    gatewright_channel.load(sys.argv[1].split(os.pathsep), [], None)
    print(
        json.dumps(
            {
                "executable": os.path.realpath(sys.executable),
                "implementation": sys.implementation.name,
                "version": list(sys.version_info[:3]),
                "prefixes": sorted({sys.base_prefix, sys.base_exec_prefix}),
            }
        )
    )
