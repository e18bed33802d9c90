"""Documents that anything may be wrong with: "Errors and warnings from importing your API into API Gateway".

Each is a case in which a few values were replaced, removed or renamed. It is read, or refused with OpenApiError; what
was read can be written, and what was written can be read.
"""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from gatewright.languages.openapi.document import Version, parse
from gatewright.languages.openapi.errors import OpenApiError
from gatewright.languages.openapi.read_http_api import read_http_api
from gatewright.languages.openapi.read_rest_api import read_rest_api
from gatewright.languages.openapi.text import yaml_text
from gatewright.languages.openapi.write_http_api import write_http_api
from gatewright.languages.openapi.write_rest_api import Deployed, write_rest_api
from tests.unit.languages.openapi.reading import case

DEPLOYED = Deployed("example.com", "prod", "2026-01-01T00:00:00Z")
CASES = ("library.swagger.json", "library.oas30.yaml", "wheels.oas30.yaml")
VALUES = (None, True, 0, 1.5, 10**30, "", "x", "/", "{", "200", [], {}, [None], [[]], [{}], {"a": None}, "é\n\0")
REFERENCES = ({"$ref": "#/x"}, {"$ref": "#"}, {"$ref": 5}, {"$ref": "#/definitions/Book"}, {"$ref": "#/paths"})
NAMES = ("", "a b", "200", "x-y", "/{q", "é", "a.b", "$ref")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def broken(draw: random.Random) -> dict[str, Any]:
    document = copy.deepcopy(case(draw.choice(CASES)))
    for _ in range(draw.randint(1, 3)):
        *parents, last = draw.choice(list(places(document)))
        holder: Any = document
        for key in parents:
            holder = holder[key]
        if draw.random() < 0.1:
            del holder[last]
        elif isinstance(holder, dict) and draw.random() < 0.15:
            holder[draw.choice(NAMES)] = holder.pop(last)
        else:
            holder[last] = copy.deepcopy(draw.choice(VALUES + REFERENCES))
        if not document:
            break
    return document


@pytest.mark.parametrize("seed", range(12))
def test_a_broken_document_is_read_or_refused(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(25):
        text = json.dumps(broken(draw))
        try:
            definition = read_rest_api(parse(text), draw.choice((None, "prepend", "split")), "a1b2c3d4e5")
        except OpenApiError:
            continue
        for version in Version:
            document = write_rest_api(definition, version, {"apigateway"}, DEPLOYED)
            again = read_rest_api(parse(yaml_text(document)), None, "a1b2c3d4e5")
            assert set(again.resources) <= set(definition.resources)


@pytest.mark.parametrize("seed", range(12))
def test_a_broken_document_of_an_http_api_is_read_or_refused(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(25):
        text = json.dumps(broken(draw))
        try:
            definition = read_http_api(parse(text), draw.choice((None, "prepend", "split")))
        except OpenApiError:
            continue
        document = write_http_api(definition, "2026-01-01T00:00:00Z", None, has_extensions=True)
        assert len(read_http_api(parse(yaml_text(document))).routes) <= len(definition.routes)
