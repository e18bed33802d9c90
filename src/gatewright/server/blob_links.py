"""Links by which a deployment package or layer can be downloaded for ten minutes, as AWS's presigned S3 URLs are.

"Location: A presigned URL that you can use to download the deployment package" (FunctionCodeLocation, "API reference",
AWS Lambda). A link is bound to this start of the node: its key is made anew each time.
"""

import asyncio
import hashlib
import hmac
import os
import re
from typing import BinaryIO, Final
from urllib.parse import parse_qsl

from gatewright.base.clock import Clock
from gatewright.base.messages import Headers, Request, Response, text_response
from gatewright.store.errors import BlobCorrupt, BlobMissing
from gatewright.store.types import Blobs

PREFIX: Final = "/_gatewright/blobs/"
_VALID_SECONDS: Final = 600
_KEY_BYTES: Final = 32
_PIECE_BYTES: Final = 256 * 1024
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class BlobLinks:
    """Makes links, and answers who follows them."""

    def __init__(self, base_url: str, blobs: Blobs, clock: Clock) -> None:
        self._base_url = base_url
        self._blobs = blobs
        self._clock = clock
        self._key = os.urandom(_KEY_BYTES)

    def url(self, sha256: str) -> str:
        """Return a link to a blob, by its hex SHA-256."""
        expires = str(int(self._clock.now()) + _VALID_SECONDS)
        return f"{self._base_url}{PREFIX}{sha256}?Expires={expires}&Signature={self._signature(sha256, expires)}"

    async def handle(self, request: Request) -> Response:
        """Answer with the blob; 403 for a link that is not ours or too old, 404 when the blob has gone."""
        sha256 = request.path.removeprefix(PREFIX)
        query = dict(parse_qsl(request.query))
        expires = query.get("Expires", "")
        is_ours = hmac.compare_digest(self._signature(sha256, expires).encode(), query.get("Signature", "").encode())
        if not _SHA256.fullmatch(sha256) or not is_ours:
            return text_response(403, "SignatureDoesNotMatch\n", "text/plain")
        if int(expires) < self._clock.now():
            return text_response(403, "Request has expired\n", "text/plain")
        try:
            blob = await asyncio.to_thread(self._blobs.open, sha256)
        except (BlobMissing, BlobCorrupt):
            return text_response(404, "NoSuchKey\n", "text/plain")
        size = blob.seek(0, os.SEEK_END)
        blob.seek(0)
        headers = Headers([("Content-Type", "application/zip"), ("Content-Length", str(size))])
        return Response(200, headers, _Content(blob))

    def _signature(self, sha256: str, expires: str) -> str:
        return hmac.new(self._key, f"{sha256} {expires}".encode(), hashlib.sha256).hexdigest()


class _Content:
    """The octets of a blob, read as fast as they are taken: who does not take them has the node hold one piece."""

    __slots__ = ("_blob",)

    def __init__(self, blob: BinaryIO) -> None:
        self._blob = blob

    def __aiter__(self) -> "_Content":
        return self

    async def __anext__(self) -> bytes:
        piece = await asyncio.to_thread(self._blob.read, _PIECE_BYTES)
        if not piece:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Close the file, also when nothing of it was read."""
        self._blob.close()
