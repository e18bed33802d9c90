"""`x-amazon-apigateway-integration` of a REST API, read into an Integration as GetIntegration returns it.

Source: "x-amazon-apigateway-integration object" and the pages of its members (API Gateway Developer Guide); defaults
as PutIntegration has them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.languages.openapi.errors import OpenApiError
from gatewright.languages.openapi.types import Findings, Json, JsonObject, as_list, as_object, as_text

EXTENSION = "x-amazon-apigateway-integration"
DEFAULT_PATTERN = "default"

_HTTP_TYPES = frozenset({"HTTP", "HTTP_PROXY"})
_STATUS = re.compile(r"[1-5][0-9]{2}")
_VALUES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "type": frozenset({"HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY", "MOCK"}),
        "connectionType": frozenset({"INTERNET", "VPC_LINK"}),
        "contentHandling": frozenset({"CONVERT_TO_BINARY", "CONVERT_TO_TEXT"}),
        "responseTransferMode": frozenset({"BUFFERED", "STREAM"}),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """The method that an integration belongs to, for AWS's warnings."""

    path: str
    method: str


def read_integration(extension: JsonObject, place: Place, findings: Findings) -> JsonObject:
    """Return the Integration that the extension describes; without `cacheNamespace` when it names none.

    Raises OpenApiError for one that PutIntegration could not even be asked for.
    """
    integration: JsonObject = {
        "cacheKeyParameters": [text for item in as_list(extension.get("cacheKeyParameters")) if (text := as_text(item))]
    }
    integration_type = _upper(extension.get("type"))
    for member, read in _MEMBERS.items():
        if extension.get(member) is not None:
            integration[member] = read(extension[member])
            if integration[member] is None:
                # Recorded of AWS: an intrinsic function of a template that nobody has resolved (`uri: {Fn::Sub: …}`).
                raise malformed(place.path)
    integration["type"] = integration_type
    _check(integration, place)
    if integration_type == "MOCK":
        # Recorded of AWS: a mock has neither, whatever the document says.
        integration.pop("httpMethod", None)
        integration.pop("uri", None)
    if integration_type in _HTTP_TYPES:
        integration.setdefault("connectionType", "INTERNET")
    integration.setdefault("passthroughBehavior", "WHEN_NO_MATCH")
    integration.setdefault("timeoutInMillis", 29000)
    for member in ("requestParameters", "requestTemplates"):
        texts = _texts(extension.get(member), member, place, findings)
        if texts:
            integration[member] = texts
    responses = _responses(as_object(extension.get("responses")), place, findings)
    if responses:
        integration["integrationResponses"] = responses
    return integration


def malformed(path: str) -> OpenApiError:
    """Build AWS's error of an integration that cannot be read."""
    return OpenApiError(f"Unable to parse API definition because of a malformed integration at path {path}.")


def _check(members: JsonObject, place: Place) -> None:
    for member, values in _VALUES.items():
        if member in members and members[member] not in values:
            raise malformed(place.path)
    if not isinstance(members.get("timeoutInMillis", 0), int):
        raise malformed(place.path)


def _responses(responses: JsonObject, place: Place, findings: Findings) -> JsonObject:
    read: JsonObject = {}
    for pattern, value in responses.items():
        described = as_object(value)
        status = as_text(described.get("statusCode"))
        if status is None:
            continue
        response: JsonObject = {"statusCode": status}
        if pattern != DEFAULT_PATTERN:
            response["selectionPattern"] = pattern
        for member in ("responseParameters", "responseTemplates"):
            texts = _texts(described.get(member), member, place, findings)
            if texts:
                response[member] = texts
        if described.get("contentHandling") is not None:
            response["contentHandling"] = _upper(described["contentHandling"])
        _check(response, place)
        if not _STATUS.fullmatch(status):
            raise malformed(place.path)
        read[status] = response
    return read


def _texts(value: Json, member: str, place: Place, findings: Findings) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, item in as_object(value).items():
        if isinstance(item, str) or item is None:
            texts[name] = item or ""
        else:
            # Recorded of AWS.
            findings.warn(
                f"Invalid format for '{member}'. Expected type string for property '{name}' of resource "
                f"'{place.path}' and method '{place.method}' but got '{as_text(item)}'"
            )
    return texts


def _upper(value: Json) -> str:
    return (as_text(value) or "").upper()


def _number(value: Json) -> Json:
    text = as_text(value) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else text


def _tls(value: Json) -> JsonObject:
    return {name: item for name, item in as_object(value).items() if isinstance(item, bool)}


# Every member that is read alike, whatever the type of the integration.
_MEMBERS: Mapping[str, Callable[[Json], Json]] = MappingProxyType(
    {
        "cacheNamespace": as_text,
        "connectionId": as_text,
        "connectionType": _upper,
        "contentHandling": _upper,
        "credentials": as_text,
        "httpMethod": _upper,
        "integrationTarget": as_text,
        "passthroughBehavior": _upper,
        "responseTransferMode": _upper,
        "timeoutInMillis": _number,
        "tlsConfig": _tls,
        "uri": as_text,
    }
)
