"""A service as its model describes it: operations, routes, errors.

Models are botocore's files with our corrections laid over them. Loading one costs some ten milliseconds, so a node
does it when the service is first called, in a worker thread; importing this module loads nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from types import MappingProxyType
from typing import Any

from gatewright.aws.operation import Operation, bind_request, bind_response
from gatewright.aws.routes import Route, Routes, parse_template
from gatewright.aws.shapes import Definition, ModelError, Shape, Shapes

REST_PROTOCOLS = frozenset({"rest-json", "rest-xml"})
# The usual services that sign by another name than botocore has for them; their models say so, but there are hundreds.
_NAMES_OF_SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "elasticloadbalancing": "elbv2",
        "email": "ses",
        "execute-api": "apigatewaymanagementapi",
        "monitoring": "cloudwatch",
        "states": "stepfunctions",
        "streams.dynamodb": "dynamodbstreams",
        "tagging": "resourcegroupstaggingapi",
    }
)
_SERVED_PROTOCOLS = ("rest-json", "rest-xml", "json", "query")


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the model leaves out; see the package `corrections`."""

    model: Mapping[str, Any]
    validation_error: str | None
    validation_path: str
    validation_messages: Mapping[str, str]
    pattern_messages: Mapping[str, str]
    hides_values: bool
    malformed_error: str | None
    conversion_message: str | None
    client_error_members: Mapping[str, str]
    server_error_members: Mapping[str, str]
    payload_content_types: Mapping[str, str]


class Service:
    """One AWS service. Operations are compiled when first used."""

    def __init__(self, name: str, model: Mapping[str, Any], corrections: Corrections) -> None:
        self.name = name
        self.corrections = corrections
        self.metadata: Mapping[str, Any] = model["metadata"]
        self.shapes = Shapes(model["shapes"])
        self._definitions: Mapping[str, Definition] = model["operations"]
        self._operations: dict[str, Operation] = {}
        listed = self.metadata.get("protocols") or [self.metadata["protocol"]]
        self.protocols: tuple[str, ...] = tuple(protocol for protocol in listed if protocol in _SERVED_PROTOCOLS)
        """Those of the service's protocols that we speak, the service's preferred one first."""
        if not self.protocols:
            raise ModelError(f"{name} speaks only {', '.join(listed)}, which we do not")

    @property
    def title(self) -> str:
        """Return the name of the service in prose, such as `AWS Lambda`."""
        return str(self.metadata.get("serviceFullName", self.name))

    @property
    def scope_names(self) -> frozenset[str]:
        """Return what the service may be called in a credential scope."""
        return frozenset({self.signing_name})

    @property
    def signing_name(self) -> str:
        """Return the name that calls are signed by."""
        return str(self.metadata.get("signingName") or self.metadata["endpointPrefix"])

    @property
    def target_prefix(self) -> str | None:
        """Return what precedes the dot in the service's X-Amz-Target."""
        return self.metadata.get("targetPrefix")

    @property
    def is_rest(self) -> bool:
        """Say whether operations are told apart by method and path."""
        return bool(REST_PROTOCOLS.intersection(self.protocols))

    @cached_property
    def operation_names(self) -> frozenset[str]:
        """Return the names of all operations in the model."""
        return frozenset(self._definitions)

    def operation(self, name: str) -> Operation | None:
        """Return an operation, or None when the model has none of that name."""
        operation = self._operations.get(name)
        if operation is None:
            definition = self._definitions.get(name)
            if definition is None:
                return None
            operation = self._operations[name] = self._compile(name, definition)
        return operation

    def is_compiled(self, name: str) -> bool:
        """Say whether `operation` can return this one at once."""
        return name in self._operations

    def match(
        self, method: str, path: str, query: list[tuple[str, str]], headers: Iterable[tuple[str, str]]
    ) -> tuple[str, dict[str, str]] | None:
        """Return the name of the operation at a path and its labels; see `Routes.match`."""
        return self._routes.match(method, path, query, headers)

    def error_shape(self, code: str) -> Shape | None:
        """Return the structure of a modeled exception, by the code that clients see."""
        name = self._error_names.get(code)
        return None if name is None else self.shapes.shape(name)

    @cached_property
    def _error_names(self) -> Mapping[str, str]:
        return {
            definition.get("error", {}).get("code", name): name
            for name, definition in self.shapes.definitions.items()
            if definition.get("exception")
        }

    @cached_property
    def _routes(self) -> Routes[str]:
        if not self.is_rest:
            return Routes(())
        return Routes(
            (definition["http"]["method"], self._route(name, definition))
            for name, definition in self._definitions.items()
        )

    def _route(self, name: str, definition: Definition) -> Route[str]:
        segments, literals = parse_template(definition["http"]["requestUri"])
        query, headers = self._required(definition)
        return Route(name, segments, literals, query, headers, bool(definition.get("deprecated")))

    def _required(self, definition: Definition) -> tuple[frozenset[str], frozenset[str]]:
        """Return the query parameters and headers that an operation cannot do without.

        Only S3 tells operations apart by them. Elsewhere a missing parameter must reach validation, which names it.
        """
        if "input" not in definition or "rest-xml" not in self.protocols:
            return frozenset(), frozenset()
        structure = self.shapes.definitions[definition["input"]["shape"]]
        wanted = [structure["members"][name] | {"name": name} for name in structure.get("required", ())]
        query = (member.get("locationName", member["name"]) for member in wanted if _is_at(member, "querystring"))
        headers = (member.get("locationName", member["name"]) for member in wanted if _is_at(member, "header"))
        return frozenset(query), frozenset(name.lower() for name in headers)

    def _compile(self, name: str, definition: Definition) -> Operation:
        request = self.shapes.reference("input", definition["input"]) if "input" in definition else None
        response = self.shapes.reference("output", definition["output"]) if "output" in definition else None
        http = definition.get("http", {})
        uri = http.get("requestUri", "/")
        members = request.shape.members.values() if request else ()
        return Operation(
            service=self.name,
            name=name,
            method=http.get("method", "POST"),
            uri=uri,
            status=int(http.get("responseCode", 200)),
            input=request,
            output=response,
            result_wrapper=definition.get("output", {}).get("resultWrapper"),
            request_binding=bind_request(
                request.shape if request else None, [name for name, _ in parse_template(uri)[1]]
            ),
            response_binding=bind_response(response.shape if response else None),
            idempotency_tokens=tuple(member.name for member in members if member.is_idempotency_token),
            takes_gzip="gzip" in definition.get("requestcompression", {}).get("encodings", ()),
            needs_payload=bool(request and request.shape.payload in request.shape.required),
            payload_content_type=self.corrections.payload_content_types.get(name),
        )


