import subprocess
import sys
from pathlib import Path

import gatewright

PACKAGES = Path(gatewright.__file__).parents[1]
# What takes long to import, and what only the node needs.
NOT_IMPORTED = {"asyncio", "dataclasses", "inspect", "pathlib", "gatewright.functions.sandbox.types"}


def test_what_every_start_waits_for_imports_little() -> None:
    program = "import sys, gatewright.functions.sandbox.network.spawner; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-S", "-c", program],
        env={"PYTHONPATH": str(PACKAGES)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = set(done.stdout.split())
    assert "gatewright.functions.sandbox.network.space_process" in loaded
    assert NOT_IMPORTED & loaded == set()
