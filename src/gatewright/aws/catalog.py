"""The services that a node serves, and which of them a request is for.

A request names its service by the credential scope of its signature, else by `X-Amz-Target`, else by the `Action` and
`Version` of a form, else by a path that only one service has. The names in scopes are not botocore's (`apigateway`
signs for REST and HTTP APIs alike), so the models say them. Models are loaded when a request asks for them: the one of
the same name first, all others only when that does not settle it.

A service of AWS that the node does not serve is found by its scope, too, so that the answer can name its operation.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile

from gatewright.aws.errors import UnknownService
from gatewright.aws.protocols.form_values import parse_form
from gatewright.aws.scope import CredentialScope, parse_credential, scope_of_authorization
from gatewright.aws.service import Service, find_service_name, load_service
from gatewright.aws.shapes import ModelError
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.messages import Request


@dataclass(frozen=True, slots=True)
class Call:
    """Which operation of which service a request calls; the name may be of no operation."""

    service: Service
    protocol: str
    operation: str
    labels: dict[str, str]


class Catalog:
    """The services of a node. Safe to use from several threads."""

    def __init__(
        self,
        names: Iterable[str],
        load: Callable[[str], Service] = load_service,
        find_name: Callable[[str], str | None] = find_service_name,
    ) -> None:
        """`names` are those of the services that are served; `find_name` finds any other by its scope."""
        self._names = tuple(names)
        self._load = load
        self._find_name = find_name
        self._loaded: dict[str, Service] = {}
        self._lock = threading.Lock()

    def service(self, name: str) -> Service:
        """Return a service, loading its model when this is the first call."""
        service = self._loaded.get(name)
        if service is None:
            with self._lock:
                service = self._loaded.get(name) or self._load(name)
                self._loaded[name] = service
        return service

    def identify_at_once(
        self, request: Request, scope: CredentialScope | None, query: list[tuple[str, str]]
    ) -> Service | None:
        """Return the service that a request is for, or None when telling it means loading a model.

        Raises `UnknownService`, `Malformed`.
        """
        target = request.headers.get("x-amz-target")
        if scope is None:
            return self.identify(request, scope, query) if self._has_all() else None
        named = self._loaded.get(scope.service)
        if named is not None and has_operation(named, request, query, target):
            return named
        # As `_served` would find it, as far as models are loaded: those of services that nobody calls may never be.
        known = takewhile(lambda service: service is not None, (self._loaded.get(name) for name in self._names))
        return next(
            (each for each in known if each is not None and is_served_by(each, scope.service, request, query, target)),
            None,
        )

    def identify(self, request: Request, scope: CredentialScope | None, query: list[tuple[str, str]]) -> Service:
        """Return the service that a request is for. Raises `UnknownService`, `Malformed`."""
        target = request.headers.get("x-amz-target")
        if scope is not None:
            return self._by_scope(scope.service, request, query, target)
        if target is not None:
            return self._by_target(target)
        return self._by_action(query) or self._by_path(request, query)

    def _has_all(self) -> bool:
        return all(name in self._loaded for name in self._names)

    def _by_scope(self, name: str, request: Request, query: list[tuple[str, str]], target: str | None) -> Service:
        if name in self._names and has_operation(self.service(name), request, query, target):
            return self.service(name)
        service = self._served(name, request, query, target)
        if service is not None:
            return service
        unserved = self._unserved(name)
        named = [service for service in self._all() if name in service.scope_names or name == service.name]
        if unserved is not None and (not named or has_operation(unserved, request, query, target)):
            return unserved
        if named:
            return named[0]
        raise UnknownService(f"The service '{name}', for which the request is signed, is not served by this node.")

    def _served(self, name: str, request: Request, query: list[tuple[str, str]], target: str | None) -> Service | None:
        """Return the served service that signs by a name and has an operation for the request."""
        # One by one: the models after it are not loaded for it.
        services = (self.service(each) for each in self._names)
        return next((each for each in services if is_served_by(each, name, request, query, target)), None)

    def _unserved(self, scope: str) -> Service | None:
        """Return a service of AWS that this node does not serve. Raises `OperationNotImplemented`."""
        name = self._find_name(scope)
        if name is None or name in self._names:
            return None
        try:
            return self.service(name)
        except ModelError as error:
            raise OperationNotImplemented(
                f"The service '{scope}' is not implemented by gatewright: {error}."
            ) from error

    def _by_target(self, target: str) -> Service:
        prefix = target.rpartition(".")[0]
        for service in self._all():
            if service.target_prefix == prefix:
                return service
        raise UnknownService(f"The X-Amz-Target '{target}' is of no service that this node serves.")

    def _by_action(self, query: list[tuple[str, str]]) -> Service | None:
        """Return the service whose operation and version a form names; AssumeRoleWithWebIdentity comes unsigned."""
        form = dict(reversed(query))
        action, version = form.get("Action"), form.get("Version")
        if action is None:
            return None
        spoken = (service for service in self._all() if "query" in service.protocols)
        versions = ((service, service.metadata.get("apiVersion")) for service in spoken)
        named = (service for service, own in versions if version in (None, own) and action in service.operation_names)
        return next(named, None)

    def _by_path(self, request: Request, query: list[tuple[str, str]]) -> Service:
        found = [service for service in self._all() if service.is_rest and has_operation(service, request, query, None)]
        if len(found) == 1:
            return found[0]
        raise UnknownService(
            "The service cannot be told from the request: it has no credential scope in Authorization or "
            "X-Amz-Credential, no X-Amz-Target, and its path is not one that only one service has. Sign the request."
        )

    def _all(self) -> list[Service]:
        return [self.service(name) for name in self._names]


def is_served_by(
    service: Service, scope: str, request: Request, query: list[tuple[str, str]], target: str | None
) -> bool:
    """Say whether a request that is signed for a scope can be one of a service."""
    return (scope in service.scope_names or scope == service.name) and has_operation(service, request, query, target)


def has_operation(service: Service, request: Request, query: list[tuple[str, str]], target: str | None) -> bool:
    """Say whether a request can be one of a service, from what it says outside its body."""
    if target is not None:
        return service.target_prefix == target.rpartition(".")[0]
    if not service.is_rest:
        return True
    return service.match(request.method, request.path, query, request.headers) is not None


def scope_of_request(request: Request, query: list[tuple[str, str]]) -> CredentialScope | None:
    """Return the credential scope of a request, from its header or its presigned query."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scope = scope_of_authorization(authorization)
        if scope is not None:
            return scope
    for name, value in query:
        if name == "X-Amz-Credential":
            return parse_credential(value)
    return None


