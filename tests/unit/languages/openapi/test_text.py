"""Text of exports: as recorded of AWS, which writes with Jackson ("Export a REST API from API Gateway")."""

import json

from hypothesis import given
from hypothesis import strategies as st

from gatewright.languages.openapi.text import json_text, yaml_text
from gatewright.languages.openapi.yaml_events import read_yaml

_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=12,
)


def test_json_is_laid_out_as_aws_does_it() -> None:
    document = {"swagger": "2.0", "schemes": ["https"], "paths": {}, "tags": [{"name": "a"}, {"name": "b"}], "x": []}

    assert json_text(document) == (
        '{\n  "swagger" : "2.0",\n  "schemes" : [ "https" ],\n  "paths" : { },\n'
        '  "tags" : [ {\n    "name" : "a"\n  }, {\n    "name" : "b"\n  } ],\n  "x" : [ ]\n}'
    )


def test_yaml_is_laid_out_as_aws_does_it() -> None:
    document = {"swagger": "2.0", "schemes": ["https"], "paths": {"/a/{b}": {"200": {"$ref": "#/x"}}}, "n": 1, "e": {}}

    assert yaml_text(document) == (
        '---\nswagger: "2.0"\nschemes:\n- "https"\npaths:\n  /a/{b}:\n    "200":\n      $ref: "#/x"\n"n": 1\ne: {}\n'
    )


@given(_JSON)
def test_what_is_written_is_read_again(value: object) -> None:
    assert json.loads(json_text(value)) == value
    assert read_yaml(yaml_text({"value": value})) == {"value": value}
