"""Merges the layers of a function into what it sees as `/opt`.

"If the same file appears in multiple layers, the function uses the version in the last extracted layer", folders of
one name are merged ("Managing Lambda dependencies with layers", Lambda Developer Guide). Each archive is unpacked by
itself, under the rules of `unzip`, and moved over what is there already: so no entry of one layer is ever written
through a link of another.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from gatewright.functions.errors import CodeUnusable
from gatewright.functions.package_links import PackageLinks
from gatewright.functions.unzip import MAX_UNZIPPED_BYTES, Room, extract, seal

OPT_ROOT: Final = "/opt"
"""Where Lambda has the merged layers."""


def merge_layers(archives: Iterable[BinaryIO], merged: Path, upper: Path) -> int:
    """Unpack archives over one another into the empty directory `merged`; return the octets.

    Each comes first to `upper`, which is not there yet, and not any more in the end unless this fails. Octets of files
    that a later layer replaced count as well, as in Lambda's limit. Raises `CodeUnusable`.
    """
    room = Room()
    for archive in archives:
        upper.mkdir()
        room = extract(archive, upper, room, OPT_ROOT)
        try:
            _move_over(upper, merged)
            upper.rmdir()
        except OSError as error:  # its text would tell the caller where on this machine
            raise CodeUnusable(f"Lambda was not able to merge the layers: {error.strerror}") from error
    _check_links(merged)
    seal(merged)
    return MAX_UNZIPPED_BYTES - room.size_bytes


def _check_links(merged: Path) -> None:
    """Raise `CodeUnusable` for a link that stayed inside of its own layer, but not with others on its way."""
    inside = PackageLinks(merged)
    for folder, folders, files in os.walk(merged):
        for name in (*folders, *files):
            path = Path(folder, name)
            if path.is_symlink():
                inside.check(path)


def _move_over(upper: Path, lower: Path) -> None:
    """Move everything in a directory into another. What is no folder on both sides replaces what was there."""
    with os.scandir(upper) as entries:
        for entry in list(entries):
            there = lower / entry.name
            is_folder = there.is_dir() and not there.is_symlink()
            if is_folder and entry.is_dir(follow_symlinks=False):
                _move_over(Path(entry.path), there)
                os.rmdir(entry.path)
                continue
            if is_folder:
                shutil.rmtree(there)
            else:
                there.unlink(missing_ok=True)
            os.rename(entry.path, there)
