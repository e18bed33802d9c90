"""The runtimes `python3.8` and later, on the interpreters found on this machine."""

import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gatewright.functions.runtimes.discovery import Probe, SearchPlaces, run_probe
from gatewright.functions.runtimes.python import sdk
from gatewright.functions.runtimes.python.gatewright_channel import RUNTIME_PACKAGES
from gatewright.functions.runtimes.types import OPT_ROOT, Code, Launch, LaunchRefused, Transport
from gatewright.snapshot.types import FunctionVersion

_HERE = Path(__file__).resolve().parent
_BOOTSTRAP = _HERE / "bootstrap.py"
_CHANNEL = _HERE / "gatewright_channel.py"
_PROBE = _HERE / "probe.py"
_OLDEST_MINOR = 9
"""What the files in this directory keep to: functions of an older Python run on the one that gatewright runs on."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A CPython that was seen to run `awslambdaric`."""

    executable: Path
    version: tuple[int, int, int]
    prefixes: tuple[Path, ...]

    @property
    def version_text(self) -> str:
        """Return the version such as `3.12.1`."""
        return ".".join(map(str, self.version))


class PythonRuntime:
    """One runtime identifier `python3.N`: the wanted minor version, or else the one that gatewright runs on."""

    def __init__(self, minor: int, places: SearchPlaces, cache: Path, probe: Probe = run_probe) -> None:
        """`cache` is a directory that only gatewright may write: bytecode that environments run is kept there."""
        self._minor = minor
        self._places = places
        self._bytecode = cache / "bytecode"
        self._probe = probe
        self._lock = threading.Lock()
        self._found: Interpreter | None = None
        self._packages: tuple[Path, ...] = ()
        self._sdk: sdk.Sdk | None = None

    def executable(self) -> Path | None:
        """Return the interpreter that functions run on; None when there is none."""
        found = self._interpreter()
        return None if found is None else found.executable

    def problem(self) -> str | None:
        """Return why no interpreter can be used, or None."""
        if self._interpreter() is not None:
            return None
        return (
            f"No Python interpreter on this machine can run functions of python3.{self._minor}: install one "
            f"(uv python install 3.{self._minor}) so that python3.{self._minor} is on PATH."
        )

    def warning(self) -> str | None:
        """Return that another minor version stands in for the wanted one, or that there is no SDK for it, or None."""
        found = self._interpreter()
        if found is None:
            return None
        if found.version[1] == self._minor:
            return None if self._sdk is not None else self._no_sdk(found)
        if self._minor < _OLDEST_MINOR:
            return (
                f"Python 3.{self._minor} is too old to run functions here: those of python3.{self._minor} run on "
                f"Python {found.version_text} ({found.executable})."
            )
        return (
            f"Python 3.{self._minor} is not installed: functions of python3.{self._minor} run on Python "
            f"{found.version_text} ({found.executable}). To have it, run: uv python install 3.{self._minor}"
        )

    def needs_sdk(self) -> tuple[int, Path] | None:
        """Return the interpreter and its minor version if the SDK beside gatewright is too new for it, or None."""
        found = self._interpreter()
        if found is None or sdk.beside_gatewright().serves(found.version):
            return None
        return found.version[1], found.executable

    def _no_sdk(self, found: Interpreter) -> str:
        oldest = sdk.beside_gatewright().oldest_minor
        return (
            f"Functions of python3.{self._minor} find no {sdk.NAME}: gatewright's own needs Python 3.{oldest}, "
            f"not {found.version_text}. To have one, run: gatewright runtimes install"
        )

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        """Say how to start an environment; the function's code is found through LAMBDA_TASK_ROOT."""
        found = self._interpreter()
        if found is None:
            raise LaunchRefused("Runtime.InvalidEntrypoint", str(self.problem()))
        sdk_packages = () if self._sdk is None else self._sdk.packages
        return Launch(
            # -S: nothing that is installed in the interpreter is visible to the function, as on Lambda, and it starts
            # sooner. UTF-8: Lambda sets LANG=en_US.UTF-8, a locale that this machine may not have.
            argv=(str(found.executable), "-S", "-X", "utf8", str(_BOOTSTRAP)),
            environment={
                "PYTHONPATH": "/var/runtime",
                "_GATEWRIGHT_SITES": os.pathsep.join(_sites(self._packages)),
                "_GATEWRIGHT_SDK_SITES": os.pathsep.join(_sites(sdk_packages)),
                "_GATEWRIGHT_BYTECODE": str(self._bytecode),
                "_GATEWRIGHT_LAYERS": self._layer_paths(code),
            },
            readable_paths=(*found.prefixes, _BOOTSTRAP, _CHANNEL, *self._packages, *sdk_packages, self._bytecode),
            transport=Transport.CHANNEL,
            runtime_version_label=f"python:{found.version_text}",
        )

    def _layer_paths(self, code: Code) -> str:
        """Return where modules of layers lie, in Lambda's order ("Packaging your layer content"), if there are any.

        The version is that of the runtime, also when another one stands in for it: so layers are built.
        """
        if code.opt_root is None:
            return ""
        packages = f"{OPT_ROOT}/python/lib/python3.{self._minor}/site-packages"
        return os.pathsep.join((packages, f"{OPT_ROOT}/python"))

    def _interpreter(self) -> Interpreter | None:
        with self._lock:
            if self._found is None:
                self._packages = sdk.packages_of(RUNTIME_PACKAGES)
                self._found = self._search()
                self._sdk = self._find_sdk(self._found)
            return self._found

    def _find_sdk(self, found: Interpreter | None) -> sdk.Sdk | None:
        beside = sdk.beside_gatewright()
        if found is None or beside.serves(found.version):
            return beside
        return sdk.installed_for(self._places.home, found.version[1])

    def _search(self) -> Interpreter | None:
        tried: set[str] = set()
        for candidate in self._candidates() if self._minor >= _OLDEST_MINOR else ():
            real = os.path.realpath(candidate)
            if real in tried or not os.access(candidate, os.X_OK):
                continue
            tried.add(real)
            found = self._ask(candidate)
            if found is not None and found.version[1] == self._minor:
                return found
        return self._ask(_own_interpreter())

    def _candidates(self) -> Iterator[Path]:
        name = f"python3.{self._minor}"
        executable = f"bin/{name}"
        yield from self._places.pinned_for(name)
        if sys.version_info.minor == self._minor:
            yield _own_interpreter()
        yield from self._places.on_path(name)
        yield from self._places.below_home(".pyenv/versions", f"3.{self._minor}.*", executable)
        yield from self._places.below_home(".local/share/uv/python", f"cpython-3.{self._minor}.*", executable)
        yield from self._places.below_opt("python", f"cp3{self._minor}-cp3{self._minor}", executable)
        yield from self._places.below_opt("python", f"3.{self._minor}*", executable)

    def _ask(self, executable: Path) -> Interpreter | None:
        # A version manager's shim is only asked: it answers with the interpreter that it stands for.
        sites = os.pathsep.join(_sites(self._packages))
        answer = self._probe((str(executable), "-S", "-E", str(_PROBE), sites, str(self._bytecode)))
        if answer is None or answer["implementation"] != "cpython":
            return None
        major, minor, micro = answer["version"]
        return Interpreter(Path(answer["executable"]), (major, minor, micro), tuple(map(Path, answer["prefixes"])))


def _own_interpreter() -> Path:
    # The interpreter below a virtual environment: what is installed in that is none of the function's business.
    below = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    return below if below.exists() else Path(sys.executable)


def _sites(packages: tuple[Path, ...]) -> list[str]:
    return list(dict.fromkeys(str(package.parent) for package in packages))
