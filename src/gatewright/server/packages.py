"""Packages of `gatewright deploy`: what templates refer to by S3, kept by the node itself.

    HEAD /_gatewright/packages/{sha256}   200 when it is there
    PUT  /_gatewright/packages/{sha256}   takes it

To templates they are objects of one bucket, whose keys are the hashes of their content. They are blobs of the store:
there is no companion to be started for them, they survive with a node that keeps data, and a stack can be rolled back
to what it had. `server.blobs` deletes those that no template of a stack names; for a while after they were asked for
they stay without one.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from gatewright.base.clock import Clock
from gatewright.base.errors import AwsError, BodyError
from gatewright.base.messages import Headers, Request, Response, text_response
from gatewright.base.operations import Caller
from gatewright.control.context import FetchObject
from gatewright.store.errors import BlobCorrupt, BlobMissing
from gatewright.store.types import Blobs

PREFIX: Final = "/_gatewright/packages/"
BUCKET: Final = "gatewright-packages"
MAX_BODY_BYTES: Final = 262_144_000
"""Of a package, zipped: unzipped it may have no more ("Lambda quotas")."""

_JSON: Final = "application/json"
_KEPT_SECONDS: Final = 3600.0
"""From the last time that it was asked for or brought: by then a deployment has it in a template."""
_MISSING: Final = "The specified key does not exist."
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
# As for AWS API calls (`aws.endpoint`): a page of any site may send requests to this machine.
_FROM_A_BROWSER: Final = b'{"message":"Requests from a browser (with an Origin header) cannot bring packages."}'

Call = Callable[[str, str, str, Mapping[str, Any]], dict[str, Any]]
"""Calls an operation of the companion: service, region, operation, parameters. Raises AwsError."""


class Packages:
    """Takes packages, and is their bucket to those who read objects of S3. Safe to use from several threads."""

    def __init__(self, blobs: Blobs, clock: Clock, fetch_object: FetchObject, call: Call) -> None:
        """`fetch_object` and `call` read the objects of all other buckets."""
        self._blobs = blobs
        self._clock = clock
        self._fetch_elsewhere = fetch_object
        self._call_elsewhere = call
        self._asked_for: dict[str, float] = {}

    @property
    def recent(self) -> frozenset[str]:
        """Return the names of those that somebody may be about to name in a template."""
        since = self._clock.monotonic() - _KEPT_SECONDS
        for name, seconds in list(self._asked_for.items()):
            if seconds < since:
                self._asked_for.pop(name, None)
        return frozenset(self._asked_for)

    def fetch_object(self, caller: Caller, bucket: str, key: str, version: str | None) -> bytes:
        """Read an object (`control.context.FetchObject`)."""
        if bucket != BUCKET:
            return self._fetch_elsewhere(caller, bucket, key, version)
        try:
            return self._read(key)
        except BlobMissing as error:
            details = f"S3 Error Code: NoSuchKey. S3 Error Message: {_MISSING}"
            raise AwsError("InvalidParameterValueException", f"Error occurred while GetObject. {details}") from error

    def call(self, service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation of the companion, or read a package. Raises AwsError."""
        if service != "s3" or operation != "GetObject" or parameters.get("Bucket") != BUCKET:
            return self._call_elsewhere(service, region, operation, parameters)
        try:
            return {"Body": self._read(str(parameters["Key"]))}
        except BlobMissing as error:
            raise AwsError("NoSuchKey", _MISSING, status=404) from error

    async def handle(self, request: Request) -> Response:
        """Answer a request below the prefix."""
        name = request.path.removeprefix(PREFIX)
        if request.headers.get("origin") is not None:
            return text_response(403, _FROM_A_BROWSER, _JSON)
        if _SHA256.fullmatch(name) is None:
            return text_response(404, b'{"message":"Not Found"}', _JSON)
        if request.method == "PUT":
            return await self._take(name, request)
        if request.method == "HEAD":
            self._asked_for[name] = self._clock.monotonic()
            is_there = await asyncio.to_thread(self._has, name)
            return Response(200 if is_there else 404, Headers())
        return text_response(405, b'{"message":"Method Not Allowed"}', _JSON, [("Allow", "HEAD, PUT")])

    async def _take(self, name: str, request: Request) -> Response:
        try:
            content = await request.body.read()
        except BodyError as error:
            return text_response(error.status, b'{"message":"The body cannot be read"}', _JSON)
        if not await asyncio.to_thread(self._put, name, content):
            return text_response(400, b'{"message":"The body has another hash than its name says"}', _JSON)
        return Response(204, Headers())

    def _put(self, name: str, content: bytes) -> bool:
        if hashlib.sha256(content).hexdigest() != name:
            return False
        self._asked_for[name] = self._clock.monotonic()
        self._blobs.put(content)
        return True

    def _has(self, name: str) -> bool:
        try:
            self._blobs.open(name).close()
        except (BlobMissing, BlobCorrupt):
            return False
        return True

    def _read(self, name: str) -> bytes:
        with self._blobs.open(name) as blob:
            return blob.read()
