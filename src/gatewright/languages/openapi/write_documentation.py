"""Documentation parts put beside the entities that they describe, and listed in the extension.

An attribute of a part that OpenAPI knows, and every `x-…`, is put into the entity; the rest is found in
`x-amazon-apigateway-documentation` only.

Sources: "Export documentation" in "Publish documentation using the API Gateway REST API"; how a part is inherited: the
table "Location" in "Representation of API documentation in API Gateway".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.languages.openapi.types import DocumentationPart, Json, JsonObject

# What OpenAPI has for each kind of entity.
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "METHOD": ("tags", "summary", "description"),
        "PATH_PARAMETER": ("description",),
        "QUERY_PARAMETER": ("description",),
        "REQUEST_HEADER": ("description",),
        "REQUEST_BODY": ("description",),
        "RESPONSE": ("description",),
        "RESPONSE_HEADER": ("description",),
        "MODEL": ("title", "description"),
    }
)
_INFORMATION = ("description", "termsOfService", "contact", "license")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The parts that an export shows."""

    parts: tuple[DocumentationPart, ...] = ()

    def of(self, kind: str, **location: str) -> JsonObject:
        """Return the attributes for an entity: those of the parts that apply, the most exact one last."""
        found: JsonObject = {}
        for part in sorted(self.parts, key=_exactness):
            if part.location.get("type") == kind and _applies(part.location, location):
                found.update(_attributes(part.properties, _ATTRIBUTES.get(kind, ())))
        return found

    def of_api(self) -> tuple[JsonObject, JsonObject]:
        """Return the attributes for `info`, and those for the top of the document."""
        information: JsonObject = {}
        top: JsonObject = {}
        for part in self.parts:
            if part.location.get("type") == "API":
                described = part.properties.get("info")
                information.update(_attributes(described if isinstance(described, dict) else {}, _INFORMATION))
                top.update(_attributes(part.properties, ()))
        return information, top


def extension(parts: Iterable[DocumentationPart], version: str | None, created: str | None) -> JsonObject:
    """Return `x-amazon-apigateway-documentation`."""
    members: JsonObject = {"version": version, "createdDate": created}
    return {
        **{name: value for name, value in members.items() if value},
        "documentationParts": [
            {"location": _shown(part.location), "properties": dict(part.properties)} for part in parts
        ],
    }


def _shown(location: Mapping[str, str]) -> JsonObject:
    # Recorded of AWS: what is everywhere the default is not shown.
    return {name: value for name, value in location.items() if not (name == "path" and value == "/")}


def _attributes(properties: Mapping[str, Json], known: tuple[str, ...]) -> JsonObject:
    return {name: value for name, value in properties.items() if name in known or name.startswith("x-")}


def _exactness(part: DocumentationPart) -> tuple[int, int]:
    location = part.location
    return sum(location.get(name, "*") != "*" for name in ("method", "statusCode")), len(location.get("path", "/"))


def _applies(part: Mapping[str, str], entity: Mapping[str, str]) -> bool:
    for name in ("method", "statusCode"):
        if name in entity and part.get(name, "*") not in {"*", entity[name]}:
            return False
    if "name" in entity and part.get("name") != entity["name"]:
        return False
    path = part.get("path", "/")
    return "path" not in entity or path in {"/", entity["path"]} or entity["path"].startswith(path + "/")
