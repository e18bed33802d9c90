"""Unpacks a deployment package that somebody else made.

Nothing is written outside of the target, however the archive is built: names are checked part by part, links are made
after all files, and what a link leads to must lie inside. What the archive claims about sizes is not believed.
Source: "Lambda quotas" (250 MB unzipped) and "Working with .zip file archives", Lambda Developer Guide.
"""

import os
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from gatewright.functions.errors import CodeUnusable
from gatewright.functions.package_links import PackageLinks, leads_outside

MAX_UNZIPPED_BYTES: Final = 262_144_000
MAX_ENTRIES: Final = 200_000
_MAX_DEPTH: Final = 200
"""Folders in folders; what walks a tree does so recursively."""
_MAX_LINK_BYTES: Final = 4096
_COPY_BYTES: Final = 1 << 18
_TASK_ROOT: Final = "/var/task"
_DIRECTORY_MODE: Final = 0o755
_FINAL_DIRECTORY_MODE: Final = 0o555
"""All environments of all functions with this package share it; only root can still write there."""


@dataclass(frozen=True, slots=True)
class Room:
    """What may still be unpacked."""

    size_bytes: int = MAX_UNZIPPED_BYTES
    entries: int = MAX_ENTRIES


def unzip(archive: BinaryIO, target: Path, max_bytes: int = MAX_UNZIPPED_BYTES) -> int:
    """Unpack a deployment package into the empty directory `target`; return the octets of all files.

    Raises `CodeUnusable`.
    """
    left = extract(archive, target, Room(max_bytes), _TASK_ROOT)
    seal(target)
    return max_bytes - left.size_bytes


def extract(archive: BinaryIO, target: Path, room: Room, mount: str) -> Room:
    """Do what `unzip` does, but leave the directories writable. Return the room that is left. Raises `CodeUnusable`.

    `mount` is where the target is seen on Lambda: absolute links to what is below are made relative ones.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            return _unpack(opened, target, room, mount)
    except CodeUnusable:
        raise
    # zipfile raises RuntimeError for encrypted entries and NotImplementedError for methods that it does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise CodeUnusable(f"Lambda was not able to unzip the file: {error}") from error
    except OSError as error:  # its text would tell the caller where on this machine
        raise CodeUnusable(f"Lambda was not able to unzip the file: {error.strerror}") from error


def seal(target: Path) -> None:
    """Make a directory and those in it read-only."""
    for folder, _, _ in os.walk(target, topdown=False):
        os.chmod(folder, _FINAL_DIRECTORY_MODE)


def _unpack(opened: zipfile.ZipFile, target: Path, room: Room, mount: str) -> Room:
    entries = opened.infolist()
    if len(entries) > room.entries:
        raise CodeUnusable(f"Lambda was not able to unzip the file: more than {MAX_ENTRIES} entries")
    total = 0
    links: list[tuple[Path, str]] = []
    for entry in entries:
        path = target.joinpath(*_parts(entry.filename))
        mode = entry.external_attr >> 16
        if entry.is_dir():
            path.mkdir(_DIRECTORY_MODE, parents=True, exist_ok=True)
        elif stat.S_ISLNK(mode):
            links.append((path, _link_target(opened, entry)))
        else:
            total += _extract(opened, entry, path, room.size_bytes - total)
    inside = PackageLinks(target)
    for path, link in links:
        _make_link(inside, path, _relative(link, mount, target, path))
    for path, _ in links:  # when all are there, since a later one may lie on the way of an earlier one
        inside.check(path)
    return Room(room.size_bytes - total, room.entries - len(entries))


def _parts(name: str) -> list[str]:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith(("/", "\\")) or ".." in parts or not parts or len(parts) > _MAX_DEPTH:
        raise CodeUnusable(f"Lambda was not able to unzip the file: an entry is named {name[:256]!r}")
    return parts


def _extract(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, room: int) -> int:
    path.parent.mkdir(_DIRECTORY_MODE, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # a name that occurs twice: the later one counts, as in unzip -o
    written = 0
    with opened.open(entry) as source, path.open("xb") as destination:
        while piece := source.read(_COPY_BYTES):
            written += len(piece)
            if written > room:
                raise CodeUnusable(f"Unzipped size must be smaller than {MAX_UNZIPPED_BYTES} bytes")
            destination.write(piece)
        # Readable for every user that a sandbox may run as; executable as the archive says.
        os.fchmod(destination.fileno(), 0o444 | (entry.external_attr >> 16 & 0o111))
    return written


def _link_target(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with opened.open(entry) as source:
        content = source.read(_MAX_LINK_BYTES + 1)
    if len(content) > _MAX_LINK_BYTES:
        raise CodeUnusable("Lambda was not able to unzip the file: a link is too long")
    return os.fsdecode(content)


def _relative(link: str, mount: str, target: Path, path: Path) -> str:
    """Return where a link at `path` leads, relative to it if that is below `mount`, which is the target on Lambda."""
    if link != mount and not link.startswith(f"{mount}/"):
        return link
    return os.path.relpath(f"{target}{link.removeprefix(mount)}", path.parent)


def _make_link(inside: PackageLinks, path: Path, link: str) -> None:
    if os.path.isabs(link):
        raise leads_outside()
    inside.check(path.parent)
    path.parent.mkdir(_DIRECTORY_MODE, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(link)
