"""The jar of the bootstrap: compiled by `make` or for the wheel, else on first use by a `javac` of this machine.

python -m gatewright.functions.runtimes.java.bootstrap      compiles it beside this file
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gatewright.base.errors import GatewrightError

HERE: Final = Path(__file__).resolve().parent
_SOURCE: Final = HERE / "source"
_COMPILE_SECONDS: Final = 120
_OPTIONS: Final = (
    "-J-XX:TieredStopAtLevel=1",
    "-J-XX:+UseSerialGC",
    "--release",
    "8",
    "-nowarn",
    "-Xlint:-options",
    "-encoding",
    "UTF-8",
)
"""Class files that every Java since 8 loads."""
_TIME: Final = 1_000_000_000
"""Of the jar, however often it is compiled: archives of classes are for the jar of one time."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


class CompileError(GatewrightError):
    """The bootstrap could not be compiled; the text says why."""


def jar_name(source: Path = _SOURCE) -> str:
    """Return the name of the jar, which says what it was compiled from."""
    digest = hashlib.sha256()
    for path in _files(source):
        digest.update(f"{path.relative_to(source)}\n".encode() + path.read_bytes())
    return f"bootstrap-{digest.hexdigest()[:16]}.jar"


def find_jar(directories: Iterable[Path], source: Path = _SOURCE) -> Path | None:
    """Return the jar in the first directory that has it."""
    name = jar_name(source)
    return next((path for path in (directory / name for directory in directories) if path.is_file()), None)


def compile_jar(javac: Path, target: Path, source: Path = _SOURCE) -> Path:
    """Compile the bootstrap into a jar in the directory `target`; takes a second or two. Raises `CompileError`."""
    target.mkdir(parents=True, exist_ok=True)
    jar = target / jar_name(source)
    with tempfile.TemporaryDirectory(dir=target) as name:
        classes = Path(name, "classes")
        command = (str(javac), *_OPTIONS, "-d", str(classes), *map(str, _files(source)))
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_COMPILE_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CompileError(f"{javac} cannot be run: {error}") from error
        if done.returncode != 0:
            raise CompileError(f"{javac} could not compile the bootstrap: {done.stderr.strip()[:1000]}")
        partial = Path(name, "jar")
        _pack(classes, partial)
        partial.chmod(0o644)  # environments may run as other users
        os.utime(partial, (_TIME, _TIME))
        partial.rename(jar)
    return jar


def _files(source: Path) -> list[Path]:
    return sorted(source.rglob("*.java"))


def _pack(classes: Path, jar: Path) -> None:
    """Write an archive whose octets depend on the classes only. It is not compressed: classes load sooner."""
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(classes.rglob("*.class")):
            entry = zipfile.ZipInfo(str(path.relative_to(classes)), _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def main() -> int:
    """Compile it beside this file, in the place of older ones. Return the exit status."""
    javac = shutil.which("javac")
    if javac is None:
        sys.stderr.write("javac is not on PATH\n")
        return 1
    if find_jar((HERE,)) is None:
        for old in HERE.glob("bootstrap-*.jar"):
            old.unlink()
        compile_jar(Path(javac), HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
