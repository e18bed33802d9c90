"""Where AWS API calls come in: identify the service, parse, validate, call the operation, serialize.

This is the place where an `AwsError` becomes a response, whoever raised it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from gatewright.aws.catalog import Call, Catalog, resolve_call, scope_of_request
from gatewright.aws.content_encoding import gunzip, is_gzip, without_chunks
from gatewright.aws.errors import Malformed, Unconvertible, UnknownService
from gatewright.aws.operation import Operation
from gatewright.aws.protocols import PROTOCOLS
from gatewright.aws.protocols.form_values import parse_form
from gatewright.aws.protocols.types import Incoming, Input, Protocol
from gatewright.aws.scope import CredentialScope, is_region, partition_of
from gatewright.aws.service import Service
from gatewright.aws.shapes import ModelError
from gatewright.aws.sigv4.chunks import decode_body
from gatewright.aws.sigv4.verify import STREAMING_PREFIX
from gatewright.aws.unmodeled import unmodeled_members
from gatewright.aws.validation import message, prepare, violations
from gatewright.base.errors import AwsError, BodyError, OperationNotImplemented
from gatewright.base.ids import Ids
from gatewright.base.late import Late
from gatewright.base.messages import BytesBody, Headers, Request, Response, text_response
from gatewright.base.operations import BoundOperation, Caller

Operations = Mapping[str, BoundOperation]
"""What serves a service, by the names of its operations."""

Elsewhere = Callable[[Request, str | None], Awaitable[Response]]
"""What answers calls of services that are none of ours, given the service's name in credential scopes, if it is said.

Raises AwsError and BodyError.
"""

ForPages = Callable[[Request, str | None], Awaitable[Response | None]]
"""What answers requests of pages in browsers, as `Elsewhere` does; None for what a page may not ask."""

_LOG = logging.getLogger(__name__)


_FORM = "application/x-www-form-urlencoded"
_LARGE_BODY_BYTES = 64 * 1024
"""Bodies beyond this are parsed in a worker thread, so that a 50 MiB zip file delays nobody's request."""

# In open mode a call needs no secret, and a page of any site may POST to this machine without asking first (the Fetch
# standard's simple requests; same-origin ones after DNS rebinding): it could run code by CreateFunction and Invoke.
# Browsers put Origin on every POST, PUT, PATCH and DELETE; the AWS CLI and the SDKs elsewhere never send it.
_FROM_A_BROWSER = AwsError(
    "AccessDeniedException", "AWS API calls from a browser (with an Origin header) are refused.", status=403
)
# GET goes out without Origin, and could call a query API; browsers say whose page it is of (Fetch Metadata, W3C).
_OTHER_SITES = frozenset({"cross-site", "same-site"})


NoteKeyUse = Callable[[str, str, str], None]
"""Is told the access key id, region and signing name of a call that was served."""


def _note_nothing(access_key_id: str, region: str, signing_name: str) -> None:
    pass