def resolve_call(service: Service, request: Request, query: list[tuple[str, str]], body: bytes) -> Call:
    """Return the operation that a request calls. Raises `AwsError` when it names none, `Malformed`."""
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        raise OperationNotImplemented(f"The protocol rpc-v2-cbor of {service.title} is not implemented by gatewright.")
    target = request.headers.get("x-amz-target")
    if target is not None and "json" in service.protocols:
        return Call(service, "json", target.rpartition(".")[2], {})
    if service.is_rest:
        protocol = "rest-json" if "rest-json" in service.protocols else "rest-xml"
        match = service.match(request.method, request.path, query, request.headers)
        if match is None:
            raise AwsError(
                "UnknownOperationException",
                f"{service.title} has no operation at {request.method} {request.path}.",
                status=404,
            )
        return Call(service, protocol, match[0], match[1])
    if "query" in service.protocols:
        return Call(service, "query", _action(query, body), {})
    raise AwsError(
        "MissingAction" if target is None else "UnknownOperationException",
        f"The request names no operation of {service.title}: it has no X-Amz-Target.",
    )


def _action(query: list[tuple[str, str]], body: bytes) -> str:
    for name, value in [*parse_form(body), *query]:
        if name == "Action":
            return value
    raise AwsError("MissingAction", "The request is missing an action or a required parameter.")
