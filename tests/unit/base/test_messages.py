from gatewright.base.messages import BytesBody, Headers, Request, text_response


def test_look_ups_ignore_case_and_keep_order() -> None:
    headers = Headers([("X-A", "1"), ("x-b", "2"), ("x-A", "3")])
    assert headers.get("x-a") == "1"
    assert headers.get_all("X-a") == ["1", "3"]
    assert headers.get("missing") is None
    assert list(headers) == [("X-A", "1"), ("x-b", "2"), ("x-A", "3")]


def test_replace_keeps_the_place_of_the_first_line_and_drops_the_others() -> None:
    headers = Headers([("X-A", "1"), ("X-B", "2"), ("x-a", "3")])
    headers.replace("X-a", "4")
    assert list(headers) == [("X-a", "4"), ("X-B", "2")]
    headers.replace("X-C", "5")
    assert list(headers) == [("X-a", "4"), ("X-B", "2"), ("X-C", "5")]


def test_discard_drops_every_line() -> None:
    headers = Headers([("X-A", "1"), ("X-B", "2"), ("x-a", "3")])
    headers.discard("X-A")
    headers.discard("missing")
    headers.add("X-B", "6")
    assert list(headers) == [("X-B", "2"), ("X-B", "6")]


async def test_a_body_that_is_here_can_be_read_whole_and_in_pieces() -> None:
    body = BytesBody(b"abc")
    assert await body.read() == b"abc"
    assert [piece async for piece in body] == [b"abc"]
    assert [piece async for piece in BytesBody()] == []


def test_requests_do_not_share_a_body_or_headers() -> None:
    one = Request("GET", "/", "", Headers())
    two = Request("GET", "/", "", Headers())
    assert one.body is not two.body


def test_text_response() -> None:
    response = text_response(404, "né", "text/plain; charset=utf-8", [("X-A", "1")])
    assert response.body == "né".encode()
    assert list(response.headers) == [("Content-Type", "text/plain; charset=utf-8"), ("X-A", "1")]
