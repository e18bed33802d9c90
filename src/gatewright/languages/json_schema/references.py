"""The models of an API and the references between them.

    #, #/definitions/Pet                                                  a place in the same model
    https://apigateway.amazonaws.com/restapis/{api-id}/models/Pet         another model, also with `#/…`

"Data models for REST APIs": a model refers to another one by this URL. Which API it names is not looked at: a model
knows only those of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

import orjson

# "CreateModel": the maximum size of the model is 400 KB.
SCHEMA_BYTES = 400 * 1024
_CANONICAL = re.compile(r"https://apigateway\.amazonaws\.com/restapis/[^/#?]+/models/([A-Za-z0-9]+)(#.*)?")


class SchemaError(ValueError):
    """A schema that cannot be compiled, in one sentence."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a model; the model being compiled itself has the name ""."""

    model: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Models:
    """Models by name, as texts, and the one that is being compiled."""

    root: object
    texts: Mapping[str, str]
    _read: dict[str, object] = field(default_factory=dict)

    def resolve(self, reference: str, base: Location) -> tuple[Location, object]:
        """Return what a reference points to, and where that is. Raises `SchemaError`."""
        if reference.startswith("#"):
            return self._find(base.model, reference)
        match = _CANONICAL.fullmatch(reference)
        if match is None:
            raise SchemaError(f"Model reference must be in canonical form: {reference}")
        return self._find(match[1], match[2] or "#")

    def _find(self, model: str, fragment: str) -> tuple[Location, object]:
        document = self.root if model == "" else self._load(model)
        pointer = unquote(fragment[1:])
        found = find(document, pointer)
        if found is None:
            raise SchemaError(f'JSON Reference "{fragment}" cannot be resolved')
        return Location(model, pointer), found

    def _load(self, model: str) -> object:
        if model not in self.texts:
            raise SchemaError(f"Invalid model identifier specified: {model}")
        if model not in self._read:
            self._read[model] = parse_schema(self.texts[model])
        return self._read[model]


def model_name(reference: str) -> str | None:
    """Return the name of the model that a reference in canonical form names; None for another form."""
    match = _CANONICAL.fullmatch(reference)
    return match[1] if match else None


def parse_schema(text: str) -> object:
    """Return a schema's JSON. Raises `SchemaError`."""
    if len(text) > SCHEMA_BYTES:
        raise SchemaError(f"the schema is larger than {SCHEMA_BYTES} bytes")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise SchemaError("the schema is not JSON") from error


def find(document: object, pointer: str) -> object | None:
    """Return what a JSON pointer points to, None for nothing."""
    if pointer and not pointer.startswith("/"):
        return None
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and name in document:
            document = document[name]
        elif isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document
