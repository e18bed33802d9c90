from pathlib import Path

import pytest

from gatewright.functions.sandbox.host_files import ReadablePaths, is_shown, system_mounts
from gatewright.functions.sandbox.types import SandboxError


def test_the_systems_directories_as_links_or_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "usr" / "lib").mkdir(parents=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    (tmp_path / "lib64").mkdir()
    (tmp_path / "etc" / "ssl" / "certs").mkdir(parents=True)
    (tmp_path / "etc" / "ssl" / "private").mkdir()
    for name in ("shadow", "passwd", "ld.so.cache", "hosts"):
        (tmp_path / "etc" / name).touch()
    (tmp_path / "etc" / "java-17-openjdk").mkdir()
    assert system_mounts(tmp_path) == [
        "--ro-bind", "/usr", "/usr",
        "--symlink", "usr/lib", "/lib",
        "--ro-bind", f"{tmp_path}/lib64", "/lib64",
        "--ro-bind", f"{tmp_path}/etc/ld.so.cache", "/etc/ld.so.cache",
        "--ro-bind", f"{tmp_path}/etc/ssl/certs", "/etc/ssl/certs",
        "--ro-bind", f"{tmp_path}/etc/java-17-openjdk", "/etc/java-17-openjdk",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "is_seen"),
    [("/usr/local/lib/gatewright", True), ("/lib/x", True), ("/bin", True), ("/var/lib/x", False), ("/user", False)],
)
def test_what_functions_see_whatever_it_holds(path: str, is_seen: bool) -> None:
    assert is_shown(Path(path)) is is_seen


def test_a_link_does_not_hide_it(tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to("/usr/share")
    assert is_shown(tmp_path / "data" / "gatewright")


def test_what_is_missing_once_and_parents_first(tmp_path: Path) -> None:
    inner, other = tmp_path / "a" / "b", tmp_path / "c"
    inner.mkdir(parents=True)
    other.touch()
    paths = (inner, other, tmp_path / "a", other, Path("/usr/bin/env"), tmp_path / "nowhere")
    assert ReadablePaths(()).missing(paths) == [tmp_path / "a", other]


@pytest.mark.parametrize("path", ["/home/ada", "/home", "/", "/home/ada/data"])
def test_nothing_that_holds_a_private_directory(path: str) -> None:
    readable = ReadablePaths((Path("/home/ada"), Path("/home/ada/data")))
    with pytest.raises(SandboxError, match=f"all of {path}, which holds private files"):
        readable.missing((Path(path),))


def test_what_lies_beside_private_files_may_be_read(tmp_path: Path) -> None:
    versions = tmp_path / ".pyenv" / "versions" / "3.11"
    versions.mkdir(parents=True)
    assert ReadablePaths((tmp_path, tmp_path / ".local")).missing((versions,)) == [versions]
