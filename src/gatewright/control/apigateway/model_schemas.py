"""The schemas of models: whether one is a model's, what it refers to, and what can be made of it.

Source: "Data models for REST APIs in API Gateway" (API Gateway Developer Guide); the texts as AWS answers them.
"""

import json
from collections.abc import Iterator, Mapping, Set
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.control.apigateway.errors import bad_request, invalid_model
from gatewright.languages.json_schema import SchemaError, check_schema, model_template
from gatewright.languages.json_schema.references import model_name


def check_model_schema(schema: str | None, content_type: str, names: Set[str]) -> None:
    """Raise BadRequestException when a text is no schema of a model of an API that has models of these names."""
    if not schema or not schema.strip():
        raise bad_request("Model schema must have at least 1 property or array items defined")
    # CreateModel: "For application/json models, this should be JSON schema draft 4 model."
    errors = check_schema(schema, names) if "json" in content_type.lower() else []
    if errors:
        raise invalid_model(errors)


def referenced_models(schema: str) -> set[str]:
    """Return the names of the models that a schema refers to."""
    return {name for reference in _references(_parsed(schema)) if (name := model_name(reference))}


def flattened(schema: str, schemas: Mapping[str, str]) -> str:
    """Return a schema with the models that it refers to, and those that they refer to, among its definitions.

    Source: `flatten` of GetModel: a query parameter to resolve all external model references.
    """
    root = _parsed(schema)
    definitions: dict[str, Any] = {}
    remaining = sorted(referenced_models(schema))
    while remaining:
        name = remaining.pop()
        if name not in definitions and name in schemas:
            definitions[name] = _with_local_references(_parsed(schemas[name]))
            remaining += sorted(referenced_models(schemas[name]))
    if not definitions or not isinstance(root, dict):
        return schema
    flat = _with_local_references(root)
    flat["definitions"] = {**flat.get("definitions", {}), **definitions}
    return json.dumps(flat)


def template(schema: str, schemas: Mapping[str, str]) -> str:
    """Return a mapping template that makes something of the schema's form. Raises BadRequestException."""
    try:
        return model_template(schema, schemas)
    except SchemaError as error:
        raise _no_template(error) from error


def _no_template(error: SchemaError) -> AwsError:
    return bad_request(f"Unable to generate a template for the model: {error}")


def _parsed(schema: str) -> Any:
    try:
        return json.loads(schema)
    except ValueError:
        return None


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


def _with_local_references(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_local_references(each) for each in value]
    if not isinstance(value, dict):
        return value
    local = {name: _with_local_references(each) for name, each in value.items()}
    reference = value.get("$ref")
    name = model_name(reference) if isinstance(reference, str) else None
    return {**local, "$ref": f"#/definitions/{name}"} if name else local
