"""Data directories: what opening them refuses, and in which words; what a full disk does."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gatewright.base.errors import SettingsError
from gatewright.store import open_store
from gatewright.store.types import Key

KEY = Key("123456789012", "us-east-1", "lambda", "function", "a")


def refusal(directory: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        open_store(directory)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(f"the data directory {directory} cannot be used: ")
    return text.removeprefix(f"the data directory {directory} cannot be used: ")


class TestOpening:
    def test_a_directory_is_made_for_the_owner_only(self, tmp_path: Path) -> None:
        open_store(tmp_path / "new" / "data").close()
        assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700

    def test_everything_is_there_after_a_restart(self, tmp_path: Path) -> None:
        first = open_store(tmp_path)
        name = first.blobs.put(b"code")
        with first.write() as writer:
            writer.put(KEY, {"FunctionName": "a"})
        feed = first.changes(0)
        first.close()
        second = open_store(tmp_path)
        with second.read() as reader:
            assert reader.revision == 1
            assert reader.get(KEY) == {"FunctionName": "a"}
        assert second.changes(0) == feed
        with second.blobs.open(name) as file:
            assert file.read() == b"code"
        second.close()

    def test_a_second_node_is_refused(self, tmp_path: Path) -> None:
        first = open_store(tmp_path)
        assert refusal(tmp_path) == f"it is in use by another gatewright (process {os.getpid()})"
        first.close()
        open_store(tmp_path).close()

    def test_a_refused_directory_is_not_kept_locked(self, tmp_path: Path) -> None:
        (tmp_path / "gatewright.sqlite3").write_bytes(b"not a database " * 100)
        refusal(tmp_path)
        (tmp_path / "gatewright.sqlite3").unlink()
        open_store(tmp_path).close()

    def test_a_newer_schema_is_refused_and_left_alone(self, tmp_path: Path) -> None:
        open_store(tmp_path).close()
        database = sqlite3.connect(tmp_path / "gatewright.sqlite3")
        database.execute("PRAGMA user_version = 999")
        database.close()
        assert "schema version 999" in refusal(tmp_path)
        assert "newer" in refusal(tmp_path)

    def test_a_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "gatewright.sqlite3").write_bytes(b"not a database " * 100)
        assert refusal(tmp_path) == "its database: file is not a database"

    def test_a_file_in_the_place_of_the_directory(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")
        assert refusal(tmp_path / "data") == "it is a file"
        assert refusal(tmp_path / "data" / "deeper") == "Not a directory"

    def test_a_directory_that_cannot_be_made(self) -> None:
        assert refusal(Path("/proc/gatewright")) == "No such file or directory"

    def test_what_a_crash_left_is_swept(self, tmp_path: Path) -> None:
        open_store(tmp_path).close()
        (tmp_path / "blobs" / "temporary" / "tmpabc").write_bytes(b"half")
        store = open_store(tmp_path)
        assert list((tmp_path / "blobs" / "temporary").iterdir()) == []
        assert list(store.blobs.names()) == []
        store.close()

    def test_commits_are_synced(self, tmp_path: Path) -> None:
        """SQLite documentation, "PRAGMA synchronous": FULL (2) is what makes a WAL commit survive a power loss."""
        store = open_store(tmp_path)
        writer = store._writer  # type: ignore[attr-defined]
        assert writer.execute("PRAGMA synchronous").fetchone() == (2,)
        assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        store.close()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from gatewright.store import open_store
from gatewright.store.errors import StoreUnavailable
from gatewright.store.types import Key

store = open_store(Path(sys.argv[1]))
key = Key("123456789012", "us-east-1", "lambda", "function", "a")
with store.write() as writer:
    writer.put(key, {"n": 1})
# A limit on the size of files fails writes as a full disk does, once its signal is ignored.
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
for attempt in (lambda writer: writer.put(key, {"n": "x" * 3_000_000}), lambda writer: None):
    try:
        with store.write() as writer:
            writer.put(key, {"n": 2})
            attempt(writer)
            if attempt(writer) is None and store.blobs.put(b"y" * 1_000_000):
                print("the limit did not hold")
    except StoreUnavailable as error:
        print("refused:", error)
with store.read() as reader:
    print(reader.get(key), reader.revision, store.changes(1), list(store.blobs.names()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with store.write() as writer:
    writer.put(key, {"n": 3})
print(store.revision())
"""


def test_a_full_disk_is_a_clear_error_that_leaves_nothing_behind(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert ended.stderr == ""
    refused_document, refused_blob, state, revision = ended.stdout.splitlines()
    assert refused_document.startswith("refused: The store cannot be used: ")
    assert refused_blob == "refused: A blob cannot be written: [Errno 27] File too large"
    assert state == "{'n': 1} 1 [] []"
    assert revision == "2"
