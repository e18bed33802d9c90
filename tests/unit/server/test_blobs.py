import base64
import hashlib
from pathlib import Path

from gatewright.server.blobs import collect_unused_blobs
from gatewright.store import open_store
from gatewright.store.types import Key


def test_blobs_that_no_function_names_are_deleted(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    used, unused = store.blobs.put(b"used"), store.blobs.put(b"unused")
    with store.write() as writer:
        sha = base64.b64encode(hashlib.sha256(b"used").digest()).decode()
        writer.put(Key("123456789012", "us-east-1", "lambda", "function", "f"), {"CodeSha256": sha})
    assert collect_unused_blobs(store) == 1
    assert list(store.blobs.names()) == [used]
    assert unused != used
    store.close()
