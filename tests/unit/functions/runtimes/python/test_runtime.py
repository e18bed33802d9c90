"""Which interpreter a function gets, and how it is started."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.python import sdk
from gatewright.functions.runtimes.python.runtime import PythonRuntime
from gatewright.functions.runtimes.types import Code, LaunchRefused, Transport
from tests.unit.functions.runtimes.host import function

# A minor version that the interpreter of the tests does not have.
MINOR = 12 if sys.version_info.minor != 12 else 13
WANTED = (3, MINOR, 4)


class Machine:
    """Pretends that certain executables are certain versions of Python; the running interpreter is what it is."""

    def __init__(self, root: Path, installed: dict[str, tuple[int, int, int] | None]) -> None:
        self.root = root
        self.installed = {root / path: version for path, version in installed.items()}
        self.asked: list[Path] = []
        for path in self.installed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(0o755)

    def __call__(self, argv: Sequence[str]) -> dict[str, Any] | None:
        path = Path(argv[0])
        self.asked.append(path)
        version = self.installed.get(path, tuple(sys.version_info[:3]))
        if version is None:
            return None
        return {
            "executable": argv[0],
            "implementation": "cpython",
            "version": list(version),
            "prefixes": [str(path.parent.parent)],
        }

    def runtime(self, minor: int = MINOR) -> PythonRuntime:
        pinned = {f"python3.{minor}": self.root / "pinned" / "python"}
        places = SearchPlaces((self.root / "bin",), self.root / "home", self.root / "opt", pinned)
        return PythonRuntime(minor, places, self.root / "cache", self)


FOUND = {
    "pinned by the operator": {"pinned/python": WANTED, f"bin/python3.{MINOR}": WANTED},
    "on PATH": {f"bin/python3.{MINOR}": WANTED},
    "by pyenv": {f"home/.pyenv/versions/3.{MINOR}.4/bin/python3.{MINOR}": WANTED},
    "by uv": {f"home/.local/share/uv/python/cpython-3.{MINOR}.4-linux-x86_64-gnu/bin/python3.{MINOR}": WANTED},
    "in /opt": {f"opt/python/cp3{MINOR}-cp3{MINOR}/bin/python3.{MINOR}": WANTED},
}


@pytest.mark.parametrize("case", FOUND)
def test_search(tmp_path: Path, case: str) -> None:
    installed = FOUND[case]
    runtime = Machine(tmp_path, dict(installed)).runtime()
    assert (runtime.problem(), runtime.warning()) == (None, None)
    assert runtime.launch(function("python"), Code(tmp_path)).argv[0] == str(tmp_path / next(iter(installed)))


def test_a_shim_that_fails_or_stands_for_another_version_is_passed_over(tmp_path: Path) -> None:
    pyenv = f"home/.pyenv/versions/3.{MINOR}.4/bin/python3.{MINOR}"
    machine = Machine(tmp_path, {"pinned/python": (3, 8, 1), f"bin/python3.{MINOR}": None, pyenv: WANTED})
    runtime = machine.runtime()
    assert runtime.launch(function("python"), Code(tmp_path)).argv[0] == str(tmp_path / pyenv)
    assert runtime.warning() is None


def test_nothing_runs_before_it_is_needed_and_nothing_twice(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {f"bin/python3.{MINOR}": WANTED})
    runtime = machine.runtime()
    assert machine.asked == []
    runtime.problem(), runtime.warning(), runtime.launch(function("python"), Code(tmp_path))
    assert machine.asked == [tmp_path / f"bin/python3.{MINOR}"]


def test_the_running_interpreter_stands_in_with_a_warning(tmp_path: Path) -> None:
    runtime = Machine(tmp_path, {}).runtime()
    version = ".".join(map(str, sys.version_info[:3]))
    warning = runtime.warning()
    assert warning is not None
    assert warning.startswith(
        f"Python 3.{MINOR} is not installed: functions of python3.{MINOR} run on Python {version} ("
    )
    assert warning.endswith(f"uv python install 3.{MINOR}")
    assert runtime.launch(function("python"), Code(tmp_path)).runtime_version_label == f"python:{version}"


def test_a_python_that_is_too_old_is_not_asked(tmp_path: Path) -> None:
    """Lambda creates functions of python3.8 until February 2027 ("Lambda runtimes")."""
    machine = Machine(tmp_path, {"bin/python3.8": (3, 8, 18), "pinned/python": (3, 8, 18)})
    runtime = machine.runtime(8)
    warning = runtime.warning()
    assert warning is not None
    assert warning.startswith("Python 3.8 is too old to run functions here: those of python3.8 run on Python 3.")
    assert not {tmp_path / "bin/python3.8", tmp_path / "pinned/python"} & set(machine.asked)


def test_when_no_interpreter_runs_there_is_a_problem(tmp_path: Path) -> None:
    runtime = PythonRuntime(MINOR, SearchPlaces(home=tmp_path, opt=tmp_path), tmp_path, lambda argv: None)
    problem = runtime.problem()
    assert problem is not None
    assert f"uv python install 3.{MINOR}" in problem
    assert runtime.warning() is None
    with pytest.raises(LaunchRefused):
        runtime.launch(function("python"), Code(tmp_path))


def test_what_is_started(tmp_path: Path) -> None:
    machine = Machine(tmp_path, {f"bin/python3.{MINOR}": WANTED})
    launch = machine.runtime().launch(function("python"), Code(tmp_path))
    assert launch.argv[1:4] == ("-S", "-X", "utf8")
    assert [Path(argument).name for argument in launch.argv[4:]] == ["bootstrap.py"]
    assert launch.environment["_GATEWRIGHT_BYTECODE"] == str(tmp_path / "cache" / "bytecode")
    assert launch.transport is Transport.CHANNEL
    assert launch.runtime_version_label == f"python:3.{MINOR}.4"
    names = {path.name for path in launch.readable_paths}
    assert {"awslambdaric", "simplejson", "snapshot_restore_py.py", "bootstrap.py", "gatewright_channel.py"} <= names
    assert tmp_path in launch.readable_paths
    assert not any(path.name in {"site-packages", "gatewright"} for path in launch.readable_paths)


def test_an_interpreter_that_is_too_old_for_the_sdk_beside_gatewright(tmp_path: Path) -> None:
    """boto3 has dropped Python 3.9, which functions of python3.9 run on where it is installed."""
    runtime = Machine(tmp_path, {"bin/python3.9": (3, 9, 18)}).runtime(9)
    oldest = sdk.beside_gatewright().oldest_minor
    assert runtime.warning() == (
        f"Functions of python3.9 find no boto3: gatewright's own needs Python 3.{oldest}, not 3.9.18. "
        "To have one, run: gatewright runtimes install"
    )
    assert runtime.needs_sdk() == (9, tmp_path / "bin/python3.9")
    launch = runtime.launch(function("python3.9"), Code(tmp_path))
    assert launch.environment["_GATEWRIGHT_SDK_SITES"] == ""
    assert "botocore" not in {path.name for path in launch.readable_paths}


def test_an_sdk_that_was_installed_for_an_old_interpreter(tmp_path: Path) -> None:
    site = tmp_path / "home" / sdk.INSTALLED / "3.9"
    for name in ("boto3", "botocore", "urllib3", "pip"):
        (site / name).mkdir(parents=True)
    (site / "six.py").touch()
    runtime = Machine(tmp_path, {"bin/python3.9": (3, 9, 18)}).runtime(9)
    assert runtime.warning() is None
    launch = runtime.launch(function("python3.9"), Code(tmp_path))
    assert launch.environment["_GATEWRIGHT_SDK_SITES"] == str(site)
    readable = {path for path in launch.readable_paths if site in path.parents}
    assert readable == {site / name for name in ("boto3", "botocore", "urllib3", "six.py")}


def test_an_interpreter_that_the_sdk_beside_gatewright_serves(tmp_path: Path) -> None:
    runtime = Machine(tmp_path, {f"bin/python3.{MINOR}": WANTED}).runtime()
    assert runtime.needs_sdk() is None
    sites = runtime.launch(function("python"), Code(tmp_path)).environment["_GATEWRIGHT_SDK_SITES"]
    assert any((Path(site) / "boto3").is_dir() for site in sites.split(":"))
