"""Whether a text is a schema of draft 4, as CreateModel and imports ask.

API Gateway lets json-schema-validator check the syntax. It answers with one `Invalid model schema specified` for each
complaint, and names the keywords of each place that the validator would ignore; a fact recorded in
`segurvita/swagger-rm-example` (`Unsupported keyword(s): ["example"]`) and in issues of Terraform and CDK users
(`[Invalid model schema specified, Invalid model schema specified]` for two limits that are strings).
"""

from collections.abc import Callable, Collection, Iterator
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import orjson

from gatewright.languages.json_schema.references import SchemaError, find, model_name, parse_schema
from gatewright.languages.json_schema.rules import TYPES
from gatewright.languages.json_schema.values import comparable, names_text, type_name
from gatewright.languages.patterns import PatternError, compile_ecma

INVALID = "Invalid model schema specified"
NOT_CANONICAL = "Model reference must be in canonical form"
_DEPTH_LIMIT = 200

Complaint = tuple[str, str]
"""What AWS says, and what the validator found."""


def check_schema(text: str, model_names: Collection[str] | None = None) -> list[str]:
    """Return AWS's errors for a model's schema, an empty list if it is one.

    They go between the brackets of `Invalid model specified: Validation Result: warnings : [], errors : […]`.
    `model_names` are those that it may refer to; None lets every name pass.
    """
    try:
        schema = parse_schema(text)
    except SchemaError:
        return [INVALID]
    complaints = [said for said, _ in _complaints(schema)]
    return complaints + list(_reference_errors(schema, schema, model_names, 0))


def check_syntax(schema: object) -> Iterator[Complaint]:
    """Yield what makes a schema unusable; unknown keywords don't."""
    return (complaint for complaint in _complaints(schema) if complaint[0] == INVALID)


def _complaints(schema: object) -> Iterator[Complaint]:
    return _walk(schema, 0)


def _walk(schema: object, depth: int) -> Iterator[Complaint]:
    if not isinstance(schema, dict):
        yield INVALID, f"JSON value is of type {type_name(schema)}, not a JSON Schema (expected an object)"
        return
    if depth > _DEPTH_LIMIT:
        yield INVALID, "the schema nests too deep"
        return
    unknown = [keyword for keyword in schema if keyword not in _CHECKS]
    if unknown:
        yield f"{INVALID}. Unsupported keyword(s): {names_text(unknown)}", f"unknown keywords {names_text(unknown)}"
    children: list[object] = []
    for keyword in sorted(schema.keys() & _CHECKS.keys()):
        value = schema[keyword]
        problem = _CHECKS[keyword](value, schema)
        if problem:
            yield INVALID, f"{keyword}: {problem}"
        else:
            children += subschemas(keyword, value)
    for child in children:
        yield from _walk(child, depth + 1)


def subschemas(keyword: str, value: Any) -> list[object]:
    """Return the schemas that are the value of a keyword."""
    if keyword in ("properties", "patternProperties", "definitions"):
        return [value[name] for name in sorted(value)]
    if keyword == "dependencies":
        return [value[name] for name in sorted(value) if isinstance(value[name], dict)]
    if keyword in ("allOf", "anyOf", "oneOf") or (keyword == "items" and isinstance(value, list)):
        return list(value)
    if keyword in ("not", "items") or (
        keyword in ("additionalProperties", "additionalItems") and value not in (True, False)
    ):
        return [value]
    return []


def _reference_errors(schema: object, root: object, model_names: Collection[str] | None, depth: int) -> Iterator[str]:
    if not isinstance(schema, dict) or depth > _DEPTH_LIMIT:
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        name = model_name(reference)
        if name is not None and model_names is not None and name not in model_names:
            yield f"Invalid model identifier specified: {name}"
        if name is None and (not reference.startswith("#") or find(root, reference[1:]) is None):
            yield NOT_CANONICAL
    for keyword in sorted(schema.keys() & _CHECKS.keys()):
        if not _CHECKS[keyword](schema[keyword], schema):
            for child in subschemas(keyword, schema[keyword]):
                yield from _reference_errors(child, root, model_names, depth + 1)


Check = Callable[[Any, dict[str, Any]], str | None]


