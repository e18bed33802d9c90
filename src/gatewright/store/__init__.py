"""Documents in transactions, a revision, a change feed and blobs: `open_store(data_dir)`.

`types` is the contract. Two implementations keep it, held to it by the same tests: `sqlite` in a data directory and
`memory` for nodes that forget.
"""

from gatewright.store.data_directory import open_store
from gatewright.store.garbage import collect_blobs

__all__ = ["collect_blobs", "open_store"]
