"""The endpoint: from a request to the operation and back, whatever goes wrong between."""

import gzip
import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gatewright.aws.catalog import Catalog
from gatewright.aws.endpoint import AwsEndpoint
from gatewright.base.errors import AwsError, BodyBroken, BodyError, BodyTimeout, BodyTooLarge
from gatewright.base.ids import Ids
from gatewright.base.late import Late
from gatewright.base.messages import BytesBody, Headers, Request, Response
from gatewright.base.operations import Caller, Shape
from tests.unit.aws.models import service

ID = "00000000-0000-4000-8000-000000000000"
SCOPE = "AKID/20261123/eu-west-1/things/aws4_request"


class Recorder:
    """An operation that answers, or raises, what it is told, and remembers how it was called."""

    def __init__(self, answer: Shape | Exception) -> None:
        self.answer = answer
        self.calls: list[tuple[Caller, Shape]] = []

    async def __call__(self, caller: Caller, request: Shape) -> Shape:
        self.calls.append((caller, request))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class FailingBody:
    """A body that cannot be read."""

    trailers = Headers()

    def __init__(self, error: BodyError) -> None:
        self._error = error

    async def read(self) -> bytes:
        raise self._error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        raise self._error
        yield b""


def endpoint(protocol: str, operations: Mapping[str, Recorder], **options: Any) -> AwsEndpoint:
    return AwsEndpoint(
        {"things": Late(lambda: operations)},
        account_id="123456789012",
        default_region="us-east-1",
        ids=Ids(bytes),
        catalog=Catalog(["things"], lambda name: service(protocol)),
        **options,
    )


def request(
    method: str, target: str, body: bytes = b"", *headers: tuple[str, str], scope: str | None = SCOPE
) -> Request:
    path, _, query = target.partition("?")
    signed = [] if scope is None else [("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host")]
    return Request(method, path, query, Headers([*signed, *headers]), BytesBody(body))


def read(response: Response) -> Any:
    assert isinstance(response.body, bytes)
    return json.loads(response.body)


async def test_a_call() -> None:
    echo = Recorder({"Text": "b", "Unknown": 1})
    response = await endpoint("rest-json", {"Echo": echo}).handle(request("POST", "/echo", b'{"Text":"a"}'))
    assert (response.status, read(response)) == (200, {"Text": "b"})
    assert response.headers.get("x-amzn-RequestId") == ID
    assert echo.calls == [(Caller("123456789012", "eu-west-1", ID, "AKID", "aws"), {"Text": "a"})]


async def test_an_unsigned_call_is_in_the_default_region() -> None:
    echo = Recorder({})
    await endpoint("rest-json", {"Echo": echo}).handle(request("POST", "/echo", scope=None))
    assert echo.calls == [(Caller("123456789012", "us-east-1", ID), {})]


async def test_the_token_of_temporary_credentials() -> None:
    echo = Recorder({})
    served = endpoint("rest-json", {"Echo": echo})
    await served.handle(request("POST", "/echo", b"{}", ("X-Amz-Security-Token", "a token")))
    await served.handle(request("POST", "/echo?X-Amz-Security-Token=another", b"{}"))
    await served.handle(request("POST", "/echo", b"{}"))
    assert [caller.session_token for caller, _ in echo.calls] == ["a token", "another", None]


async def test_a_form_that_is_not_signed() -> None:
    echo = Recorder({})
    served = endpoint("query", {"Echo": echo})
    form = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    response = await served.handle(request("POST", "/", b"Action=Echo&Text=a", form, scope=None))
    assert response.status == 200
    assert echo.calls[0][1]["Text"] == "a"
    unknown = await served.handle(request("POST", "/", b"Action=Other", form, scope=None))
    assert unknown.headers.get("x-amzn-errortype") == "UnknownService"
    broken = request("POST", "/", b"", form, scope=None)
    broken.body = FailingBody(BodyTooLarge())
    assert (await served.handle(broken)).status == 413


async def test_the_trace_header_of_a_call() -> None:
    echo = Recorder({})
    await endpoint("rest-json", {"Echo": echo}).handle(request("POST", "/echo", b"", ("X-Amzn-Trace-Id", "Root=1-2-3")))
    assert echo.calls[0][0].trace_header == "Root=1-2-3"


