"""What the parser of AWS's importer finds wrong with an OpenAPI 3.0 document, and imports nevertheless.

Texts and their order are those of swagger-parser, which AWS puts `Parse issue:` before, as recorded of it: members that
no object of the kind has, members that are missing, and paths that are none. Source of the rules: the fixed fields of
the OpenAPI Specification 3.0.3. Extensions (`x-…`) are not looked into.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gatewright.languages.openapi.read_documentation import METHODS
from gatewright.languages.openapi.references import name_of
from gatewright.languages.openapi.types import Findings, Json, JsonObject, as_list, as_object, as_text

_SCHEMAS = "#/components/schemas/"
_PARSED_METHODS = (*METHODS, "trace")

_FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "document": frozenset(
            {"openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"}
        ),
        "info": frozenset({"title", "description", "termsOfService", "contact", "license", "version"}),
        "path": frozenset({"$ref", "summary", "description", "servers", "parameters", *_PARSED_METHODS}),
        "operation": frozenset(
            {
                "tags",
                "summary",
                "description",
                "externalDocs",
                "operationId",
                "parameters",
                "requestBody",
                "responses",
                "callbacks",
                "deprecated",
                "security",
                "servers",
            }
        ),
        "parameter": frozenset(
            {
                "$ref",
                "name",
                "in",
                "description",
                "required",
                "deprecated",
                "allowEmptyValue",
                "style",
                "explode",
                "allowReserved",
                "schema",
                "example",
                "examples",
                "content",
            }
        ),
        "requestBody": frozenset({"$ref", "description", "content", "required"}),
        "response": frozenset({"$ref", "description", "headers", "content", "links"}),
    }
)


@dataclass(slots=True)
class _Issues:
    """Issues by what is wrong, which is the order in which they are told."""

    unexpected: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def look_at(self, kind: str, location: str, value: Json) -> JsonObject:
        """Note the members that an object of the kind does not have; return the object."""
        found = as_object(value)
        for name in found:
            if name not in _FIELDS[kind] and not name.startswith("x-"):
                self.unexpected.append(f"{location}.{name}" if location else name)
        return found


def find_parse_issues(document: JsonObject, findings: Findings, *, are_schemas_looked_up: bool = False) -> None:
    """Add a warning for each issue; for schemas that responses refer to and that are missing only when asked to."""
    issues = _Issues()
    issues.look_at("document", "", document)
    if isinstance(document.get("info"), dict):
        information = issues.look_at("info", "info", document["info"])
        issues.missing += [f"info.{member}" for member in ("title", "version") if member not in information]
    else:
        issues.missing.append("info")
    if not isinstance(document.get("paths"), dict):
        issues.missing.append("paths")
    for path, value in as_object(document.get("paths")).items():
        if not path.startswith("x-"):
            _look_at_path(issues, path, value)
    if are_schemas_looked_up:
        issues.missing += _missing_schemas(document)
    for text in issues.unexpected:
        findings.warn(f"Parse issue: attribute {text} is unexpected")
    for text in issues.missing:
        findings.warn(f"Parse issue: attribute {text} is missing")
    for path in issues.paths:
        findings.warn(f"Parse issue: attribute paths. Resource {path} should start with /")


def _look_at_path(issues: _Issues, path: str, value: Json) -> None:
    if not path.startswith("/"):
        issues.paths.append(path)
    location = f"paths.'{path}'"
    item = issues.look_at("path", location, value)
    _look_at_parameters(issues, location, item)
    for method in _PARSED_METHODS:
        if isinstance(item.get(method), dict):
            _look_at_operation(issues, f"{location}({method})", item[method])


def _look_at_operation(issues: _Issues, location: str, value: Json) -> None:
    operation = issues.look_at("operation", location, value)
    _look_at_parameters(issues, location, operation)
    issues.look_at("requestBody", f"{location}.requestBody", operation.get("requestBody"))
    if "responses" not in operation:
        issues.missing.append(f"{location}.responses")
    for status, response in as_object(operation.get("responses")).items():
        if not status.startswith("x-"):
            issues.look_at("response", f"{location}.responses.{status}", response)


def _look_at_parameters(issues: _Issues, location: str, holder: JsonObject) -> None:
    for parameter in as_list(holder.get("parameters")):
        name = as_text(as_object(parameter).get("name")) or "unknown"
        issues.look_at("parameter", f"{location}.parameters.[{name}]", parameter)


def _missing_schemas(document: JsonObject) -> Iterator[str]:
    schemas = as_object(as_object(document.get("components")).get("schemas"))
    for path, item in as_object(document.get("paths")).items():
        for method in METHODS:
            for status, pointer in _response_schemas(as_object(item).get(method)):
                if pointer.startswith(_SCHEMAS) and name_of(pointer) not in schemas:
                    # Recorded of AWS.
                    yield f"paths.'{path}'({method}).responses.{status}.content.schema.{pointer}"


def _response_schemas(operation: Json) -> Iterator[tuple[str, str]]:
    for status, response in as_object(as_object(operation).get("responses")).items():
        for content in as_object(as_object(response).get("content")).values():
            pointer = as_object(as_object(content).get("schema")).get("$ref")
            if isinstance(pointer, str):
                yield status, pointer
