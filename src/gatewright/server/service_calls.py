"""Calls of AWS services by integrations: to this node's own API, or signed to the companion's.

Forming and signing need botocore and take a millisecond or so, its models much longer when they are first read, and
large answers some time to be read: that is done in threads. Sending is not.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from gatewright.base.ids import Ids
from gatewright.base.messages import BytesBody, Handler, Headers, Request, Response
from gatewright.functions.settings import Credentials
from gatewright.gateway.rest_apis.integrations.response_body import MAX_RESPONSE_BYTES
from gatewright.gateway.seams import ServiceCall, ServiceNotConfigured, ServiceUnreachable, UpstreamClient
from gatewright.server.companion.address import Address, CompanionUnavailable, reach
from gatewright.server.service_answers import is_xml, json_of_xml, wants_json, wrapped_answer
from gatewright.server.service_requests import (
    ServiceRequest,
    form_request,
    is_legacy,
    model_name,
    speaks_query,
)
from gatewright.wire.client_errors import UpstreamError
from gatewright.wire.client_request import UpstreamRequest, parse_url

if TYPE_CHECKING:
    from botocore.model import ServiceModel

# The client names the host and frames the body; the signature is made here.
_REPLACED = frozenset({"authorization", "content-length", "host", "transfer-encoding", "x-amz-date"})


class ServiceCalls:
    """Calls services for integrations."""

    def __init__(
        self,
        client: UpstreamClient,
        companion: Address,
        credentials: Callable[[str], Credentials],
        ids: Ids,
        *,
        own: Handler,
        own_services: frozenset[str],
    ) -> None:
        """`credentials` are those of a role, by its ARN; `own` serves calls of services with these signing names."""
        self._client = client
        self._companion = companion
        self._credentials = credentials
        self._ids = ids
        self._own = own
        self._own_services = own_services
        self._session: Any = None
        self._loading = threading.Lock()

    async def call(self, call: ServiceCall) -> Response:
        """Return the service's answer. Raises `ServiceUnreachable`."""
        model, request = await asyncio.to_thread(self._form, call)
        if request.signing_name in self._own_services:
            response = await self._send(call, request, "http://localhost", self._send_to_own)
        else:
            try:
                url = await reach(self._companion)
            except CompanionUnavailable as error:
                raise ServiceNotConfigured(f"{call.service} cannot be called: {error}") from error
            response = await self._send(call, request, url, self._send_to_companion)
        return response if model is None else await self._as_api_gateway_gets_it(call, model, response)

    async def _send(
        self,
        call: ServiceCall,
        request: ServiceRequest,
        base: str,
        send: Callable[[ServiceRequest, str, Headers], Awaitable[Response]],
    ) -> Response:
        target = f"{request.path}?{request.query}" if request.query else request.path
        headers = Headers([field for field in request.headers if field[0].lower() not in _REPLACED])
        credentials = self._credentials(call.role_arn)
        signature = await asyncio.to_thread(_sign, credentials, call.region, request, f"{base}{target}", headers)
        for name, value in signature:
            headers.replace(name, value)
        return await send(request, f"{base}{target}", headers)

    async def _send_to_own(self, request: ServiceRequest, _: str, headers: Headers) -> Response:
        headers += [("Host", "localhost"), ("Content-Length", str(len(request.body)))]
        return await self._own(Request(request.method, request.path, request.query, headers, BytesBody(request.body)))

    async def _send_to_companion(self, request: ServiceRequest, url: str, headers: Headers) -> Response:
        try:
            origin, target = parse_url(url)
            return await self._client.send(UpstreamRequest(request.method, origin, target, headers, request.body))
        except UpstreamError as error:
            raise ServiceUnreachable(f"the companion at {url}: {error}") from error

    def _form(self, call: ServiceCall) -> "tuple[ServiceModel | None, ServiceRequest]":
        model = self._model(call.service)
        return model, form_request(call, model)

    def _model(self, service: str) -> "ServiceModel | None":
        from botocore.session import Session

        name = model_name(service)
        if name is None:
            return None
        with self._loading:  # sessions are not thread-safe; what they have read they keep
            if self._session is None:
                self._session = Session()
            model: ServiceModel = self._session.get_service_model(name)
            return model

    async def _as_api_gateway_gets_it(self, call: ServiceCall, model: "ServiceModel", response: Response) -> Response:
        wrapped = bool(call.action) and is_legacy(model) and response.status == 200
        if not wrapped and not (wants_json(call.headers) and is_xml(response.headers) and speaks_query(model)):
            return response
        body = await _read(response)
        if wrapped:
            changed: bytes | None = await asyncio.to_thread(
                wrapped_answer, body, call.action, model, self._ids.request_id()
            )
        else:
            changed = await asyncio.to_thread(json_of_xml, body, model)
        if changed is None:
            return Response(response.status, response.headers, body)
        headers = Headers([field for field in response.headers if field[0].lower() != "content-length"])
        headers.replace("Content-Type", "application/json")
        return Response(response.status, headers, changed)


async def _read(response: Response) -> bytes:
    if isinstance(response.body, bytes):
        return response.body
    content = bytearray()
    try:
        async for part in response.body:
            content += part
            if len(content) > MAX_RESPONSE_BYTES:
                raise ServiceUnreachable(f"an answer of more than {MAX_RESPONSE_BYTES} bytes")
    except UpstreamError as error:
        raise ServiceUnreachable(str(error)) from error
    finally:
        aclose = getattr(response.body, "aclose", None)
        if aclose is not None:
            await aclose()
    return bytes(content)


def _sign(
    credentials: Credentials, region: str, request: ServiceRequest, url: str, headers: Headers
) -> list[tuple[str, str]]:
    """Return the fields that sign a request (AWS Signature Version 4)."""
    from botocore.auth import S3SigV4Auth, SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as SigningCredentials

    signing = SigningCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token or None
    )
    signed = AWSRequest(request.method, url, data=request.body)
    for name, value in headers:
        # What proxies change on the way is not signed by botocore either.
        signed.headers.add_header(name, value)
    auth = S3SigV4Auth if request.signing_name == "s3" else SigV4Auth
    auth(signing, request.signing_name, region).add_auth(signed)
    names = ("X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-SHA256", "Authorization")
    return [(name, signed.headers[name]) for name in names if name in signed.headers]
