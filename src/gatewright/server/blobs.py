"""Which blobs the documents name."""

import base64

from gatewright.store import collect_blobs
from gatewright.store.types import Store


def collect_unused_blobs(store: Store) -> int:
    """Delete deployment packages that no function has any more, and return how many.

    Such blobs are left by updates, deletions and crashes. Call it before the node serves.
    """
    with store.read() as reader:
        functions = [document for _, document in reader.scan("lambda", "function")]
    return collect_blobs(store, {base64.b64decode(document["CodeSha256"]).hex() for document in functions})
