"""An OpenAPI document: from octets to plain Python, and which version it is.

Sources: "API Gateway: supported OpenAPI versions" in "Develop REST APIs using OpenAPI in API Gateway": OpenAPI 2.0 and
3.0; "Amazon API Gateway quotas": a definition has 6 MB at most.
"""

import enum
import json
import re
from typing import NoReturn

from gatewright.languages.openapi.errors import INVALID_INPUT, OpenApiError
from gatewright.languages.openapi.types import Json, JsonObject
from gatewright.languages.openapi.yaml_events import DEEPEST, YamlError, read_yaml

LARGEST_BYTES = 6 * 1024 * 1024

_SURROGATE = re.compile(r"\\[uU](?:0000)?[dD][89a-fA-F]|[\ud800-\udfff]")


class Version(enum.Enum):
    """Versions of OpenAPI."""

    SWAGGER = "swagger"
    OAS30 = "oas30"


def parse(body: bytes | str) -> JsonObject:
    """Return an OpenAPI document in JSON or YAML as plain Python. Raises OpenApiError."""
    document = parse_object(body)
    version_of(document)
    return document


def parse_object(body: bytes | str) -> JsonObject:
    """Return an object in JSON or YAML as plain Python, whatever it is. Raises OpenApiError."""
    text = _text(body)
    try:
        document = _read_json(text) if text.lstrip().startswith("{") else read_yaml(text)
    except (ValueError, RecursionError):
        document = _flow_yaml(text)
    if not isinstance(document, dict) or _is_too_deep(document) or _has_half_characters(text, document):
        raise OpenApiError(INVALID_INPUT)
    return document


def version_of(document: JsonObject) -> Version:
    """Return the version of a document. Raises OpenApiError for one that API Gateway does not read."""
    if str(document.get("swagger")) == "2.0":
        return Version.SWAGGER
    if str(document.get("openapi", "")).startswith("3.0"):
        return Version.OAS30
    raise OpenApiError(INVALID_INPUT)


def _text(body: bytes | str) -> str:
    if len(body) > LARGEST_BYTES:
        raise OpenApiError(INVALID_INPUT)
    if isinstance(body, str):
        return body
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise OpenApiError(INVALID_INPUT) from None


def _flow_yaml(text: str) -> Json:
    # YAML may begin with a brace too.
    try:
        return read_yaml(text)
    except YamlError:
        raise OpenApiError(INVALID_INPUT) from None


def _read_json(text: str) -> Json:
    return json.loads(text, object_pairs_hook=_object_of, parse_constant=_refuse_constant)


def _object_of(pairs: list[tuple[str, Json]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise OpenApiError(INVALID_INPUT)
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _is_too_deep(document: JsonObject) -> bool:
    level: list[Json] = [document]
    for _ in range(DEEPEST):
        # What an alias has put in several places is looked at once.
        level = list({id(child): child for value in level for child in _children(value)}.values())
        if not level:
            return False
    return True


def _has_half_characters(text: str, document: JsonObject) -> bool:
    # JSON can spell half of a surrogate pair, which is no character: UTF-8 has no octets for it.
    if _SURROGATE.search(text) is None:
        return False
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _children(value: Json) -> list[Json]:
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [child for child in values if isinstance(child, dict | list)]