def load_service(name: str) -> Service:
    """Load the newest model of a service that botocore knows. Raises botocore's `UnknownServiceError`."""
    # botocore takes 80 ms to import; a node that nobody calls yet does without it.
    from botocore.loaders import Loader

    model = Loader().load_service_model(name, "service-2")
    corrections = load_corrections(name)
    return Service(name, merge_patch(model, corrections.model), corrections)


def find_service_name(scope: str) -> str | None:
    """Return botocore's name of the service that signs as `scope`, or None when it knows no such service."""
    from botocore.loaders import Loader

    name = _NAMES_OF_SCOPES.get(scope, scope)
    return name if name in Loader().list_available_services("service-2") else None


def load_corrections(name: str) -> Corrections:
    """Read the corrections of a service; most services have none."""
    file = resources.files("gatewright.aws.corrections") / f"{name}.json"
    return parse_corrections(json.loads(file.read_bytes()) if file.is_file() else {})


def parse_corrections(document: Mapping[str, Any]) -> Corrections:
    """Build corrections from their JSON object."""
    members = document.get("error_members", {})
    return Corrections(
        model=document.get("model", {}),
        validation_error=document.get("validation_error"),
        validation_path=document.get("validation_path", ""),
        validation_messages=document.get("validation_messages", {}),
        pattern_messages=document.get("pattern_messages", {}),
        hides_values=document.get("hides_values", False),
        malformed_error=document.get("malformed_error"),
        conversion_message=document.get("conversion_message"),
        client_error_members=members.get("client", {}),
        server_error_members=members.get("server", {}),
        payload_content_types=document.get("payload_content_types", {}),
    )


def merge_patch(target: Any, patch: Any) -> Any:
    """Apply a JSON merge patch (RFC 7386 section 2) and return the result; neither argument is changed."""
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _is_at(member: Definition, location: str) -> bool:
    return bool(member.get("location") == location)