@pytest.mark.parametrize("origin", ["https://a-page.example", "null", "http://127.0.0.1:4566"])
@pytest.mark.parametrize("scope", [SCOPE, None])
async def test_no_page_in_a_browser_makes_a_call(origin: str, scope: str | None) -> None:
    echo = Recorder({})
    made_by_a_page = request("POST", "/echo", b"{}", ("Origin", origin), ("Content-Type", "text/plain"), scope=scope)
    response = await endpoint("rest-json", {"Echo": echo}).handle(made_by_a_page)
    assert (response.status, response.headers.get("x-amzn-errortype")) == (403, "AccessDeniedException")
    assert echo.calls == []


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-isob-east-1", "aws-iso-b")],
)
async def test_a_region_has_its_partition(region: str, partition: str) -> None:
    echo = Recorder({})
    scope = SCOPE.replace("eu-west-1", region)
    await endpoint("rest-json", {"Echo": echo}).handle(request("POST", "/echo", scope=scope))
    assert (echo.calls[0][0].region, echo.calls[0][0].partition) == (region, partition)


async def test_a_region_that_is_none_is_refused() -> None:
    for region in ("..", "é", "a" * 65, "US-EAST-1"):
        bad = request("POST", "/echo", scope=SCOPE.replace("eu-west-1", region))
        response = await endpoint("rest-json", {"Echo": Recorder({})}).handle(bad)
        assert (response.status, response.headers.get("x-amzn-errortype")) == (403, "InvalidSignatureException")


async def test_a_presigned_call() -> None:
    echo = Recorder({})
    query = f"X-Amz-Credential={SCOPE.replace('/', '%2F')}&X-Amz-Signature=0"
    await endpoint("rest-json", {"Echo": echo}).handle(request("POST", f"/echo?{query}", scope=None))
    assert echo.calls[0][0].region == "eu-west-1"


async def test_labels_query_and_tokens() -> None:
    bind = Recorder({"Token": "t"})
    response = await endpoint("rest-json", {"Bind": bind}).handle(
        request("PUT", "/things/a%2Fb?bound&limit=5", b'{"Body":"x"}', ("X-Token", "y"))
    )
    assert (response.status, response.headers.get("X-Token")) == (201, "t")
    token = ID
    assert bind.calls[0][1] == {"Id": "a/b", "Limit": 5, "Token": "y", "Body": "x", "ClientToken": token}


async def test_a_token_that_was_sent_is_kept() -> None:
    bind = Recorder({})
    await endpoint("rest-json", {"Bind": bind}).handle(request("PUT", "/things/a?bound", b'{"ClientToken":"mine"}'))
    assert bind.calls[0][1]["ClientToken"] == "mine"


TARGET = ("X-Amz-Target", "Things_20260101.Echo")


@pytest.mark.parametrize(
    ("protocol", "call", "parts"),
    [
        ("rest-json", request("GET", "/nowhere"), (404, b"UnknownOperationException", b"GET /nowhere")),
        ("rest-json", request("PUT", "/echo"), (404, b"UnknownOperationException", b"PUT /echo")),
        ("rest-json", request("POST", "/octets"), (501, b"NotImplemented", b"Upload of Example Things (things)")),
        ("rest-json", request("POST", "/echo", b"{"), (400, b"SerializationException", b"Could not parse")),
        ("rest-json", request("DELETE", "/things/%ff"), (400, b"SerializationException", b"UTF-8")),
        ("json", request("POST", "/", b"{", TARGET), (400, b"SerializationException", b"Could not parse")),
        (
            "json",
            request("POST", "/", b"{}", ("X-Amz-Target", "Things_20260101.No")),
            (404, b"UnknownOperation", b"No"),
        ),
        ("json", request("POST", "/", b"{}", ("X-Amz-Target", "No")), (404, b"UnknownOperation", b"No")),
        ("json", request("POST", "/", b"{}"), (400, b"MissingAction", b"X-Amz-Target")),
        (
            "json",
            request("POST", "/service/x/operation/Echo", b"", ("smithy-protocol", "rpc-v2-cbor")),
            (501, b"", b"cbor"),
        ),
        (
            "query",
            request("POST", "/", b"Action=No"),
            (400, b"InvalidAction", b"Could not find operation No for version"),
        ),
        ("query", request("POST", "/", b"Act=No"), (400, b"MissingAction", b"missing an action")),
        ("query", request("POST", "/", b"Action=Upload"), (501, b"NotImplemented", b"Upload of Example Things")),
        ("query", request("POST", "/", b"Action=Echo&Text=%ff"), (400, b"MalformedInput", b"UTF-8")),
        ("rest-xml", request("POST", "/echo", b"<a"), (400, b"MalformedXML", b"not well-formed")),
        ("rest-xml", request("POST", "/octets"), (501, b"NotImplemented", b"Upload of Example Things")),
    ],
)
async def test_what_cannot_be_called(protocol: str, call: Request, parts: tuple[int, bytes, bytes]) -> None:
    status, code, text = parts
    echo = Recorder({})
    response = await endpoint(protocol, {"Echo": echo}).handle(call)
    assert isinstance(response.body, bytes)
    error_type = (response.headers.get("x-amzn-errortype") or "").encode()
    assert (response.status, code in response.body + error_type, text in response.body) == (status, True, True)
    assert response.headers.get("x-amzn-requestid") == ID
    assert echo.calls == []


