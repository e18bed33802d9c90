"""Paths as functions see them."""

import pytest

from gatewright.gateway.path import decode_path, octets_to_text


@pytest.mark.parametrize(
    ("path", "decoded"),
    [("/a", "/a"), ("/a%20b+c", "/a b+c"), ("/%2F", "//"), ("/%zz%4", "/%zz%4"), ("/%ff", "/\ufffd"), ("/%41%", "/A%")],
)
def test_decoding(path: str, decoded: str) -> None:
    assert decode_path(path) == decoded


@pytest.mark.parametrize(("octets", "text"), [("/\xc3\xa9", "/é"), ("/\xff", "/\ufffd"), ("/\u20ac", "/?")])
def test_octets(octets: str, text: str) -> None:
    assert octets_to_text(octets) == text
