import pytest

from gatewright.base.messages import Headers
from gatewright.wire import response_head
from gatewright.wire.response_head import DateField, ResponseInvalid, declared_length, error_response, render_head


def render(headers: list[tuple[str, str]], status: int = 200) -> bytes:
    return render_head(status, Headers(headers), "Date: D\r\n", "Content-Length: 0\r\n")


def test_names_keep_case_and_order() -> None:
    assert render([("x-B", "1"), ("A", "\xe9"), ("x-b", "")]) == (
        b"HTTP/1.1 200 OK\r\nDate: D\r\nx-B: 1\r\nA: \xe9\r\nx-b: \r\nContent-Length: 0\r\n\r\n"
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
    for _ in range(2):
        head = render_head(200, Headers([("X-Known", "plain"), ("X-Known", value)]), "", "")
        assert head == b"HTTP/1.1 200 OK\r\nX-Known: plain\r\nX-Known: " + value.encode("latin-1") + b"\r\n\r\n"


@pytest.mark.parametrize("value", ["a\r\nX: b", "a\nb", "\x00", "a\x7f", "\u2028"])
def test_a_name_that_was_written_before_takes_no_broken_value(value: str) -> None:
    render_head(200, Headers([("X-Known", "plain")]), "", "")
    with pytest.raises(ResponseInvalid):
        render_head(200, Headers([("X-Known", value)]), "", "")


def test_only_so_many_names_are_remembered() -> None:
    for number in range(2000):
        assert f"X-{number}: 1\r\n".encode() in render_head(200, Headers([(f"X-{number}", "1")]), "", "")
    render_head(200, Headers([("Y" * 5000, "1")]), "", "")
    assert len(response_head._line_starts) <= 512
    assert max(map(len, response_head._line_starts)) <= 64


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
    dates = DateField()
    assert dates.line(784111777.9) == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    assert dates.line(784111777.0) is dates.line(784111777.99)
    assert dates.line(784111778.0) == "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n"


def test_own_answers_are_json() -> None:
    response = error_response(500)
    assert response.body == b'{"message":"Internal Server Error"}'
    assert response.headers == [("Content-Type", "application/json")]
