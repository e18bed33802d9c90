"""Handlers that stream, with both clients ("Writing response streaming-enabled Lambda functions")."""

import json
import time

import pytest

from gatewright.functions.runtimes.table import RuntimeDirectory
from tests.unit.functions.runtimes.host import (
    ERROR,
    NEXT,
    REQUEST_ID,
    STREAM_DATA,
    STREAM_END,
    STREAM_HEAD,
    Runner,
    function,
)
from tests.unit.functions.runtimes.node.test_preload import WITH_CALLBACKS, WITHOUT_CALLBACKS, available


@pytest.fixture(params=[WITH_CALLBACKS, WITHOUT_CALLBACKS])
def version(request: pytest.FixtureRequest, directory: RuntimeDirectory) -> str:
    runtime = request.param
    assert isinstance(runtime, str)
    return available(directory, runtime)


def handler(body: str, options: str = "") -> dict[str, str]:
    return {
        "app.js": f"""
const {{ Readable }} = require('node:stream');
const {{ pipeline }} = require('node:stream/promises');
const {{ once }} = require('node:events');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {{ {body} }}{options});
"""
    }


def test_a_response_in_pieces(runner: Runner, version: str) -> None:
    code = handler("""
  stream.setContentType('text/plain');
  for (let i = 0; i < event.pieces; i++) stream.write('ä'.repeat(event.size));
  stream.end();
  await new Promise((resolve) => stream.on('finish', resolve));
""")
    with runner.ready(function(version), code) as environment:
        small = environment.stream({"pieces": 3, "size": 1})
        large = environment.stream({"pieces": 5, "size": 50_000})
    assert small.header == {"id": REQUEST_ID, "content_type": "text/plain"}
    assert (small.content.decode(), small.error) == ("äää", b"")
    assert large.content.decode() == "ä" * 250_000
    assert max(map(len, large.pieces)) <= 65_536


def test_the_first_piece_is_sent_before_the_handler_ends(runner: Runner, version: str) -> None:
    code = handler("stream.write('first'); await sleep(300); stream.end('last');")
    with runner.ready(function(version), code) as environment:
        begun = time.monotonic()
        environment.send(b"{}")
        frames = []
        while not frames or frames[-1][0] != NEXT:
            frame = environment.receive()
            assert frame is not None
            frames.append((frame.type, frame.body, time.monotonic() - begun))
    assert [(kind, body) for kind, body, _ in frames] == [
        (STREAM_HEAD, b""),
        (STREAM_DATA, b"first"),
        (STREAM_DATA, b"last"),
        (STREAM_END, b""),
        (NEXT, b""),
    ]
    assert frames[2][2] - frames[1][2] > 0.2


def test_the_content_type_is_that_of_octets_unless_it_is_set(runner: Runner, version: str) -> None:
    with runner.ready(function(version), handler("stream.end();")) as environment:
        streamed = environment.stream()
    assert streamed.header["content_type"] == "application/octet-stream"
    assert streamed.pieces == ()


def test_an_http_response_has_its_prelude(runner: Runner, version: str) -> None:
    code = handler("""
  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-a': 'b' }, cookies: ['c=d'] });
  stream.write('<p>'); stream.write(Buffer.from([0, 1])); stream.end();
""")
    with runner.ready(function(version), code) as environment:
        streamed = environment.stream()
    assert streamed.header["content_type"] == "application/vnd.awslambda.http-integration-response"
    prelude, _, content = streamed.content.partition(bytes(8))
    assert json.loads(prelude) == {"statusCode": 201, "headers": {"x-a": "b"}, "cookies": ["c=d"]}
    assert content == b"<p>\x00\x01"


def test_pipelines(runner: Runner, version: str) -> None:
    code = handler("await pipeline(Readable.from([Buffer.alloc(100_000, 'a'), Buffer.alloc(100_000, 'b')]), stream);")
    with runner.ready(function(version), code) as environment:
        for _ in range(2):
            assert environment.stream().content == b"a" * 100_000 + b"b" * 100_000


