"""The unpacked deployment packages and layers of this node, by the SHA-256 of the zip file.

Layers that a function has together are merged into one directory, which is known by all their names in order. A
directory is either complete or not there: unpacking happens beside it, and a rename publishes it. What an earlier
run of the node left is used again, unless the machine was started since: after a power failure a name may have reached
the disk before its content did. Files are read-only, since all environments of a function share them.
"""

import asyncio
import contextlib
import hashlib
import os
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from gatewright.functions.errors import FunctionGone
from gatewright.functions.layers import OPT_ROOT, merge_layers
from gatewright.functions.runtimes.types import Code
from gatewright.functions.unzip import unzip
from gatewright.snapshot.types import FunctionVersion

_PARTIAL: Final = ".partial"
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")

OpenBlob = Callable[[str], BinaryIO]
"""Opens a blob by its hex SHA-256. Raises `LookupError` or `OSError` when it is not there."""


@dataclass(slots=True)
class _Package:
    """One package in the cache. Not frozen: it is the cache's book-keeping, changed on the event loop only."""

    ready: "asyncio.Future[Path]"
    size_bytes: int = 0
    users: int = 0

    def is_lost(self) -> bool:
        """Tell whether unpacking failed, or somebody removed the directory since (as cleaners of `/tmp` do)."""
        return self.ready.done() and (self.ready.exception() is not None or not self.ready.result().is_dir())


