"""Integration request: what a custom integration is sent, made of the request.

Sources: "Set up an integration request", "Transform request data", "Method request behavior for payloads without
mapping templates" (passthrough), "Override your API's request and response parameters and status codes".
"""

from dataclasses import dataclass
from types import MappingProxyType

from gatewright.base.messages import Headers
from gatewright.gateway.fields import field_value, is_field_name
from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes, convert_request
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import IntegrationRequest, RestCall
from gatewright.gateway.rest_apis.errors import BAD_REQUEST, INTERNAL_SERVER_ERROR, UNSUPPORTED_MEDIA_TYPE, RestError
from gatewright.gateway.rest_apis.integrations.uri import UriTemplate
from gatewright.gateway.rest_apis.mapping_source import RequestSource
from gatewright.gateway.rest_apis.templates import MappingTemplate, MappingTemplates, link_templates
from gatewright.languages.rest_mapping import Location, Mapping, compile_request_mappings

_NEVER = "NEVER"
_WHEN_NO_TEMPLATES = "WHEN_NO_TEMPLATES"
_ANY = "ANY"
_NO_PATH: MappingProxyType[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class IntegrationRequestPhase:
    """The integration request of one method."""

    method: str
    """Empty for that of the request."""
    uri: UriTemplate
    mappings: tuple[Mapping, ...]
    templates: MappingTemplates
    passthrough: str
    content_handling: str | None
    types: BinaryMediaTypes
    is_plain: bool
    """Whether neither mappings nor conversions have a part in it: a constant template is all of the request then."""

    @property
    def constant_bodies(self) -> frozenset[bytes]:
        """Return all that `constant_body` may return."""
        templates = self.templates.by_type.values() if self.is_plain else ()
        return frozenset(each.constant_octets for each in templates if each.constant_octets is not None)

    def constant_body(self, call: RestCall) -> bytes | None:
        """Return the body where the template alone makes it, out of nothing but its own text; else None."""
        if not self.is_plain:
            return None
        template = self.templates.for_request(call.request.headers.get("content-type"))
        return None if template is None else template.constant_octets

    def __call__(self, call: RestCall) -> IntegrationRequest:
        """Return the request to the integration. Raises `RestError`."""
        content_type = call.request.headers.get("content-type")
        template = self._template(content_type)
        if self.is_plain and template is not None and template.constant_octets is not None:
            method = self.method or call.request.method
            return IntegrationRequest(method, self.uri.render(_NO_PATH), Headers(), [], template.constant_octets)
        parameters = _Parameters()
        if self.mappings:
            source = RequestSource(call)
            for mapping in self.mappings:
                parameters.put(mapping, mapping.value.read(source))
        if template is None and not call.body:
            body = b""
        else:
            body = self._body(call, content_type, template)
            if template is not None:
                parameters.override(call)
        return IntegrationRequest(
            self.method or call.request.method, self.uri.render(parameters.path), parameters.headers,
            [(name, value) for name, values in parameters.query.items() for value in values], body,
        )  # fmt: skip

    def _template(self, content_type: str | None) -> MappingTemplate | None:
        template = self.templates.for_request(content_type)
        if template is not None:
            return template
        is_refused = self.passthrough == _NEVER or (self.passthrough == _WHEN_NO_TEMPLATES and bool(self.templates))
        if is_refused:
            raise RestError(UNSUPPORTED_MEDIA_TYPE)
        return None

    def _body(self, call: RestCall, content_type: str | None, template: MappingTemplate | None) -> bytes:
        body, is_binary = convert_request(self.types, self.content_handling, content_type, call.body)
        if template is None:
            return body
        if is_binary:
            raise RestError(INTERNAL_SERVER_ERROR, "a mapping template cannot transform a binary payload")
        return template.render(call, body, BAD_REQUEST).encode("utf-8", "replace")


class _Parameters:
    """Headers, query and path of a request that is being made."""

    __slots__ = ("headers", "path", "query")

    def __init__(self) -> None:
        self.headers = Headers()
        self.query: dict[str, list[str]] = {}
        self.path: dict[str, str] = {}

    def put(self, mapping: Mapping, value: str | list[str] | None) -> None:
        """Take the value of a mapping; without one the parameter is not sent."""
        if value is None:
            return
        if mapping.location is Location.QUERYSTRING:
            self.query[mapping.name] = value if isinstance(value, list) else [value]
            return
        text = ",".join(value) if isinstance(value, list) else value
        if mapping.location is Location.HEADER:
            self._set_header(mapping.name, text)
        else:
            self.path[mapping.name] = text

    def override(self, call: RestCall) -> None:
        """Apply `$context.requestOverride`: it wins over the mappings."""
        override = call.context and call.context.get("requestOverride")
        if not isinstance(override, dict):
            return
        for name, value in _entries(override.get("header")):
            self._set_header(name, ",".join(value))
        for name, value in _entries(override.get("querystring")):
            self.query[name] = value
        for name, value in _entries(override.get("path")):
            self.path[name] = ",".join(value)

    def _set_header(self, name: str, value: str) -> None:
        text = field_value(value)
        if text is not None and is_field_name(name):
            self.headers.replace(name, text)


def _entries(override: object) -> list[tuple[str, list[str]]]:
    if not isinstance(override, dict):
        return []
    return [
        (str(name), [str(each) for each in value] if isinstance(value, list) else [str(value)])
        for name, value in override.items()
        if value is not None
    ]


def link(binding: RestBinding) -> IntegrationRequestPhase:
    """Return the phase. Raises `ValueError` for what cannot be compiled."""
    integration = binding.integration
    return IntegrationRequestPhase(
        method="" if integration.http_method == _ANY else integration.http_method,
        uri=UriTemplate(integration.uri, binding.facts.stage_variables),
        mappings=compile_request_mappings(integration.request_parameters),
        templates=link_templates(integration.request_templates, binding.compiled, binding.facts),
        passthrough=integration.passthrough_behavior,
        content_handling=integration.content_handling,
        types=binding.deployment.binary,
        is_plain=not (integration.request_parameters or integration.content_handling or binding.deployment.binary),
    )
