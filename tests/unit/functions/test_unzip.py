"""Unpacking deployment packages that somebody else made."""

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

from gatewright.functions.errors import CodeUnusable
from gatewright.functions.unzip import unzip

from .fakes import archive, package

LINK = stat.S_IFLNK | 0o777


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "below" / "target"
    folder.mkdir(parents=True)
    return folder


def outside(target: Path) -> list[Path]:
    """Return everything that lies beside the target."""
    return [
        path
        for path in target.parent.parent.rglob("*")
        if target not in path.parents and path not in (target, target.parent)
    ]


def test_files_and_folders(target: Path) -> None:
    size = unzip(archive(("app.py", b"code", 0o644), ("lib/", b"", 0o755), ("lib/a/b.py", b"more", 0o600)), target)
    assert size == 8
    assert (target / "app.py").read_bytes() == b"code"
    assert (target / "lib/a/b.py").read_bytes() == b"more"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(0, 0o444), (0o644, 0o444), (0o600, 0o444), (0o755, 0o555), (0o700, 0o544), (0o4755, 0o555)],
)
def test_files_are_readable_and_executable_as_the_archive_says(target: Path, mode: int, expected: int) -> None:
    unzip(archive(("file", b"", mode)), target)
    assert stat.S_IMODE((target / "file").stat().st_mode) == expected


def test_the_later_of_two_files_of_one_name_counts(target: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = archive(("a", b"first", 0), ("a", b"second", 0))
    unzip(twice, target)
    assert (target / "a").read_bytes() == b"second"


def test_links_inside(target: Path) -> None:
    unzip(archive(("bin/run", b"app", LINK), ("bin/app", b"code", 0o755), ("lib", b"bin", LINK)), target)
    assert os.readlink(target / "bin/run") == "app"
    assert (target / "lib/run").read_bytes() == b"code"


@pytest.mark.parametrize(
    ("name", "link", "relative"),
    [
        ("bin/run", "/var/task/lib/app", "../lib/app"),
        ("run", "/var/task/lib/app", "lib/app"),
        ("here", "/var/task", "."),
        ("deep/er/l", "/var/task/lib/../lib/app", "../../lib/app"),
    ],
)
def test_absolute_links_to_the_package_itself(target: Path, name: str, link: str, relative: str) -> None:
    """They are right where Lambda, or a sandbox, mounts it; relative ones are right everywhere."""
    unzip(archive(("lib/app", b"code", 0), (name, link.encode(), LINK)), target)
    assert os.readlink(target / name) == relative
    assert (target / name).exists()


@pytest.mark.parametrize(
    "name", ["../escape", "a/../../escape", "/etc/escape", "..", "a/..", "\\escape", "..\\escape", "/", "./"]
)
def test_names_that_lead_elsewhere_are_refused(target: Path, name: str) -> None:
    with pytest.raises(CodeUnusable):
        unzip(archive((name, b"x", 0)), target)
    assert outside(target) == []


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([("a", b"/etc/passwd", LINK)], id="absolute"),
        pytest.param([("a", b"/opt/file", LINK)], id="to the layers"),
        pytest.param([("a", b"/var/task/../../etc/passwd", LINK)], id="out of the package, absolute"),
        pytest.param([("a", b"/var/taskforce", LINK)], id="beside the package"),
        pytest.param([("a", b"../../escape", LINK)], id="relative"),
        pytest.param([("a", b"..", LINK), ("a/file", b"x", 0)], id="a file through a link"),
        pytest.param([("d/a", b"b/../../../up", LINK), ("d/b", b"c", LINK)], id="over another link"),
        pytest.param([("a", b"b/../up", LINK), ("b", b".", LINK)], id="by a link that is made later"),
        pytest.param([("a", b"b/../up", LINK), ("b", b".", LINK), ("a/new/l", b"x", LINK)], id="a folder through that"),
        pytest.param([("a", b"x" * 5000, LINK)], id="too long"),
        pytest.param([("a", b"a", LINK), ("b", b"\0", LINK)], id="with a NUL"),
    ],
)
def test_links_that_lead_elsewhere_are_refused(target: Path, entries: list[tuple[str, bytes, int]]) -> None:
    with pytest.raises(CodeUnusable):
        unzip(archive(*entries), target)
    assert outside(target) == []


def test_links_are_not_followed_without_end(target: Path) -> None:
    """A hundred links, each of a thousand names: `os.path.realpath` takes a second for each that leads through them."""
    winding = b"./" + b"d/../" * 800
    links = [(f"link-{number}", winding + b"link-%d" % (number + 1), LINK) for number in range(100)]
    many = [(f"many-{number}", b"link-60", LINK) for number in range(100)]
    with pytest.raises(CodeUnusable, match="too many links"):
        unzip(archive(("d/file", b"", 0), *links, *many), target)


def test_a_link_to_itself_leads_nowhere(target: Path) -> None:
    unzip(archive(("a", b"b", LINK), ("b", b"a", LINK), ("c/d", b"../c/d", LINK)), target)
    with pytest.raises(OSError, match="Too many levels"):
        (target / "a").stat()


def test_the_unpacked_size_is_counted_not_believed(target: Path) -> None:
    content = archive(("a", b"\0" * 3_000_000, 0)).getvalue()
    assert len(content) < 10_000
    lying = content.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    for octets in (content, lying):
        with pytest.raises(CodeUnusable):
            unzip(io.BytesIO(octets), target, max_bytes=1_000_000)


@pytest.mark.parametrize("octets", [b"", b"PK", b"no zip at all", package({"a": "x" * 1000})[:-30]])
def test_what_is_no_zip_is_refused(target: Path, octets: bytes) -> None:
    with pytest.raises(CodeUnusable, match="not able to unzip"):
        unzip(io.BytesIO(octets), target)


def test_broken_content_is_refused(target: Path) -> None:
    content = bytearray(archive(("a", os.urandom(2000), 0)).getvalue())
    content[500] ^= 0xFF
    with pytest.raises(CodeUnusable):
        unzip(io.BytesIO(bytes(content)), target)


def test_an_encrypted_file_is_refused(target: Path) -> None:
    content = bytearray(package({"a": "x"}))
    content[6] |= 1  # local header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # central directory
    with pytest.raises(CodeUnusable):
        unzip(io.BytesIO(bytes(content)), target)


def test_a_file_where_a_folder_should_be_is_refused(target: Path) -> None:
    for entries in ((("a", b"x", 0), ("a/b", b"x", 0)), (("c/d", b"x", 0), ("c", b"x", 0))):
        with pytest.raises(CodeUnusable) as refused:
            unzip(archive(*entries), target)
        assert str(target) not in str(refused.value)  # the caller of Invoke reads it


def test_directories_are_read_only_in_the_end(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a/b/c.txt", "x")
    content.seek(0)
    target = tmp_path / "code"
    target.mkdir()
    unzip(content, target)
    modes = {oct(path.stat().st_mode & 0o777) for path in (target, target / "a", target / "a" / "b")}
    assert modes == {"0o555"}
