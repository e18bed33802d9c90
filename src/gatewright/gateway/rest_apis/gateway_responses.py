"""Gateway responses: what API Gateway itself answers, as the API customises it.

Sources: "Gateway responses for REST APIs in API Gateway", "Gateway response types for API Gateway", and for templates
"Variables for access logging" (`$context.error.*`): a template takes simple variables only, no Velocity. What is not
customised falls back to `DEFAULT_4XX` or `DEFAULT_5XX` by its status, and that to
`{"message":$context.error.messageString}`.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.base.messages import Headers, Response
from gatewright.gateway.fields import field_value, is_field_name
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.errors import DEFAULT_STATUSES, RestError
from gatewright.gateway.rest_apis.mapping_source import RequestSource
from gatewright.languages.rest_mapping import Mapping as ParameterMapping
from gatewright.languages.rest_mapping import compile_gateway_response_mappings
from gatewright.snapshot.types.rest_api import RestGatewayResponse

_JSON = "application/json"
_VARIABLE = re.compile(r"\$(?:context\.([A-Za-z0-9_.]*[A-Za-z0-9_])|stageVariables\.([A-Za-z0-9_]+))")

Render = Callable[[RestError, str, RequestSource], str]
"""From an error, its response type and the request to a body."""


@dataclass(frozen=True, slots=True)
class _Customised:
    """One gateway response, compiled."""

    status: int | None
    mappings: tuple[ParameterMapping, ...]
    templates: Mapping[str, Render]

    def template(self, accept: str | None) -> tuple[str, Render] | None:
        """Return the template for a client's Accept, else that for JSON, else the first, with its content type."""
        for wanted in ((accept or "").partition(",")[0].partition(";")[0].strip().lower(), _JSON):
            if wanted in self.templates:
                return wanted, self.templates[wanted]
        return next(iter(self.templates.items()), None)


class GatewayResponses:
    """The gateway responses of a deployment."""

    __slots__ = ("_by_type",)

    def __init__(self, by_type: Mapping[str, _Customised]) -> None:
        self._by_type = by_type

    def respond(self, error: RestError, call: RestCall) -> Response:
        """Return what the client sees of an error: never its reason."""
        kind = error.kind
        fallback = "DEFAULT_4XX" if kind.status < 500 else "DEFAULT_5XX"
        response_type = kind.response_type or fallback
        custom = self._by_type.get(response_type) or self._by_type.get(fallback)
        response = plain_response(error) if custom is None else _respond(custom, error, response_type, call)
        if call.log is not None and isinstance(response.body, bytes):
            call.log.gateway_response(response_type, response.status, response.headers, response.body)
        return response


def _respond(custom: _Customised, error: RestError, response_type: str, call: RestCall) -> Response:
    source = RequestSource(call)
    chosen = custom.template(call.request.headers.get("accept"))
    content_type, body = _JSON, _default_body(error)
    if chosen is not None:
        content_type, body = chosen[0], chosen[1](error, response_type, source).encode("utf-8", "replace")
    headers = Headers([("x-amzn-ErrorType", error.kind.error_type)])
    for mapping in custom.mappings:
        value = mapping.value.read(source)
        text = None if value is None else field_value(value if isinstance(value, str) else ",".join(value))
        if text is not None and is_field_name(mapping.name):
            headers.replace(mapping.name, text)
    if headers.get("content-type") is None:
        headers.append(("Content-Type", content_type))
    return Response(custom.status or error.kind.status, headers, body)


def plain_response(error: RestError) -> Response:
    """Return an error as an API that customises nothing answers it."""
    kind = error.kind
    headers = Headers([("Content-Type", _JSON), ("x-amzn-ErrorType", kind.error_type)])
    return Response(kind.status, headers, _default_body(error))


def link_gateway_responses(customised: Iterable[RestGatewayResponse]) -> GatewayResponses:
    """Compile the gateway responses of an API. Raises `ValueError`."""
    by_type = {each.response_type: _compile(each) for each in customised}
    return GatewayResponses(MappingProxyType(by_type))


def _compile(source: RestGatewayResponse) -> _Customised:
    status = None if source.status_code is None else int(source.status_code)
    return _Customised(
        status=status or DEFAULT_STATUSES.get(source.response_type),
        mappings=compile_gateway_response_mappings(source.response_parameters),
        templates=MappingProxyType({name.lower(): _link_template(text) for name, text in source.response_templates}),
    )


def _default_body(error: RestError) -> bytes:
    return f'{{"message":{_quoted(error.message)}}}'.encode()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _link_template(text: str) -> Render:
    """Return what fills a template's variables; one that has no value is empty."""
    parts = _VARIABLE.split(text)

    def render(error: RestError, response_type: str, source: RequestSource) -> str:
        written = [parts[0]]
        for index in range(1, len(parts), 3):
            name, variable, rest = parts[index : index + 3]
            if name is not None:
                value = (
                    _ERROR_VARIABLES[name](error, response_type) if name in _ERROR_VARIABLES else source.context(name)
                )
            else:
                value = source.stage_variable(variable)
            written += (value or "", rest)
        return "".join(written)

    return render


_ERROR_VARIABLES: Mapping[str, Callable[[RestError, str], str | None]] = MappingProxyType(
    {
        "error.message": lambda error, _: error.message,
        "error.messageString": lambda error, _: _quoted(error.message),
        "error.responseType": lambda _, response_type: response_type,
        "error.validationErrorString": lambda error, _: error.validation_errors,
    }
)
