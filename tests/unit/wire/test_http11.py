import pytest

from gatewright.wire.errors import RequestRefused
from gatewright.wire.http11 import RequestReader
from gatewright.wire.limits import Limits
from gatewright.wire.request_head import RequestHead

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


def reading(octets: bytes, limits: Limits | None = None) -> RequestReader:
    reader = RequestReader(limits or Limits())
    reader.receive(octets)
    return reader


def refusal(octets: bytes, limits: Limits | None = None) -> int:
    with pytest.raises(RequestRefused) as refused:
        reading(octets, limits).read_head()
    return refused.value.status


def request_line(length: int) -> bytes:
    return b"GET /".ljust(length - 9, b"a") + b" HTTP/1.1"


def fields(length: int) -> bytes:
    return b"Host: h\r\nA: ".ljust(length - 2, b"b") + b"\r\n"


def test_pipelined_requests_wait_as_octets() -> None:
    reader = reading(GET * 3)
    assert reader.read_head() is not None
    assert reader.backlog == 2 * len(GET)
    assert reader.read_head() is not None
    assert reader.read_head() is not None
    assert reader.read_head() is None


def test_a_fault_is_found_only_in_its_turn() -> None:
    reader = reading(GET + b"nonsense\r\n\r\n")
    assert reader.read_head() is not None
    with pytest.raises(RequestRefused):
        reader.read_head()


def test_nothing_is_read_after_a_refusal() -> None:
    reader = reading(b"nonsense\r\n\r\n" + GET)
    for _ in range(2):
        with pytest.raises(RequestRefused):
            reader.read_head()
    assert reader.is_lost


@pytest.mark.parametrize("tail", [b"\r\nHost: h\r\n\r\n", b""])
def test_request_line_limit_is_exact(tail: bytes) -> None:
    limits = Limits(request_line_bytes=100)
    assert reading(request_line(100) + tail, limits).read_head() is not None or not tail
    assert refusal(request_line(101) + (tail or b"\r"), limits) == 414


def test_request_line_limit_by_default_is_16_kib() -> None:
    assert reading(request_line(16_384) + b"\r\nHost: h\r\n\r\n").read_head() is not None
    assert refusal(request_line(16_385) + b"\r\nHost: h\r\n\r\n") == 414


def test_header_limit_by_default_is_10240_octets() -> None:
    # "Quotas for configuring and running a REST API", "… HTTP API": 10,240 bytes of all headers.
    line = b"GET / HTTP/1.1\r\n"
    assert reading(line + fields(10_240) + b"\r\n").read_head() is not None
    assert refusal(line + fields(10_241) + b"\r\n") == 431
    assert refusal(line + fields(10_239) + b"AAA") == 431
    assert reading(line + fields(10_239) + b"AA").read_head() is None


def test_a_header_bomb_is_refused_before_it_ends() -> None:
    assert refusal(b"GET / HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * 5_000) == 431
    assert refusal(b"GET / HTTP/1.1\r\nHost: h\r\n" + b"A:\r\n" * 2_000 + b"\r\n") == 431


def test_a_request_that_cannot_become_one_is_refused_at_its_first_octet() -> None:
    assert refusal(b"\x16") == 400
    assert refusal(b"\x00") == 400
    assert refusal(b"GET / HTTP/9.9\r\n") == 505
    assert refusal(b"GET / HTTP/1.1\r\nHost: h\n") == 400


def test_sized_body_piece_by_piece() -> None:
    reader = reading(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n01234")
    reader.read_head()
    assert not reader.has_whole_body()
    assert (reader.read_content(), reader.remaining_length) == (b"01234", 5)
    assert (reader.read_content(), reader.is_between_requests) == (b"", False)
    reader.receive(b"56789" + GET)
    assert reader.has_whole_body()
    assert (reader.read_content(), reader.is_between_requests, reader.backlog) == (b"56789", True, len(GET))


def test_content_length_beyond_the_limit() -> None:
    octets = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n"
    assert refusal(octets % (10 * 1024 * 1024 + 1)) == 413
    assert reading(octets % (10 * 1024 * 1024)).read_head() is not None


def test_the_body_limit_may_depend_on_the_request() -> None:
    asked = []

    def body_limit(head: RequestHead) -> int:
        asked.append(head.path)
        return 5 if head.path == "/small" else 50

    for path, is_refused in ((b"/small", True), (b"/large", False)):
        reader = RequestReader(Limits(), body_limit)
        reader.receive(GET + b"POST %b HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n" % path)
        reader.read_head()
        if is_refused:
            with pytest.raises(RequestRefused):
                reader.read_head()
        else:
            assert reader.read_head() is not None
    assert asked == ["/small", "/large"]


def test_what_follows_an_upgrade_is_handed_over() -> None:
    reader = reading(GET + b"\x81\x05hello")
    reader.read_head()
    assert reader.take_backlog() == b"\x81\x05hello"
    assert reader.backlog == 0
