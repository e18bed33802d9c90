"""Deployment packages and layers that nothing refers to any more: left by updates, deletions and crashes."""

import asyncio
import base64
import json
import logging
import re
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final

from gatewright.store import collect_blobs
from gatewright.store.types import Document, Reader, Store

_logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 60.0

_CONFIGURATIONS = ("function", "version")
_TEMPLATES = ("template", "changeset")
_NAME: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_LAYER_VERSIONS = ("layer-version", "deleted-layer-version")


def collect_unused_blobs(store: Store) -> int:
    """Delete them all and return how many. Call it before the node serves."""
    with store.read() as reader:
        return collect_blobs(store, _referenced(reader))


class BlobSweep:
    """Deletes them while the node serves.

    A blob goes when two looks, a minute apart, found that nothing refers to it: until then a request that keeps an
    older snapshot may still unpack it. No operation can come to refer to a blob that is just going: a look keeps
    writers out, and operations put their blob once more within their transaction.
    """

    def __init__(self, store: Store, recent: Callable[[], frozenset[str]] = frozenset) -> None:
        """`recent` returns the names of blobs that somebody may be about to refer to."""
        self._store = store
        self._recent = recent
        self._unused: frozenset[str] = frozenset()
        self._looked_at = store.revision()

    async def run(self, executor: Executor, look_seconds: float = LOOK_SECONDS) -> None:
        """Look now and then, for as long as the node serves."""
        while True:
            await asyncio.sleep(look_seconds)
            if self._unused or self._store.revision() != self._looked_at:
                try:
                    await asyncio.get_running_loop().run_in_executor(executor, self.look)
                except Exception:
                    _logger.exception("unused deployment packages could not be looked for")

    def look(self) -> int:
        """Delete what was unused at the last look and still is; return how many."""
        with self._store.write() as writer:
            self._looked_at = writer.revision
            unused = frozenset(self._store.blobs.names()) - _referenced(writer) - self._recent()
            doomed = unused & self._unused
            for name in doomed:
                self._store.blobs.delete(name)
        self._unused = unused - doomed
        return len(doomed)


def _referenced(reader: Reader) -> frozenset[str]:
    """Return the names of the archives of all functions, their versions and layers, deleted ones in use included.

    What templates of stacks name belongs to it (`server.packages`): a rollback, or a replacement, makes it once more.
    """
    named = [name for kind in _TEMPLATES for _, each in reader.scan("cloudformation", kind) for name in _names(each)]
    packages = [document for kind in _CONFIGURATIONS for _, document in reader.scan("lambda", kind)]
    layers = [document["Content"] for kind in _LAYER_VERSIONS for _, document in reader.scan("lambda", kind)]
    return frozenset([*named, *(base64.b64decode(document["CodeSha256"]).hex() for document in packages + layers)])


def _names(document: Document) -> list[str]:
    return _NAME.findall(json.dumps(document))
