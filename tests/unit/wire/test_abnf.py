"""The patterns against hostile input: none may take more than linear time."""

import time

import pytest

from gatewright.wire import abnf


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (abnf.FIELD_LINE, "A:" + " " * 10_000 + "\x00"),
        (abnf.FIELD_LINE, "A: " + "b " * 5_000 + "\x00"),
        (abnf.FIELD_LINE, "A" * 10_000),
        (abnf.FIELD_LINE, "A:b\r\n" * 2_000 + "\x00"),
        (abnf.ORIGIN_REQUEST_LINE, "GET /" + "?" * 16_000 + "\x00"),
        (abnf.REQUEST_LINE, "A" * 16_000),
        (abnf.HOST, "a" * 10_000 + "/"),
        (abnf.HOST, "[" + ":" * 10_000),
        (abnf.ABSOLUTE_FORM, "http://" + "a" * 16_000 + "@"),
        (abnf.PLAIN_FIELD_LINES, "A: b\r\n" * 2_000 + "A: \x00"),
        (abnf.PLAIN_FIELD_LINES, "C" * 10_000),
    ],
)
def test_hostile_text(pattern, text: str) -> None:
    begun = time.process_time()
    pattern.fullmatch(text)
    pattern.findall(text)
    assert time.process_time() - begun < 2.0


@pytest.mark.parametrize(
    "line",
    [
        b"0" + b" " * 1_000 + b"\x00",
        b"0" + b";a" * 500 + b"\x00",
        b"0" + b" ;" * 500,
        b'0;a="' + b"\\" * 1_000,
        b"0;a=" + b"b" * 1_000 + b"\x00",
        b"0" + b" \t" * 500 + b";\r\n",
    ],
)
def test_hostile_chunk_lines(line: bytes) -> None:
    begun = time.process_time()
    assert abnf.CHUNK_LINE.fullmatch(line) is None
    assert time.process_time() - begun < 2.0


@pytest.mark.parametrize("text", ["h", "h:", "h:80", "127.0.0.1:4566", "[::1]", "[::1]:80", "a_b.c-d~", "%41"])
def test_hosts(text: str) -> None:
    assert abnf.HOST.fullmatch(text)


@pytest.mark.parametrize("text", ["", ":80", "h:800000", "h:a", "[::1", "::1", "a b", "a/b", "a?b", "a@b", "a\\b", "é"])
def test_no_hosts(text: str) -> None:
    assert not abnf.HOST.fullmatch(text)
