"""Requests of pages in browsers. Sources are named in the module."""

import pytest

from gatewright.base.clock import SystemClock
from gatewright.base.errors import AwsError
from gatewright.base.messages import BytesBody, Headers, Request, Response
from gatewright.server.companion.address import FixedAddress, NoAddress
from gatewright.server.companion.pages import Pages
from gatewright.server.companion.passing import Passing
from gatewright.wire.client_request import UpstreamRequest
from tests.unit.gateway.fakes import FakeClient

ORIGIN = ("Origin", "http://localhost:3000")
ALLOWED = Headers([("Access-Control-Allow-Origin", ORIGIN[1]), ("Access-Control-Allow-Methods", "GET, PUT")])
SIGN_IN = ("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")


class Answering(FakeClient):
    """Answers one request after the other."""

    def __init__(self, *answers: Response) -> None:
        super().__init__()
        self._answers = list(answers)

    async def send(self, request: UpstreamRequest) -> Response:
        await super().send(request)
        return self._answers.pop(0)


def pages(*answers: Response) -> tuple[Pages, FakeClient]:
    client = Answering(*answers)
    return Pages(Passing(FixedAddress("http://127.0.0.1:5000"), client, SystemClock(), is_moto=True)), client


def request(method: str, path: str, *fields: tuple[str, str], host: str = "h:4566") -> Request:
    return Request(method, path, "", Headers([("Host", host), *fields]), BytesBody(b"content"))


async def test_a_bucket_that_lets_an_origin_write() -> None:
    made, client = pages(Response(200, Headers(ALLOWED)), Response(200, Headers(), b"done"))
    answer = await made.answer(request("PUT", "/bucket/k", ORIGIN), "s3")
    assert answer is not None
    assert answer.body == b"done"
    asking, asked = client.requests
    assert (asking.method, asking.target) == ("OPTIONS", "/bucket/k")
    assert asking.headers.get("Origin") == ORIGIN[1]
    assert asking.headers.get("access-control-request-method") == "PUT"
    assert (asked.method, asked.target) == ("PUT", "/bucket/k")


@pytest.mark.parametrize(
    "asking",
    [
        Response(403, Headers()),
        Response(200, Headers()),
        Response(200, Headers([("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "GET")])),
    ],
)
async def test_a_bucket_that_does_not(asking: Response) -> None:
    made, client = pages(asking)
    assert await made.answer(request("PUT", "/bucket/k", ORIGIN), None) is None
    assert len(client.requests) == 1


async def test_a_preflight_of_s3_is_its_own_to_answer() -> None:
    made, client = pages(Response(200, Headers(ALLOWED)))
    field = ("Access-Control-Request-Method", "PUT")
    answer = await made.answer(request("OPTIONS", "/k", ORIGIN, field, host="bucket.localhost"), None)
    assert answer is not None
    assert answer.headers.get("access-control-allow-origin") == ORIGIN[1]
    assert [sent.target for sent in client.requests] == ["/bucket/k"]


async def test_sign_in() -> None:
    made, client = pages(Response(200, Headers([("Content-Type", "application/x-amz-json-1.1")]), b"{}"))
    preflight = await made.answer(request("OPTIONS", "/", ORIGIN, ("Access-Control-Request-Method", "POST")), None)
    assert preflight is not None
    assert "x-amz-target" in (preflight.headers.get("access-control-allow-headers") or "")
    assert client.requests == []
    answer = await made.answer(request("POST", "/", ORIGIN, SIGN_IN), None)
    assert answer is not None
    assert (answer.headers.get("access-control-allow-origin"), answer.body) == ("*", b"{}")


@pytest.mark.parametrize(
    ("sent", "service"),
    [
        (request("POST", "/", ORIGIN, ("X-Amz-Target", "DynamoDB_20120810.PutItem")), None),
        (request("POST", "/", ORIGIN, SIGN_IN), "cognito-idp"),
        (request("POST", "/", ORIGIN), "sqs"),
        (request("GET", "/bucket/k"), "s3"),
    ],
)
async def test_nothing_else(sent: Request, service: str | None) -> None:
    """Signed calls are somebody's own, and a page is not told to make them."""
    made, client = pages()
    assert await made.answer(sent, service) is None
    assert client.requests == []


async def test_nothing_is_started_for_a_page() -> None:
    made = Pages(Passing(NoAddress(), FakeClient(), SystemClock(), is_moto=True))
    assert await made.answer(request("POST", "/", ORIGIN, SIGN_IN), None) is None


async def test_a_companion_that_fails() -> None:
    made, _ = pages(Response(500, Headers([("x-gatewright-fault", "KeyError")])))
    assert await made.answer(request("PUT", "/bucket/k", ORIGIN), None) is None
    made, _ = pages(Response(500, Headers([("x-gatewright-fault", "KeyError")])))
    with pytest.raises(AwsError):
        await made.answer(request("POST", "/", ORIGIN, SIGN_IN), None)
