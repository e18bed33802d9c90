"""Patches: RFC 6901 and RFC 6902 as "Patch operations" in the "Amazon API Gateway REST API Reference" has them."""

import copy
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.apigateway import gateway_responses, integrations, methods, resources, rest_apis
from gatewright.control.apigateway.patch import (
    ADD,
    COPY,
    REMOVE,
    REPLACE,
    PatchPath,
    PatchTable,
    element,
    entry,
    integer,
    name_path_or_ops,
    number,
    parse_pointer,
    patched,
    value_element,
)

TABLE = PatchTable(
    (
        PatchPath("/name", (REPLACE, REMOVE)),
        PatchPath("/settings/{name}", (ADD, REPLACE, REMOVE, COPY)),
        PatchPath("/list/{item}", (ADD, REPLACE, REMOVE), apply=element),
        PatchPath("/values", (ADD, REMOVE), apply=value_element),
        PatchPath("/map/{name}", (ADD, REPLACE, REMOVE), apply=entry, missing="not there"),
        PatchPath("/number", parse=integer),
        PatchPath("/rate", parse=number),
    ),
    name_path_or_ops,
)


def change(op: str, path: str, value: str | None = None, source: str | None = None) -> dict[str, Any]:
    return {"op": op, "path": path, "value": value, "from": source}


@pytest.mark.parametrize(
    ("pointer", "segments"),
    [
        ("/name", ("name",)),
        ("/a/b", ("a", "b")),
        ("/a/image~1png", ("a", "image/png")),
        ("/a/x~0y~01", ("a", "x~y~1")),
        ("/", ("",)),
        ("name", ()),
        ("", ()),
    ],
)
def test_pointers(pointer: str, segments: tuple[str, ...]) -> None:
    """RFC 6901 section 4: `~1` is read before `~0`."""
    assert parse_pointer(pointer) == segments


@pytest.mark.parametrize(
    ("before", "operations", "after"),
    [
        ({"name": "a"}, [change("replace", "/name", "b")], {"name": "b"}),
        ({"name": "a"}, [change("replace", "/name", "")], {}),
        ({"name": "a"}, [change("remove", "/name")], {}),
        ({}, [change("remove", "/name")], {}),
        ({}, [change("add", "/settings/a~1b", "c")], {"settings": {"a/b": "c"}}),
        ({"settings": {"a": "b"}}, [change("remove", "/settings/a")], {}),
        (
            {"settings": {"a": "b"}},
            [change("copy", "/settings/c", source="/settings/a")],
            {"settings": {"a": "b", "c": "b"}},
        ),
        ({"list": ["a", "b"]}, [change("replace", "/list/a", "c")], {"list": ["b", "c"]}),
        ({"list": ["a"]}, [change("add", "/list/a")], {"list": ["a"]}),
        ({"list": ["a"]}, [change("remove", "/list/a")], {}),
        ({}, [change("add", "/values", "a"), change("add", "/values", "b")], {"values": ["a", "b"]}),
        ({"values": ["a", "b"]}, [change("remove", "/values", "a")], {"values": ["b"]}),
        ({}, [change("add", "/map/a", "b"), change("replace", "/map/a", "c")], {"map": {"a": "c"}}),
        ({}, [change("replace", "/number", "7"), change("replace", "/rate", "0.5")], {"number": 7, "rate": 0.5}),
    ],
)
def test_changes(before: dict[str, Any], operations: list[dict[str, Any]], after: dict[str, Any]) -> None:
    kept = copy.deepcopy(before)
    assert patched(before, operations, TABLE) == after
    assert before == kept


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        (change("replace", "/x", "y"), "BadRequestException", "Invalid patch path /x"),
        (change("replace", "name", "y"), "BadRequestException", "Invalid patch path name"),
        (change("replace", "/settings/", "y"), "BadRequestException", "Invalid patch path /settings/"),
        (change("replace", ""), "BadRequestException", "Invalid patch path null"),
        (
            change("add", "/number", "1"),
            "BadRequestException",
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
        (
            change("test", "/list/a", "1"),
            "BadRequestException",
            "Invalid patch operation specified. Must be 'add'|'replace'|'remove'",
        ),
        (change("remove", "/map/a"), "NotFoundException", "not there"),
        (change("copy", "/settings/a", source="/nothing"), "BadRequestException", "Invalid patch path /nothing"),
        (change("copy", "/settings/a"), "BadRequestException", "Invalid patch path "),
    ],
)
def test_changes_that_are_refused(operation: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(AwsError) as caught:
        patched({}, [operation], TABLE)
    assert (caught.value.code, caught.value.message) == (code, message)


@pytest.mark.parametrize(
    ("path", "value"), [("/number", "1.5"), ("/number", ""), ("/rate", "x"), ("/rate", "nan"), ("/rate", "1_0")]
)
def test_values_of_another_type(path: str, value: str) -> None:
    with pytest.raises(AwsError, match="BadRequestException"):
        patched({}, [change("replace", path, value)], TABLE)


@pytest.mark.parametrize(
    "table", [gateway_responses.PATCH, integrations.PATCH, methods.PATCH, resources.PATCH, rest_apis.PATCH]
)
def test_tables_know_each_path_once(table: PatchTable) -> None:
    paths = [row.path for row in table.rows]
    assert len(set(paths)) == len(paths)
    assert all(set(row.ops) <= {ADD, REMOVE, REPLACE, COPY} for row in table.rows)
