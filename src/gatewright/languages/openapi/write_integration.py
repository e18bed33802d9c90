"""`x-amazon-apigateway-integration`, written from an Integration as GetIntegration returns it.

Recorded of AWS's exports: what is a default (time-out, connection type, the resource's own cache namespace, no cache
keys) is not written.
"""

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.read_integration import DEFAULT_PATTERN
from gatewright.languages.openapi.types import Json, JsonObject

_PLAIN = (
    "connectionId",
    "httpMethod",
    "uri",
    "integrationTarget",
    "credentials",
    "cacheNamespace",
    "cacheKeyParameters",
)
_LATER = ("requestParameters", "requestTemplates", "passthroughBehavior", "timeoutInMillis", "contentHandling")
_LAST = ("connectionType", "responseTransferMode", "tlsConfig")
_DEFAULTS = (("timeoutInMillis", 29000), ("connectionType", "INTERNET"), ("responseTransferMode", "BUFFERED"))
_TEMPLATES = frozenset({"requestTemplates", "responseTemplates"})
_LOWER = frozenset({"type", "passthroughBehavior"})


def write_integration(integration: JsonObject, version: Version) -> JsonObject:
    """Return the extension."""
    shown = {
        member: value
        for member, value in integration.items()
        if (member, value) not in _DEFAULTS and value not in (None, [], {})
    }
    written: JsonObject = {}
    # Recorded of AWS: `type` comes first in OpenAPI 2.0 and last in 3.0.
    order = (*_PLAIN, "responses", *_LATER, *_LAST)
    for member in ("type", *order) if version is Version.SWAGGER else (*order, "type"):
        if member == "responses" and shown.get("integrationResponses"):
            written["responses"] = _responses(shown["integrationResponses"])
        elif member in shown:
            written[member] = _value(member, shown[member])
    return written


def _responses(responses: JsonObject) -> JsonObject:
    written: JsonObject = {}
    for response in responses.values():
        members = ("statusCode", "responseParameters", "responseTemplates", "contentHandling")
        pattern = response.get("selectionPattern") or DEFAULT_PATTERN
        written[pattern] = {member: _value(member, response[member]) for member in members if response.get(member)}
    return written


def _value(member: str, value: Json) -> Json:
    if member in _LOWER:
        return str(value).lower()
    # A template that is empty is null in the document.
    return {name: text or "" for name, text in value.items()} if member in _TEMPLATES else value
