"""Dependencies of functions and layers: what `requirements.txt` and `package.json` ask for, installed once for each.

They are installed by pip and npm into a directory that is known by the hash of what was asked for and by which
interpreter, and merged into the package. The project's own directory is not touched.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gatewright.cli.deploy.archives import files_of
from gatewright.cli.deploy.artifacts import Artifact
from gatewright.cli.deploy.errors import DeployFailed

REQUIREMENTS: Final = "requirements.txt"
PACKAGE: Final = "package.json"
MODULES: Final = "node_modules"
_LOCKS: Final = ("package-lock.json", "npm-shrinkwrap.json")
_NPM_OPTIONS: Final = ("--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
_PIP_OPTIONS: Final = ("--disable-pip-version-check", "--no-input", "--quiet", "--no-compile", "--target")
_SHOWN_CHARACTERS: Final = 2000

FindPython = Callable[[str], Path]
"""Returns the interpreter of a runtime (`python3.12`). Raises `DeployFailed`."""


@dataclass(frozen=True, slots=True)
class Built:
    """What is laid over the code of one artifact."""

    overlays: tuple[tuple[str, Path], ...] = ()
    """Folders of the archive, and the directories whose content goes there."""
    left_out: frozenset[str] = frozenset()
    """Names at the top of the code that it takes the place of."""


class Builds:
    """Builds, and remembers what was built: in a directory that outlives the process."""

    def __init__(
        self, cache: Path, find_python: FindPython, search_path: str, say: Callable[[str], None] = lambda text: None
    ) -> None:
        """`search_path` is where npm is looked for; `say` is told what takes long."""
        self._cache = cache
        self._find_python = find_python
        self._search_path = search_path
        self._say = say

    def build(self, artifact: Artifact) -> Built:
        """Return what belongs to an artifact's code besides what is there. Raises `DeployFailed`."""
        if not artifact.path.is_dir():
            return Built()
        runtime, folder = artifact.function_runtime, ""
        if artifact.layer_build is not None:
            runtime = artifact.layer_build
            folder = "python" if runtime.startswith("python") else "nodejs"
            if not runtime.startswith(("python3.", "nodejs")):
                raise DeployFailed(
                    f"{artifact.logical_id}: gatewright does not build by the BuildMethod {runtime}; run `sam build`, "
                    "and deploy .aws-sam/build/template.yaml"
                )
        if runtime is not None and runtime.startswith("python") and (artifact.path / REQUIREMENTS).is_file():
            return Built(((folder, self._python(artifact.path, runtime)),))
        if runtime is not None and runtime.startswith("nodejs") and (artifact.path / PACKAGE).is_file():
            below = f"{folder}/{MODULES}" if folder else MODULES
            return Built(((below, self._node(artifact.path)),), frozenset({MODULES}))
        return Built()

    def _python(self, directory: Path, runtime: str) -> Path:
        executable = self._find_python(runtime)
        asked = (directory / REQUIREMENTS).read_bytes()
        beside = _state_of(directory) if _names_files(asked) else b""
        target = self._cache / _name(b"pip", str(executable).encode(), asked, beside)
        if not target.is_dir():
            self._say(f"installing {directory / REQUIREMENTS} for {runtime}")
            arguments = ("install", *_PIP_OPTIONS, "{target}", "-r", str(directory / REQUIREMENTS))
            _install(pip_of(executable), arguments, target, directory)
        return target

    def _node(self, directory: Path) -> Path:
        npm = shutil.which("npm", path=self._search_path)
        if npm is None:
            raise DeployFailed(f"{directory / PACKAGE} needs npm, which is not on PATH: install Node.js")
        files = [name for name in (PACKAGE, *_LOCKS, ".npmrc") if (directory / name).is_file()]
        contents = [(directory / name).read_bytes() for name in files]
        if b'"file:' in contents[0]:
            raise DeployFailed(
                f"{directory / PACKAGE} names dependencies by their paths (file:), which gatewright does not build: "
                "run `npm install` there, and deploy without --build"
            )
        target = self._cache / _name(b"npm", *contents)
        if not target.is_dir():
            self._say(f"installing {directory / PACKAGE}")
            command = "ci" if any(name in files for name in _LOCKS) else "install"
            _install((npm,), (command, *_NPM_OPTIONS, "--prefix", "{target}"), target, directory, files)
        (target / MODULES).mkdir(exist_ok=True)  # npm makes none where nothing is asked for
        return target / MODULES


def _name(*parts: bytes) -> str:
    return hashlib.sha256(json.dumps([part.hex() for part in parts]).encode()).hexdigest()[:32]


def _names_files(requirements: bytes) -> bool:
    """Tell whether requirements name files beside them (`-r other.txt`, `-c`, `-e .`, `./wheel`)."""
    return any(line.lstrip().startswith((b"-", b".", b"/")) for line in requirements.splitlines())


def _state_of(directory: Path) -> bytes:
    """Return what is another text when anything in a directory has changed."""
    states = [(name, file.stat().st_size, file.stat().st_mtime_ns) for name, file in files_of(directory)]
    return json.dumps([str(directory), states]).encode()


def pip_of(executable: Path) -> tuple[str, ...]:
    """Return how to call pip for an interpreter, which may have none of its own."""
    own = (str(executable), "-m", "pip")
    if subprocess.run((*own, "--version"), capture_output=True, check=False).returncode == 0:
        return own
    return (sys.executable, "-m", "pip", "--python", str(executable))


def _install(
    program: Sequence[str], arguments: Sequence[str], target: Path, directory: Path, copied: Sequence[str] = ()
) -> None:
    """Run an installation beside its target, which appears when it is whole. Raises `DeployFailed`."""
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in copied:
        shutil.copyfile(directory / name, partial / name)
    command = [*program, *(argument.replace("{target}", str(partial)) for argument in arguments)]
    try:
        done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            text = (done.stderr or done.stdout).strip()[-_SHOWN_CHARACTERS:]
            raise DeployFailed(f"dependencies of {directory} cannot be installed:\n{text}")
        partial.rename(target)
    except OSError as error:
        if not target.is_dir():  # somebody else was faster
            raise DeployFailed(f"dependencies of {directory} cannot be installed: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
