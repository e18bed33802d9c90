"""An operation of a document, read into a Method as GetMethod returns it.

Sources: "API Gateway OpenAPI import" and "Amazon API Gateway important notes" (of a parameter: name, in, required;
everything else is documentation); the Method resource in the "Amazon API Gateway REST API Reference".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.read_integration import EXTENSION as INTEGRATION
from gatewright.languages.openapi.read_integration import Place, read_integration
from gatewright.languages.openapi.read_security import is_api_key_required
from gatewright.languages.openapi.references import resolve
from gatewright.languages.openapi.schemas import Models, invalid_format
from gatewright.languages.openapi.types import Findings, Json, JsonObject, as_list, as_object, as_text

REQUEST_VALIDATOR = "x-amazon-apigateway-request-validator"
LOCATIONS: Mapping[str, str] = MappingProxyType({"path": "path", "query": "querystring", "header": "header"})

_VARIABLE = re.compile(r"\{([^{}+]+)\+?\}")
_JSON_MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Reading:
    """What every method of a document is read with."""

    document: JsonObject
    version: Version
    models: Models
    schemes: Mapping[str, str]
    findings: Findings


def read_method(reading: Reading, item: JsonObject, operation: JsonObject, place: Place) -> JsonObject:
    """Return the Method that an operation of a path item describes; its validator is named by `requestValidator`.

    Raises OpenApiError for an integration that is malformed.
    """
    method: JsonObject = {
        "apiKeyRequired": is_api_key_required(reading.document, operation, reading.schemes, reading.findings),
        "authorizationType": "NONE",
        "httpMethod": place.method,
    }
    if as_text(operation.get("operationId")):
        method["operationName"] = as_text(operation["operationId"])
    validator = operation.get(REQUEST_VALIDATOR, reading.document.get(REQUEST_VALIDATOR))
    if as_text(validator):
        method["requestValidator"] = as_text(validator)
    parameters = _parameters(reading, item, operation)
    request_parameters = {
        f"method.request.{location}.{parameter['name']}": parameter.get("required") is True
        for parameter in parameters
        if (location := LOCATIONS.get(str(parameter.get("in")))) and isinstance(parameter.get("name"), str)
    }
    # Recorded of AWS: every variable of the path is a required parameter, declared or not.
    request_parameters |= {f"method.request.path.{name}": True for name in _VARIABLE.findall(place.path)}
    request_models = _request_models(reading, operation, parameters, place)
    responses = _responses(reading, operation, place)
    for member, value in (
        ("requestParameters", request_parameters),
        ("requestModels", request_models),
        ("methodResponses", responses),
    ):
        if value:
            method[member] = value
    if INTEGRATION in operation:
        extension = resolve(reading.document, operation[INTEGRATION])
        method["methodIntegration"] = read_integration(extension, place, reading.findings)
    return method


def _parameters(reading: Reading, item: JsonObject, operation: JsonObject) -> list[JsonObject]:
    # OpenAPI: a parameter of the operation replaces one of the path with the same name and location.
    merged: dict[tuple[str, str], JsonObject] = {}
    for value in [*as_list(item.get("parameters")), *as_list(operation.get("parameters"))]:
        parameter = resolve(reading.document, value)
        merged[str(parameter.get("in")), str(parameter.get("name"))] = parameter
    return list(merged.values())


def _request_models(
    reading: Reading, operation: JsonObject, parameters: list[JsonObject], place: Place
) -> dict[str, str]:
    # Recorded of AWS: `Content` stands there, whatever the schema is.
    described = f"Unsupported model type 'Content' in request schema for '{_braced(place)}'. Ignoring."
    if reading.version is Version.SWAGGER:
        schemas = (as_object(item.get("schema")) for item in parameters if item.get("in") == "body")
        schema = next(schemas, None)
        name = schema and reading.models.name_for(schema, f"{place} request", described)
        return dict.fromkeys(_media_types(reading, operation, "consumes"), name) if name else {}
    content = resolve(reading.document, operation.get("requestBody")).get("content")
    return dict(_named(reading, content, f"{place} request", described, place))


def _responses(reading: Reading, operation: JsonObject, place: Place) -> JsonObject:
    responses: JsonObject = {}
    for key, value in as_object(operation.get("responses")).items():
        status = str(key)
        if not (status.isascii() and status.isdigit() and len(status) == 3):
            # A method response has a status: `default` and `4XX` describe none of a REST API.
            continue
        described = resolve(reading.document, value)
        response: JsonObject = {"statusCode": status}
        models = _response_models(reading, operation, described, status, place)
        headers = {f"method.response.header.{name}": False for name in as_object(described.get("headers"))}
        for member, entries in (("responseModels", models), ("responseParameters", headers)):
            if entries:
                response[member] = entries
        responses[status] = response
    return responses


def _response_models(
    reading: Reading, operation: JsonObject, response: JsonObject, status: str, place: Place
) -> dict[str, str]:
    described = f"Unsupported model type '{{kind}}' in {status} response to method '{_braced(place)}'. Ignoring."
    if reading.version is Version.SWAGGER:
        schema = response.get("schema")
        name = isinstance(schema, dict) and reading.models.name_for(schema, f"{place} {status}", described)
        return dict.fromkeys(_media_types(reading, operation, "produces"), name) if name else {}
    return dict(_named(reading, response.get("content"), f"{place} {status}", described, place))


def _named(reading: Reading, content: Json, where: str, described: str, place: Place) -> Iterator[tuple[str, str]]:
    for media_type, value in as_object(content).items():
        schema = as_object(as_object(value).get("schema"))
        name = reading.models.name_for(schema, where, described) if schema else None
        if name:
            yield media_type, name
        elif "$ref" in schema:
            # Recorded of AWS, after what it says of the reference.
            reading.findings.warn(invalid_format(media_type, place.method))


def _braced(place: Place) -> str:
    # The text is a format, and a path has braces of its own.
    return f"{place.method} {place.path}".replace("{", "{{").replace("}", "}}")


def _media_types(reading: Reading, operation: JsonObject, member: str) -> list[str]:
    listed = as_list(operation.get(member, reading.document.get(member)))
    return [text for item in listed if (text := as_text(item))] or [_JSON_MEDIA_TYPE]
