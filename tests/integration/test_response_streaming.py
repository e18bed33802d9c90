"""InvokeWithResponseStream on a started node, through boto3 and raw sockets.

AWS documentation: "Response streaming for Lambda functions", "Implementing response streaming in a custom runtime",
"InvokeWithResponseStream" (Lambda API Reference).
"""

import base64
import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer

from tests.integration.nodes import Node
from tests.integration.test_runtimes import NODE, Deployed, bootstrap, deploy, needs_node, python

SLEEP = "const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));"


def streaming(node: Node, body: str, **settings: Any) -> Deployed:
    """Deploy a Node.js function that streams."""
    code = f"""
const {{ once }} = require('node:events');
{SLEEP}
let finished = 0;
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{
{body}
}});
"""
    return deploy(node, NODE, {"app.js": code}, **settings)


def start(function: Deployed, payload: bytes = b"{}", **options: Any) -> Any:
    return function.client.invoke_with_response_stream(FunctionName=function.name, Payload=payload, **options)


def read(answer: Any) -> tuple[bytes, dict[str, str]]:
    """Return the payload and InvokeComplete, which has to be the last event."""
    *chunks, last = list(answer["EventStream"])
    assert list(last) == ["InvokeComplete"]
    return b"".join(chunk["PayloadChunk"]["Payload"] for chunk in chunks), last["InvokeComplete"]


@contextmanager
def raw(node: Node, function: Deployed, payload: bytes = b"{}") -> Iterator[socket.socket]:
    """Begin an invocation over a socket that takes as little as possible without being read."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", node.port))
        connection.sendall(
            f"POST /2021-11-15/functions/{function.name}/response-streaming-invocations HTTP/1.1\r\n"
            f"Host: 127.0.0.1\r\nContent-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode()
            + payload
        )
        yield connection


def resident_mib(node: Node) -> float:
    with open(f"/proc/{node.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


@needs_node
def test_the_first_chunk_arrives_before_the_function_ends(node: Node) -> None:
    function = streaming(
        node, "stream.setContentType('text/event-stream'); stream.write('a'); await sleep(1000); stream.end('b');"
    )
    read(start(function))  # without INIT from here on
    begun = time.monotonic()
    answer = start(function, LogType="Tail")
    events = iter(answer["EventStream"])
    assert next(events) == {"PayloadChunk": {"Payload": b"a"}}
    assert time.monotonic() - begun < 0.7
    assert next(events) == {"PayloadChunk": {"Payload": b"b"}}
    assert time.monotonic() - begun > 0.9
    log = base64.b64decode(next(events)["InvokeComplete"]["LogResult"]).decode()
    assert "START RequestId" in log
    assert "REPORT RequestId" in log
    assert list(events) == []
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-type"] == "application/vnd.amazon.eventstream"
    assert headers["x-amzn-remapped-content-type"] == "text/event-stream"
    assert headers["transfer-encoding"] == "chunked"
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert answer["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"


def test_a_function_that_does_not_stream(node: Node) -> None:
    function = python(node, "return {'event': event}")
    answer = start(function, b'{"n":1}')
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-remapped-content-type"] == "application/json"
    payload, complete = read(answer)
    assert json.loads(payload) == {"event": {"n": 1}}
    assert complete == {}


def test_a_function_that_fails_before_it_streams(node: Node) -> None:
    payload, complete = read(start(python(node, "raise ValueError('no')")))
    assert json.loads(payload)["errorType"] == "ValueError"
    assert complete == {}, "as recorded (radkawar/stackd, testdata/aws/lambda/streaming.json: explicit_error_before)"


@pytest.mark.parametrize("invocation_type", ["DryRun", "Event"])
def test_the_function_runs_whatever_the_invocation_type(node: Node, invocation_type: str) -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/streaming.json: dry_run, invalid_event_type)."""
    answer = start(python(node, "return 'ran'"), InvocationType=invocation_type)
    assert answer["StatusCode"] == 200
    assert read(answer) == (b'"ran"', {})


def test_an_unknown_function(node: Node) -> None:
    client = node.client("lambda")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke_with_response_stream(FunctionName="no-such-function")


