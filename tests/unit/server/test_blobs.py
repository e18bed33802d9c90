import asyncio
import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gatewright.server.blobs import BlobSweep, collect_unused_blobs
from gatewright.store import open_store
from gatewright.store.types import Key, Store


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


@pytest.mark.parametrize(
    ("kind", "identifier"),
    [
        ("version", "f/0000000001"),
        ("layer-version", "l/0000000001"),
        ("deleted-layer-version", "l/0000000001"),
    ],
)
def test_versions_and_layers_keep_their_archives(kind: str, identifier: str) -> None:
    store = open_store(None)
    used = store.blobs.put(b"used")
    sha = base64.b64encode(hashlib.sha256(b"used").digest()).decode()
    key = Key("123456789012", "us-east-1", "lambda", kind, identifier)
    with store.write() as writer:
        writer.put(key, {"CodeSha256": sha, "Version": "1"} if kind == "version" else {"Content": {"CodeSha256": sha}})
    assert collect_unused_blobs(store) == 0
    assert list(store.blobs.names()) == [used]
    with store.write() as writer:
        writer.delete(key)
    assert collect_unused_blobs(store) == 1
    store.close()


def put_function(store: Store, name: str, content: bytes) -> None:
    with store.write() as writer:
        store.blobs.put(content)
        sha = base64.b64encode(hashlib.sha256(content).digest()).decode()
        writer.put(Key("123456789012", "us-east-1", "lambda", "function", name), {"CodeSha256": sha})


def test_a_blob_goes_when_two_looks_found_it_unused() -> None:
    store = open_store(None)
    put_function(store, "f", b"old")
    sweep = BlobSweep(store)
    put_function(store, "f", b"new")
    assert (sweep.look(), len(list(store.blobs.names()))) == (0, 2)
    assert (sweep.look(), list(store.blobs.names())) == (1, [hashlib.sha256(b"new").hexdigest()])
    assert sweep.look() == 0
    store.close()


def test_a_blob_that_is_used_again_between_two_looks_stays() -> None:
    store = open_store(None)
    put_function(store, "f", b"one")
    sweep = BlobSweep(store)
    put_function(store, "f", b"two")
    sweep.look()
    put_function(store, "g", b"one")
    assert sweep.look() == 0
    put_function(store, "f", b"one")
    sweep.look()
    assert sweep.look() == 1
    assert list(store.blobs.names()) == [hashlib.sha256(b"one").hexdigest()]
    store.close()


async def test_it_looks_for_as_long_as_the_node_serves_and_survives_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    store = open_store(None)
    put_function(store, "f", b"one")
    sweep = BlobSweep(store)
    with store.write() as writer:
        # A document that cannot be read is a failed look, not the end of looking.
        writer.put(Key("123456789012", "us-east-1", "lambda", "function", "broken"), {})
    with ThreadPoolExecutor(1) as executor:
        running = asyncio.create_task(sweep.run(executor, 0.01))
        while "could not be looked for" not in caplog.text:
            await asyncio.sleep(0.01)
        with store.write() as writer:
            writer.delete(Key("123456789012", "us-east-1", "lambda", "function", "broken"))
            writer.delete(Key("123456789012", "us-east-1", "lambda", "function", "f"))
        while list(store.blobs.names()):
            await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    store.close()
