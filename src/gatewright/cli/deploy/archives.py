"""Zip files of code: the same octets as long as names, contents and permissions are the same.

What no function needs is left out: what Git, SAM and Python keep for themselves, and virtual environments. Links are
followed, as `aws cloudformation package` follows them.
"""

import io
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from gatewright.cli.deploy.errors import DeployFailed

_LEFT_OUT: Final = frozenset(
    {".git", ".aws-sam", ".DS_Store", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
)
_VIRTUAL_ENVIRONMENT: Final = "pyvenv.cfg"
_COMPRESSION: Final = 1
"""Packages do not leave the machine: what counts is how long it takes."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_ZIP: Final = b"PK\x03\x04"

Entry = tuple[str, Path]
"""A name in an archive, and the file that has its content."""


def archive_of(path: Path, overlays: Sequence[tuple[str, Path]] = (), left_out: frozenset[str] = frozenset()) -> bytes:
    """Return a zip file of a directory, or of a file alone; a zip file is returned as it is.

    `overlays` are further directories, with the folder of the archive that their content goes to ("" is its root); what
    is in them stands back behind what is in `path`. `left_out` are names of files and folders at the top of `path`.
    Raises `DeployFailed`.
    """
    try:
        if path.is_file():
            content = path.read_bytes()
            return content if content.startswith(_ZIP) else _zipped({path.name: path})
        entries = {
            f"{folder}/{name}" if folder else name: file for folder, root in overlays for name, file in files_of(root)
        }
        entries |= {name: file for name, file in files_of(path) if name.split("/", 1)[0] not in left_out}
        return _zipped(entries)
    except OSError as error:
        raise DeployFailed(f"the code in {path} cannot be read: {error}") from error


def is_left_out(name: str) -> bool:
    """Tell whether a file or folder of this name is in no archive."""
    return name in _LEFT_OUT or name.endswith(".pyc")


def files_of(root: Path) -> Iterator[Entry]:
    """Yield the files of a directory with their names below it, in order."""
    yield from _below(os.fspath(root), "", (os.path.realpath(root),))


def _below(folder: str, prefix: str, parents: tuple[str, ...]) -> Iterator[Entry]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    if prefix and any(entry.name == _VIRTUAL_ENVIRONMENT for entry in entries):
        return
    for entry in entries:
        if is_left_out(entry.name):
            continue
        if entry.is_dir():
            real = os.path.realpath(entry.path)
            if real not in parents:  # a link to where it is itself
                yield from _below(entry.path, f"{prefix}{entry.name}/", (*parents, real))
        elif entry.is_file():
            yield f"{prefix}{entry.name}", Path(entry.path)


def _zipped(entries: dict[str, Path]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        for name in sorted(entries):
            file = entries[name]
            entry = zipfile.ZipInfo(name, _EPOCH)
            is_executable = file.stat().st_mode & stat.S_IXUSR
            entry.external_attr = (stat.S_IFREG | (0o755 if is_executable else 0o644)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes(), compresslevel=_COMPRESSION)
    return content.getvalue()
