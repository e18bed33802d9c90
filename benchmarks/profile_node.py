"""Where a node spends its time on a function behind an HTTP API: `python -m benchmarks.profile_node [CONNECTIONS]`.

cProfile makes every call of Python dearer and leaves C alone, so read shares, not sums. Time in a call that writes to a
socket is also the time that the kernel gives to whoever that wakes.
"""

import pstats
import sys
import tempfile
from pathlib import Path

from benchmarks.load import run_wrk
from benchmarks.node import Node, function_behind_api, node_environment
from benchmarks.programs import free_port, running, wait_until_answering


def main(connections: int) -> None:
    """Run a node under cProfile, load it, and print the functions that took most."""
    with tempfile.TemporaryDirectory(prefix="gatewright-profile-") as name:
        directory = Path(name)
        port, profile, log = free_port(), directory / "profile", directory / "node.log"
        node_command = ["-m", "gatewright", "up", "--host", "127.0.0.1", "--port", str(port), "--ephemeral"]
        command = [sys.executable, "-m", "cProfile", "-o", str(profile), *node_command]
        with running(command, log, cwd=directory, environment=node_environment()) as process:
            ready_seconds = wait_until_answering(process, port, "/_gatewright/health", log)
            target = function_behind_api(Node(port, process, ready_seconds), "profiled")
            print(run_wrk(target, connections, 5))
        pstats.Stats(str(profile)).sort_stats("tottime").print_stats(50)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16)
