"""What an OpenAPI document says about an API, in AWS's documents.

The members of the documents are those of the API references (`GetMethod`, `GetModel` …), with two exceptions: what an
id would name is named by its name (`requestValidator` of a method), and defaults that need an id are left out
(`cacheNamespace`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# JSON of any form: what stands in an OpenAPI document has no narrower type before it is read.
Json = Any
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentationPart:
    """A documentation part: what it describes, and how."""

    location: Mapping[str, str]
    properties: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class RestApiDefinition:
    """A REST API, as its OpenAPI document describes it."""

    rest_api: JsonObject
    """Members of RestApi: name, description, version, apiKeySource, binaryMediaTypes …"""
    resources: Mapping[str, Mapping[str, JsonObject]]
    """Methods in the form of GetMethod, by HTTP method, by path. `/` is always there, parents come first."""
    models: Sequence[JsonObject] = ()
    request_validators: Sequence[JsonObject] = ()
    gateway_responses: Sequence[JsonObject] = ()
    documentation_parts: Sequence[DocumentationPart] = ()
    documentation_version: str | None = None
    warnings: Sequence[str] = ()
    not_built: Sequence[str] = ()
    """What the document asks for that gatewright has not; each in a few words."""


@dataclass(frozen=True, slots=True)
class HttpApiDefinition:
    """An HTTP API, as its OpenAPI document describes it."""

    api: JsonObject
    """Members of Api: Name, Description, Version, CorsConfiguration, DisableExecuteApiEndpoint, Tags."""
    integrations: Mapping[str, JsonObject]
    """Members of Integration, by a name of the document's own."""
    routes: Sequence[JsonObject]
    """RouteKey, OperationName, and the name of the integration as Target."""
    warnings: Sequence[str] = ()
    not_built: Sequence[str] = ()


@dataclass(slots=True)
class Findings:
    """What a reader has to say beside what it has read."""

    warnings: list[str] = field(default_factory=list)
    not_built: list[str] = field(default_factory=list)

    def warn(self, text: str) -> None:
        """Add a warning."""
        self.warnings.append(text)

    def refuse(self, option: str) -> None:
        """Name something that gatewright has not built, once."""
        if option not in self.not_built:
            self.not_built.append(option)


def as_object(value: Json) -> JsonObject:
    """Return a JSON object; for anything else, an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """Return a JSON array; for anything else, an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Json) -> str | None:
    """Return a string, a number or a boolean as text, as Jackson does; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None
