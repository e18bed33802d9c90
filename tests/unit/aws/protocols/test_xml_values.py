"""Values in XML, both ways."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols.xml_tree import parse_xml
from gatewright.aws.protocols.xml_values import parse_value, write_value
from tests.unit.aws.models import operation

ECHO = operation("rest-xml", "Echo").input
assert ECHO is not None


def written(value: dict[str, Any]) -> str:
    out: list[str] = []
    assert ECHO is not None
    write_value(ECHO, value, out)
    return "".join(out)


def parsed(xml: str) -> Any:
    assert ECHO is not None
    return parse_value(ECHO, parse_xml(xml.encode()))


def test_everything_at_once() -> None:
    xml = (
        '<EchoRequest xmlns:xsi="x" xsi:type="T"><Text> a </Text><Count> 5 </Count><Flag>true</Flag><Blob>YQ==</Blob>'
        "<When>2019-12-16T23:48:18Z</When><Words><member>a</member><other/><member/></Words><Flat>x</Flat><Flat>y</Flat>"
        "<Map><entry><key>k</key><value>v</value></entry></Map><FlatMap><key>k</key><value>v</value></FlatMap>"
        "<Child><Ratio>-Infinity</Ratio></Child><Unknown/></EchoRequest>"
    )
    value = {
        "Attribute": "T",
        "Text": " a ",
        "Count": 5,
        "Flag": True,
        "Blob": b"a",
        "When": datetime(2019, 12, 16, 23, 48, 18, tzinfo=UTC),
        "Words": ["a", ""],
        "Flat": ["x", "y"],
        "Map": {"k": "v"},
        "FlatMap": {"k": "v"},
        "Child": {"Ratio": float("-inf")},
    }
    assert parsed(xml) == value
    again = written(value).replace("<EchoRequest", '<EchoRequest xmlns:xsi="x"')
    assert parsed(again) == value


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<Count>five</Count>", "STRING_VALUE can not be converted to an Integer"),
        ("<Count>1_0</Count>", "STRING_VALUE can not be converted to an Integer"),
        ("<Count>٣</Count>", "STRING_VALUE can not be converted to an Integer"),
        ("<Count>99999999999</Count>", "NUMBER_VALUE can not be converted to an Integer"),
        ("<Count/>", "STRING_VALUE can not be converted to an Integer"),
        ("<Flag>yes</Flag>", "STRING_VALUE can not be converted to a Boolean"),
        ("<Ratio>nan</Ratio>", "STRING_VALUE can not be converted to a Double"),
        ("<When>yesterday</When>", "STRING_VALUE can not be converted to a timestamp"),
        ("<Blob>%%%</Blob>", "only base-64-encoded strings are convertible to bytes"),
        ("<Map><entry><key>k</key></entry></Map>", "An entry of a map lacks its key or its value"),
    ],
)
def test_what_does_not_fit_is_refused(inside: str, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        parsed(f"<EchoRequest>{inside}</EchoRequest>")
    assert str(caught.value) == message


def test_markup_and_line_ends_are_escaped() -> None:
    value = {"Text": "<a>&\"'\r\n\t]]>", "Attribute": "\"<&\r\n\t>'"}
    xml = written(value).replace("<EchoRequest", '<EchoRequest xmlns:xsi="x"')
    root = ElementTree.fromstring(xml)
    assert root.findtext("Text") == value["Text"]
    assert root.get("{x}type") == value["Attribute"]


@given(st.text())
def test_any_text_makes_well_formed_xml(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    back = parsed(written({"Text": text, "Map": {text: text}}))
    readable = all(letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff") for letter in text)
    assert (back["Text"] == text) or not readable


def test_null_is_left_out() -> None:
    assert written({"Text": None, "Words": [None], "Map": {"a": None}}) == (
        "<EchoRequest><Words></Words><Map></Map></EchoRequest>"
    )
