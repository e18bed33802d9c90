"""Deliveries to functions, on the wire: Invoke in the "API Reference" (AWS Lambda)."""

import http.server
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gatewright.aws.scope import scope_of_authorization
from gatewright.companion.deliveries import Deliveries

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:hears"


def test_they_are_signed_for_the_region_of_the_function() -> None:
    received: queue.Queue[tuple[str, str, bytes]] = queue.Queue()

    class Node(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.put((self.path, self.headers["Authorization"], body))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Node) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Deliveries(f"http://127.0.0.1:{server.server_port}").to_function(ARN, {"text": "hé"})
        path, authorization, body = received.get(timeout=20)
        server.shutdown()
    scope = scope_of_authorization(authorization)
    assert scope is not None
    assert (scope.region, scope.service) == ("eu-west-1", "lambda")
    assert path == f"/2015-03-31/functions/{ARN.replace(':', '%3A')}/invocations"
    assert body == b'{"text": "h\\u00e9"}'


QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/b"
NO_TEMPLATE = {"InputTransformer": {"InputPathsMap": {}}}


DONE = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def node(*answers: bytes) -> Iterator[tuple[str, queue.Queue[bytes]]]:
    """Serve answers, octet by octet; yield the address, and the bodies of the calls that came."""
    received: queue.Queue[bytes] = queue.Queue()
    left = list(answers)

    class Node(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.wfile.write(left.pop(0))

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Node) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"no HTTP at all\r\n", "BadStatusLine: no HTTP at all"),
        (
            b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nshort",
            "IncompleteRead: IncompleteRead(5 bytes read, 4 m",
        ),
        (b"HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nshort", "500, and its text breaks off: IncompleteRead"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\nshort", "404 short"),
    ],
)
def test_an_answer_that_breaks_off_loses_one_event(
    answer: bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with node(answer, DONE) as (url, received):
        deliveries = Deliveries(url)
        deliveries.to_function(ARN, 1)
        deliveries.to_function(ARN, 2)
        assert [received.get(timeout=20) for _ in range(2)] == [b"1", b"2"]
    [record] = caplog.records
    assert record.getMessage().startswith(f"an event for {ARN} is lost: {reason}")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ({"Arn": ARN, **NO_TEMPLATE}, "KeyError: 'InputTemplate'"),
        ({"Arn": QUEUE, **NO_TEMPLATE}, "KeyError: 'InputTemplate'"),
        ({"Arn": BUS, "EventBridgeParameters": {"DetailType": "tick"}}, "KeyError: 'Source'"),
        ({"Arn": ARN, "InputPath": 7}, "AttributeError: "),
    ],
)
def test_a_target_whose_input_cannot_be_made_gets_nothing(
    target: dict[str, Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with node(DONE) as (url, received):
        deliveries = Deliveries(url)
        assert deliveries.to_target(target, {"detail": {}})
        assert deliveries.to_target({"Arn": ARN, "Input": "2"}, {"detail": {}})
        assert received.get(timeout=20) == b"2"
    [record] = caplog.records
    assert record.getMessage().startswith(f"an event for {target['Arn']} is lost: {reason}")
