"""Bodies of imports: "Develop REST APIs using OpenAPI in API Gateway" and YAML 1.2.2 for what scalars are."""

import json

import pytest

from gatewright.languages.openapi.document import LARGEST_BYTES, Version, parse, parse_object, version_of
from gatewright.languages.openapi.errors import OpenApiError
from gatewright.languages.openapi.yaml_events import DEEPEST, YamlError, read_yaml


@pytest.mark.parametrize(
    ("body", "version"),
    [
        ('{"swagger": "2.0"}', Version.SWAGGER),
        ("swagger: '2.0'", Version.SWAGGER),
        ("swagger: 2.0", Version.SWAGGER),
        ("openapi: 3.0.3", Version.OAS30),
        (b'\xef\xbb\xbf{"openapi": "3.0.0"}', Version.OAS30),
        ("{openapi: 3.0.1}", Version.OAS30),
    ],
)
def test_openapi_2_and_3_are_read_as_json_and_yaml(body: bytes | str, version: Version) -> None:
    assert version_of(parse(body)) is version


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        "[]",
        "text",
        "null",
        "{",
        "a: b: c",
        "swagger: '1.2'",
        "openapi: 3.1.0",
        "openapi: 4",
        '{"openapi": "3.0.1", "a": 1, "a": 2}',
        '{"openapi": "3.0.1", "a": "\\ud800"}',
        "openapi: 3.0.1\na: 1\na: 2",
        "openapi: 3.0.1\n---\nopenapi: 3.0.1",
        "openapi: 3.0.1\na: *nothing",
        "openapi: 3.0.1\na: &a [*a]",
        "openapi: 3.0.1\n? [a]\n: b",
        b'{"openapi": "3.0.1"}' + b" " * LARGEST_BYTES,
        '{"openapi": "3.0.1", "a": ' + "[" * 5000 + "]" * 5000 + "}",
        "openapi: 3.0.1\na: " + "[" * 5000 + "]" * 5000,
        '{"openapi": "3.0.1", "a": ' + "[" * DEEPEST + "]" * DEEPEST + "}",
    ],
    ids=lambda body: repr(body)[:40],
)
def test_anything_else_is_invalid_input(body: bytes | str) -> None:
    with pytest.raises(OpenApiError, match=r"Invalid OpenAPI input\."):
        parse(body)


def test_words_and_dates_are_text_and_keys_are_as_written() -> None:
    text = "a: {on: yes, off: no, date: 2020-01-01, 200: 0o17, 1e3: 1e3, ~: null, t: true, 'x': '1', h: 0x1F, f: .5}"

    assert read_yaml(text) == {
        "a": {
            "on": "yes",
            "off": "no",
            "date": "2020-01-01",
            "200": 15,
            "1e3": 1000.0,
            "~": None,
            "t": True,
            "x": "1",
            "h": 31,
            "f": 0.5,
        }
    }


def test_a_merge_key_adds_what_is_not_there() -> None:
    assert read_yaml("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [*a, {z: 4}]}") == {
        "a": {"x": 1, "y": 2},
        "b": {"y": 3, "x": 1},
        "c": {"x": 1, "y": 2, "z": 4},
    }


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 9)]

    with pytest.raises(YamlError, match="too many values"):
        read_yaml("\n".join(lines))


def test_a_part_of_a_document_needs_no_version() -> None:
    assert parse_object(json.dumps({"x": 1})) == {"x": 1}
