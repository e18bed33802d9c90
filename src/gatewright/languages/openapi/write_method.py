"""An operation, written from a Method as GetMethod returns it.

Source: recorded exports of AWS in both versions; "Export a REST API from API Gateway" (API Gateway Developer Guide).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.read_integration import EXTENSION as INTEGRATION
from gatewright.languages.openapi.read_method import REQUEST_VALIDATOR
from gatewright.languages.openapi.schemas import SCHEMA_POINTERS
from gatewright.languages.openapi.types import JsonObject
from gatewright.languages.openapi.write_documentation import Documentation
from gatewright.languages.openapi.write_integration import write_integration

API_KEY_SCHEME = "api_key"

# (what it is called in a Method, `in` of OpenAPI, kind of documentation part)
_LOCATIONS = (
    ("path", "path", "PATH_PARAMETER"),
    ("querystring", "query", "QUERY_PARAMETER"),
    ("header", "header", "REQUEST_HEADER"),
)


@dataclass(frozen=True, slots=True)
class Writing:
    """What every operation of a document is written with."""

    version: Version
    documentation: Documentation
    shows_integrations: bool
    shows_validators: bool


def write_method(writing: Writing, path: str, method: JsonObject) -> JsonObject:
    """Return the operation of a method."""
    place = {"path": path, "method": method["httpMethod"]}
    written: JsonObject = {}
    described = writing.documentation.of("METHOD", **place)
    written.update({name: described.pop(name) for name in ("tags", "summary", "description") if name in described})
    if method.get("operationName"):
        written["operationId"] = method["operationName"]
    if writing.version is Version.SWAGGER:
        written.update(_media_types(method))
    parameters = [*_parameters(writing, place, method.get("requestParameters", {})), *_body(writing, place, method)]
    if parameters:
        written["parameters"] = parameters
    if writing.version is Version.OAS30 and method.get("requestModels"):
        written["requestBody"] = {
            **writing.documentation.of("REQUEST_BODY", **place),
            "content": _content(writing, method["requestModels"]),
            "required": True,
        }
    responses = method.get("methodResponses", {})
    written["responses"] = {status: _response(writing, place, responses[status]) for status in sorted(responses)}
    if method.get("apiKeyRequired"):
        written["security"] = [{API_KEY_SCHEME: []}]
    if writing.shows_validators and method.get("requestValidator"):
        written[REQUEST_VALIDATOR] = method["requestValidator"]
    if writing.shows_integrations and method.get("methodIntegration"):
        written[INTEGRATION] = write_integration(method["methodIntegration"], writing.version)
    return {**written, **described}


def _media_types(method: JsonObject) -> Iterator[tuple[str, list[str]]]:
    # Recorded of AWS: the content types of models and of mapping templates.
    integration = method.get("methodIntegration", {})
    consumed = [*method.get("requestModels", {}), *integration.get("requestTemplates", {})]
    if consumed:
        yield "consumes", sorted(set(consumed))
    produced = [name for item in method.get("methodResponses", {}).values() for name in item.get("responseModels", {})]
    for response in integration.get("integrationResponses", {}).values():
        produced += response.get("responseTemplates", {})
    if produced:
        yield "produces", sorted(set(produced))


def _parameters(writing: Writing, place: JsonObject, parameters: JsonObject) -> Iterator[JsonObject]:
    for key, is_required in parameters.items():
        _, _, location, name = key.split(".", 3)
        for called, placed, kind in _LOCATIONS:
            if called == location:
                described = writing.documentation.of(kind, **place, name=name)
                yield _parameter(writing.version, {"name": name, "in": placed, **described}, is_required)


def _parameter(version: Version, parameter: JsonObject, is_required: bool) -> JsonObject:
    if version is Version.SWAGGER:
        return {**parameter, "required": is_required, "type": "string"}
    return {**parameter, **({"required": True} if is_required else {}), "schema": {"type": "string"}}


def _body(writing: Writing, place: JsonObject, method: JsonObject) -> Iterator[JsonObject]:
    models = list(dict.fromkeys(method.get("requestModels", {}).values()))
    if models and writing.version is Version.SWAGGER:
        # OpenAPI 2.0 has room for one.
        described = writing.documentation.of("REQUEST_BODY", **place)
        yield {"in": "body", "name": models[0], **described, "required": True, "schema": _reference(writing, models[0])}


def _response(writing: Writing, place: JsonObject, response: JsonObject) -> JsonObject:
    status = response["statusCode"]
    documentation = writing.documentation
    described = documentation.of("RESPONSE", **place, statusCode=status)
    written: JsonObject = {"description": described.pop("description", f"{status} response")}
    models = response.get("responseModels", {})
    if writing.version is Version.SWAGGER and models:
        written["schema"] = _reference(writing, next(iter(models.values())))
    headers: JsonObject = {}
    for key in response.get("responseParameters", {}):
        name = key.split(".", 3)[3]
        shown = documentation.of("RESPONSE_HEADER", **place, statusCode=status, name=name)
        typed = {"type": "string"} if writing.version is Version.SWAGGER else {"schema": {"type": "string"}}
        headers[name] = {**typed, **shown}
    if headers:
        written["headers"] = headers
    if writing.version is Version.OAS30:
        written["content"] = _content(writing, models)
    return {**written, **described}


def _content(writing: Writing, models: JsonObject) -> JsonObject:
    return {media_type: {"schema": _reference(writing, name)} for media_type, name in models.items()}


def _reference(writing: Writing, name: str) -> JsonObject:
    return {"$ref": SCHEMA_POINTERS[writing.version] + name}
