"""What CreateModel says to a schema: "Data models for REST APIs" (API Gateway Developer Guide), "CreateModel".

`recorded_syntax.json` holds schemas with the complaints of json-schema-core's syntax check, in AWS's words for them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from gatewright.languages.json_schema import check_schema

RECORDED: list[tuple[Any, list[str]]] = json.loads((Path(__file__).parent / "recorded_syntax.json").read_text())
INVALID = "Invalid model schema specified"
NOT_CANONICAL = "Model reference must be in canonical form"
PET = "https://apigateway.amazonaws.com/restapis/abc123/models/Pet"


@pytest.mark.parametrize(("schema", "errors"), RECORDED)
def test_complaints(schema: Any, errors: list[str]) -> None:
    assert check_schema(json.dumps(schema)) == errors


@pytest.mark.parametrize(
    ("schema", "errors"),
    [
        ({"$ref": PET}, []),
        ({"$ref": f"{PET}#/definitions/x"}, []),
        (
            {"$ref": "https://apigateway.amazonaws.com/restapis/abc/models/Dog"},
            ["Invalid model identifier specified: Dog"],
        ),
        ({"definitions": {"a": {}}, "items": {"$ref": "#/definitions/a"}}, []),
        ({"items": {"$ref": "#/components/schemas/Pet"}}, [NOT_CANONICAL]),
        ({"properties": {"a": {"$ref": "Pet"}, "b": {"$ref": "http://x/y"}}}, [NOT_CANONICAL, NOT_CANONICAL]),
        ({"maxLength": "35", "items": {"$ref": "Pet"}}, [INVALID, NOT_CANONICAL]),
        ({"$ref": 1}, [INVALID]),
        ({"$ref": "x y"}, [INVALID, NOT_CANONICAL]),
    ],
)
def test_references(schema: Any, errors: list[str]) -> None:
    assert check_schema(json.dumps(schema), {"Pet"}) == errors


@pytest.mark.parametrize("text", ["", "no JSON", '{"type": "object"', "[" * 100_000, '{"a":' * 300 + "1" + "}" * 300])
def test_no_json(text: str) -> None:
    assert check_schema(text)[0].startswith(INVALID)


def test_a_schema_that_nests_too_deep() -> None:
    text = '{"not":' * 300 + "{}" + "}" * 300
    assert check_schema(text) == [INVALID]
