"""Clients' calls to services that are none of ours: passed on to the companion as they came.

Both bodies go through as they arrive, with back-pressure: a node holds a few buffers of an object of any size. What
bodies are encoded in, their checksums and their signatures stay as they are, and so does Host: signatures cover it,
virtual-hosted buckets stand in it, and services make URLs of it (SQS's queue URLs) that lead back to this node. moto
gets the buckets of hosts in the path, where it finds them whatever the node is called.

Sources: RFC 9110 section 7.6 (what intermediaries do with fields) and 10.1.1 (Expect, which is answered here when the
companion begins to take the body).
"""

import re
from collections.abc import AsyncIterable
from functools import lru_cache
from typing import Final

from gatewright.base.clock import Clock
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.messages import BytesBody, Headers, Request, Response
from gatewright.gateway.endpoint import domain_of
from gatewright.gateway.fields import end_to_end
from gatewright.gateway.seams import UpstreamClient
from gatewright.server.companion.address import Address, CompanionUnavailable, reach
from gatewright.server.companion.moto_server import FAULT_FIELD
from gatewright.server.companion.presigned import refuse_expired
from gatewright.server.companion.s3_hosts import bucket_of_host, with_bucket
from gatewright.wire.client_errors import RequestInvalid, UpstreamError
from gatewright.wire.client_request import UpstreamRequest, parse_url

MAX_BODY_BYTES: Final = 5 * 1024**3 + 64 * 1024**2
"""Of a request: the largest object of one PutObject (5 GiB), and what `aws-chunked` adds to it."""

_REQUEST_SECONDS: Final = 900.0
"""That a companion may take to answer, and between two parts of its answer: long polls, large objects."""

_OF_MOTO: Final = "/moto-api"
"""Where moto is emptied and watched, by whoever reaches it."""

_unsafe = re.compile(r"[^!-~]")
_origin = lru_cache(16)(parse_url)


class Passing:
    """Passes calls on."""

    def __init__(self, address: Address, client: UpstreamClient, clock: Clock, *, is_moto: bool) -> None:
        """moto, as we start it, looks for buckets in paths only, and serves links that have expired."""
        self._address = address
        self._client = client
        self._clock = clock
        self._is_moto = is_moto

    @property
    def is_open(self) -> bool:
        """Whether the companion is there without being started."""
        return self._address.current is not None

    async def handle(self, request: Request, service: str | None) -> Response:
        """Answer a call of a service, by its name in credential scopes; None for one that says none.

        Raises AwsError where the companion cannot be reached or does not have what is called, and BodyError.
        """
        if service is None:
            _check_says_something(request)
        if self._is_moto and request.path.startswith(_OF_MOTO):
            raise AwsError("UnknownService", f"{_OF_MOTO} is the companion's own: it is not passed on.", status=404)
        if self._is_moto and service in (None, "s3"):
            refusal = refuse_expired(request.query, self._clock.now())
            if refusal is not None:
                return refusal
        try:
            url = await reach(self._address)
            response = await self._client.send(self._upstream(request, service, url))
        except CompanionUnavailable as error:
            raise AwsError("ServiceUnavailable", f"{_called(service)} cannot be served: {error}", status=503) from error
        except RequestInvalid as error:
            raise AwsError("InvalidRequest", f"The request cannot be passed on: {error}") from error
        except UpstreamError as error:
            text = f"{_called(service)} is served by the companion, which cannot be reached: {error}"
            raise AwsError("ServiceUnavailable", text, status=503) from error
        fault = response.headers.get(FAULT_FIELD)
        if fault is None:
            return Response(response.status, end_to_end(response.headers), response.body)
        if response.status == 501:
            raise OperationNotImplemented(f"{_called(service)} is served by the companion: {fault}.")
        raise AwsError("InternalFailure", f"{_called(service)} failed in the companion: {fault}", status=500)

    def _upstream(self, request: Request, service: str | None, url: str) -> UpstreamRequest:
        origin, base = _origin(url)
        headers = end_to_end(request.headers)
        headers.discard("expect")
        path = request.path
        if self._is_moto and service in (None, "s3"):
            bucket = bucket_of_host(domain_of(request.headers.get("host") or ""))
            path = path if bucket is None else with_bucket(path, bucket)
        target = _unsafe.sub(_encoded, f"{base.rstrip('/')}{path}{'?' if request.query else ''}{request.query}")
        return UpstreamRequest(
            request.method,
            origin,
            target,
            headers,
            _body(request, headers),
            response_seconds=_REQUEST_SECONDS,
            body_idle_seconds=_REQUEST_SECONDS,
        )


def _check_says_something(request: Request) -> None:
    """Raise AwsError for what names no service and no bucket: a browser at the node's root starts no companion."""
    is_at_root = request.path == "/" and request.headers.get("x-amz-target") is None
    if is_at_root and bucket_of_host(domain_of(request.headers.get("host") or "")) is None:
        text = "The service cannot be told from the request: it is not signed, and has no X-Amz-Target and no path."
        raise AwsError("UnknownService", text, status=404)


def _body(request: Request, headers: Headers) -> bytes | AsyncIterable[bytes]:
    body = request.body
    if isinstance(body, BytesBody):
        return body.content
    return body


def _encoded(match: re.Match[str]) -> str:
    return "".join(f"%{octet:02X}" for octet in match[0].encode("latin-1", "replace"))


def _called(service: str | None) -> str:
    return "What the request calls" if service is None else f"The service '{service}'"
