"""Dependencies that are built into packages. The index is a wheel in the project; npm is a program of the test."""

import sys
import zipfile
from pathlib import Path

import pytest

from gatewright.cli.deploy.artifacts import Artifact, Kind
from gatewright.cli.deploy.builds import Builds, Built
from gatewright.cli.deploy.errors import DeployFailed

NPM = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/calls"
while [ $# -gt 1 ]; do shift; done
mkdir -p "$1/node_modules/tiny"
cp "$1/package.json" "$1/node_modules/tiny/index.js"
grep -q broken "$1/package.json" && { echo "npm error 404 broken" >&2; exit 1; }
exit 0
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    directory = tmp_path / "code"
    directory.mkdir()
    return directory


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """What npm was called with, a line for each time."""
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(NPM)
    program.chmod(0o755)
    return program.with_name("calls")


def builds(tmp_path: Path) -> Builds:
    return Builds(tmp_path / "cache", lambda runtime: Path(sys.executable), f"{tmp_path / 'bin'}:/usr/bin:/bin")


def function(path: Path, runtime: str) -> Artifact:
    return Artifact(Kind.ARCHIVE, path, lambda key: None, "Hello", runtime, is_function=True)


def layer(path: Path, method: str) -> Artifact:
    return Artifact(Kind.ARCHIVE, path, lambda key: None, "Layer", layer_build=method)


def wheel(directory: Path, version: str) -> str:
    """Put a wheel into a directory and return its name."""
    name = f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(directory / name, "w") as archive:
        archive.writestr("tiny.py", f"VERSION = {version!r}\n")
        archive.writestr(
            f"tiny-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
        )
        archive.writestr(
            f"tiny-{version}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"tiny-{version}.dist-info/RECORD", "")
    return name


def test_nothing_is_asked_for(tmp_path: Path, code: Path) -> None:
    for runtime in ("python3.12", "nodejs22.x", "provided.al2023", "java21"):
        assert builds(tmp_path).build(function(code, runtime)) == Built()


def test_requirements_are_installed_once(tmp_path: Path, code: Path) -> None:
    (code / "requirements.txt").write_text(f"./{wheel(code, '1.0')}\n")
    ((folder, first),) = builds(tmp_path).build(function(code, "python3.12")).overlays
    assert folder == ""
    assert (first / "tiny.py").read_text() == "VERSION = '1.0'\n"
    changed = (first / "tiny.py").stat().st_ino
    ((_, again),) = builds(tmp_path).build(function(code, "python3.12")).overlays
    assert (again, (again / "tiny.py").stat().st_ino) == (first, changed)
    (code / "requirements.txt").write_text(f"./{wheel(code, '2.0')}\n")
    ((_, second),) = builds(tmp_path).build(function(code, "python3.12")).overlays
    assert (second / "tiny.py").read_text() == "VERSION = '2.0'\n"


def test_requirements_that_cannot_be_installed(tmp_path: Path, code: Path) -> None:
    (code / "requirements.txt").write_text("./nowhere.whl\n")
    with pytest.raises(DeployFailed, match=r"dependencies of .*code cannot be installed:\n(?s:.*)nowhere\.whl"):
        builds(tmp_path).build(function(code, "python3.12"))
    assert list((tmp_path / "cache").iterdir()) == []


def test_packages_of_npm(tmp_path: Path, code: Path, calls: Path) -> None:
    (code / "package.json").write_text('{"dependencies": {"tiny": "1"}}')
    (code / "package-lock.json").write_text("{}")
    for _ in range(2):
        built = builds(tmp_path).build(function(code, "nodejs22.x"))
        ((folder, modules),) = built.overlays
        assert (folder, built.left_out) == ("node_modules", frozenset({"node_modules"}))
        assert (modules / "tiny" / "index.js").is_file()
    (line,) = calls.read_text().splitlines()
    assert line.startswith("ci --omit=dev ")
    assert not (code / "node_modules").exists()


def test_packages_without_a_lock(tmp_path: Path, code: Path, calls: Path) -> None:
    (code / "package.json").write_text("{}")
    builds(tmp_path).build(function(code, "nodejs22.x"))
    assert calls.read_text().startswith("install ")


@pytest.mark.parametrize(
    ("package", "message"),
    [
        ('{"dependencies": {"broken": "1"}}', r"cannot be installed:\nnpm error 404 broken"),
        ('{"dependencies": {"mine": "file:../mine"}}', "names dependencies by their paths"),
    ],
)
def test_packages_that_cannot_be_installed(tmp_path: Path, code: Path, calls: Path, package: str, message: str) -> None:
    (code / "package.json").write_text(package)
    with pytest.raises(DeployFailed, match=message):
        builds(tmp_path).build(function(code, "nodejs22.x"))


def test_without_npm(tmp_path: Path, code: Path) -> None:
    (code / "package.json").write_text("{}")
    with pytest.raises(DeployFailed, match="needs npm, which is not on PATH"):
        Builds(tmp_path, lambda runtime: Path(), str(tmp_path)).build(function(code, "nodejs22.x"))


def test_layers(tmp_path: Path, code: Path, calls: Path) -> None:
    (code / "requirements.txt").write_text(f"./{wheel(code, '1.0')}\n")
    ((folder, _),) = builds(tmp_path).build(layer(code, "python3.12")).overlays
    assert folder == "python"
    (code / "package.json").write_text("{}")
    ((folder, _),) = builds(tmp_path).build(layer(code, "nodejs22.x")).overlays
    assert folder == "nodejs/node_modules"
    with pytest.raises(DeployFailed, match="does not build by the BuildMethod makefile"):
        builds(tmp_path).build(layer(code, "makefile"))
