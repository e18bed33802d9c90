"""Calls to the companion, against an endpoint that answers as a test wants it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Caller
from gatewright.functions.async_invoke import Delivery, DeliveryError, DeliveryRefused
from gatewright.functions.settings import Credentials
from gatewright.server.companion.address import CompanionUnavailable, FixedAddress, NoAddress
from gatewright.server.companion.calls import Companion

CALLER = Caller("123456789012", "eu-west-1", "request-1")
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:failures"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:failures"
BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/results"
QUEUE_URL = b'{"QueueUrl":"http://sqs.localhost/123456789012/failures"}'


class Endpoint(ThreadingHTTPServer):
    """Answers (status, body) one after the other and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[tuple[str, str, Any, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, self.headers, body))
        status, content = self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET = do_PUT = _answer  # noqa: N815 — the names that http.server calls

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def companion(endpoint: Endpoint) -> Iterator[Companion]:
    opened = Companion(FixedAddress(endpoint.url), Credentials("key", "secret", "token"))
    yield opened
    opened.close()
    for client in opened._clients.values():
        client.close()


def delivery(target: str = QUEUE, **changes: Any) -> Delivery:
    fields = {
        "target_arn": target,
        "function_arn": "arn:aws:lambda:eu-west-1:123456789012:function:orders:live",
        "request_id": "request-1",
        "finished_at": 1_795_400_000.5,
        "is_success": False,
    }
    return Delivery(**{**fields, **changes})


async def test_a_message_has_its_attributes_and_the_trace(endpoint: Endpoint, companion: Companion) -> None:
    endpoint.answers = [(200, QUEUE_URL), (200, b"{}"), (200, b"{}")]
    attributes = (("ErrorCode", "Number", "200"),)
    await companion.send(delivery(attributes=attributes, trace_header="Root=1-2-3"), b'{"q":1}')
    await companion.send(delivery(), b"{}")
    (_, _, headers, asked), (_, _, _, sent), (_, _, _, second) = endpoint.asked
    assert "Credential=key/" in headers["Authorization"]
    assert "/eu-west-1/sqs/aws4_request" in headers["Authorization"]
    assert json.loads(asked) == {"QueueName": "failures", "QueueOwnerAWSAccountId": "123456789012"}
    assert json.loads(sent) == {
        "QueueUrl": "http://sqs.localhost/123456789012/failures",
        "MessageBody": '{"q":1}',
        "MessageAttributes": {"ErrorCode": {"DataType": "Number", "StringValue": "200"}},
        "MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}},
    }
    assert "MessageAttributes" not in json.loads(second)


async def test_a_notification(endpoint: Endpoint, companion: Companion) -> None:
    endpoint.answers = [(200, b"<PublishResponse><PublishResult/></PublishResponse>")]
    await companion.send(delivery(TOPIC), b'{"q":1}')
    form = parse_qs(endpoint.asked[0][3].decode())
    assert (form["TopicArn"], form["Message"]) == ([TOPIC], ['{"q":1}'])


async def test_an_event_of_a_bus(endpoint: Endpoint, companion: Companion) -> None:
    endpoint.answers = [(200, b'{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}')]
    await companion.send(delivery(BUS, is_success=True), b'{"q":1}')
    (entry,) = json.loads(endpoint.asked[0][3])["Entries"]
    assert entry == {
        "EventBusName": BUS,
        "Source": "lambda",
        "DetailType": "Lambda Function Invocation Result - Success",
        "Detail": '{"q":1}',
        "Time": 1_795_400_000,
        "Resources": [BUS, "arn:aws:lambda:eu-west-1:123456789012:function:orders:live"],
    }


async def test_an_event_that_a_bus_does_not_take_is_an_error(endpoint: Endpoint, companion: Companion) -> None:
    endpoint.answers = [(200, b'{"FailedEntryCount":1,"Entries":[{"ErrorCode":"InternalFailure"}]}')]
    with pytest.raises(DeliveryError, match="InternalFailure"):
        await companion.send(delivery(BUS), b"{}")


async def test_an_object(endpoint: Endpoint, companion: Companion) -> None:
    endpoint.answers = [(200, b"")]
    await companion.send(delivery("arn:aws:s3:::failures"), b"{}")
    method, path, headers, _ = endpoint.asked[0]
    assert (method, path) == ("PUT", "/failures/aws/lambda/async/orders/2026/11/23/2026-11-23T02.13.20-request-1")
    assert "/eu-west-1/s3/aws4_request" in headers["Authorization"]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "AWS.SimpleQueueService.NonExistentQueue", DeliveryError),
        (403, "AccessDenied", DeliveryError),
        (500, "InternalError", DeliveryError),
        (400, "InvalidMessageContents", DeliveryRefused),
        (400, "InvalidParameterValue", DeliveryRefused),
    ],
)
async def test_what_may_be_tried_again(
    endpoint: Endpoint, companion: Companion, status: int, code: str, kind: type[DeliveryError]
) -> None:
    endpoint.answers = [(200, QUEUE_URL), (status, json.dumps({"__type": code, "message": "no"}).encode())]
    with pytest.raises(DeliveryError, match="no") as raised:
        await companion.send(delivery(), b"{}")
    assert type(raised.value) is kind
    endpoint.answers = [(200, QUEUE_URL), (200, b"{}")]  # the queue is looked up again: it may be a new one
    await companion.send(delivery(), b"{}")


@pytest.mark.parametrize(
    "target",
    [f"{QUEUE}.fifo", "arn:aws:kinesis:eu-west-1:123456789012:stream/s", "kafka://topic", "arn:aws:sqs:nowhere"],
)
async def test_what_is_no_destination_is_refused(endpoint: Endpoint, companion: Companion, target: str) -> None:
    with pytest.raises(DeliveryRefused):
        await companion.send(delivery(target), b"{}")
    assert endpoint.asked == []


