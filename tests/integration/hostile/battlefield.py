"""A node with an attacker, a victim and a neighbour, and what the attacker knows."""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.nodes import ROLE, Node, wait_until, zip_of
from tests.integration.tiers import launch_on_tier

PACKAGE = Path(__file__).parent / "package"
MARKER = "the-victims-secret-4b1d"
VICTIM = f"""
import os
CODE_SECRET = "{MARKER}"
def handler(event, context):
    for folder in ("/tmp", "/dev/shm"):
        with open(folder + "/victims-file", "w") as file:
            file.write(CODE_SECRET)
    return event
"""
NEIGHBOUR_CALLS = 60


@dataclass
class Battlefield:
    """The node and its functions."""

    node: Node
    data_dir: Path

    def deploy(self) -> None:
        """Create the functions, and have an environment of each running."""
        attack = {path.name: path.read_text() for path in PACKAGE.glob("*.py")}
        self._create("attacker", attack, "attack.handler", Timeout=30, MemorySize=256)
        self._create("runtime", attack, "-", ("bootstrap",), Runtime="provided.al2023", Timeout=30)
        self._create("teller", attack, "telling.handler", Timeout=30, LoggingConfig={"LogFormat": "JSON"})
        self._create("victim", {"app.py": VICTIM}, "app.handler", Environment={"Variables": {"SECRET": MARKER}})
        self._create("neighbour", {"app.py": "def handler(event, context): return event"}, "app.handler")
        for name in ("victim", "neighbour"):
            assert self.invoke(name, {"hello": 1})["Payload"] == {"hello": 1}

    def _create(
        self, name: str, files: dict[str, str], handler: str, executable: tuple[str, ...] = (), **changes: Any
    ) -> None:
        if executable:
            files = {"bootstrap": files["bootstrap.py"]}
        self.node.client("lambda").create_function(
            FunctionName=name,
            Role=ROLE,
            Handler=handler,
            Code={"ZipFile": zip_of(files, executable)},
            **{"Runtime": "python3.11", "Timeout": 10, **changes},
        )

    def invoke(self, name: str, event: object, **options: Any) -> dict[str, Any]:
        """Invoke a function; the payload comes parsed."""
        answer = self.node.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event), **options)
        return {**answer, "Payload": json.loads(answer["Payload"].read() or b"null")}

    def attack(self, attack: str, **arguments: object) -> dict[str, Any]:
        """Run an attack and return the answer to its caller."""
        return self.invoke("attacker", {"attack": attack, "arguments": arguments})

    def gains(self, attack: str, **arguments: object) -> object:
        """Run an attack that comes to its end, and return what it got hold of."""
        answer = self.attack(attack, **arguments)
        assert "FunctionError" not in answer, answer["Payload"]
        return answer["Payload"]

    def neighbour_rate(self) -> float:
        """Return the neighbour's invocations a second, one after the other."""
        started = time.monotonic()
        for number in range(NEIGHBOUR_CALLS):
            assert self.invoke("neighbour", number)["Payload"] == number
        return NEIGHBOUR_CALLS / (time.monotonic() - started)

    def during(self, attack: str, **arguments: object) -> tuple[dict[str, Any], list[float]]:
        """Run an attack and the neighbour beside it; return the attack's answer and the neighbour's latencies."""
        return self.beside("attacker", {"attack": attack, "arguments": arguments})

    def beside(self, name: str, event: object) -> tuple[dict[str, Any], list[float]]:
        """Invoke a function and the neighbour meanwhile; return the answer and the neighbour's latencies."""
        latencies: list[float] = []
        with ThreadPoolExecutor(1) as pool:
            attacking = pool.submit(self.invoke, name, event)
            while not attacking.done():
                started = time.monotonic()
                assert self.invoke("neighbour", 1)["Payload"] == 1
                latencies.append(time.monotonic() - started)
                time.sleep(0.005)
        return attacking.result(), latencies

    @property
    def kept_paths(self) -> list[str]:
        """Return what lies in the data directory, but for the bytecode of the runtimes, which functions are shown."""
        return [str(path) for path in self.data_dir.iterdir() if path.name != "runtimes"]

    def resident_mb(self) -> int:
        """Return the memory that the node itself has."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) >> 10

    @property
    def pid(self) -> int:
        """Return the process id of the node."""
        return self.node.process.pid

    @property
    def code_paths(self) -> list[str]:
        """Return the directories of all unpacked packages on the host."""
        return [str(path) for path in (self.data_dir / "code").glob("*/*")]

    def descendants(self) -> set[int]:
        """Return the processes below the node that are there now."""
        return descendants(self.pid)


@contextmanager
def data_directory(tier: str) -> Iterator[Path]:
    """A data directory that the node of a tier can use: that of tier B is nobody we know."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-", dir="/var/tmp"))
    user = launch_on_tier(tier).user
    if user is not None:
        os.chown(folder, user, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def descendants(pid: int) -> set[int]:
    """Return all processes below one."""
    parents: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(process.name))
    found: set[int] = set()
    pending = [pid]
    while pending:
        children = parents.get(pending.pop(), [])
        found |= set(children)
        pending += children
    return found


def processes_with(marker: str) -> list[int]:
    """Return the processes of this machine whose command line holds a text."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (process / "cmdline").read_bytes() and int(process.name) != os.getpid():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def wait_until_gone(marker: str) -> None:
    """Wait until no process has a text in its command line."""
    wait_until(lambda: not processes_with(marker), f"processes with {marker} end")
