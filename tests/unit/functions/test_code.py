"""The cache of unpacked packages."""

import asyncio
import hashlib
import io
import os
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from gatewright.functions.code import CodeCache, remove_tree
from gatewright.functions.errors import CodeUnusable, FunctionGone
from gatewright.snapshot.types import Layer

from .fakes import Blobs, function_version, package

A = package({"app.py": "a" * 1000})
B = package({"app.py": "b" * 1000})
SHA_A, SHA_B = hashlib.sha256(A).hexdigest(), hashlib.sha256(B).hexdigest()


def cache(root: Path, blobs: Blobs, capacity_bytes: int = 1 << 20) -> CodeCache:
    return CodeCache(root, blobs.open, capacity_bytes)


async def test_a_package_is_unpacked_once(tmp_path: Path) -> None:
    blobs = Blobs(A)
    code = cache(tmp_path / "code", blobs)

    async def use() -> str:
        async with code.hold(SHA_A) as root:
            return (root / "app.py").read_text()

    assert await asyncio.gather(*(use() for _ in range(10))) == ["a" * 1000] * 10
    assert await use() == "a" * 1000
    assert blobs.opened == [SHA_A]
    await code.close()


async def test_the_first_packages_of_a_node_are_unpacked_side_by_side(tmp_path: Path) -> None:
    """None of them takes another's for what an earlier start of the machine left."""
    packages = [package({"app.py": str(number)}) for number in range(12)]
    for attempt in range(8):
        code = cache(tmp_path / str(attempt), Blobs(*packages))

        async def use(content: bytes, code: CodeCache = code) -> str:
            async with code.hold(hashlib.sha256(content).hexdigest()) as root:
                return (root / "app.py").read_text()

        assert await asyncio.gather(*map(use, packages)) == [str(number) for number in range(12)]
        await code.close()


async def test_a_package_that_somebody_removed_is_unpacked_again(tmp_path: Path) -> None:
    """As cleaners of `/tmp` do."""
    blobs = Blobs(A)
    code = cache(tmp_path / "code", blobs)
    async with code.hold(SHA_A) as root:
        remove_tree(tmp_path / "code")
        async with code.hold(SHA_A) as again:
            assert (again / "app.py").read_text() == "a" * 1000
        assert root.is_dir()
    assert blobs.opened == [SHA_A, SHA_A]
    await code.close()


async def test_what_an_earlier_run_left_is_used_again(tmp_path: Path) -> None:
    opened = []
    for _ in range(2):
        blobs = Blobs(A)
        code = cache(tmp_path, blobs)
        async with code.hold(SHA_A) as root:
            assert (root / "app.py").exists()
        await code.close()
        opened.append(len(blobs.opened))
    assert opened == [1, 0]


async def test_half_of_a_package_is_never_used(tmp_path: Path) -> None:
    """As after kill -9 in the middle of unpacking."""
    code = cache(tmp_path, Blobs(A))
    async with code.hold(SHA_A) as root:
        partial = root.with_name(f"{SHA_B}.partial")
    partial.mkdir()
    (partial / "left").touch()
    again = cache(tmp_path, Blobs(B))
    async with again.hold(SHA_B) as root:
        assert [path.name for path in root.iterdir()] == ["app.py"]
    await again.close()


async def test_packages_of_before_the_machine_was_started_are_removed(tmp_path: Path) -> None:
    old = tmp_path / "code" / "another-boot" / SHA_A
    old.mkdir(parents=True)
    code = cache(tmp_path / "code", Blobs(A))
    async with code.hold(SHA_A) as root:
        assert (root / "app.py").exists()
    assert not old.exists()
    await code.close()


async def test_a_failure_reaches_all_who_wait_and_is_tried_again(tmp_path: Path) -> None:
    blobs = Blobs()
    sha256 = hashlib.sha256(b"no zip").hexdigest()
    blobs.contents[sha256] = b"no zip"
    code = cache(tmp_path, blobs)

    async def use() -> None:
        async with code.hold(sha256):
            pass

    results = await asyncio.gather(use(), use(), return_exceptions=True)
    assert [type(result) for result in results] == [CodeUnusable, CodeUnusable]
    blobs.contents[sha256] = A
    await use()
    assert len(blobs.opened) == 2
    await code.close()


async def test_a_package_that_is_gone(tmp_path: Path) -> None:
    code = cache(tmp_path, Blobs())
    with pytest.raises(FunctionGone):
        async with code.hold(SHA_A):
            pass
    assert not list(tmp_path.rglob("*.partial"))
    await code.close()


async def test_whoever_asked_first_may_go_away(tmp_path: Path) -> None:
    blobs = Blobs(A)
    opening = asyncio.Event()
    loop = asyncio.get_running_loop()

    def open_blob(sha256: str) -> BinaryIO:
        loop.call_soon_threadsafe(opening.set)
        return blobs.open(sha256)

    code = CodeCache(tmp_path, open_blob, 1 << 20)

    async def use() -> None:
        async with code.hold(SHA_A) as root:
            assert (root / "app.py").exists()

    first, second = asyncio.create_task(use()), asyncio.create_task(use())
    await opening.wait()
    first.cancel()
    await second
    assert blobs.opened == [SHA_A]
    await code.close()


