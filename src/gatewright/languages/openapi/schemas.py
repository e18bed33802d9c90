"""Schemas of an OpenAPI document, read into models and written from them.

A model's schema is JSON Schema draft 4 in which another model is named by its URL; in OpenAPI it is a reference into
`definitions` or `components/schemas`.

Sources: "Data models for REST APIs in API Gateway"; "Amazon API Gateway important notes" (what of OpenAPI's schemas is
not supported). What is not supported is left out of the model, as AWS leaves it out.
"""

import hashlib
import json
import re
from types import MappingProxyType

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.references import name_of
from gatewright.languages.openapi.text import json_text
from gatewright.languages.openapi.types import Findings, Json, JsonObject, as_object

MODEL_URL = "https://apigateway.amazonaws.com/restapis/{api_id}/models/{name}"
SCHEMA_POINTERS = MappingProxyType({Version.SWAGGER: "#/definitions/", Version.OAS30: "#/components/schemas/"})

_MODEL_URL = re.compile(r"https://apigateway\.amazonaws\.com/restapis/[^/]+/models/(?P<name>[A-Za-z0-9]+)")
_NAME = re.compile(r"[A-Za-z0-9]+")
_JSON_MEDIA_TYPE = "application/json"

# Keywords of OpenAPI's schemas that JSON Schema draft 4 does not have.
_OPENAPI_ONLY = frozenset(
    {
        "deprecated",
        "discriminator",
        "example",
        "externalDocs",
        "nullable",
        "readOnly",
        "writeOnly",
        "xml",
    }
)
# Keywords whose members are named by the author: nothing below them is a keyword.
_NAMED = frozenset({"properties", "patternProperties", "definitions", "dependencies"})
_VALUES = frozenset({"enum", "default", "required"})

# The order in which AWS's importer writes the keywords of OpenAPI 3.0.
_ORDER = (
    "title",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "type",
    "not",
    "properties",
    "additionalProperties",
    "description",
    "format",
)

_FORMATS = MappingProxyType(
    {
        "date": "DateSchema",
        "date-time": "DateTimeSchema",
        "password": "PasswordSchema",
        "uuid": "UUIDSchema",
        "email": "EmailSchema",
        "byte": "ByteArraySchema",
        "binary": "BinarySchema",
    }
)
_TYPES = MappingProxyType(
    {"string": "StringSchema", "integer": "IntegerSchema", "number": "NumberSchema", "boolean": "BooleanSchema"}
)