def _typed(*names: str, then: Check | None = None) -> Check:
    def check(value: Any, schema: dict[str, Any]) -> str | None:
        if type_name(value) not in names:
            return f"value has incorrect type (found {type_name(value)}, expected one of [{', '.join(names)}])"
        return then(value, schema) if then else None

    return check


def _not_negative(value: Any, schema: dict[str, Any]) -> str | None:
    return "integer value must be strictly positive" if value < 0 else None


def _not_empty(value: Any, schema: dict[str, Any]) -> str | None:
    return None if value else "array must have at least one element"


def _distinct(value: Any, schema: dict[str, Any]) -> str | None:
    is_distinct = len({comparable(element) for element in value}) == len(value)
    return None if is_distinct else "array must not contain duplicate elements"


def _names(value: Any, schema: dict[str, Any]) -> str | None:
    if not value:
        return "array must have at least one element"
    for index, name in enumerate(value):
        if not isinstance(name, str):
            return f"array element at index {index} has incorrect type"
    return _distinct(value, schema)


def _type(value: Any, schema: dict[str, Any]) -> str | None:
    names = value if isinstance(value, list) else [value]
    unknown = [name for name in names if not isinstance(name, str) or name not in TYPES]
    if unknown:
        return f"{orjson.dumps(unknown[0]).decode()} is not a valid primitive type"
    return _names(names, schema)


def _items(value: Any, schema: dict[str, Any]) -> str | None:
    return _not_empty(value, schema) if isinstance(value, list) else None


def _paired(keyword: str) -> Check:
    return lambda value, schema: None if keyword in schema else f"must be paired with {keyword}"


def _pattern(value: Any, schema: dict[str, Any]) -> str | None:
    try:
        compile_ecma(value)
    except PatternError as error:
        return str(error)
    return None


def _patterns(value: Any, schema: dict[str, Any]) -> str | None:
    problems = [_pattern(pattern, schema) for pattern in value]
    return next((problem for problem in problems if problem), None)


def _dependencies(value: Any, schema: dict[str, Any]) -> str | None:
    for name, dependency in value.items():
        if not isinstance(dependency, (list, dict)):
            return f"dependency value for property {name!r} has incorrect type"
        problem = _names(dependency, schema) if isinstance(dependency, list) else None
        if problem:
            return problem
    return None


def _positive(value: Any, schema: dict[str, Any]) -> str | None:
    return None if value > 0 else "divisor must be strictly greater than zero"


def _uri(value: Any, schema: dict[str, Any]) -> str | None:
    try:
        urlsplit(value)
    except ValueError:
        return "string is not a valid URI"
    return (
        "string is not a valid URI"
        if any(character.isspace() or character in '"<>\\^`{|}' for character in value)
        else None
    )


_SIZE = _typed("integer", then=_not_negative)
_LIMIT = _typed("integer", "number")
_SCHEMAS = _typed("array", then=_not_empty)

_CHECKS = MappingProxyType[str, Check](
    {
        "$ref": _typed("string", then=_uri),
        "$schema": _typed("string", then=_uri),
        "additionalItems": _typed("boolean", "object"),
        "additionalProperties": _typed("boolean", "object"),
        "allOf": _SCHEMAS,
        "anyOf": _SCHEMAS,
        "default": lambda value, schema: None,
        "definitions": _typed("object"),
        "dependencies": _typed("object", then=_dependencies),
        "description": _typed("string"),
        "enum": _typed("array", then=_distinct),
        "exclusiveMaximum": _typed("boolean", then=_paired("maximum")),
        "exclusiveMinimum": _typed("boolean", then=_paired("minimum")),
        "format": _typed("string"),
        "id": _typed("string", then=_uri),
        "items": _typed("array", "object", then=_items),
        "maxItems": _SIZE,
        "maxLength": _SIZE,
        "maxProperties": _SIZE,
        "maximum": _LIMIT,
        "minItems": _SIZE,
        "minLength": _SIZE,
        "minProperties": _SIZE,
        "minimum": _LIMIT,
        "multipleOf": _typed("integer", "number", then=_positive),
        "not": lambda value, schema: None,
        "oneOf": _SCHEMAS,
        "pattern": _typed("string", then=_pattern),
        "patternProperties": _typed("object", then=_patterns),
        "properties": _typed("object"),
        "required": _typed("array", then=_names),
        "title": _typed("string"),
        "type": _typed("array", "string", then=_type),
        "uniqueItems": _typed("boolean"),
    }
)