async def test_unused_packages_make_room(tmp_path: Path) -> None:
    blobs = Blobs(A, B)
    code = cache(tmp_path, blobs, capacity_bytes=1500)
    async with code.hold(SHA_A) as root_a:
        async with code.hold(SHA_B) as root_b:
            assert root_a.exists()
            assert root_b.exists()  # both are in use, whatever they take
        assert root_a.exists()
        assert not root_b.exists()
    assert root_a.exists()
    async with code.hold(SHA_B) as root_b:
        assert not root_a.exists()  # the one that was used longest ago
    async with code.hold(SHA_A) as root_a:
        assert (root_a / "app.py").exists()
    assert blobs.opened == [SHA_A, SHA_B, SHA_B, SHA_A]
    await code.close()
    assert not list(tmp_path.rglob("*.partial"))


async def test_what_an_earlier_run_left_makes_room_too(tmp_path: Path) -> None:
    """A reset, or a restart, forgets who used what; it must not let the disk fill up."""
    packages = [package({"app.py": str(number) * 1000}) for number in range(4)]
    for content in packages:
        before = cache(tmp_path / "code", Blobs(content), 1500)
        async with before.hold(hashlib.sha256(content).hexdigest()) as root:
            folder = root.parent
        await before.close()
    assert [path.name for path in folder.iterdir()] == [hashlib.sha256(packages[-1]).hexdigest()]


def test_read_only_folders_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "file").touch()
    folder.chmod(0o500)
    remove_tree(tmp_path / "a")
    assert not (tmp_path / "a").exists()


async def test_layers_are_merged_once_for_each_order(tmp_path: Path) -> None:
    blobs = Blobs(A, B)
    code = cache(tmp_path, blobs)
    for archives, expected in (((SHA_A, SHA_B), "b"), ((SHA_B, SHA_A), "a"), ((SHA_A, SHA_B), "b")):
        async with code.hold_layers(*archives) as root:
            assert (root / "app.py").read_text() == expected * 1000
    assert blobs.opened == [SHA_A, SHA_B, SHA_B, SHA_A]
    await code.close()
    assert not list(tmp_path.rglob("*.partial"))


async def test_merged_layers_of_an_earlier_run_are_used_again(tmp_path: Path) -> None:
    for expected in ([SHA_A, SHA_B], []):
        blobs = Blobs(A, B)
        code = cache(tmp_path, blobs)
        async with code.hold_layers(SHA_A, SHA_B) as root:
            assert (root / "app.py").read_text() == "b" * 1000
        await code.close()
        assert blobs.opened == expected


async def test_a_layer_that_is_gone(tmp_path: Path) -> None:
    code = cache(tmp_path, Blobs(A))
    with pytest.raises(FunctionGone):
        async with code.hold_layers(SHA_A, SHA_B):
            pass
    assert not list(tmp_path.rglob("*.partial"))
    await code.close()


async def test_half_of_a_merge_is_never_used(tmp_path: Path) -> None:
    """As after kill -9 in the middle: what is there is thrown away, also what was sealed already."""
    code = cache(tmp_path, Blobs(A, B))
    async with code.hold_layers(SHA_A, SHA_B) as root:
        name = root.name
    remove_tree(root)
    partial = root.with_name(f"{name}.partial")
    (partial / "old").mkdir(parents=True)
    partial.chmod(0o555)
    (root.with_name(f"{name}.upper.partial") / "old").mkdir(parents=True)
    again = cache(tmp_path, Blobs(A, B))
    async with again.hold_layers(SHA_A, SHA_B) as root:
        assert [path.name for path in root.iterdir()] == ["app.py"]
    await again.close()
    await code.close()


async def test_what_a_version_is_made_of(tmp_path: Path) -> None:
    code = cache(tmp_path, Blobs(A, B))
    plain = function_version(code_sha256=SHA_A)
    async with code.hold_code(plain) as held:
        assert (held.task_root.name, held.opt_root) == (SHA_A, None)
    layered = function_version(code_sha256=SHA_A, layers=(Layer("arn:1", SHA_B), Layer("arn:2", SHA_A)))
    async with code.hold_code(layered) as held:
        assert held.task_root.name == SHA_A
        assert held.opt_root is not None
        assert (held.opt_root / "app.py").read_text() == "a" * 1000
    await code.close()


def test_links_are_not_followed_when_a_tree_is_removed(tmp_path: Path) -> None:
    """A refused archive may have left one to any directory of the machine."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o751)
    (elsewhere / "file").touch()
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "link").symlink_to(elsewhere)
    remove_tree(folder)
    assert not folder.exists()
    assert (elsewhere / "file").exists()
    assert elsewhere.stat().st_mode & 0o777 == 0o751


async def test_a_hostile_archive_changes_no_directory_of_the_machine(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o751)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "../../../elsewhere")
    sha256 = hashlib.sha256(content.getvalue()).hexdigest()
    code = cache(tmp_path / "code", Blobs(content.getvalue()))
    with pytest.raises(CodeUnusable):
        async with code.hold(sha256):
            pass
    assert elsewhere.stat().st_mode & 0o777 == 0o751
    await code.close()


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A directory of a user who may not write where modes forbid it; the test runs as him, if it can."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() != 0:
            yield Path(name)
            return
        os.chown(name, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)


async def test_read_only_directories_get_in_nobodys_way(ordinary_user: Path) -> None:
    """A directory that is moved to another one must be writable, unless it is root who moves it."""
    code = cache(ordinary_user / "code", Blobs(A, B), capacity_bytes=1)
    async with code.hold_layers(SHA_A, SHA_B) as layers, code.hold(SHA_A) as package:
        assert (layers / "app.py").read_text() == "b" * 1000
        assert (package / "app.py").read_text() == "a" * 1000
        with pytest.raises(PermissionError):
            (layers / "new").touch()
    await code.close()
    assert not [path for path in ordinary_user.rglob("*") if path.name == "app.py"]