def test_objects_are_written_as_json(runner: Runner, version: str) -> None:
    with runner.ready(function(version), handler("stream.write({ a: [event.n] }); stream.end();")) as environment:
        assert environment.stream({"n": 1}).content == b'{"a":[1]}'


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_handler_that_throws(runner: Runner, version: str, when: str) -> None:
    code = handler("if (event.when === 'after') stream.write('so far'); throw new TypeError('broke off');")
    with runner.ready(function(version), code) as environment:
        for _ in range(2):
            streamed = environment.stream({"when": when})
            assert streamed.content == (b"so far" if when == "after" else b"")
            error = json.loads(streamed.error)
            assert (error["errorType"], error["errorMessage"]) == ("TypeError", "broke off")
        assert "Invoke Error" in environment.output()


# The client of version 3 reports what nobody caught and exits; with that of version 4 the process dies of it.
@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (
            "stream.write('so far'); setTimeout(() => { throw new Error('lost'); }, 50); await sleep(5000);",
            129,
            "Error",
        ),
        (
            "await pipeline(async function* () { yield 'so far'; throw new Error('dry'); }, stream);",
            128,
            "Runtime.UnhandledPromiseRejection",
        ),
    ],
)
def test_what_nobody_catches_breaks_the_stream_off(
    runner: Runner, version: str, body: str, status: int, error: str
) -> None:
    with runner.ready(function(version), handler(body)) as environment:
        environment.send(b"{}")
        ending = environment.ending()
    reported = [(frame.header["id"], frame.json()["errorType"]) for frame in ending.frames if frame.type == ERROR]
    assert {frame.type for frame in ending.frames} <= {STREAM_HEAD, STREAM_DATA, ERROR}
    if version == WITH_CALLBACKS:
        assert (reported, ending.status) == ([(REQUEST_ID, error)], status)
    else:
        assert (reported, ending.status) == ([], 1)


BACKED_UP = """
  let writes = 0, ticks = 0, drained;
  const timer = setInterval(() => ticks++, 5);
  for (;;) {
    writes++;
    if (stream.write(Buffer.alloc(16_384))) continue;
    drained = once(stream, 'drain');
    if (!(await Promise.race([drained, sleep(200)]))) break;
  }
  console.log(JSON.stringify({ writes, ticks, needsDrain: stream.writableNeedDrain }));
  await drained;
  clearInterval(timer);
  stream.end();
"""


def test_a_host_that_does_not_read_makes_write_return_false(runner: Runner, version: str) -> None:
    with runner.ready(function(version), handler(BACKED_UP)) as environment:
        environment.send(b"{}")
        first = environment.receive()
        time.sleep(0.6)
        printed = environment.output()
        assert first is not None
        length = 0
        while (frame := environment.receive()) is not None and frame.type != NEXT:
            length += len(frame.body)
    seen = json.loads(printed[printed.index("{") : printed.rindex("}") + 1])
    assert seen["needsDrain"] is True
    assert seen["ticks"] > 20  # the event loop lives on meanwhile
    assert 0 < seen["writes"] < 200
    assert length == seen["writes"] * 16_384


@pytest.mark.parametrize(("options", "mark"), [("", None), (", { highWaterMark: 100 }", 100)])
def test_the_high_water_mark_can_be_set(runner: Runner, version: str, options: str, mark: int | None) -> None:
    code = handler("stream.end(String(stream.writableHighWaterMark));", options)
    with runner.ready(function(version), code) as environment:
        found = int(environment.stream().content)
    assert found == mark if mark is not None else found >= 16_384


def test_a_stream_that_is_never_ended_keeps_the_event_loop_going(runner: Runner, version: str) -> None:
    # As the open connection does on Lambda: the time-out ends it, and `beforeExit` does not begin the next invocation.
    code = handler("stream.write('so far'); await new Promise(() => {});")
    with runner.ready(function(version), code) as environment:
        environment.send(b"{}")
        kinds = [frame.type for frame in (environment.receive(), environment.receive()) if frame is not None]
        assert kinds == [STREAM_HEAD, STREAM_DATA]
        environment.stop_waiting_after(0.5)
        with pytest.raises(TimeoutError):
            environment.receive()


def test_a_handler_that_returns_before_its_stream_is_written(runner: Runner, version: str) -> None:
    code = handler("stream.write('a'); setTimeout(() => stream.end('b'), 100);")
    with runner.ready(function(version), code) as environment:
        assert environment.stream().content == b"ab"
        assert environment.stream().content == b"ab"
