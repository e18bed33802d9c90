"""Content-addressed octets, as files or in memory.

A file reaches its name by rename, after its content is on the disk, and the directory is synced after the rename: a
blob that exists is whole, and one that `put` returned survives a crash. What a crash leaves in `temporary/` is swept
when the directory is opened.
"""

import hashlib
import io
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from gatewright.store.errors import BlobCorrupt, BlobMissing, StoreUnavailable

_NAME = re.compile(r"[0-9a-f]{64}")


class FileBlobs:
    """Blobs as files: `ab/abcdef…` under one directory."""

    def __init__(self, directory: Path) -> None:
        """Create the directory where needed and sweep what a crash left. Raises OSError."""
        self._directory = directory
        self._temporary = directory / "temporary"
        self._temporary.mkdir(parents=True, exist_ok=True)
        _sync_directory(directory.parent)
        for leftover in self._temporary.iterdir():
            leftover.unlink()

    def put(self, content: bytes) -> str:
        """Keep content durably and return its name. Raises `StoreUnavailable`."""
        name = hashlib.sha256(content).hexdigest()
        path = self._path(name)
        try:
            if not _holds(path, content):
                self._write(path, content)
            # Also for a blob that is already there: whoever wrote it may not have come this far.
            _sync_directory(path.parent)
            _sync_directory(self._directory)
        except OSError as error:
            raise StoreUnavailable(f"A blob cannot be written: {error}") from error
        return name

    def open(self, name: str) -> BinaryIO:
        """Return the content as a seekable file, verified."""
        try:
            file = self._path(name).open("rb")
        except OSError as error:
            raise BlobMissing(f"There is no blob {name}") from error
        try:
            is_whole = hashlib.file_digest(file, "sha256").hexdigest() == name
            file.seek(0)
        except BaseException:
            file.close()
            raise
        if not is_whole:
            file.close()
            raise BlobCorrupt(f"The blob {name} does not have the content that its name promises")
        return file

    def delete(self, name: str) -> bool:
        """Delete a blob; False when there was none."""
        try:
            self._path(name).unlink()
        except (FileNotFoundError, BlobMissing):
            return False
        except OSError as error:
            raise StoreUnavailable(f"The blob {name} cannot be deleted: {error}") from error
        return True

    def names(self) -> Iterator[str]:
        """Yield the name of every blob."""
        for path in self._directory.glob("??/*"):
            if _NAME.fullmatch(path.name):
                yield path.name

    def _path(self, name: str) -> Path:
        # A name comes from documents; one of another form must not reach the file system.
        if not _NAME.fullmatch(name):
            raise BlobMissing(f"There is no blob {name}")
        return self._directory / name[:2] / name

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._temporary)
        try:
            with open(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise


class MemoryBlobs:
    """Blobs of an ephemeral node."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._contents: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep content and return its name."""
        name = hashlib.sha256(content).hexdigest()
        with self._guard:
            self._contents[name] = content
        return name

    def open(self, name: str) -> BinaryIO:
        """Return the content as a seekable file."""
        content = self._contents.get(name)
        if content is None:
            raise BlobMissing(f"There is no blob {name}")
        return io.BytesIO(content)

    def delete(self, name: str) -> bool:
        """Delete a blob; False when there was none."""
        with self._guard:
            return self._contents.pop(name, None) is not None

    def names(self) -> Iterator[str]:
        """Yield the name of every blob."""
        with self._guard:
            names = list(self._contents)
        yield from names


def _holds(path: Path, content: bytes) -> bool:
    """Tell whether a file holds exactly this content. One that does not (a failing disk) is written again."""
    try:
        with path.open("rb") as file:
            return os.fstat(file.fileno()).st_size == len(content) and file.read() == content
    except FileNotFoundError:
        return False


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
