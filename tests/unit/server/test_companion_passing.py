"""Clients' calls on their way to the companion. Sources are named in the module."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gatewright.base.clock import SystemClock
from gatewright.base.errors import AwsError
from gatewright.base.messages import Body, BytesBody, Headers, Request, Response
from gatewright.server.companion.address import FixedAddress, NoAddress
from gatewright.server.companion.passing import Passing
from gatewright.server.companion.s3_hosts import bucket_of_host
from gatewright.wire.client_errors import ConnectFailed
from gatewright.wire.client_request import Origin, encode_head
from tests.unit.gateway.fakes import FakeClient

URL = "http://127.0.0.1:5000"


class Arriving:
    """A body that comes in pieces."""

    trailers = Headers()

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    async def read(self) -> bytes:
        raise AssertionError("nobody holds the whole body")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def passing(client: FakeClient, url: str = URL, *, is_moto: bool = True) -> Passing:
    return Passing(FixedAddress(url), client, SystemClock(), is_moto=is_moto)


def request(
    method: str = "POST", target: str = "/", *fields: tuple[str, str], body: Body | None = None, host: str = "h:4566"
) -> Request:
    path, _, query = target.partition("?")
    return Request(method, path, query, Headers([("Host", host), *fields]), body or BytesBody())


async def test_a_call_goes_on_as_it_came() -> None:
    client = FakeClient(Response(200, Headers([("x-amzn-RequestId", "1"), ("Connection", "close")]), b"{}"))
    fields = [("X-Amz-Target", "AmazonSQS.ListQueues"), ("Authorization", "AWS4 …"), ("X-amz-Date", "d")]
    sent = request(
        "POST", "/q?a=b%20c", *fields, ("Content-Length", "2"), ("Connection", "keep-alive"), body=BytesBody(b"{}")
    )
    answer = await passing(client).handle(sent, "sqs")
    (upstream,) = client.requests
    assert (upstream.method, upstream.origin, upstream.target) == (
        "POST",
        Origin("http", "127.0.0.1", 5000),
        "/q?a=b%20c",
    )
    assert upstream.headers == [("Host", "h:4566"), *fields, ("Content-Length", "2")]
    assert client.bodies == [b"{}"]
    assert (answer.status, answer.headers, answer.body) == (200, [("x-amzn-RequestId", "1")], b"{}")


async def test_a_body_goes_on_as_it_arrives() -> None:
    client = FakeClient(Response(200, Headers(), b""))
    arriving = Arriving(b"one", b"two")
    await passing(client).handle(
        request("PUT", "/b/k", ("Content-Length", "6"), ("Expect", "100-continue"), body=arriving), "s3"
    )
    (upstream,) = client.requests
    assert upstream.body is arriving
    assert upstream.headers.get("expect") is None
    assert b"Content-Length: 6" in encode_head(upstream).octets


async def test_an_endpoint_below_a_path() -> None:
    client = FakeClient(Response(200, Headers(), b""))
    await passing(client, f"{URL}/aws/").handle(request("GET", "/a?b"), None)
    assert client.requests[0].target == "/aws/a?b"


async def test_octets_that_no_target_may_have_are_encoded() -> None:
    client = FakeClient(Response(200, Headers(), b""))
    await passing(client).handle(request("GET", "/b/\xc3\xa9"), "s3")
    assert client.requests[0].target == "/b/%C3%A9"


@pytest.mark.parametrize(("is_moto", "target"), [(True, "/bucket/k"), (False, "/k")])
async def test_a_bucket_of_the_host(is_moto: bool, target: str) -> None:
    """An endpoint of somebody else's gets what the signature covers."""
    client = FakeClient(Response(200, Headers(), b""))
    sent = request("GET", "/k", host="bucket.s3.localhost:4566")
    await passing(client, is_moto=is_moto).handle(sent, "s3")
    assert (client.requests[0].target, client.requests[0].headers.get("host")) == (target, "bucket.s3.localhost:4566")


async def test_hosts_are_no_buckets_for_other_services() -> None:
    client = FakeClient(Response(200, Headers(), b""))
    await passing(client).handle(request("POST", "/", host="sqs.localhost"), "sqs")
    assert client.requests[0].target == "/"


@pytest.mark.parametrize(
    ("domain", "bucket"),
    [
        ("bucket.s3.localhost", "bucket"),
        ("my.bucket.s3.eu-west-1.amazonaws.com", "my.bucket"),
        ("bucket.s3-eu-west-1.amazonaws.com", "bucket"),
        ("bucket.localhost", "bucket"),
        ("my.bucket.localhost", "my.bucket"),
        ("s3.localhost", None),
        ("s3.us-east-1.amazonaws.com", None),
        ("localhost", None),
        ("localhost.localstack.cloud", None),
        ("127.0.0.1", None),
        ("gatewright.example.com", None),
        ("[::1]", None),
        ("", None),
    ],
)
def test_buckets_of_hosts(domain: str, bucket: str | None) -> None:
    assert bucket_of_host(domain) == bucket


async def refused(made: Passing, service: str | None = "sqs") -> AwsError:
    with pytest.raises(AwsError) as raised:
        await made.handle(request(), service)
    return raised.value


async def test_what_nobody_serves() -> None:
    fields: dict[str, Any] = {"status": 501, "headers": Headers([("x-gatewright-fault", "moto does not have it")])}
    error = await refused(passing(FakeClient(Response(**fields))))
    assert (error.code, error.status) == ("NotImplemented", 501)
    assert error.message == "The service 'sqs' is served by the companion: moto does not have it."


async def test_what_fails_there() -> None:
    headers = Headers([("x-gatewright-fault", "KeyError: 'a'")])
    error = await refused(passing(FakeClient(Response(500, headers))))
    assert (error.code, error.status) == ("InternalFailure", 500)
    assert error.message == "The service 'sqs' failed in the companion: KeyError: 'a'"


async def test_a_companion_that_is_not_there() -> None:
    error = await refused(passing(FakeClient(ConnectFailed("refused"))))
    assert (error.code, error.status) == ("ServiceUnavailable", 503)
    assert error.message == "The service 'sqs' is served by the companion, which cannot be reached: refused"


async def test_one_that_cannot_be_started() -> None:
    error = await refused(Passing(NoAddress(), FakeClient(), SystemClock(), is_moto=True))
    assert error.status == 503
    assert "set the setting companion" in error.message


async def test_what_is_the_companions_own_is_not_reached() -> None:
    client = FakeClient(Response(200, Headers(), b""))
    for service in (None, "s3"):
        with pytest.raises(AwsError, match="moto-api"):
            await passing(client).handle(request("POST", "/moto-api/reset"), service)
    assert client.requests == []


async def test_a_request_that_says_nothing_starts_no_companion() -> None:
    client = FakeClient(Response(200, Headers(), b""))
    error = await refused(passing(client), None)
    assert (error.code, error.status, client.requests) == ("UnknownService", 404, [])
    target = ("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")
    await passing(client).handle(request("POST", "/", target), None)
    await passing(client).handle(request("GET", "/", host="bucket.localhost"), None)
    assert [sent.target for sent in client.requests] == ["/", "/bucket/"]
