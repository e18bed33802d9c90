"""JSON paths of parameter mapping."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.languages.json_path import MISSING, JsonPathError, compile_json_path

DOCUMENT: dict[str, Any] = {
    "name": "Rex",
    "tags": ["a", "b", {"deep": True}],
    "owner": {"first name": "Ann", "pets": [{"id": 1}, {"id": 2}, {}]},
    "nothing": None,
    "": "empty",
}

SELECTIONS: list[tuple[str, Any]] = [
    ("", DOCUMENT),
    (".name", "Rex"),
    (".tags[0]", "a"),
    (".tags[-1].deep", True),
    (".tags[3]", MISSING),
    (".tags[-4]", MISSING),
    (".tags.name", MISSING),
    ("['name']", "Rex"),
    ('["name"]', "Rex"),
    (".owner['first name']", "Ann"),
    (".owner.pets[*].id", [1, 2]),
    (".owner.pets.*.id", [1, 2]),
    (".owner.*", ["Ann", DOCUMENT["owner"]["pets"]]),
    (".nothing", None),
    (".nothing.more", MISSING),
    (".missing", MISSING),
    ("['']", "empty"),
    (".name[0]", MISSING),
    (".name[*]", []),
]


@pytest.mark.parametrize(("path", "selected"), SELECTIONS)
def test_a_path_selects(path: str, selected: object) -> None:
    assert compile_json_path(path).select(DOCUMENT) == selected


# "Transform API requests and responses for HTTP APIs": "Recursive descent ($request.body..name) and filter expressions
# (?(expression)) aren't supported."
@pytest.mark.parametrize("path", ["..name", "[?(@.id)]", ".a..b", "[", "[x]", "name", ".a b", ".", "['a", "[1.5]"])
def test_what_is_not_supported_is_refused(path: str) -> None:
    with pytest.raises(JsonPathError):
        compile_json_path(path)


@given(st.text(max_size=30))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    try:
        path = compile_json_path(text)
    except JsonPathError:
        return
    path.select(DOCUMENT)
