"""Where interpreters may be on this machine, and how one is asked what it is.

Nothing is looked for before a runtime is first used: a node must start without paying for it.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

_PROBE_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class SearchPlaces:
    """Where to look. Made by the composition root, since only settings read the environment."""

    path: tuple[Path, ...] = ()
    """The directories of PATH, in order."""
    home: Path | None = None
    """The user's home directory: version managers install below it."""
    opt: Path = Path("/opt")
    pinned: Mapping[str, Path] = field(default_factory=lambda: MappingProxyType({}))
    """Interpreters set by the operator, by runtime identifier (`python3.12` → its executable)."""
    jvm: Path = Path("/usr/lib/jvm")
    """Where distributions install Java."""

    def pinned_for(self, runtime: str) -> Iterator[Path]:
        """Yield what the operator set for a runtime."""
        if runtime in self.pinned:
            yield self.pinned[runtime]

    def on_path(self, name: str) -> Iterator[Path]:
        """Yield the executables of a name on PATH."""
        return (directory / name for directory in self.path)

    def below_home(self, directory: str, versions: str, executable: str) -> Iterator[Path]:
        """Yield `executable` of each of the `versions` (a glob) below a directory of the home directory."""
        return installed_versions(self.home / directory, versions, executable) if self.home else iter(())

    def below_opt(self, directory: str, versions: str, executable: str) -> Iterator[Path]:
        """Yield `executable` of each of the `versions` (a glob) below a directory of /opt."""
        return installed_versions(self.opt / directory, versions, executable)

    def below_jvm(self, versions: str, executable: str) -> Iterator[Path]:
        """Yield `executable` of each of the `versions` (a glob) of Java that the distribution installed."""
        return installed_versions(self.jvm, versions, executable)


def installed_versions(directory: Path, versions: str, executable: str) -> Iterator[Path]:
    """Yield `executable` of each version that is installed in `directory`, the newest first."""
    try:
        found = sorted(directory.glob(versions), key=_version_key, reverse=True)
    except OSError:  # not readable for us
        return iter(())
    return (version / executable for version in found)


def _version_key(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", path.name))


class Probe(Protocol):
    """Runs an interpreter once and returns the JSON object that it prints, or None when it does not do so."""

    def __call__(self, argv: Sequence[str]) -> dict[str, Any] | None: ...


def run_probe(argv: Sequence[str]) -> dict[str, Any] | None:
    """Run `argv` with an almost empty environment and return the JSON object that it prints, or None."""
    try:
        finished = subprocess.run(
            argv,
            capture_output=True,
            timeout=_PROBE_TIMEOUT_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            umask=0o022,  # the bytecode that it leaves is read by environments, which may run as other users
        )
        answer = json.loads(finished.stdout) if finished.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return answer if isinstance(answer, dict) else None
