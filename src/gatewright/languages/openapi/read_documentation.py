"""Documentation parts of a document: those of `x-amazon-apigateway-documentation`, or what stands beside each entity.

Sources: "x-amazon-apigateway-documentation object", "Representation of API documentation in API Gateway" and
"Import API documentation into API Gateway" (API Gateway Developer Guide).
"""

from collections.abc import Iterator

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.references import resolve
from gatewright.languages.openapi.types import (
    DocumentationPart,
    JsonObject,
    as_list,
    as_object,
    as_text,
)

EXTENSION = "x-amazon-apigateway-documentation"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
ANY_METHOD = "x-amazon-apigateway-any-method"
PARAMETER_TYPES = (("path", "PATH_PARAMETER"), ("query", "QUERY_PARAMETER"), ("header", "REQUEST_HEADER"))

_LOCATION_MEMBERS = ("type", "path", "method", "statusCode", "name")
_METHOD_PROPERTIES = ("tags", "summary", "description")


def documentation_of(
    document: JsonObject, version: Version, prefix: str = ""
) -> tuple[tuple[DocumentationPart, ...], str | None]:
    """Return the documentation parts of a document, and the version that it gives them.

    `prefix` is what the paths of the document get before them.
    """
    extension = document.get(EXTENSION)
    if isinstance(extension, dict):
        return parts_of_extension(extension), as_text(extension.get("version"))
    return tuple(_described(document, version, prefix)), None


def parts_of_extension(extension: JsonObject) -> tuple[DocumentationPart, ...]:
    """Return the parts that the extension lists."""
    parts = []
    for part in as_list(extension.get("documentationParts")):
        location = as_object(as_object(part).get("location"))
        texts = {member: as_text(location.get(member)) for member in _LOCATION_MEMBERS}
        kept = {member: text for member, text in texts.items() if text is not None}
        if "type" in kept:
            parts.append(DocumentationPart(kept, as_object(as_object(part).get("properties"))))
    return tuple(parts)


def _described(document: JsonObject, version: Version, prefix: str) -> Iterator[DocumentationPart]:
    description = as_object(document.get("info")).get("description")
    if isinstance(description, str):
        yield DocumentationPart({"type": "API"}, {"info": {"description": description}})
    for path, item in as_object(document.get("paths")).items():
        for key, method in [*((name, name.upper()) for name in METHODS), (ANY_METHOD, "ANY")]:
            operation = as_object(as_object(item).get(key))
            if operation:
                yield from _of_operation(document, version, {"path": f"{prefix}{path}", "method": method}, operation)
    yield from _of_models(document, version)


def _of_operation(
    document: JsonObject, version: Version, place: dict[str, str], operation: JsonObject
) -> Iterator[DocumentationPart]:
    properties = {name: operation[name] for name in _METHOD_PROPERTIES if operation.get(name)}
    if properties:
        yield DocumentationPart({"type": "METHOD", **place}, properties)
    for value in as_list(operation.get("parameters")):
        parameter = resolve(document, value)
        name, kind = as_text(parameter.get("name")), dict(PARAMETER_TYPES).get(str(parameter.get("in")))
        if name and kind:
            yield from _part({"type": kind, **place, "name": name}, parameter)
        elif parameter.get("in") == "body":
            yield from _part({"type": "REQUEST_BODY", **place}, parameter)
    if version is Version.OAS30:
        yield from _part({"type": "REQUEST_BODY", **place}, resolve(document, operation.get("requestBody")))
    for status, value in as_object(operation.get("responses")).items():
        yield from _of_response(document, {**place, "statusCode": str(status)}, resolve(document, value))


def _of_response(document: JsonObject, place: dict[str, str], response: JsonObject) -> Iterator[DocumentationPart]:
    # An export describes a response that has no description so.
    if place["statusCode"].isdigit() and response.get("description") != f"{place['statusCode']} response":
        yield from _part({"type": "RESPONSE", **place}, response)
    for name, header in as_object(response.get("headers")).items():
        yield from _part({"type": "RESPONSE_HEADER", **place, "name": name}, resolve(document, header))


def _of_models(document: JsonObject, version: Version) -> Iterator[DocumentationPart]:
    holder = document if version is Version.SWAGGER else as_object(document.get("components"))
    for name, schema in as_object(holder.get("definitions" if version is Version.SWAGGER else "schemas")).items():
        properties = {key: schema[key] for key in ("title", "description") if as_object(schema).get(key)}
        if properties and name.isalnum():
            yield DocumentationPart({"type": "MODEL", "name": name}, properties)


def _part(location: dict[str, str], described: JsonObject) -> Iterator[DocumentationPart]:
    description = described.get("description")
    if isinstance(description, str) and description:
        yield DocumentationPart(location, {"description": description})
