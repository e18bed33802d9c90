"""Integration response: what came back becomes a response of the method.

Sources: "Set up an integration response", "Transform response data", "Override a response parameter or status code" and
"Content type conversions in API Gateway". Selection patterns "are matched against the entire string" of a function's
error message, or the status of other integrations. There must be a method response of that status (seen of AWS:
serverless-apigateway-service-proxy issue 179); the content type is what it has a model for (seen of AWS:
serverless/serverless pull request 194, serverless-apigateway-service-proxy issue 115).
"""

from dataclasses import dataclass

from gatewright.base.messages import Headers, Response
from gatewright.gateway.fields import field_value, is_field_name
from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes, convert_response, utf8
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import IntegrationResult, RestCall
from gatewright.gateway.rest_apis.errors import API_CONFIGURATION_ERROR, INTERNAL_SERVER_ERROR, RestError
from gatewright.gateway.rest_apis.execution_log import shown_body
from gatewright.gateway.rest_apis.header_remapping import client_name
from gatewright.gateway.rest_apis.integrations.faults import configuration_error
from gatewright.gateway.rest_apis.mapping_source import ResponseSource
from gatewright.gateway.rest_apis.templates import DEFAULT_CONTENT_TYPE, MappingTemplates, link_templates
from gatewright.languages.java_patterns import compile_java
from gatewright.languages.patterns import Pattern, PatternTimeout
from gatewright.languages.rest_mapping import Mapping, compile_response_mappings
from gatewright.snapshot.types.rest_api import Pairs, RestIntegrationResponse


@dataclass(frozen=True, slots=True)
class Outcome:
    """One integration response, compiled."""

    status: int
    pattern: Pattern | None
    mappings: tuple[Mapping, ...]
    templates: MappingTemplates
    content_handling: str | None
    content_type: str
    """What the response is where no mapping says so: what the method response has a model for."""
    content_types: dict[str, str]
    """These, in lower case, where the client may choose."""
    is_declared: bool
    """Whether the method has a response of this status."""
    is_plain: bool
    """Whether neither mappings nor conversions have a part in it."""


@dataclass(frozen=True, slots=True)
class IntegrationResponsePhase:
    """The integration responses of one method."""

    patterned: tuple[Outcome, ...]
    default: Outcome | None
    types: BinaryMediaTypes

    def __call__(self, call: RestCall, result: IntegrationResult) -> Response:
        """Return the mapped response. Raises `RestError`."""
        outcome = self.select(result)
        if outcome is None:
            reason = "No match for output mapping and no default output mapping configured"
            raise configuration_error(call, f"{reason}. Endpoint Response Status Code: {result.status}")
        if not outcome.is_declared:
            raise configuration_error(call, f"Output mapping refers to an invalid method response: {outcome.status}")
        return self.respond(call, result, outcome)

    def select(self, result: IntegrationResult) -> Outcome | None:
        """Return the outcome for what came back, declared or not. Raises `RestError` for a pattern that takes long."""
        return _select(self.patterned, result) or self.default

    def respond(self, call: RestCall, result: IntegrationResult, outcome: Outcome) -> Response:
        """Return the response of an outcome that is declared. Raises `RestError`."""
        return _respond(outcome, self.types, call, result)


def link(binding: RestBinding) -> IntegrationResponsePhase:
    """Return the phase. Raises `ValueError` for what cannot be compiled."""
    models = {response.status_code: response.models for response in binding.method.responses}
    outcomes = [_link_outcome(each, models.get(each.status_code), binding) for each in binding.integration.responses]
    patterned = tuple(outcome for outcome in outcomes if outcome.pattern is not None)
    default = next((outcome for outcome in outcomes if outcome.pattern is None), None)
    return IntegrationResponsePhase(patterned, default, binding.deployment.binary)


def _link_outcome(source: RestIntegrationResponse, models: Pairs | None, binding: RestBinding) -> Outcome:
    types = {content_type.lower(): content_type for content_type, _ in models or ()}
    content_type = types.get(DEFAULT_CONTENT_TYPE) or next(iter(types.values()), DEFAULT_CONTENT_TYPE)
    return Outcome(
        status=int(source.status_code),
        pattern=None if source.selection_pattern is None else compile_java(source.selection_pattern),
        mappings=compile_response_mappings(source.response_parameters),
        templates=link_templates(source.response_templates, binding.compiled, binding.facts),
        content_handling=source.content_handling,
        content_type=content_type,
        content_types=types if len(types) > 1 else {},
        is_declared=models is not None,
        is_plain=not (source.response_parameters or source.content_handling or binding.deployment.binary),
    )


def _select(patterned: tuple[Outcome, ...], result: IntegrationResult) -> Outcome | None:
    if not patterned:
        return None
    value = str(result.status) if result.error_message is None else result.error_message
    for outcome in patterned:
        try:
            if outcome.pattern is not None and outcome.pattern.is_match(value):
                return outcome
        except PatternTimeout as error:
            raise RestError(API_CONFIGURATION_ERROR, f"selection pattern: {error}") from error
    return None


def _respond(outcome: Outcome, types: BinaryMediaTypes, call: RestCall, result: IntegrationResult) -> Response:
    accept = call.request.headers.get("accept")
    headers, status = Headers(), outcome.status
    if outcome.is_plain:
        body, is_binary = utf8(result.body), False
    else:
        _map_headers(outcome, call, result, headers)
        body, is_binary = convert_response(
            types, outcome.content_handling, accept, result.headers.get("content-type"), result.body
        )
    template = outcome.templates.for_response(accept)
    if template is not None:
        if is_binary:
            raise RestError(INTERNAL_SERVER_ERROR, "a mapping template cannot transform a binary payload")
        body = template.render(call, body, INTERNAL_SERVER_ERROR).encode("utf-8", "replace")
    # A request template may have set it, too (observed of AWS by localstack: its integration response handler).
    if call.context is not None:
        status = _override(call.context.get("responseOverride"), headers, status)
    if not headers or headers.get("content-type") is None:
        chosen = outcome.content_type
        if accept and outcome.content_types:
            chosen = outcome.content_types.get(accept.partition(";")[0].strip().lower()) or chosen
        headers.append(("Content-Type", chosen))
    if call.log is not None:
        call.log.write(f"Method response body after transformations: {shown_body(body)}")
    return Response(status, headers, body)


def _map_headers(outcome: Outcome, call: RestCall, result: IntegrationResult, headers: Headers) -> None:
    source = ResponseSource(call, result)
    for mapping in outcome.mappings:
        value = mapping.value.read(source)
        if value is not None:
            _set_header(headers, mapping.name, value if isinstance(value, str) else ",".join(value))


def _override(override: object, headers: Headers, status: int) -> int:
    """Apply `$context.responseOverride`; return the status."""
    if not isinstance(override, dict) or (len(override) == 1 and not override.get("header")):
        return status
    fields = override.get("header")
    for name, value in fields.items() if isinstance(fields, dict) else ():
        _set_header(headers, str(name), value if isinstance(value, str) else str(value))
    wanted = override.get("status")
    # What is no status is ignored (recorded of AWS).
    if isinstance(wanted, int) and not isinstance(wanted, bool) and 100 <= wanted <= 599:
        return wanted
    return status


def _set_header(headers: Headers, name: str, value: str) -> None:
    text, known_as = field_value(value), client_name(name)
    if text is not None and known_as is not None and is_field_name(name):
        headers.replace(known_as, text)
