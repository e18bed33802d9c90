"""Blobs as files: content that does not match its name never gets out."""

from pathlib import Path

import pytest

from gatewright.store.blobs import FileBlobs
from gatewright.store.errors import BlobCorrupt


@pytest.mark.parametrize("damage", [b"", b"conten", b"content.", b"Content"])
def test_damaged_content_is_detected_and_putting_it_again_heals_it(tmp_path: Path, damage: bytes) -> None:
    blobs = FileBlobs(tmp_path)
    name = blobs.put(b"content")
    (tmp_path / name[:2] / name).write_bytes(damage)
    with pytest.raises(BlobCorrupt, match=name):
        blobs.open(name)
    assert blobs.put(b"content") == name
    with blobs.open(name) as file:
        assert file.read() == b"content"


def test_a_missing_blob_is_a_lookup_error(tmp_path: Path) -> None:
    """As `Blobs.open` is handed to packages that do not know the store's errors."""
    name = FileBlobs(tmp_path).put(b"content")
    (tmp_path / name[:2] / name).unlink()
    with pytest.raises(LookupError, match=name):
        FileBlobs(tmp_path).open(name)


def test_files_that_are_no_blobs_are_not_listed(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    name = blobs.put(b"content")
    (tmp_path / name[:2] / "README").write_text("not a blob")
    assert list(blobs.names()) == [name]
