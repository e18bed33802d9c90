"""Sample templates of models: "GetModelTemplate" (API Gateway API Reference)."""

from typing import Any

import pytest

from gatewright.languages.json_schema import model_template

HEAD = "#set($inputRoot = $input.path('$'))\n"
NUMBER = {"type": "number"}
LEFT = "TO" + "DO"
LOOP = f"""[
##{LEFT}: Update this foreach loop to reference array from input json
#foreach($elem in $inputRoot.{LEFT})
 {{
  "age" : 42
}}\x20
#if($foreach.hasNext),#end
#end
]"""


@pytest.mark.parametrize(
    ("schema", "template"),
    [
        (
            {"type": "object", "properties": {"a": NUMBER, "b": NUMBER, "op": {"type": "string"}, "c": NUMBER}},
            '{\n  "a" : 3.1415,\n  "b" : 3.1415,\n  "op" : "foo",\n  "c" : 3.1415\n}',
        ),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "title": "Empty Schema", "type": "object"}, "{ }"),
        (
            {"type": "array", "items": {"type": "object", "properties": {"age": {"type": "integer"}}}},
            LOOP,
        ),
        (
            {"properties": {"o": {"properties": {"t": {"type": "boolean"}, "n": {"type": ["null", "string"]}}}}},
            '{\n  "o" : {\n    "t" : true,\n    "n" : "foo"\n  }\n}',
        ),
        ({"$ref": "#/definitions/a", "definitions": {"a": {"type": "integer"}}}, "42"),
    ],
)
def test_samples(schema: Any, template: str) -> None:
    assert model_template(schema) == HEAD + template


def test_other_models_are_written_out() -> None:
    pet = "https://apigateway.amazonaws.com/restapis/abc/models/Pet"
    schema = {"type": "object", "properties": {"pet": {"$ref": pet}}}
    models = {"Pet": '{"type": "object", "properties": {"name": {"type": "string"}}}'}
    assert model_template(schema, models) == HEAD + '{\n  "pet" : {\n    "name" : "foo"\n  }\n}'


def test_a_model_that_contains_itself_ends() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}, "c": {"$ref": "#"}}}
    assert 0 < len(model_template(schema)) < 1_000_000