async def test_a_companion_that_is_not_there() -> None:
    companion = Companion(FixedAddress("http://127.0.0.1:1"), Credentials())
    with pytest.raises(DeliveryError) as raised:
        await companion.send(delivery(), b"{}")
    assert type(raised.value) is DeliveryError
    with pytest.raises(AwsError) as unreachable:
        companion.fetch_object(CALLER, "code", "app.zip", None)
    assert (unreachable.value.code, unreachable.value.status) == ("ServiceException", 500)
    companion.close()


def s3_error(code: str, message: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


class TestFetchObject:
    def test_an_object_and_one_of_its_versions(self, endpoint: Endpoint, companion: Companion) -> None:
        endpoint.answers = [(200, b"zip"), (200, b"older")]
        assert companion.fetch_object(CALLER, "code", "a b/app.zip", None) == b"zip"
        assert companion.fetch_object(CALLER, "code", "app.zip", "v1") == b"older"
        assert [path for _, path, *_ in endpoint.asked] == ["/code/a%20b/app.zip", "/code/app.zip?versionId=v1"]

    @pytest.mark.parametrize(
        ("status", "code", "text"),
        [
            (404, "NoSuchKey", "The specified key does not exist."),
            (404, "NoSuchBucket", "The specified bucket does not exist"),
            (400, "InvalidArgument", "Invalid version id specified"),
        ],
    )
    def test_what_s3_refuses(self, endpoint: Endpoint, companion: Companion, status: int, code: str, text: str) -> None:
        endpoint.answers = [(status, s3_error(code, text))]
        with pytest.raises(AwsError) as refused:
            companion.fetch_object(CALLER, "code", "app.zip", None)
        assert refused.value.code == "InvalidParameterValueException"
        assert (
            refused.value.message == f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {text}"
        )

    def test_what_s3_forbids(self, endpoint: Endpoint, companion: Companion) -> None:
        endpoint.answers = [(403, s3_error("AccessDenied", "Access Denied"))]
        with pytest.raises(AwsError) as refused:
            companion.fetch_object(CALLER, "code", "app.zip", None)
        assert (refused.value.code, refused.value.status) == ("AccessDeniedException", 403)
        assert refused.value.message.endswith("S3 Error Code: AccessDenied. S3 Error Message: Access Denied")

    def test_an_object_that_is_too_large_is_not_read_to_its_end(self, endpoint: Endpoint, companion: Companion) -> None:
        endpoint.answers = [(200, bytes(262_144_001))]
        with pytest.raises(AwsError, match="must be smaller than 262144000 bytes"):
            companion.fetch_object(CALLER, "code", "app.zip", None)


class TestNoCompanion:
    async def test_it_says_so(self) -> None:
        companion = Companion(NoAddress(), Credentials())
        with pytest.raises(DeliveryRefused, match="companion"):
            await companion.send(delivery(), b"{}")
        with pytest.raises(OperationNotImplemented, match="companion"):
            companion.fetch_object(CALLER, "code", "app.zip", None)
        with pytest.raises(OperationNotImplemented, match="sqs ListQueues cannot be served: there is no companion"):
            companion.call("sqs", "eu-west-1", "ListQueues", {})
        companion.close()

    async def test_one_that_may_come_yet(self) -> None:
        companion = Companion(Ending(), Credentials())
        with pytest.raises(DeliveryError) as raised:
            await companion.send(delivery(), b"{}")
        assert type(raised.value) is DeliveryError
        companion.close()


class Ending(NoAddress):
    """A companion on a node that ends."""

    def open(self) -> str:
        raise CompanionUnavailable("the node is ending", is_final=False)


class TestCall:
    def test_an_operation(self, endpoint: Endpoint, companion: Companion) -> None:
        endpoint.answers = [(200, b'{"QueueUrls":["http://q"]}')]
        assert companion.call("sqs", "eu-west-1", "ListQueues", {"QueueNamePrefix": "q"}) == {"QueueUrls": ["http://q"]}
        assert json.loads(endpoint.asked[0][3]) == {"QueueNamePrefix": "q"}

    def test_a_body(self, endpoint: Endpoint, companion: Companion) -> None:
        endpoint.answers = [(200, b"content")]
        output = companion.call("s3", "eu-west-1", "GetObject", {"Bucket": "bucket", "Key": "k"})
        assert output["Body"] == b"content"

    def test_an_error(self, endpoint: Endpoint, companion: Companion) -> None:
        endpoint.answers = [(404, s3_error("NoSuchBucket", "no"))]
        with pytest.raises(AwsError) as refused:
            companion.call("s3", "eu-west-1", "ListObjectsV2", {"Bucket": "bucket"})
        assert (refused.value.code, refused.value.message, refused.value.status) == ("NoSuchBucket", "no", 404)

    def test_parameters_that_do_not_fit(self, companion: Companion) -> None:
        with pytest.raises(AwsError, match="QueueUrl"):
            companion.call("sqs", "eu-west-1", "DeleteQueue", {})

    def test_urls_lead_to_the_node(self, endpoint: Endpoint) -> None:
        endpoint.answers = [(200, b"{}")]
        named = Companion(FixedAddress(endpoint.url), Credentials(), node_host="127.0.0.1:4566")
        named.call("sqs", "eu-west-1", "ListQueues", {})
        assert endpoint.asked[0][2]["Host"] == "127.0.0.1:4566"
        named.close()
        for client in named._clients.values():
            client.close()