@pytest.mark.parametrize(
    "call",
    [
        request("POST", "/echo", scope="AKID/20261123/eu-west-1/nothing/aws4_request"),
        request("POST", "/", b"", ("X-Amz-Target", "DynamoDB_20120810.GetItem"), scope=None),
        request("POST", "/", b"Action=Echo", scope=None),
        request("GET", "/nowhere", scope=None),
    ],
)
async def test_a_service_that_is_not_served(call: Request) -> None:
    response = await endpoint("rest-json", {"Echo": Recorder({})}).handle(call)
    assert (response.status, response.headers.get("x-amzn-errortype")) == (404, "UnknownService")


@pytest.mark.parametrize(
    ("protocol", "call"),
    [
        ("rest-json", request("POST", "/echo")),
        ("json", request("POST", "/", b"{}", TARGET)),
        ("query", request("GET", "/?Action=Echo")),
        ("rest-xml", request("POST", "/echo")),
    ],
)
async def test_an_exception_is_an_internal_failure_and_in_the_log(
    protocol: str, call: Request, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = await endpoint(protocol, {"Echo": Recorder(KeyError("secret"))}).handle(call)
    assert isinstance(response.body, bytes)
    assert response.status == 500
    assert b"InternalFailure" in response.body + (response.headers.get("x-amzn-errortype") or "").encode()
    assert b"secret" not in response.body
    assert "KeyError: 'secret'" in caplog.text


async def test_an_error_of_the_operation() -> None:
    error = AwsError("NoSuchThing", "It is gone.")
    response = await endpoint("rest-json", {"Echo": Recorder(error)}).handle(request("POST", "/echo"))
    assert (response.status, read(response)) == (404, {"Message": "It is gone."})


async def test_a_result_that_cannot_be_written_is_an_internal_failure() -> None:
    response = await endpoint("rest-json", {"Echo": Recorder({"When": "soon"})}).handle(request("POST", "/echo"))
    assert response.status == 500


async def test_in_strict_mode_an_unknown_member_is_an_error() -> None:
    strict = endpoint("rest-json", {"Echo": Recorder({"Child": {"Unknown": 1}})}, is_strict=True)
    assert (await strict.handle(request("POST", "/echo"))).status == 500


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (BodyTooLarge("too much"), 413, "RequestEntityTooLargeException"),
        (BodyTimeout(), 408, "RequestTimeout"),
        (BodyBroken(), 400, "IncompleteBody"),
    ],
)
async def test_a_body_that_cannot_be_read(error: BodyError, status: int, code: str) -> None:
    call = request("POST", "/echo")
    call.body = FailingBody(error)
    response = await endpoint("rest-json", {"Echo": Recorder({})}).handle(call)
    assert (response.status, response.headers.get("x-amzn-errortype")) == (status, code)


async def test_a_large_body_is_parsed_too() -> None:
    echo = Recorder({})
    text = "x" * 200_000
    await endpoint("rest-json", {"Echo": echo}).handle(request("POST", "/echo", json.dumps({"Text": text}).encode()))
    assert echo.calls[0][1] == {"Text": text}


async def test_encodings_of_the_transfer_are_taken_off() -> None:
    upload = Recorder({})
    chunked = request(
        "POST",
        "/octets",
        b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
        ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("Content-Encoding", "aws-chunked"),
    )
    await endpoint("rest-xml", {"Upload": upload}).handle(chunked)
    assert upload.calls[0][1] == {"Payload": b"hello"}
    echo = Recorder({})
    zipped = request("POST", "/", gzip.compress(b"Action=Echo&Text=a"), ("Content-Encoding", "gzip"))
    await endpoint("query", {"Echo": echo}).handle(zipped)
    assert echo.calls[0][1] == {"Text": "a"}