class AwsEndpoint:
    """Serves the AWS API calls of a node.

    `operations` maps botocore's service names to OPERATIONS tables, each made by the first call of its service.
    `is_strict` makes a result with members that the model does not have an error, for tests; otherwise they are left
    out. `note_key_use` is told who called what.
    """

    def __init__(
        self,
        operations: Mapping[str, Late[Operations]],
        *,
        account_id: str,
        default_region: str,
        ids: Ids,
        catalog: Catalog | None = None,
        is_strict: bool = False,
        note_key_use: NoteKeyUse = _note_nothing,
        elsewhere: Elsewhere | None = None,
        own_scopes: frozenset[str] = frozenset(),
        for_pages: ForPages | None = None,
    ) -> None:
        """`elsewhere` answers what is signed for none of `own_scopes`, or is not signed and fits no service of ours."""
        self._operations = operations
        self._account_id = account_id
        self._default_region = default_region
        self._ids = ids
        self._catalog = catalog or Catalog(operations)
        self._is_strict = is_strict
        self._note_key_use = note_key_use
        self._elsewhere = elsewhere
        self._own_scopes = own_scopes
        self._for_pages = for_pages

    async def handle(self, request: Request) -> Response:
        """Answer one AWS API call."""
        request_id = self._ids.request_id()
        query = parse_qsl(request.query, keep_blank_values=True) if request.query else []
        scope = scope_of_request(request, query)
        elsewhere = self._elsewhere
        if _is_from_a_page(request, is_s3=elsewhere is not None and (scope is None or scope.service == "s3")):
            return await self._answer_page(request, scope, request_id)
        if elsewhere is not None and scope is not None and scope.service not in self._own_scopes:
            return await self._pass_on(elsewhere, request, query, scope, request_id)
        try:
            told = query if scope is not None else query + await _unsigned_form(request)
            service = await self._identify(request, scope, told)
        except UnknownService as error:
            if elsewhere is None or scope is not None:
                return _plain_error(error, request_id)
            return await self._pass_on(elsewhere, request, query, scope, request_id)
        except AwsError as error:
            return _plain_error(error, request_id)
        except Malformed as error:
            return _plain_error(AwsError("SerializationException", str(error)), request_id)
        return await self._answer(request, query, scope, service, request_id)

    async def _answer_page(self, request: Request, scope: CredentialScope | None, request_id: str) -> Response:
        try:
            service = None if scope is None else scope.service
            answer = None if self._for_pages is None else await self._for_pages(request, service)
        except AwsError as error:
            return _plain_error(error, request_id)
        except BodyError as error:
            return _plain_error(_unreadable(error), request_id)
        return _plain_error(_FROM_A_BROWSER, request_id) if answer is None else answer

    async def _pass_on(
        self,
        elsewhere: Elsewhere,
        request: Request,
        query: list[tuple[str, str]],
        scope: CredentialScope | None,
        request_id: str,
    ) -> Response:
        """Answer a call of somebody else's service; an error in the protocol of that service."""
        try:
            return await elsewhere(request, None if scope is None else scope.service)
        except AwsError as error:
            refusal = error
        except BodyError as error:
            refusal = _unreadable(error)
        try:
            service = await self._identify(request, scope, query)
        except (AwsError, Malformed):
            return _plain_error(refusal, request_id)
        return PROTOCOLS[usual_protocol(service, request)].serialize_error(service, refusal, request_id)

    async def _answer(
        self,
        request: Request,
        query: list[tuple[str, str]],
        scope: CredentialScope | None,
        service: Service,
        request_id: str,
    ) -> Response:
        protocol = PROTOCOLS[usual_protocol(service, request)]
        try:
            headers, body = await _read(request, service)
            call = resolve_call(service, request, query, body)
            protocol = PROTOCOLS[call.protocol]
            bound = await self._bound(call)
            incoming = Incoming(headers, body, query, call.labels)
            operation, values = await self._parse(protocol, call, incoming)
            caller = self._caller(request, query, scope, request_id)
            result = await bound(caller, values)
            if caller.access_key_id is not None:
                self._note_key_use(caller.access_key_id, caller.region, service.signing_name)
            if self._is_strict:
                _check_modeled(operation, result)
            return protocol.serialize(service, operation, result, request_id)
        except AwsError as error:
            return protocol.serialize_error(service, error, request_id)
        except Malformed as error:
            return protocol.serialize_error(service, malformed(service, protocol, error), request_id)
        except Exception:  # noqa: BLE001 — the top of the call: whatever it is, the client gets an answer
            _LOG.exception("%s request %s %s failed", service.name, request.method, request.path)
            return protocol.serialize_error(service, internal_failure(service), request_id)

    async def _identify(self, request: Request, scope: CredentialScope | None, query: list[tuple[str, str]]) -> Service:
        service = self._catalog.identify_at_once(request, scope, query)
        if service is not None:
            return service
        return await asyncio.to_thread(self._catalog.identify, request, scope, query)

    async def _bound(self, call: Call) -> BoundOperation:
        """Return what serves an operation. Raises `AwsError` when the model or the table lacks it."""
        if call.operation not in call.service.operation_names:
            raise unknown_operation(call)
        table = self._operations.get(call.service.name)
        bound = None if table is None else (await table.get()).get(call.operation)
        if bound is None:
            raise OperationNotImplemented(
                f"The operation {call.operation} of {call.service.title} ({call.service.name}) is not implemented by "
                "gatewright."
            )
        return bound

    async def _parse(self, protocol: Protocol, call: Call, incoming: Incoming) -> tuple[Operation, Input]:
        if len(incoming.body) > _LARGE_BODY_BYTES or not call.service.is_compiled(call.operation):
            operation, values = await asyncio.to_thread(parse_input, protocol, call, incoming)
        else:
            operation, values = parse_input(protocol, call, incoming)
        for name in operation.idempotency_tokens:
            if name not in values:
                values[name] = str(self._ids.uuid())
        return operation, values

    def _caller(
        self, request: Request, query: list[tuple[str, str]], scope: CredentialScope | None, request_id: str
    ) -> Caller:
        region = self._default_region if scope is None else scope.region or self._default_region
        if not is_region(region):
            raise AwsError("InvalidSignatureException", "Credential should be scoped to a valid region. ", status=403)
        access_key_id = None if scope is None else scope.access_key_id
        trace_header = request.headers.get("x-amzn-trace-id")
        token = request.headers.get("x-amz-security-token")
        if token is None and query:
            token = next((value for name, value in query if name == "X-Amz-Security-Token"), None)
        return Caller(self._account_id, region, request_id, access_key_id, partition_of(region), trace_header, token)


