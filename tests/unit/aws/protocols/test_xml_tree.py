"""XML of strangers."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.aws.errors import Malformed
from gatewright.aws.protocols.xml_tree import MAXIMUM_DEPTH, parse_xml

BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<a>&lol2;</a>"""
EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"text",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a b='1' b='2'/>",
        b"<a>&nbsp;</a>",
        b"<a>\xff</a>",
        b"<a>\x00</a>",
        b"<a>&#0;</a>",
        b"<!DOCTYPE a><a/>",
        b'<!DOCTYPE a SYSTEM "http://evil/x.dtd"><a/>',
        b"<a>" * (MAXIMUM_DEPTH + 1) + b"</a>" * (MAXIMUM_DEPTH + 1),
        b"<a>" + b"<b/>" * 200_001 + b"</a>",
        BILLION_LAUGHS,
        EXTERNAL,
    ],
)
def test_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_xml(body)


def test_a_tree() -> None:
    root = parse_xml(b'<?xml version="1.0" encoding="latin-1"?><s:A xmlns:s="x" s:b="1">t<B/>u<B>&lt;&#233;</B></s:A>')
    assert (root.name, root.attributes["s:b"], root.text) == ("A", "1", "tu")
    assert [child.text for child in root.find_all("B")] == ["", "<é"]
    assert root.find("C") is None


def test_the_declared_encoding_is_not_believed() -> None:
    assert parse_xml('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode()).text == "é"


def test_character_data_sections_are_text() -> None:
    assert parse_xml(b"<a><![CDATA[<b>&amp;]]></a>").text == "<b>&amp;"


@given(st.binary(max_size=80))
def test_any_octets_parse_or_are_malformed(body: bytes) -> None:
    with contextlib.suppress(Malformed):
        parse_xml(body)
