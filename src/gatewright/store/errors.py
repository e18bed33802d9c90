"""What can go wrong with a store after it was opened (opening it raises `SettingsError`).

StoreError
├── StoreUnavailable   the disk is full, read-only or failing; the transaction left nothing behind
├── StoreClosed        used after `close`, or a view after its block
├── BlobMissing        no blob has that name
└── BlobCorrupt        the octets on disk are not those that the name promises
"""

from gatewright.base.errors import GatewrightError


class StoreError(GatewrightError):
    """The root of a store's errors."""


class StoreUnavailable(StoreError):
    """The disk refuses; its text says how."""


class StoreClosed(StoreError):
    """The store, or the view of it, is closed."""


class BlobMissing(StoreError, LookupError):
    """No blob has that name. A LookupError too, for those who are handed `Blobs.open` and never see the store."""


class BlobCorrupt(StoreError):
    """The content of a blob does not have the hash that is its name."""
