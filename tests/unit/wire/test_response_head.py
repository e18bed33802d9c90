import tracemalloc

import pytest

from gatewright.base.messages import Headers
from gatewright.wire.response_head import HeadRenderer, ResponseInvalid, declared_length, error_response

NOW = 784111777.0
DATE = b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"


def render(headers: list[tuple[str, str]], status: int = 200) -> bytes:
    return HeadRenderer().render(status, Headers(headers), "Content-Length: 0\r\n", NOW)


def test_names_keep_case_and_order() -> None:
    assert render([("x-B", "1"), ("A", "\xe9"), ("x-b", "")]) == (
        b"HTTP/1.1 200 OK\r\n" + DATE + b"x-B: 1\r\nA: \xe9\r\nx-b: \r\nContent-Length: 0\r\n\r\n"
    )


@pytest.mark.parametrize(
    "name",
    [
        "content-length",
        "Content-Length",
        "TRANSFER-ENCODING",
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "Upgrade",
        "Trailer",
    ],
)
def test_framing_is_not_the_handlers(name: str) -> None:
    assert render([("A", "1"), (name, "7"), ("B", "2")]) == render([("A", "1"), ("B", "2")])


@pytest.mark.parametrize("name", ["Content-Lengthy", "Connections", "Dates", "Content-Type", "Upgrade-Insecure"])
def test_names_that_only_begin_so_are_kept(name: str) -> None:
    assert f"{name}: 7\r\n".encode() in render([(name, "7")])


def test_a_handlers_date_stays_alone() -> None:
    assert render([("date", "E")]).count(b"ate: ") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A", "b\r\nSet-Cookie: c=d"),
        ("A", "b\n"),
        ("A", "b\r"),
        ("A", "\x00"),
        ("A", "\x7f"),
        ("A\r\nB", "c"),
        ("A: b\r\nB", "c"),
        ("A B", "c"),
        ("", "c"),
        ("A:", "c"),
        ("Connection\r\nX", "close"),
        ("Ü", "c"),
    ],
)
def test_response_splitting_is_refused(name: str, value: str) -> None:
    with pytest.raises(ResponseInvalid):
        render([("Fine", "1"), (name, value)])
    with pytest.raises(ResponseInvalid):
        render([("Connection", "close"), (name, value)])


@pytest.mark.parametrize("value", ["a\tb", "", "caf\xe9", "a\xa0b", "x" * 5000])
def test_a_name_that_was_written_before_takes_other_values(value: str) -> None:
    heads = HeadRenderer()
    for _ in range(2):
        head = heads.render(200, Headers([("X-Known", "plain"), ("X-Known", value)]), "", NOW)
        lines = b"X-Known: plain\r\nX-Known: " + value.encode("latin-1")
        assert head == b"HTTP/1.1 200 OK\r\n" + DATE + lines + b"\r\n\r\n"


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\nb", "\x00", "a\x7f", "\u2028"])
def test_a_name_that_was_written_before_takes_no_broken_value(value: str) -> None:
    heads = HeadRenderer()
    heads.render(200, Headers([("X-Known", "plain")]), "", NOW)
    with pytest.raises(ResponseInvalid):
        heads.render(200, Headers([("X-Known", value)]), "", NOW)


@pytest.mark.parametrize(
    "headers",
    [
        [("A", "x\r\nSet-Cookie: y"), ("C:D", "z")],
        [("C: D", "z")],
        [("C:D", "z")],
        [("E: v\r\nTransfer-Encoding", "chunked"), ("C:D", "z")],
    ],
)
def test_a_name_with_a_colon_makes_up_for_no_other_line(headers: list[tuple[str, str]]) -> None:
    heads = HeadRenderer()
    for _ in range(2):
        with pytest.raises(ResponseInvalid):
            heads.render(200, Headers(headers), "", NOW)
    with pytest.raises(ResponseInvalid):
        heads.render(200, Headers([("E: v\r\nTransfer-Encoding", "chunked")]), "", NOW)


def test_only_so_many_names_are_remembered() -> None:
    heads = HeadRenderer()
    tracemalloc.start()
    for number in range(3000):
        name = f"X-{number}-" + "y" * (number % 2) * 4000
        assert f"{name}: 1\r\n".encode() in heads.render(200, Headers([(name, "1")]), "", NOW)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 256 * 1024


def test_a_value_beyond_latin_1_is_refused() -> None:
    with pytest.raises(ResponseInvalid):
        render([("A", "\u20ac")])


@pytest.mark.parametrize("status", [0, 99, 100, 103, 199, 1000, -200, "200", None, 200.5])
def test_statuses_that_are_none(status: int) -> None:
    with pytest.raises(ResponseInvalid):
        render([], status)


@pytest.mark.parametrize(
    ("status", "line"), [(404, b"404 Not Found"), (413, b"413 Request Entity Too Large"), (599, b"599 ")]
)
def test_status_lines(status: int, line: bytes) -> None:
    # RFC 9112 section 4: the space before an absent phrase stays.
    assert render([], status).startswith(b"HTTP/1.1 %b\r\n" % line)


def test_declared_length() -> None:
    assert declared_length(Headers()) is None
    assert declared_length(Headers([("content-Length", "12")])) == 12
    for values in (["12", "13"], ["-1"], ["1, 1"], [""], ["9" * 30]):
        with pytest.raises(ResponseInvalid):
            declared_length(Headers([("Content-Length", value) for value in values]))


def test_date_is_rendered_as_rfc_9110_says() -> None:
    heads = HeadRenderer()
    for now, text in ((784111777.9, "08:49:37"), (784111777.0, "08:49:37"), (784111778.0, "08:49:38")):
        head = heads.render(200, Headers(), "", now)
        assert head == f"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 {text} GMT\r\n\r\n".encode()


def test_own_answers_are_json() -> None:
    response = error_response(500)
    assert response.body == b'{"message":"Internal Server Error"}'
    assert response.headers == [("Content-Type", "application/json")]