async def test_broken_chunks_are_refused() -> None:
    bad = request("POST", "/octets", b"5\r\nhel", ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"))
    response = await endpoint("rest-xml", {"Upload": Recorder({})}).handle(bad)
    assert response.status == 400


async def test_a_content_that_is_gzip_stays_as_it_is_over_rest() -> None:
    upload = Recorder({})
    content = gzip.compress(b"x")
    call = request("POST", "/octets", content, ("Content-Encoding", "gzip"))
    await endpoint("rest-xml", {"Upload": upload}).handle(call)
    assert upload.calls[0][1] == {"Payload": content}


async def test_form_parameters_may_be_in_the_query() -> None:
    echo = Recorder({})
    await endpoint("query", {"Echo": echo}).handle(request("GET", "/?Action=Echo&Version=1&Words.member.1=a%20b"))
    assert echo.calls[0][1] == {"Words": ["a b"]}


class Somebody:
    """Serves what is none of ours."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked: list[tuple[str, str | None]] = []

    async def answer(self, asked: Request, service: str | None) -> Response:
        self.asked.append((asked.path, service))
        if self.failure is not None:
            raise self.failure
        return Response(200, Headers(), b"elsewhere")


class TestElsewhere:
    """ARCHITECTURE.md, "Life of an AWS call": what is signed for others, or fits none of ours."""

    def made(self, somebody: Somebody) -> AwsEndpoint:
        own = frozenset({"things"})
        return endpoint("rest-json", {"Echo": Recorder({})}, elsewhere=somebody.answer, own_scopes=own)

    async def test_what_is_signed_for_others(self) -> None:
        somebody = Somebody()
        sent = request("GET", "/bucket", scope="AKID/20261123/eu-west-1/s3/aws4_request")
        assert (await self.made(somebody).handle(sent)).body == b"elsewhere"
        presigned = request("GET", "/b?X-Amz-Credential=AKID%2F20261123%2Feu-west-1%2Fs3%2Faws4_request", scope=None)
        assert (await self.made(somebody).handle(presigned)).body == b"elsewhere"
        assert somebody.asked == [("/bucket", "s3"), ("/b", "s3")]

    async def test_what_is_not_signed(self) -> None:
        somebody = Somebody()
        made = self.made(somebody)
        assert (await made.handle(request("POST", "/echo", b"{}", scope=None))).body == b"{}"
        assert (await made.handle(request("GET", "/bucket/key", scope=None))).body == b"elsewhere"
        target = ("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth")
        assert (await made.handle(request("POST", "/", b"{}", target, scope=None))).body == b"elsewhere"
        assert somebody.asked == [("/bucket/key", None), ("/", None)]

    async def test_what_is_ours_stays_here(self) -> None:
        somebody = Somebody()
        assert (await self.made(somebody).handle(request("POST", "/echo", b"{}"))).status == 200
        assert somebody.asked == []

    @pytest.mark.parametrize("failure", [AwsError("ServiceUnavailable", "no", status=503), BodyTimeout("no")])
    async def test_an_error(self, failure: Exception) -> None:
        made = self.made(Somebody(failure))
        answer = await made.handle(request("GET", "/bucket", scope="AKID/20261123/eu-west-1/s3/aws4_request"))
        assert answer.status == getattr(failure, "status", 0)
        assert "no" in json.dumps(read(answer))

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    async def test_pages_of_other_sites(self, site: str) -> None:
        """Fetch Metadata Request Headers (W3C), Sec-Fetch-Site: a page may show objects, and call nothing."""
        somebody = Somebody()
        made, field = self.made(somebody), ("Sec-Fetch-Site", site)
        assert (await made.handle(request("GET", "/?Action=A", b"", field))).status == 403
        sqs = "AKID/20261123/eu-west-1/sqs/aws4_request"
        assert (await made.handle(request("GET", "/?Action=A", b"", field, scope=sqs))).status == 403
        assert (await made.handle(request("PUT", "/b/k", b"", field, scope=None))).status == 403
        assert (await made.handle(request("GET", "/b/k", b"", field, scope=None))).body == b"elsewhere"

    async def test_what_a_page_may_ask(self) -> None:
        async def for_pages(asked: Request, service: str | None) -> Response | None:
            return Response(200, Headers(), b"shown") if asked.path == "/b/k" else None

        made = endpoint("rest-json", {"Echo": Recorder({})}, elsewhere=Somebody().answer, for_pages=for_pages)
        origin = ("Origin", "http://localhost:3000")
        assert (await made.handle(request("PUT", "/b/k", b"", origin, scope=None))).body == b"shown"
        assert (await made.handle(request("PUT", "/other", b"", origin, scope=None))).status == 403

    async def test_what_fails_for_a_page(self) -> None:
        async def for_pages(asked: Request, service: str | None) -> Response | None:
            raise AwsError("ServiceUnavailable", "no", status=503)

        made = endpoint("rest-json", {"Echo": Recorder({})}, elsewhere=Somebody().answer, for_pages=for_pages)
        answer = await made.handle(request("PUT", "/b/k", b"", ("Origin", "http://localhost:3000"), scope=None))
        assert (answer.status, read(answer)["message"]) == (503, "no")