class CodeCache:
    """Unpacks packages and layers on demand and keeps them while there is room."""

    def __init__(self, root: Path, open_blob: OpenBlob, capacity_bytes: int) -> None:
        self._root = root
        self._open_blob = open_blob
        self._capacity_bytes = capacity_bytes
        # By the names of their directories, least recently used first.
        self._packages: dict[str, _Package] = {}
        self._has_counted = False  # what was there before
        self._tasks: set[asyncio.Task[None]] = set()
        self._folder_lock = threading.Lock()

    @contextlib.asynccontextmanager
    async def hold_code(self, function: FunctionVersion) -> AsyncIterator[Code]:
        """Give the directories of what a version is made of, as `hold` does."""
        async with self.hold(function.code_sha256) as task_root:
            if not function.layers:
                yield Code(task_root)
                return
            async with self.hold_layers(*(layer.content_sha256 for layer in function.layers)) as opt_root:
                yield Code(task_root, opt_root)

    def hold(self, sha256: str) -> AbstractAsyncContextManager[Path]:
        """Give the directory of a package, which stays until the block is left.

        Requests for the same package share one unpacking, which goes on if the one who asked first is cancelled.
        Raises `CodeUnusable` and `FunctionGone`.
        """
        return self._hold((sha256,))

    def hold_layers(self, *archives: str) -> AbstractAsyncContextManager[Path]:
        """Give the directory of layers merged in this order, as `hold` does."""
        return self._hold((OPT_ROOT, *archives))

    @contextlib.asynccontextmanager
    async def _hold(self, archives: tuple[str, ...]) -> AsyncIterator[Path]:
        """A package is known by its name alone, layers by theirs behind OPT_ROOT."""
        name = _directory_name(archives)
        package = self._packages.pop(name, None)
        if package is None or package.is_lost():
            package = self._start_unpacking(archives)
        self._packages[name] = package
        package.users += 1
        try:
            path = await asyncio.shield(package.ready)
            self._make_room()
            yield path
        finally:
            package.users -= 1
            self._make_room()

    async def close(self) -> None:
        """Wait for what is under way in threads."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _start_unpacking(self, archives: tuple[str, ...]) -> _Package:
        package = _Package(asyncio.get_running_loop().create_future())
        self._start_task(self._unpack(archives, package))
        if not self._has_counted:
            self._has_counted = True
            self._start_task(self._count_what_was_there())
        return package

    def _start_task(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _count_what_was_there(self) -> None:
        """Take what an earlier run left for packages that nobody has used for longest."""
        found = await asyncio.to_thread(self._sizes)
        left: dict[str, _Package] = {}
        for path, size_bytes in found.items():
            if path.name not in self._packages:
                left[path.name] = package = _Package(asyncio.get_running_loop().create_future(), size_bytes)
                package.ready.set_result(path)
        self._packages = left | self._packages
        self._make_room()

    def _sizes(self) -> dict[Path, int]:
        sizes = {}
        for path in self._folder().iterdir():
            with contextlib.suppress(OSError):  # it is just being removed
                if path.suffix != _PARTIAL:
                    sizes[path] = _size(path)
        return sizes

    async def _unpack(self, archives: tuple[str, ...], package: _Package) -> None:
        try:
            path, package.size_bytes = await asyncio.to_thread(self._unpack_in_thread, archives)
        except BaseException as error:
            package.ready.set_exception(error)
            package.ready.exception()  # nobody may be waiting any more
            if isinstance(error, asyncio.CancelledError):
                raise
        else:
            package.ready.set_result(path)

    def _unpack_in_thread(self, archives: tuple[str, ...]) -> tuple[Path, int]:
        folder = self._folder()
        name = _directory_name(archives)
        target = folder / name
        if target.is_dir():
            return target, _size(target)
        partial = folder / f"{name}{_PARTIAL}"
        upper = folder / f"{name}.upper{_PARTIAL}"
        remove_tree(partial)
        remove_tree(upper)
        partial.mkdir()
        try:
            size_bytes = self._unpack_into(partial, upper, archives)
            partial.rename(target)
        except (LookupError, FileNotFoundError) as error:
            remove_tree(partial)
            raise FunctionGone("The code of the function, or one of its layers, is not there any more.") from error
        except BaseException:
            remove_tree(partial)
            remove_tree(upper)
            raise
        return target, size_bytes

    def _unpack_into(self, partial: Path, upper: Path, archives: tuple[str, ...]) -> int:
        if archives[0] == OPT_ROOT:
            return merge_layers(self._open_each(archives[1:]), partial, upper)
        with self._open_blob(archives[0]) as blob:
            return unzip(blob, partial)

    def _open_each(self, archives: tuple[str, ...]) -> Iterator[BinaryIO]:
        for sha256 in archives:
            with self._open_blob(sha256) as blob:
                yield blob

    def _make_room(self) -> None:
        total = sum(package.size_bytes for package in self._packages.values())
        for name, package in list(self._packages.items()):
            if total <= self._capacity_bytes:
                return
            if package.users == 0 and package.ready.done():
                total -= package.size_bytes
                del self._packages[name]
                if package.ready.exception() is None:
                    self._remove(package.ready.result())

    def _remove(self, path: Path) -> None:
        # The rename happens here, so that whoever needs the package next unpacks it anew.
        doomed = path.with_name(f"{path.name}.{os.urandom(4).hex()}{_PARTIAL}")
        with contextlib.suppress(OSError):
            path.rename(doomed)
            self._start_task(asyncio.to_thread(remove_tree, doomed))

    def _folder(self) -> Path:
        """Return the directory of this start of the machine; the first time, remove what was there before."""
        boot_id = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else "unknown"
        folder = self._root / boot_id
        # Packages are unpacked in several threads: the second must not remove what the first has begun.
        with self._folder_lock:
            if not folder.is_dir():
                remove_tree(self._root)
                folder.mkdir(parents=True, exist_ok=True)
        return folder


def _directory_name(archives: tuple[str, ...]) -> str:
    """Return that of a package, or a name of its own for each sequence of layers."""
    return archives[0] if len(archives) == 1 else hashlib.sha256("\n".join(archives).encode()).hexdigest()


def remove_tree(path: Path) -> None:
    """Remove a directory whose folders may be read-only. Links in it may lead anywhere: none is followed."""
    for folder, names, _ in os.walk(path):
        for name in [".", *names]:
            child = os.path.join(folder, name)
            if not os.path.islink(child):  # chmod(2) follows them
                with contextlib.suppress(OSError):
                    os.chmod(child, 0o700)
    shutil.rmtree(path, ignore_errors=True)


def _size(path: Path) -> int:
    return sum(os.lstat(os.path.join(folder, name)).st_size for folder, _, names in os.walk(path) for name in names)
