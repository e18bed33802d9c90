"""Blobs that no document names any more."""

from collections.abc import Set

from gatewright.store.types import Store


def collect_blobs(store: Store, referenced: Set[str]) -> int:
    """Delete every blob that is not in `referenced` (hex names) and return how many.

    For the start of a node, before it serves: an operation keeps its blob before it writes the document that names it.
    """
    garbage = [name for name in store.blobs.names() if name not in referenced]
    return sum(store.blobs.delete(name) for name in garbage)
