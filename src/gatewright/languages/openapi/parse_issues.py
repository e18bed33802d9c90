"""What the parser of AWS's importer finds wrong with an OpenAPI 3.0 document, and imports nevertheless.

Texts are those of swagger-parser, which AWS puts `Parse issue:` before, as recorded of it. Source of the rules: the
required members of the OpenAPI Specification 3.0.3.
"""

from collections.abc import Iterator

from gatewright.languages.openapi.read_documentation import METHODS
from gatewright.languages.openapi.references import name_of
from gatewright.languages.openapi.types import Findings, Json, JsonObject, as_object

_SCHEMAS = "#/components/schemas/"


def find_parse_issues(document: JsonObject, findings: Findings) -> None:
    """Add a warning for every member that is missing and for every path that is none."""
    information = document.get("info")
    if not isinstance(information, dict):
        _missing(findings, "info")
    else:
        for member in ("title", "version"):
            if member not in information:
                _missing(findings, f"info.{member}")
    if not isinstance(document.get("paths"), dict):
        _missing(findings, "paths")
    for path, item in as_object(document.get("paths")).items():
        if path.startswith("x-"):
            continue
        if not path.startswith("/"):
            findings.warn(f"Parse issue: attribute paths. Resource {path} should start with /")
        for method in METHODS:
            operation = as_object(item).get(method)
            if isinstance(operation, dict) and "responses" not in operation:
                _missing(findings, f"paths.'{path}'({method}).responses")


def find_missing_schemas(document: JsonObject, findings: Findings) -> None:
    """Add a warning for every schema that a response refers to and that is not there."""
    schemas = as_object(as_object(document.get("components")).get("schemas"))
    for path, item in as_object(document.get("paths")).items():
        for method in METHODS:
            for status, pointer in _response_schemas(as_object(item).get(method)):
                if pointer.startswith(_SCHEMAS) and name_of(pointer) not in schemas:
                    # Recorded of AWS.
                    _missing(findings, f"paths.'{path}'({method}).responses.{status}.content.schema.{pointer}")


def _response_schemas(operation: Json) -> Iterator[tuple[str, str]]:
    for status, response in as_object(as_object(operation).get("responses")).items():
        for content in as_object(as_object(response).get("content")).values():
            pointer = as_object(as_object(content).get("schema")).get("$ref")
            if isinstance(pointer, str):
                yield status, pointer


def _missing(findings: Findings, attribute: str) -> None:
    findings.warn(f"Parse issue: attribute {attribute} is missing")
