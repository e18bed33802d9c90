"""Request heads of the upstream client."""

import pytest

from gatewright.base.messages import Headers
from gatewright.wire.client_errors import RequestInvalid
from gatewright.wire.client_request import BodyFraming, Origin, UpstreamRequest, encode_head, parse_url


class Chunks:
    """A streamed body that nobody reads here."""

    async def __aiter__(self):
        yield b""


ORIGIN = Origin("http", "a.test", 80)


def request(method="GET", target="/", headers=(), body=b"", origin=ORIGIN):
    return UpstreamRequest(method, origin, target, Headers(headers), body)


URLS = [
    ("http://a.test", Origin("http", "a.test", 80), "/"),
    ("HTTPS://A.Test/x/%2F?q=1#frag", Origin("https", "a.test", 443), "/x/%2F?q=1"),
    ("http://a.test:8080?q", Origin("http", "a.test", 8080), "/?q"),
    ("http://[::1]:81/", Origin("http", "::1", 81), "/"),
    ("http://127.0.0.1:/", Origin("http", "127.0.0.1", 80), "/"),
    ("http://my_service.internal/a//b", Origin("http", "my_service.internal", 80), "/a//b"),
]


@pytest.mark.parametrize(("url", "origin", "target"), URLS)
def test_urls_split_into_origin_and_target(url, origin, target):
    assert parse_url(url) == (origin, target)


@pytest.mark.parametrize(
    "url",
    ["", "a.test", "ftp://a.test/", "http://", "http:///x", "http://u:p@a.test/", "http://a.test:0/", "http://a.test:65536/",
     "http://a b/", "http://a.test:x/", "http://ä.test/", "http://a.test\r\n/"],
)  # fmt: skip
def test_what_is_no_http_url_is_refused(url):
    with pytest.raises(RequestInvalid):
        parse_url(url)


def test_authority_names_the_port_only_where_it_is_not_the_default():
    assert Origin("https", "a.test", 443).authority == "a.test"
    assert Origin("https", "a.test", 80).authority == "a.test:80"
    assert Origin("http", "::1", 8080).authority == "[::1]:8080"


def test_a_head_keeps_case_and_order_and_adds_host_and_framing():
    head = encode_head(request("POST", "/x?y=%20", [("X-b", "2"), ("x-A", "caf\xe9"), ("X-B", "")], b"abc"))
    assert head.octets == (
        b"POST /x?y=%20 HTTP/1.1\r\nHost: a.test\r\nX-b: 2\r\nx-A: caf\xe9\r\nX-B: \r\nContent-Length: 3\r\n\r\n"
    )
    assert head.framing is BodyFraming.WHOLE


HEADS = [
    (request(), b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    (request(headers=[("hOST", "b.test")]), b"GET / HTTP/1.1\r\nhOST: b.test\r\n\r\n"),
    (request("POST"), b"POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n"),
    (request("DELETE"), b"DELETE / HTTP/1.1\r\nHost: a.test\r\n\r\n"),
    (request("DELETE", body=b"x"), b"DELETE / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\n"),
    (
        request("PUT", headers=[("content-length", "1")], body=b"x"),
        b"PUT / HTTP/1.1\r\nHost: a.test\r\ncontent-length: 1\r\n\r\n",
    ),
    (request("PUT", body=Chunks()), b"PUT / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n"),
    (
        request("PUT", headers=[("Content-Length", "7")], body=Chunks()),
        b"PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 7\r\n\r\n",
    ),
    (request(origin=Origin("http", "::1", 81)), b"GET / HTTP/1.1\r\nHost: [::1]:81\r\n\r\n"),
]


@pytest.mark.parametrize(("sent", "octets"), HEADS)
def test_heads(sent, octets):
    assert encode_head(sent).octets == octets


INVALID = [
    request(method="GE T"),
    request(method=""),
    request(method="CONNECT", target="a.test:80"),
    request(target=""),
    request(target="/a b"),
    request(target="/\r\nX: y"),
    request(target="/ü"),
    request(target="/\x00"),
    request(headers=[("", "x")]),
    request(headers=[("X Y", "x")]),
    request(headers=[("X\r\nY", "x")]),
    request(headers=[("X:", "x")]),
    request(headers=[("Transfer-Encoding: chunked\r\nX", "x")]),
    request(headers=[("Transfer-Encoding: chunked", "x")]),
    request(headers=[("Transfer-Encoding", "chunked")]),
    request(headers=[("X", "a\r\nY: b")]),
    request(headers=[("X", "a\nb")]),
    request(headers=[("X", "a\rb")]),
    request(headers=[("X", "a\0b")]),
    request(headers=[("X", "a\r\n\r\nGET / HTTP/1.1")]),
    request(headers=[("X", "€")]),
    request(headers=[("Host", "a"), ("host", "b")]),
    request(headers=[("Content-Length", "1")]),
    request(headers=[("Content-Length", "+1")], body=b"x"),
    request(headers=[("Content-Length", "1"), ("Content-Length", "1")], body=b"x"),
    request(headers=[("Content-Length", "-1")], body=Chunks()),
    request(headers=[("Content-Length", "²")], body=Chunks()),
]


@pytest.mark.parametrize("sent", INVALID)
def test_what_would_not_be_one_well_framed_request_is_refused(sent):
    with pytest.raises(RequestInvalid):
        encode_head(sent)


def test_a_request_that_asks_to_close_does_not_keep_its_connection():
    assert encode_head(request()).keeps_alive
    assert not encode_head(request(headers=[("connection", "TE, Close")])).keeps_alive