class Models:
    """The models of a document while it is read: those it names, and those made for schemas without a name."""

    def __init__(self, document: JsonObject, version: Version, api_id: str, findings: Findings) -> None:
        self.by_name: dict[str, JsonObject] = {}
        self._api_id = api_id
        self._version = version
        self._findings = findings
        root = document if version is Version.SWAGGER else as_object(document.get("components"))
        self._schemas = as_object(root.get("definitions" if version is Version.SWAGGER else "schemas"))
        for name, schema in self._schemas.items():
            # One whose name no model can have is kept too: making it says what is wrong with it.
            if isinstance(schema, dict):
                self.by_name[name] = self._model(name, schema)

    def name_for(self, schema: JsonObject, place: str, described: str) -> str | None:
        """Return the name of the model of a schema; one without a name gets a model of its own.

        `place` tells schemas without names apart; `described` is the place in the words of AWS's warning, with a gap
        for what is not supported there.
        """
        pointer = schema.get("$ref")
        if isinstance(pointer, str):
            name = name_of(pointer)
            if name in self.by_name and _NAME.fullmatch(name):
                return name
            self._warn_of_reference(pointer, name)
            return None
        kind = _unsupported_kind(schema) if self._version is Version.OAS30 else None
        if kind:
            self._findings.warn(described.format(kind=kind))
            return None
        if not schema:
            return None
        if listed := self._array_name(schema):
            self.by_name.setdefault(listed, self._model(listed, schema))
            return listed
        digest = hashlib.sha256(f"{place}\0{json.dumps(schema, sort_keys=True)}".encode()).hexdigest()
        name = f"MODEL{digest[:6]}"
        self.by_name[name] = self._model(name, schema)
        return name

    def _array_name(self, schema: JsonObject) -> str | None:
        """Return what AWS calls the model of a list of models; one name for all such lists.

        Source: "Set up basic request validation in API Gateway", whose sample API is shown as AWS exports it.
        """
        pointer = as_object(schema.get("items")).get("$ref")
        if self._version is not Version.SWAGGER or set(schema) != {"type", "items"} or not isinstance(pointer, str):
            return None
        name = name_of(pointer)
        is_known = schema["type"] == "array" and name in self.by_name and _NAME.fullmatch(name)
        return f"ArrayOf{name}" if is_known else None

    def _warn_of_reference(self, pointer: str, name: str) -> None:
        text = missing_model(name)
        if not _NAME.fullmatch(name):
            text = f"Unknown or invalid reference specified by '{pointer}'. Ignoring."
        # Recorded of AWS: it says so twice for each reference of OpenAPI 3.0.
        for _ in range(2 if self._version is Version.OAS30 else 1):
            self._findings.warn(text)

    def _model(self, name: str, schema: JsonObject) -> JsonObject:
        model: JsonObject = {"name": name, "contentType": _JSON_MEDIA_TYPE}
        if isinstance(schema.get("description"), str):
            model["description"] = schema["description"]
        model["schema"] = json_text(self._draft4(schema))
        return model

    def _draft4(self, schema: Json) -> Json:
        if isinstance(schema, list):
            return [self._draft4(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        pointer = schema.get("$ref")
        if isinstance(pointer, str):
            return {"$ref": self._reference(pointer)}
        kept = {key: value for key, value in schema.items() if key not in _OPENAPI_ONLY and not key.startswith("x-")}
        return {key: self._keyword(key, kept[key]) for key in self._ordered(kept)}

    def _keyword(self, key: str, value: Json) -> Json:
        if key in _VALUES:
            return value
        if key in _NAMED and isinstance(value, dict):
            return {name: self._draft4(child) for name, child in value.items()}
        return self._draft4(value)

    def _ordered(self, schema: JsonObject) -> list[str]:
        if self._version is Version.SWAGGER:
            return list(schema)
        return [key for key in _ORDER if key in schema] + [key for key in schema if key not in _ORDER]

    def _reference(self, pointer: str) -> str:
        # A reference that is no local one stays as it is: making the model then says what is wrong with it.
        if not pointer.startswith(SCHEMA_POINTERS[self._version]):
            return pointer
        return MODEL_URL.format(api_id=self._api_id, name=name_of(pointer))


def missing_model(name: str) -> str:
    """Return AWS's warning of a reference to a model that is not there."""
    return f"Reference to model '{name}' not found. Ignoring."


def invalid_format(media_type: str, http_method: str) -> str:
    """Return AWS's warning of a method that goes without the model of a media type."""
    return f"Invalid format for model {media_type} for method {http_method}"


def schema_document(model: JsonObject, version: Version) -> JsonObject:
    """Return the schema of a model as it stands in an exported document."""
    try:
        schema = json.loads(model.get("schema") or "{}")
    except ValueError:
        return {}
    return as_object(_exported(schema, SCHEMA_POINTERS[version]))


def models_within(schema: Json) -> set[str]:
    """Return the names of the models that an exported schema refers to."""
    if isinstance(schema, list):
        return {name for item in schema for name in models_within(item)}
    if not isinstance(schema, dict):
        return set()
    found = {name for value in schema.values() for name in models_within(value)}
    pointer = schema.get("$ref")
    if isinstance(pointer, str) and pointer.startswith(tuple(SCHEMA_POINTERS.values())):
        found.add(name_of(pointer))
    return found


def _exported(schema: Json, pointers: str) -> Json:
    if isinstance(schema, list):
        return [_exported(item, pointers) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # Recorded of AWS: the `$schema` of the default models is not exported.
    exported = {key: _member(key, value, pointers) for key, value in schema.items() if key != "$schema"}
    # AWS's exports, such as that in "Set up basic request validation in API Gateway": no properties are not named, and
    # those that are required are sorted.
    if exported.get("properties") == {}:
        del exported["properties"]
    required = exported.get("required")
    if isinstance(required, list) and all(isinstance(name, str) for name in required):
        exported["required"] = sorted(str(name) for name in required)
    url = exported.get("$ref")
    if isinstance(url, str) and (found := _MODEL_URL.fullmatch(url)):
        exported["$ref"] = pointers + found["name"]
    return exported


def _member(key: str, value: Json, pointers: str) -> Json:
    if key in _VALUES:
        return value
    if key in _NAMED and isinstance(value, dict):
        return {name: _exported(child, pointers) for name, child in value.items()}
    return _exported(value, pointers)


def _unsupported_kind(schema: JsonObject) -> str | None:
    """Return what AWS's importer calls a schema that it makes no model of; None for one that it does."""
    if any(key in schema for key in ("allOf", "anyOf", "oneOf")):
        return "ComposedSchema"
    kind = schema.get("type")
    if kind == "string":
        return _FORMATS.get(str(schema.get("format")), _TYPES["string"])
    if isinstance(kind, str) and kind in _TYPES:
        return _TYPES[kind]
    if isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema:
        return "MapSchema"
    return None
