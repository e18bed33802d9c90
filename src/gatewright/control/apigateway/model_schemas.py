"""The schemas of models: whether one is a model's, what it refers to, and what can be made of it.

Source: "Data models for REST APIs in API Gateway" (API Gateway Developer Guide); the texts as AWS answers them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from gatewright.control.apigateway.errors import bad_request, not_built

_REFERENCE = re.compile(r"https?://apigateway\.amazonaws\.com(?:\.cn)?/restapis/[^/]+/models/(?P<name>[a-zA-Z0-9]+)")


def check_model_schema(schema: str | None, content_type: str, names: Set[str]) -> None:
    """Raise BadRequestException when a text is no schema of a model of an API that has models of these names."""
    if not schema or not schema.strip():
        raise bad_request("Model schema must have at least 1 property or array items defined")


def referenced_models(schema: str) -> set[str]:
    """Return the names of the models that a schema refers to."""
    try:
        matches = [_REFERENCE.match(reference) for reference in _references(json.loads(schema))]
    except ValueError:
        return set()
    return {match["name"] for match in matches if match}


def flattened(schema: str, schemas: Mapping[str, str]) -> str:
    """Return a schema with the models that it refers to put in as its definitions."""
    raise not_built("flatten of GetModel")


def template(schema: str, schemas: Mapping[str, str]) -> str:
    """Return a mapping template that makes something of the schema's form."""
    raise not_built("GetModelTemplate")


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