@needs_node
@pytest.mark.slow
def test_failures_in_mid_stream(node: Node) -> None:
    """As recorded (radkawar/stackd, testdata/aws/lambda/streaming.json, invocation_tails.json), except for `exit`."""
    function = streaming(
        node,
        """
  stream.setContentType('application/x-so-far');
  if (event.how === 'throw before') throw new TypeError('never began');
  stream.write('so far');
  if (event.how === 'throw') throw new TypeError('broke off');
  if (event.how === 'exit') { await sleep(100); process.exit(3); }
  if (event.how === 'hang') await sleep(10000);
  stream.end();
""",
        Timeout=2,
    )
    assert read(start(function, b'{"how":"throw"}')) == (b"so far", {})
    answer = start(function, b'{"how":"throw before"}')
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-remapped-content-type"] == "application/x-so-far"
    assert read(answer) == (b"", {})
    assert read(start(function, b'{"how":"exit"}')) == (b"so far", {"ErrorCode": "Runtime.TruncatedResponse"})
    answer = start(function, b'{"how":"hang"}', LogType="Tail")
    payload, complete = read(answer)
    assert (payload, list(complete)) == (b"so far", ["LogResult"])
    assert "Status: timeout" in base64.b64decode(complete["LogResult"]).decode()
    assert read(start(function)) == (b"so far", {})
    for how in ("throw", "hang", "end"):
        result = function.client.invoke(FunctionName=function.name, Payload=json.dumps({"how": how}))
        assert "FunctionError" not in result
        assert result["Payload"].read() == b"so far"
        assert result["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/octet-stream"
    result = function.client.invoke(FunctionName=function.name, Payload=b'{"how":"throw before"}')
    assert (result.get("FunctionError"), result["Payload"].read()) == (None, b"")
    assert result["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"
    assert result["ResponseMetadata"]["HTTPHeaders"]["x-amzn-trace-id"].startswith("Root=1-")


LARGE = """
  const piece = Buffer.alloc(65536, 'x');
  for (let i = 0; i < event.pieces; i++) if (!stream.write(piece)) await once(stream, 'drain');
  stream.end();
  finished++;
"""


@needs_node
@pytest.mark.slow
def test_a_slow_reader_costs_the_node_no_memory(node: Node) -> None:
    function = streaming(node, LARGE, Timeout=30)
    assert len(read(start(function, b'{"pieces":1}'))[0]) == 65_536
    before = resident_mib(node)
    with raw(node, function, b'{"pieces":320}') as connection:
        time.sleep(2)
        assert resident_mib(node) - before < 8
        received = bytearray()
        while octets := connection.recv(1 << 16):
            received += octets
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    assert b"200 OK" in head
    buffer = EventStreamBuffer()
    while body:
        size, _, body = body.partition(b"\r\n")
        buffer.add_data(body[: int(size, 16)])
        body = body[int(size, 16) + 2 :]
    events = list(buffer)
    assert sum(len(event.payload) for event in events[:-1]) == 320 * 65_536
    assert max(len(event.payload) for event in events) <= 65_536
    assert (events[-1].headers[":event-type"], events[-1].payload) == ("InvokeComplete", b"{}")


@needs_node
@pytest.mark.slow
def test_a_function_runs_on_when_its_caller_has_gone(node: Node) -> None:
    function = streaming(node, "if (event.count) { stream.end(String(finished)); return; }" + LARGE, Timeout=30)
    read(start(function, b'{"count":true}'))
    with raw(node, function, b'{"pieces":320}') as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
    deadline = time.monotonic() + 10
    while read(start(function, b'{"count":true}'))[0] != b"1":
        assert time.monotonic() < deadline
        time.sleep(0.1)


@needs_node
@pytest.mark.slow
def test_many_streams_at_once(node: Node) -> None:
    function = streaming(
        node, "for (let i = 0; i < 20; i++) { stream.write(`${event.n} `.repeat(1000)); await sleep(5); } stream.end();"
    )
    with ThreadPoolExecutor(32) as threads:
        answers = list(threads.map(lambda n: read(start(function, b'{"n":%d}' % n)), range(32)))
    for n, (payload, complete) in enumerate(answers):
        assert payload == b"%d " % n * 20_000
        assert complete == {}


CHUNKED = """
connection.putrequest("POST", "/2018-06-01/runtime/" + here + "/response")
for name, value in {
    "Lambda-Runtime-Function-Response-Mode": "streaming",
    "Transfer-Encoding": "chunked",
    "Content-Type": "text/plain",
    "Trailer": "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
}.items():
    connection.putheader(name, value)
connection.endheaders()
for piece in (b"one ", b"two"):
    connection.send(b"%x\\r\\n%b\\r\\n" % (len(piece), piece))
    time.sleep(0.1)
trailers = b""
if event.get("fails"):
    import base64
    error = base64.b64encode(b'{"errorType":"Odd","errorMessage":"no"}')
    trailers = b"Lambda-Runtime-Function-Error-Type: Odd\\r\\nLambda-Runtime-Function-Error-Body: " + error + b"\\r\\n"
connection.send(b"0\\r\\n" + trailers + b"\\r\\n")
answer = connection.getresponse()
print(answer.status, answer.read().decode(), flush=True)
"""


def test_a_custom_runtime_streams(node: Node) -> None:
    function = bootstrap(node, *CHUNKED.strip().splitlines())
    answer = start(function)
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-remapped-content-type"] == "text/plain"
    assert read(answer) == (b"one two", {})
    assert read(start(function, b'{"fails":true}')) == (b"one two", {})
    result = function.invoke(b'{"fails":true}')
    assert (result.error, result.payload) == (None, b"one two")
    assert function.invoke().payload == b"one two"


@needs_node
@pytest.mark.slow
def test_streams_on_every_tier(tier_node: Node) -> None:
    function = streaming(tier_node, LARGE)
    assert len(read(start(function, b'{"pieces":20}'))[0]) == 20 * 65_536
    assert read(start(bootstrap(tier_node, *CHUNKED.strip().splitlines()))) == (b"one two", {})
