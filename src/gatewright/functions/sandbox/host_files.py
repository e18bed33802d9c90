"""What of the host's file system a runtime needs: found once, at start."""

import os
from pathlib import Path
from typing import Final

from gatewright.functions.sandbox.types import SandboxError

_TOP: Final = ("lib", "lib32", "lib64", "libx32", "bin", "sbin")
# Libraries, certificates, names and zones; nothing that tells who uses this machine. The network brings its own files.
_ETC: Final = (
    "alternatives",
    "ca-certificates",
    "crypto-policies",
    "gai.conf",
    "host.conf",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "pki/ca-trust/extracted",
    "pki/tls/cert.pem",
    "pki/tls/certs",
    "pki/tls/openssl.cnf",
    "protocols",
    "services",
    "ssl/cert.pem",
    "ssl/certs",
    "ssl/openssl.cnf",
    "timezone",
)
_ETC_PATTERNS: Final = ("java-*-openjdk",)


def system_mounts(root: Path = Path("/")) -> list[str]:
    """Return bwrap's arguments that show the operating system's programs and libraries, read-only."""
    arguments = ["--ro-bind", "/usr", "/usr"]
    for name in _TOP:
        path = root / name
        if path.is_symlink():
            arguments += ["--symlink", os.readlink(path), f"/{name}"]
        elif path.is_dir():
            arguments += ["--ro-bind", str(path), f"/{name}"]
    for path in system_files(root):
        arguments += ["--ro-bind", str(path), f"/{path.relative_to(root)}"]
    return arguments


def is_shown(path: Path) -> bool:
    """Return whether functions see a directory whatever it holds, because it is part of the operating system's."""
    real = path.resolve()
    return any(real.is_relative_to(Path("/", name).resolve()) for name in ("usr", *_TOP))


def system_files(root: Path = Path("/")) -> list[Path]:
    """Return those of the files in /etc that are there."""
    etc = root / "etc"
    found = [etc / name for name in _ETC if (etc / name).exists()]
    return [*found, *(path for pattern in _ETC_PATTERNS for path in sorted(etc.glob(pattern)))]


class ReadablePaths:
    """Decides how what an interpreter needs is shown, and refuses what would show too much."""

    __slots__ = ("_private",)

    def __init__(self, private: tuple[Path, ...]) -> None:
        """`private` are directories of which functions must see nothing: the node's data, the user's home."""
        self._private = private

    def missing(self, paths: tuple[Path, ...]) -> list[Path]:
        """Return those of `paths` that the system's directories do not hold, parents first.

        Raises `SandboxError` for a path that holds a private directory.
        """
        wanted: list[Path] = []
        for path in sorted(set(paths)):
            if any(private.is_relative_to(path) for private in self._private):
                raise SandboxError(f"functions would need to read all of {path}, which holds private files")
            if path.is_relative_to("/usr") or any(path.is_relative_to(other) for other in wanted):
                continue
            if path.exists():
                wanted.append(path)
        return wanted
