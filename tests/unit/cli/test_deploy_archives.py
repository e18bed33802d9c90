"""Zip files of code."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from gatewright.cli.deploy.archives import archive_of
from gatewright.cli.deploy.errors import DeployFailed


def names(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, text: str = "x", mode: int = 0o644) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_same_code_is_the_same_archive(tmp_path: Path) -> None:
    for number, order in enumerate((("a.py", "b/c.py"), ("b/c.py", "a.py"))):
        for name in order:
            os.utime(write(tmp_path / str(number) / name, name), (number * 1000, number * 1000))
    first, second = archive_of(tmp_path / "0"), archive_of(tmp_path / "1")
    assert first == second
    assert names(first) == {"a.py": b"a.py", "b/c.py": b"b/c.py"}
    write(tmp_path / "1" / "a.py", "a.py", 0o755)
    assert archive_of(tmp_path / "1") != first


def test_permissions(tmp_path: Path) -> None:
    write(tmp_path / "bootstrap", mode=0o700)
    write(tmp_path / "secret", mode=0o600)
    with zipfile.ZipFile(io.BytesIO(archive_of(tmp_path))) as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o7777 for entry in archive.infolist()}
    assert modes == {"bootstrap": 0o755, "secret": 0o644}


def test_what_no_function_needs_is_left_out(tmp_path: Path) -> None:
    for name in (
        ".git/config",
        "lib/.git/config",
        "__pycache__/app.cpython-312.pyc",
        "app.pyc",
        ".aws-sam/build/template.yaml",
        "env/pyvenv.cfg",
        "env/lib/boto3.py",
        "app.py",
        ".npmrc",
        "node_modules/a/index.js",
    ):
        write(tmp_path / name)
    assert set(names(archive_of(tmp_path))) == {"app.py", ".npmrc", "node_modules/a/index.js"}


def test_links_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    write(tmp_path / "shared" / "lib.py", "shared")
    code = tmp_path / "code"
    write(code / "app.py")
    (code / "lib").symlink_to(tmp_path / "shared")
    (code / "same.py").symlink_to(code / "app.py")
    (code / "again").symlink_to(code)
    (code / "gone").symlink_to(tmp_path / "nowhere")
    assert set(names(archive_of(code))) == {"app.py", "lib/lib.py", "same.py"}


def test_a_file_and_a_zip_file(tmp_path: Path) -> None:
    assert names(archive_of(write(tmp_path / "index.js", "code"))) == {"index.js": b"code"}
    ready = tmp_path / "ready.zip"
    ready.write_bytes(archive_of(tmp_path))
    assert archive_of(ready) == ready.read_bytes()


def test_what_is_built_is_laid_under_the_code(tmp_path: Path) -> None:
    code, built = tmp_path / "code", tmp_path / "built"
    write(code / "app.py", "mine")
    write(code / "node_modules" / "old.js")
    write(built / "app.py", "theirs")
    write(built / "new.js")
    archive = archive_of(code, (("", built), ("node_modules", built)), frozenset({"node_modules"}))
    assert names(archive) == {
        "app.py": b"mine",
        "new.js": b"x",
        "node_modules/app.py": b"theirs",
        "node_modules/new.js": b"x",
    }


def test_code_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DeployFailed, match="cannot be read"):
        archive_of(tmp_path / "nothing")
