"""Forms of the query protocol."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols.form_values import build_tree, parse_form, parse_members
from tests.unit.aws.models import operation

ECHO = operation("query", "Echo").input
assert ECHO is not None
MEMBERS = tuple(ECHO.shape.members.values())


def parse(form: str | bytes) -> Any:
    return parse_members(MEMBERS, build_tree(parse_form(form if isinstance(form, bytes) else form.encode())))


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("", {}),
        ("Action=Echo&Version=1", {}),
        ("Text=a+b%2Bc%20d", {"Text": "a b+c d"}),
        ("Text=", {"Text": ""}),
        ("Text=a&Text=b", {"Text": "a"}),
        ("Words.member.2=b&Words.member.1=a", {"Words": ["a", "b"]}),
        ("Words.member.10=b&Words.member.9=a", {"Words": ["a", "b"]}),
        ("Words=", {"Words": []}),
        ("Flat.1=a&Flat.2=b", {"Flat": ["a", "b"]}),
        ("Map.entry.1.key=k&Map.entry.1.value=v", {"Map": {"k": "v"}}),
        ("FlatMap.1.key=k&FlatMap.1.value=", {"FlatMap": {"k": ""}}),
        ("Child.Child.Count=5", {"Child": {"Child": {"Count": 5}}}),
        ("Children.member.1.Flag=true", {"Children": [{"Flag": True}]}),
        ("Blob=YQ%3D%3D", {"Blob": b"a"}),
        ("&&Text=a&", {"Text": "a"}),
        ("Unknown.1.x=5&Text=a", {"Text": "a"}),
    ],
)
def test_forms(form: str, value: Any) -> None:
    assert parse(form) == value


@pytest.mark.parametrize(
    "form",
    [
        "Words.member.x=a",
        "Words.member.-1=a",
        "Words.member.٣=a",
        "Words.member.99999999999999999999=a",
        "Map.entry.1.key=k",
        "Map.entry.1.value=v",
        "Text.deeper=a",
        "Count=x",
        "Flag=True",
        "Text=%ff",
        b"Text=\xff",
        ".".join(["Child"] * 101) + "=x",
        "&".join(["a=b"] * 100_002),
    ],
)
def test_refused(form: str | bytes) -> None:
    with pytest.raises(Malformed):
        parse(form)


@given(st.binary(max_size=80))
def test_any_octets_parse_or_are_malformed(form: bytes) -> None:
    with contextlib.suppress(Malformed):
        parse(form)
