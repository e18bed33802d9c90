"""What custom resources and wait conditions are answered with: URLs that nobody guesses, and what was put there.

On AWS they are presigned URLs of S3; here they are paths of this node (`server.response_links`). One of a custom
resource is good for one answer. Whoever asks, in the process that waits or in the one after it, finds what came in the
store.

Sources: "Custom resource request and response reference", "Create wait conditions in a CloudFormation template" (AWS
CloudFormation User Guide).
"""

import json
from enum import Enum
from typing import Any, Final

from gatewright.base.ids import Ids
from gatewright.stacks.execution.names import secret
from gatewright.stacks.execution.places import RESPONSE, SERVICE
from gatewright.store.types import Document, Key, Store

MAX_BYTES: Final = 64 * 1024
_MAX_CUSTOM_BYTES: Final = 4096
_MOST_SIGNALS: Final = 1000


class Received(Enum):
    """What becomes of a response."""

    KEPT = 200
    UNKNOWN = 404
    USED = 403
    TOO_LARGE = 413


class Responses:
    """The responses of a node's stacks. Safe to use from several threads."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def open(self, *, is_single: bool) -> str:
        """Return the secret of a URL that takes one answer, or many."""
        name = secret(self._ids)
        with self._store.write() as writer:
            writer.put(_key(name), {"IsSingle": is_single, "Bodies": []})
        return name

    def close(self, name: str) -> None:
        """Take no more answers."""
        with self._store.write() as writer:
            writer.delete(_key(name))

    def receive(self, name: str, body: bytes) -> Received:
        """Keep an answer, durably."""
        with self._store.write() as writer:
            document = writer.get(_key(name))
            if document is None:
                return Received.UNKNOWN
            bodies: list[str] = document["Bodies"]
            if (document["IsSingle"] and bodies) or len(bodies) >= _MOST_SIGNALS:
                return Received.USED
            if len(body) > MAX_BYTES:
                return Received.TOO_LARGE
            bodies.append(body.decode("utf-8", "replace"))
            writer.put(_key(name), document)
        return Received.KEPT

    def bodies(self, name: str) -> list[str]:
        """Return the answers so far, in their order."""
        with self._store.read() as reader:
            document: Document = reader.get(_key(name)) or {}
        return list(document.get("Bodies", ()))


def parse_answer(body: str) -> dict[str, Any] | str:
    """Return the answer of a custom resource, or why it is none."""
    if len(body.encode()) > _MAX_CUSTOM_BYTES:
        return "Response object is too long."
    try:
        answer = json.loads(body)
    except ValueError:
        return "Invalid response object: invalid JSON"
    return answer if isinstance(answer, dict) else "Invalid response object: must be an object"


def _key(name: str) -> Key:
    return Key("", "", SERVICE, RESPONSE, name)