def parse_input(protocol: Protocol, call: Call, incoming: Incoming) -> tuple[Operation, Input]:
    """Return the operation, compiled when this is its first call, and its validated input. Raises `AwsError`."""
    service = call.service
    is_first = not service.is_compiled(call.operation)
    operation = service.operation(call.operation)
    if operation is None:
        raise unknown_operation(call)
    if is_first:
        prepare(operation)
    try:
        if operation.takes_gzip and service.is_rest and is_gzip(incoming.headers):
            incoming.headers, incoming.body = gunzip(incoming.headers, incoming.body)
        values = protocol.parse(operation, incoming)
    except Malformed as error:
        raise malformed(service, protocol, error) from error
    found = violations(operation, values, _body_prefix(service, operation))
    if found:
        corrections = service.corrections
        text = message(
            found,
            corrections.validation_messages,
            corrections.pattern_messages,
            hides_values=corrections.hides_values,
        )
        raise AwsError(corrections.validation_error or protocol.validation_error, text)
    return operation, values


def malformed(service: Service, protocol: Protocol, error: Malformed) -> AwsError:
    """Return what a service answers to a request that cannot be read."""
    template = service.corrections.conversion_message
    text = template.format_map(vars(error)) if template and isinstance(error, Unconvertible) else str(error)
    return AwsError(service.corrections.malformed_error or protocol.malformed_error, text)


def usual_protocol(service: Service, request: Request) -> str:
    """Return the protocol in which to answer a request before its operation is known."""
    if "json" in service.protocols and request.headers.get("x-amz-target") is not None:
        return "json"
    return next((protocol for protocol in service.protocols if protocol != "json"), service.protocols[0])


def unknown_operation(call: Call) -> AwsError:
    """Return the error of an operation that a service does not have ("Common Error Types")."""
    if call.protocol == "query":
        version = call.service.metadata.get("apiVersion", "")
        return AwsError("InvalidAction", f"Could not find operation {call.operation} for version {version}")
    return AwsError("UnknownOperationException", f"{call.service.title} has no operation {call.operation}.", status=404)


def internal_failure(service: Service) -> AwsError:
    """Return the error for what went wrong on our side."""
    code = "ServiceException" if service.error_shape("ServiceException") else "InternalFailure"
    text = "The request processing has failed because of an unknown error, exception or failure."
    return AwsError(code, text, status=500)


def _body_prefix(service: Service, operation: Operation) -> str:
    name = operation.name
    return service.corrections.validation_path.format(operation=name[:1].lower() + name[1:])


async def _unsigned_form(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a form that is not signed: only they tell its service. The body can be read again."""
    is_form = (request.headers.get("content-type") or "").startswith(_FORM)
    if not is_form or (request.method, request.path) != ("POST", "/"):
        return []
    try:
        content = await request.body.read()
    except BodyError as error:
        raise _unreadable(error) from error
    request.body = BytesBody(content)
    return parse_form(content)


async def _read(request: Request, service: Service) -> tuple[Headers, bytes]:
    """Return the headers and the whole body, without the encodings that only the transfer has."""
    try:
        body = await request.body.read()
    except BodyError as error:
        raise _unreadable(error) from error
    headers = request.headers
    payload_hash = headers.get("x-amz-content-sha256")
    if payload_hash is not None and payload_hash.startswith(STREAMING_PREFIX):
        headers, body = without_chunks(headers), decode_body(payload_hash, body)
    if not service.is_rest and is_gzip(headers):
        headers, body = gunzip(headers, body)
    return headers, body


def _unreadable(error: BodyError) -> AwsError:
    code = "RequestEntityTooLargeException" if error.status == 413 else "RequestTimeout"
    text = str(error) or "The request body could not be read."
    return AwsError(code if error.status != 400 else "IncompleteBody", text, status=error.status)


def _is_from_a_page(request: Request, *, is_s3: bool) -> bool:
    """Say whether a page in a browser sends a request. Objects of S3 are there to be shown in pages."""
    if request.headers.get("origin") is not None:
        return True
    if is_s3 and request.method in ("GET", "HEAD"):
        return False
    return request.headers.get("sec-fetch-site") in _OTHER_SITES


def _check_modeled(operation: Operation, result: Mapping[str, Any]) -> None:
    unknown = unmodeled_members(operation, result)
    if unknown:
        raise ModelError(f"{operation.name} returned members that its model does not have: {', '.join(unknown)}")


def _plain_error(error: AwsError, request_id: str) -> Response:
    """Answer a request of no service that we know, in the form that most clients can read."""
    headers = [("x-amzn-RequestId", request_id), ("x-amzn-ErrorType", error.code)]
    body: dict[str, Any] = {"__type": error.code, "message": error.message}
    return text_response(error.status, orjson.dumps(body), "application/json", headers)
