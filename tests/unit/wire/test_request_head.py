import pytest

from gatewright.wire.errors import RequestRefused
from gatewright.wire.limits import Limits
from gatewright.wire.request_head import FieldSections, RequestHead, parse_head


def parse(*lines: str, limits: Limits | None = None) -> RequestHead:
    return parse_head("".join(f"{line}\r\n" for line in lines), FieldSections(limits or Limits()))


def test_names_keep_case_and_order_and_values_their_octets() -> None:
    head = parse("GET / HTTP/1.1", "hOsT: h", "X-B: \xe9", "x-a:1", "X-B:  two  words\t ")
    assert head.headers == [("hOsT", "h"), ("X-B", "\xe9"), ("x-a", "1"), ("X-B", "two  words")]
    assert head.headers.get_all("x-b") == ["\xe9", "two  words"]


def test_an_empty_value_is_a_value() -> None:
    assert parse("GET / HTTP/1.1", "Host: h", "A:", "B:  \t ").headers[1:] == [("A", ""), ("B", "")]


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ""),
        ("/a%2Fb/../c%20d?x=%41&y=a+b", "/a%2Fb/../c%20d", "x=%41&y=a+b"),
        ("/?", "/", ""),
        ("/?a?b=/c", "/", "a?b=/c"),
        ("//double//", "//double//", ""),
        ('/{a}|"<>\\^`', '/{a}|"<>\\^`', ""),
        ("http://other:81/x?y", "/x", "y"),
        ("HTTPS://other", "/", ""),
        ("http://other?q", "/", "q"),
    ],
)
def test_path_and_query_stay_as_they_are(target: str, path: str, query: str) -> None:
    head = parse(f"GET {target} HTTP/1.1", "Host: h")
    assert (head.path, head.query) == (path, query)


def test_absolute_form_takes_the_place_of_host() -> None:
    # RFC 9112 section 3.2.2
    head = parse("GET http://other:81/x HTTP/1.1", "A: 1", "Host: h", "B: 2")
    assert head.headers == [("A", "1"), ("Host", "other:81"), ("B", "2")]


def test_options_asterisk() -> None:
    head = parse("OPTIONS * HTTP/1.1", "Host: h")
    assert (head.method, head.path, head.query) == ("OPTIONS", "*", "")


@pytest.mark.parametrize(
    ("version", "fields", "expected"),
    [
        ("1.1", [], True),
        ("1.1", ["Connection: close"], False),
        ("1.1", ["Connection: Upgrade", "connection: CLOSE"], False),
        ("1.1", ["Connection: keep-alive, close"], False),
        ("1.1", ["Connection: closed"], True),
        ("1.0", [], False),
        ("1.0", ["Connection: Keep-Alive"], True),
        ("1.0", ["Connection: keep-alive", "Connection: close"], False),
    ],
)
def test_persistence(version: str, fields: list[str], expected: bool) -> None:
    # RFC 9112 section 9.3
    head = parse(f"GET / HTTP/{version}", "Host: h", *fields)
    assert head.keeps_alive is expected
    assert head.http_version == version


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], 0),
        (["Content-Length: 0"], 0),
        (["Content-Length: 12"], 12),
        (["Transfer-Encoding: Chunked"], None),
    ],
)
def test_length_of_the_body(fields: list[str], expected: int | None) -> None:
    assert parse("POST / HTTP/1.1", "Host: h", *fields).content_length == expected


def test_length_in_http_10_without_any_other_field() -> None:
    assert parse("POST / HTTP/1.0", "Content-Length: 7").content_length == 7


def test_expectation() -> None:
    assert parse("POST / HTTP/1.1", "Host: h", "Expect: 100-Continue").expects_continue
    assert not parse("POST / HTTP/1.0", "Host: h", "Expect: 100-continue").expects_continue


def test_too_many_fields() -> None:
    limits = Limits(header_fields=3)
    parse("GET / HTTP/1.1", "Host: h", "A: 1", "B: 2", limits=limits)
    with pytest.raises(RequestRefused) as refused:
        parse("GET / HTTP/1.1", "Host: h", "A: 1", "B: 2", "C: 3", limits=limits)
    assert refused.value.status == 431


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (" folded: x", "obsolete line folding"),
        ("Name : x", "white space between field name and colon"),
        ("Name: a\rb", "bare CR or LF in a field line"),
        ("no colon", "malformed field line"),
    ],
)
def test_the_log_says_what_was_wrong(line: str, reason: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        parse("GET / HTTP/1.1", "Host: h", line)
    assert (refused.value.status, refused.value.reason) == (400, reason)


def test_repeated_fields_are_judged_for_each_request() -> None:
    sections = FieldSections(Limits())
    assert parse_head("GET / HTTP/1.0\r\nA: 1\r\n", sections).http_version == "1.0"
    with pytest.raises(RequestRefused) as refused:
        parse_head("GET / HTTP/1.1\r\nA: 1\r\n", sections)
    assert (refused.value.status, refused.value.reason) == (400, "no Host")
    chunked = "Host: h\r\nTransfer-Encoding: chunked\r\n"
    assert parse_head(f"POST / HTTP/1.1\r\n{chunked}", sections).content_length is None
    with pytest.raises(RequestRefused):
        parse_head(f"POST / HTTP/1.0\r\n{chunked}", sections)


def test_repeated_fields_belong_to_one_request_each() -> None:
    sections = FieldSections(Limits())
    for _ in range(3):
        head = parse_head("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\n", sections)
        assert head.headers == [("Host", "h"), ("A", "1")]
        head.headers.add("B", "2")
    assert parse_head("GET http://x/ HTTP/1.1\r\nHost: h\r\nA: 1\r\n", sections).headers.get("host") == "x"
    assert parse_head("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\n", sections).headers.get("host") == "h"


@pytest.mark.parametrize("lines", ["Host: h h\r\n", "Host: h\r\nA : 1\r\n", "Host: h\r\nHost: h\r\n"])
def test_refused_fields_are_not_remembered(lines: str) -> None:
    sections = FieldSections(Limits())
    for _ in range(2):
        with pytest.raises(RequestRefused):
            parse_head(f"GET / HTTP/1.1\r\n{lines}", sections)


def test_a_field_is_found_by_its_first_value_in_any_case() -> None:
    sections = FieldSections(Limits())
    for _ in range(2):
        headers = parse_head("GET / HTTP/1.1\r\nHost: h\r\nx-a: 1 \r\nX-A: 2\r\n", sections).headers
        assert (headers.get("X-a"), headers.get("host"), headers.get("absent")) == ("1", "h", None)


def test_the_authority_of_a_target_is_found_as_host_in_its_request_alone() -> None:
    sections = FieldSections(Limits())
    fields = "Host: h\r\nA: b\r\n"
    found = [
        parse_head(f"GET {target} HTTP/1.1\r\n{fields}", sections).headers.get("host")
        for target in ("/", "http://other/", "/", "http://third/", "/")
    ]
    assert found == ["h", "other", "h", "third", "h"]
