"""Models: "Data models for REST APIs", "Request validation for REST APIs" (API Gateway Developer Guide).

`recorded_validation.json` holds schemas, values and the messages of json-schema-validator 2.2 (java-json-tools), which
API Gateway uses: they stand in `$context.error.validationErrorString` ("Context variables for data transformations").
"""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from gatewright.languages.json_schema import SchemaError, compile_schema

RECORDED: list[tuple[Any, Any, list[str]]] = json.loads(
    (Path(__file__).parent / "recorded_validation.json").read_text()
)
PET = json.dumps(
    {"type": "object", "required": ["name"], "properties": {"name": {"$ref": "#/definitions/name"}}}
    | {"definitions": {"name": {"type": "string", "minLength": 2}}}
)
URL = "https://apigateway.amazonaws.com/restapis/abc123/models/"


@pytest.mark.parametrize(("schema", "value", "messages"), RECORDED)
def test_messages_of_the_validator(schema: Any, value: Any, messages: list[str]) -> None:
    validator = compile_schema(schema)
    assert validator.errors(value) == messages
    assert validator.is_valid(value) is (messages == [])


def test_a_model_may_be_given_as_text() -> None:
    assert compile_schema(PET).errors({}) == ['object has missing required properties (["name"])']


def test_models_refer_to_each_other() -> None:
    """ "Data models for REST APIs": `$ref` with the URL of another model."""
    schema = {"type": "array", "items": {"$ref": f"{URL}Pet"}}
    validator = compile_schema(schema, {"Pet": PET})
    assert validator.is_valid([{"name": "Rex"}])
    assert validator.errors([{"name": "R"}]) == ['string "R" is too short (length: 1, required minimum: 2)']
    named = compile_schema({"$ref": f"{URL}Pet#/definitions/name"}, {"Pet": PET})
    assert not named.is_valid("R")


def test_models_may_contain_each_other() -> None:
    models = {
        "Node": json.dumps({"type": "object", "properties": {"leaves": {"$ref": f"{URL}Leaves"}}}),
        "Leaves": json.dumps({"type": "array", "items": {"$ref": f"{URL}Node"}}),
    }
    validator = compile_schema(models["Node"], models)
    assert validator.is_valid({"leaves": [{"leaves": []}, {}]})
    assert not validator.is_valid({"leaves": [{"leaves": [{"leaves": 1}]}]})


def test_unknown_keywords_do_not_matter() -> None:
    schema = {"type": "object", "discriminator": "x", "readOnly": True, "nullable": True, "const": 1, "if": False}
    assert compile_schema(schema).is_valid({})


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {
            "$ref": "#/definitions/a",
            "definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}},
        },
        {"$ref": "#/nowhere"},
        {"$ref": "http://example.com/schema"},
        {"$ref": f"{URL}Unknown"},
        {"type": "strin"},
        {"maxLength": "35"},
        {"required": []},
        {"properties": {"a": 1}},
        {"pattern": "("},
        {"pattern": "((a{1000}){1000}){1000}"},
        [],
        "no JSON",
        '"text"',
    ],
)
def test_no_schema(schema: object) -> None:
    with pytest.raises(SchemaError):
        compile_schema(schema)


def _nested(depth: int, innermost: object, wrap: str) -> object:
    value = innermost
    for _ in range(depth):
        value = {wrap: value}
    return value


def test_a_schema_that_nests_too_deep() -> None:
    with pytest.raises(SchemaError):
        compile_schema(_nested(5_000, {}, "not"))


def test_a_schema_with_too_many_places() -> None:
    with pytest.raises(SchemaError):
        compile_schema({"properties": {str(number): {} for number in range(30_000)}})


def test_a_value_that_nests_deep() -> None:
    validator = compile_schema({"type": "object", "properties": {"d": {"$ref": "#"}}})
    assert validator.is_valid(_nested(100, {}, "d"))
    assert not validator.is_valid(_nested(100, 1, "d"))
    # More levels than anybody's JSON has are refused rather than followed.
    assert not validator.is_valid(_nested(2_000, {}, "d"))
    assert validator.errors(_nested(2_000, {}, "d")) == ["instance nests too deep"]


def test_a_schema_that_asks_itself_the_same_value() -> None:
    assert not compile_schema({"allOf": [{"$ref": "#"}]}).is_valid(1)


def test_combinations_that_multiply_are_given_up() -> None:
    doubled = {"anyOf": [{"$ref": "#/definitions/a"}, {"$ref": "#/definitions/a"}]}
    schema = {
        "$ref": "#/definitions/a",
        "definitions": {"a": {"type": "object", "properties": {"d": doubled}, "required": ["d"]}},
    }
    start = time.monotonic()
    assert not compile_schema(schema).is_valid(_nested(60, {}, "d"))
    assert time.monotonic() - start < 2


def test_a_pattern_cannot_hang() -> None:
    validator = compile_schema({"items": {"pattern": "^(a|a)*$"}, "patternProperties": {"(x+x+)+y": {}}})
    start = time.monotonic()
    assert not validator.is_valid(["a" * 60 + "!"])
    assert validator.is_valid({"x" * 60: 1})
    assert time.monotonic() - start < 1


def test_large_bodies_are_checked_in_linear_time() -> None:
    validator = compile_schema({"uniqueItems": True, "items": {"type": "object"}})
    start = time.monotonic()
    assert validator.is_valid([{"id": number} for number in range(50_000)])
    assert time.monotonic() - start < 2


SLOW = "^(a|a)*$"
TEXT = "a" * 40 + "!"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"items": {"pattern": SLOW}}, [TEXT + str(number) for number in range(500)]),
        ({"patternProperties": {SLOW: {"type": "string"}}}, {TEXT + str(number): "" for number in range(500)}),
        (
            {"patternProperties": {SLOW: {}}, "additionalProperties": False},
            {TEXT + str(number): "" for number in range(500)},
        ),
        ({"items": {"anyOf": [{"pattern": SLOW}, {"type": "string"}]}}, [TEXT] * 500),
    ],
)
def test_a_body_of_texts_that_patterns_take_long_for_is_refused_at_once(schema: object, value: object) -> None:
    # No AWS page: its patterns are bounded in some way that is not told. 500 times 50 ms are a node that stands still.
    validator = compile_schema(schema)
    began = time.thread_time()
    assert not validator.is_valid(value)
    assert validator.errors(value)
    assert time.thread_time() - began < 1


def test_so_many_errors_are_reported_and_no_more() -> None:
    # No AWS page: `$context.error.validationErrorString` of a million errors would take the node a minute.
    validator = compile_schema({"items": {"type": "integer"}})
    assert len(validator.errors(["a"] * 1000)) == 200


def test_texts_that_each_take_a_while_share_the_time() -> None:
    validator = compile_schema({"items": {"pattern": "^(a|aa)+$|!$"}}, search_seconds=0.1)
    body = ["a" * 22 + "!"] * 2500
    start = time.monotonic()
    assert not validator.is_valid(body)
    assert len(validator.errors(body)) == 1
    assert time.monotonic() - start < 1
    assert validator.is_valid(body[:1])
