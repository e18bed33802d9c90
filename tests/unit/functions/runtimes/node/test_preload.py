"""What a Node.js handler sees and what becomes of its failures, with both clients on the Node.js of this machine.

AWS documentation: "Define Lambda function handler in Node.js", "Using the Lambda context object to retrieve Node.js
function information", "AWS Lambda function errors in Node.js".
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

import gatewright.functions.runtimes.node as package
from gatewright.functions.runtimes.table import RuntimeDirectory
from tests.unit.functions.runtimes.host import (
    ARN,
    ERROR,
    INIT_ERROR,
    REQUEST_ID,
    RESULT,
    TRACE,
    Runner,
    function,
)

WITH_CALLBACKS, WITHOUT_CALLBACKS = "nodejs22.x", "nodejs24.x"
DIRECTORY = Path(package.__file__).parent


@pytest.fixture(params=[WITH_CALLBACKS, WITHOUT_CALLBACKS])
def version(request: pytest.FixtureRequest, directory: RuntimeDirectory) -> str:
    runtime = request.param
    assert isinstance(runtime, str)
    return available(directory, runtime)


@pytest.fixture
def callbacks(directory: RuntimeDirectory) -> str:
    return available(directory, WITH_CALLBACKS)


def available(directory: RuntimeDirectory, runtime: str) -> str:
    problem = directory.problem(runtime)
    if problem is not None and (shutil.which("node") is None or shutil.which("npm") is None):
        pytest.skip(problem)
    assert problem is None, problem
    return runtime


@pytest.mark.parametrize("script", sorted(path.name for path in DIRECTORY.glob("*.?js")))
def test_every_script_is_well_formed(directory: RuntimeDirectory, script: str) -> None:
    available(directory, WITH_CALLBACKS)
    subprocess.run(["node", "--check", DIRECTORY / script], check=True)


CONTEXT = """
let calls = 0;
exports.handler = async (event, context) => ({
  event,
  calls: ++calls,
  context: JSON.parse(JSON.stringify(context)),
  remaining: context.getRemainingTimeInMillis(),
  trace: process.env._X_AMZN_TRACE_ID ?? null,
  directory: process.cwd(),
  channel: Object.keys(process.env).filter((name) => name.includes('GATEWRIGHT')),
  execArgv: process.execArgv.filter((argument) => argument.includes('preload') || argument === '--require'),
  http: typeof require('http').createServer,
  loader: require('module')._load.name === 'loadForClient' ? 'ours' : 'as it was',
});
"""


def test_the_handler_sees_event_and_context_as_on_lambda(runner: Runner, version: str) -> None:
    with runner.ready(function(version), {"app.js": CONTEXT}) as environment:
        answer = environment.invoke({"key": "ä€😀", "n": [1, 2.5, None, True]})
        again = environment.invoke({}, trace=None)
    assert (answer.type, answer.header) == (RESULT, {"id": REQUEST_ID})
    seen = answer.json()
    context = seen.pop("context")
    context.pop("callbackWaitsForEmptyEventLoop", None)
    context.pop("xRayTraceId", None)
    assert context == {
        "functionVersion": "$LATEST",
        "functionName": "my-function",
        "memoryLimitInMB": "128",
        "logGroupName": "/aws/lambda/my-function",
        "logStreamName": "2026/01/01/[$LATEST]0123456789abcdef",
        "invokedFunctionArn": ARN,
        "awsRequestId": REQUEST_ID,
    }
    assert 0 < seen.pop("remaining") <= 3000
    assert seen == {
        "event": {"key": "ä€😀", "n": [1, 2.5, None, True]},
        "calls": 1,
        "trace": TRACE,
        "directory": str(runner.task_root),
        "channel": [],
        "execArgv": [],
        "http": "function",
        "loader": "as it was",
    }
    assert (again.json()["calls"], again.json()["trace"]) == (2, None)


def test_the_client_context_of_mobile_sdks(runner: Runner, version: str) -> None:
    code = {"app.js": "exports.handler = async (event, context) => [context.clientContext, context.identity];\n"}
    with runner.ready(function(version), code) as environment:
        answer = environment.invoke(
            {}, client_context='{"custom":{"a":"b"}}', cognito_identity='{"cognitoIdentityId":"x"}'
        )
    assert answer.json() == [{"custom": {"a": "b"}}, {"cognitoIdentityId": "x"}]


MODULES = {
    "CommonJS": ("app.handler", {"app.js": "exports.handler = async () => 'yes';\n"}),
    "CommonJS by extension": ("app.handler", {"app.cjs": "exports.handler = async () => 'yes';\n"}),
    "ES module by extension": ("app.handler", {"app.mjs": "export const handler = async () => 'yes';\n"}),
    "ES module by package.json": (
        "app.handler",
        {"package.json": '{"type":"module"}', "app.js": "export const handler = async () => 'yes';\n"},
    ),
    "ES module with top-level await and imports": (
        "app.handler",
        {
            "answer.mjs": "export default await Promise.resolve('yes');\n",
            "app.mjs": "import fs from 'node:fs';\nimport answer from './answer.mjs';\n"
            "export const handler = async () => (fs.existsSync('.') ? answer : 'no');\n",
        },
    ),
    "a directory": ("src/app.handler", {"src/app.js": "exports.handler = async () => 'yes';\n"}),
    "nested names": ("app.api.get", {"app.js": "exports.api = { get: async () => 'yes' };\n"}),
    "a package of the function": (
        "app.handler",
        {
            "node_modules/answers/package.json": '{"name":"answers","main":"main.js"}',
            "node_modules/answers/main.js": "module.exports = 'yes';\n",
            "app.js": "const answer = require('answers');\nexports.handler = async () => answer;\n",
        },
    ),
    "a path from the root of the code": (
        "app.handler",
        {
            "lib/answer.js": "module.exports = 'yes';\n",
            "app.js": "exports.handler = async () => require('lib/answer');\n",
        },
    ),
}


@pytest.mark.parametrize("case", MODULES)
def test_modules(runner: Runner, callbacks: str, case: str) -> None:
    handler, files = MODULES[case]
    with runner.ready(function(callbacks, handler), files) as environment:
        assert environment.invoke().json() == "yes"


@pytest.mark.parametrize("case", ["CommonJS by extension", "ES module by package.json", "a package of the function"])
def test_modules_of_nodejs24(runner: Runner, directory: RuntimeDirectory, case: str) -> None:
    handler, files = MODULES[case]
    with runner.ready(function(available(directory, WITHOUT_CALLBACKS), handler), files) as environment:
        assert environment.invoke().json() == "yes"


CALLBACKS = {
    "callback": "(event, context, callback) => callback(null, event)",
    "callback later": "(event, context, callback) => { setTimeout(() => callback(null, event), 5) }",
    "context.succeed": "(event, context) => context.succeed(event)",
    "context.done": "(event, context) => { setImmediate(() => context.done(null, event)) }",
}


def one_of(handlers: Mapping[str, str]) -> dict[str, str]:
    """Write a module whose handler hands on to the one that the event's `case` names."""
    cases = ",\n".join(f"  {json.dumps(name)}: {handler}" for name, handler in handlers.items())
    return {
        "app.js": f"const cases = {{\n{cases}\n}};\n"
        "exports.handler = (event, context, ...callback) => cases[event.case](event.event, context, ...callback);\n"
    }


def test_callback_handlers(runner: Runner, callbacks: str) -> None:
    with runner.ready(function(callbacks), one_of(CALLBACKS)) as environment:
        for case in CALLBACKS:
            assert environment.invoke({"case": case, "event": [case]}).json() == [case]


def test_a_callback_waits_for_the_event_loop_unless_told_otherwise(runner: Runner, callbacks: str) -> None:
    code = (
        "exports.handler = (event, context, callback) => {\n"
        "  context.callbackWaitsForEmptyEventLoop = event.waits;\n"
        "  const later = { value: 'at once' };\n"
        "  setTimeout(() => { later.value = 'after the event loop'; }, event.waits ? 20 : 60000);\n"
        "  callback(null, later);\n"
        "};\n"
    )
    with runner.ready(function(callbacks), {"app.js": code}) as environment:
        assert environment.invoke({"waits": True}).json() == {"value": "after the event loop"}
        assert environment.invoke({"waits": False}).json() == {"value": "at once"}


def test_a_handler_that_never_answers_gives_null_when_nothing_is_left_to_do(runner: Runner, callbacks: str) -> None:
    with runner.ready(
        function(callbacks), {"app.js": "exports.handler = (event, context, callback) => {};\n"}
    ) as started:
        assert started.invoke().json() is None
        assert started.invoke().json() is None


def test_nodejs24_has_no_callback_handlers(runner: Runner, directory: RuntimeDirectory) -> None:
    code = {"app.js": "exports.handler = (event, context, callback) => callback(null, 1);\n"}
    with runner.starting(function(available(directory, WITHOUT_CALLBACKS)), code) as environment:
        ending = environment.ending()
    assert ending.frames[0].header == {"type": "Runtime.CallbackHandlerDeprecated"}
    assert ending.status == 1


FAILURES = {
    "a rejected promise": (
        "async () => { throw new TypeError('no way') }",
        "TypeError",
        "no way",
    ),
    "a rejection with text": ("async () => { throw 'no way' }", "string", "no way"),
    "thrown": ("() => { throw new RangeError('too far') }", "RangeError", "too far"),
    "a class of its own": (
        "async () => { const e = new Error('gone'); e.name = 'NotHere'; throw e }",
        "NotHere",
        "gone",
    ),
}


def test_what_a_handler_throws(runner: Runner, version: str) -> None:
    files = one_of({case: handler for case, (handler, _, _) in FAILURES.items()})
    with runner.ready(function(version), files) as environment:
        for case, (_, error_type, message) in FAILURES.items():
            answer = environment.invoke({"case": case})
            body = answer.json()
            trace = body.pop("trace")
            assert (answer.type, answer.header["id"]) == (ERROR, REQUEST_ID)
            assert body == {"errorType": error_type, "errorMessage": message}
            if error_type != "string":
                assert trace[0].endswith(message)
                assert f"{runner.task_root}/app.js:" in trace[1]
            assert f"\t{REQUEST_ID}\tERROR\tInvoke Error \t" in environment.output()


def test_a_callback_with_an_error(runner: Runner, callbacks: str) -> None:
    code = {"app.js": "exports.handler = (event, context, callback) => callback(new Error('refused'));\n"}
    with runner.ready(function(callbacks), code) as environment:
        body = environment.invoke().json()
    assert (body["errorType"], body["errorMessage"]) == ("Error", "refused")


def test_a_result_that_is_no_json(runner: Runner, version: str) -> None:
    code = {"app.js": "exports.handler = async () => { const a = {}; a.a = a; return a };\n"}
    with runner.ready(function(version), code) as environment:
        environment.send(b"{}")
        answer = environment.receive()
        output = environment.output()
    assert answer is not None, output
    assert answer.type == ERROR
    assert answer.json()["errorMessage"] == "Unable to stringify response body"


INIT_FAILURES = {
    "no module": (
        "nope.handler",
        {},
        "Runtime.ImportModuleError",
        "Error: Cannot find module 'nope'",
    ),
    "a require inside": (
        "app.handler",
        {"app.js": "require('nope');\n"},
        "Runtime.ImportModuleError",
        "Error: Cannot find module 'nope'",
    ),
    "no handler": (
        "app.absent",
        {"app.js": "exports.handler = () => 1;\n"},
        "Runtime.HandlerNotFound",
        "app.absent is undefined or not exported",
    ),
    "not a function": (
        "app.handler",
        {"app.js": "exports.handler = 1;\n"},
        "Runtime.HandlerNotFound",
        "app.handler is not a function",
    ),
    "no dot": ("app", {"app.js": ""}, "Runtime.MalformedHandlerName", "Bad handler"),
    "outside of the code": (
        "../app.handler",
        {},
        "Runtime.MalformedHandlerName",
        (
            "'../app.handler' is not a valid handler name. "
            "Use absolute paths when specifying root directories in handler names."
        ),
    ),
    "a syntax error": (
        "app.handler",
        {"app.js": "exports.handler = async () => {;\n"},
        "Runtime.UserCodeSyntaxError",
        "SyntaxError: Unexpected end of input",
    ),
    "thrown": ("app.handler", {"app.js": "throw new TypeError('not now');\n"}, "TypeError", "not now"),
    "an ES module that throws": ("app.handler", {"app.mjs": "throw new Error('not now');\n"}, "Error", "not now"),
}


@pytest.mark.parametrize("case", INIT_FAILURES)
def test_failures_of_init(runner: Runner, callbacks: str, case: str) -> None:
    assert init_failure(runner, callbacks, case) == 129


@pytest.mark.parametrize("case", ["a require inside", "no handler", "a syntax error", "thrown"])
def test_failures_of_init_of_nodejs24(runner: Runner, directory: RuntimeDirectory, case: str) -> None:
    assert init_failure(runner, available(directory, WITHOUT_CALLBACKS), case) == 1


def init_failure(runner: Runner, version: str, case: str) -> int:
    """Start what cannot start, hold its report to the table, return the exit status."""
    handler, files, error_type, message = INIT_FAILURES[case]
    with runner.starting(function(version, handler), files) as environment:
        ending = environment.ending()
        output = environment.output()
    (frame,) = ending.frames
    assert (frame.type, frame.header) == (INIT_ERROR, {"type": error_type}), output
    body = frame.json()
    assert body["errorType"] == error_type
    assert body["errorMessage"].splitlines()[0] == message
    assert error_type in output
    return ending.status


def test_an_unhandled_rejection(runner: Runner, callbacks: str) -> None:
    code = "exports.handler = () => { Promise.reject(new Error('lost')); return new Promise(() => {}) };\n"
    with runner.ready(function(callbacks), {"app.js": code}) as environment:
        environment.send(b"{}")
        ending = environment.ending()
        output = environment.output()
    (frame,) = ending.frames
    body = frame.json()
    assert (frame.type, frame.header["id"]) == (ERROR, REQUEST_ID)
    assert (body["errorType"], body["errorMessage"]) == ("Runtime.UnhandledPromiseRejection", "Error: lost")
    assert ending.status == 128
    assert f"\t{REQUEST_ID}\tERROR\tUnhandled Promise Rejection \t" in output


def test_an_uncaught_exception(runner: Runner, callbacks: str) -> None:
    code = "exports.handler = () => new Promise(() => setImmediate(() => { throw new Error('thrown') }));\n"
    with runner.ready(function(callbacks), {"app.js": code}) as environment:
        environment.send(b"{}")
        ending = environment.ending()
    assert (ending.frames[0].json()["errorType"], ending.frames[0].json()["errorMessage"]) == ("Error", "thrown")
    assert ending.status == 129


def test_nodejs24_ends_at_an_unhandled_rejection(runner: Runner, directory: RuntimeDirectory) -> None:
    code = "exports.handler = () => { Promise.reject(new Error('lost')); return new Promise(() => {}) };\n"
    with runner.ready(function(available(directory, WITHOUT_CALLBACKS)), {"app.js": code}) as environment:
        environment.send(b"{}")
        ending = environment.ending()
        output = environment.output()
    assert (ending.frames, ending.status) == ((), 1)
    assert "Error: lost" in output


@pytest.mark.parametrize(("code", "status"), [("0", 0), ("3", 3)])
def test_a_handler_that_exits_sends_nothing(runner: Runner, version: str, code: str, status: int) -> None:
    script = f"exports.handler = async () => {{ console.log('before'); process.exit({code}) }};\n"
    with runner.ready(function(version), {"app.js": script}) as environment:
        environment.send(b"{}")
        ending = environment.ending()
        output = environment.output()
    assert (ending.frames, ending.status) == ((), status)
    assert output.endswith(f"\t{REQUEST_ID}\tINFO\tbefore\n")


def test_the_last_answer_is_not_lost_when_the_process_exits(runner: Runner, callbacks: str) -> None:
    code = (
        "exports.handler = (event, context) => {\n"
        "  context.callbackWaitsForEmptyEventLoop = false;\n"
        "  context.succeed('x'.repeat(event));\n"
        "  process.exit(0);\n"
        "};\n"
    )
    size = 6 * 1024 * 1024
    with runner.ready(function(callbacks, memory_size_mb=512), {"app.js": code}) as environment:
        environment.send(str(size).encode())
        ending = environment.ending()
    assert len(ending.frames[0].body) == size + 2
    assert ending.status == 0


LOGS = """
exports.handler = async () => {
  console.log('a %s', 'b');
  console.error({ c: 1 });
  console.debug('two\\nlines');
  process.stdout.write('raw\\n');
  require('node:child_process').execFileSync('echo', ['from a child'], { stdio: 'inherit' });
};
"""


def test_output_is_written_before_the_result(runner: Runner, version: str) -> None:
    with runner.ready(function(version), {"app.js": LOGS}) as environment:
        environment.send(b"{}")
        answer = environment.receive()
        output = environment.output()
    assert answer is not None
    assert answer.json() is None
    logged = [line.split("\t")[1:] for line in output.split("\n") if line.startswith("20")]
    assert logged == [
        [REQUEST_ID, "INFO", "a b"],
        [REQUEST_ID, "ERROR", "{ c: 1 }"],
        [REQUEST_ID, "DEBUG", "two\rlines"],
    ]
    assert output.endswith("raw\nfrom a child\n")


def test_the_json_log_format(runner: Runner, version: str) -> None:
    more = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
    with runner.ready(function(version), {"app.js": LOGS}, more) as environment:
        environment.invoke()
        records = [json.loads(line) for line in environment.output().splitlines() if line.startswith("{")]
    assert [(record["level"], record["message"], record["requestId"]) for record in records] == [
        ("INFO", "a b", REQUEST_ID),
        ("ERROR", {"c": 1}, REQUEST_ID),
    ]


ECHO = {"app.js": "exports.handler = async (event) => event;\n"}


def test_events_and_results_of_every_size(runner: Runner, version: str) -> None:
    with runner.ready(function(version, memory_size_mb=512), ECHO) as environment:
        for size in (0, 1, 65_300, 65_535, 65_536, 65_537, 131_072, 6 * 1024 * 1024):
            assert environment.invoke("x" * size).json() == "x" * size


# One read takes 65,536 octets: a socket that blocked would wait for more after a frame of just that length.
def test_frames_that_fill_every_read_exactly(runner: Runner, version: str) -> None:
    with runner.ready(function(version), ECHO) as environment:
        for total in (65_536, 131_072):
            header = len(json.dumps({"id": REQUEST_ID, "deadline": 1_900_000_000_000, "arn": ARN, "trace": TRACE}))
            event = "x" * (total - 9 - header - 2)
            assert environment.invoke(event, deadline=1_900_000_000_000).json() == event


def test_a_frame_that_arrives_in_pieces(runner: Runner, version: str) -> None:
    with runner.ready(function(version), ECHO) as environment:
        for pieces in (2, 7, 300):
            environment.send('["ä€😀"]'.encode(), pieces=pieces)
            answer, following = environment.receive(), environment.receive()
            assert answer is not None
            assert following is not None
            assert answer.json() == ["ä€😀"]


def test_the_process_ends_with_its_host(runner: Runner, version: str) -> None:
    with runner.ready(function(version), ECHO) as environment:
        assert environment.hang_up() == -9


WORKERS = """
const { Worker } = require('node:worker_threads');
const { fork } = require('node:child_process');
exports.handler = async () => [
  await new Promise((resolve) => new Worker('./worker.js').on('message', resolve)),
  await new Promise((resolve) => fork('./child.js').on('message', resolve)),
];
"""


def test_worker_threads_and_forks(runner: Runner, version: str) -> None:
    files = {
        "app.js": WORKERS,
        "worker.js": "require('node:worker_threads').parentPort.postMessage(typeof require('http').get);\n",
        "child.js": "process.send(typeof require('http').get, () => process.disconnect());\n",
    }
    with runner.ready(function(version, memory_size_mb=512), files) as environment:
        assert environment.invoke().json() == ["function", "function"]


def test_timers_of_the_function_live_on_between_invocations(runner: Runner, version: str) -> None:
    code = (
        "let ticks = 0;\nsetInterval(() => { ticks++ }, 1);\n"
        "exports.handler = async (event) => {\n"
        "  while (ticks < event) await new Promise((resolve) => setTimeout(resolve, 1));\n"
        "  return ticks >= event;\n"
        "};\n"
    )
    with runner.ready(function(version), {"app.js": code}) as environment:
        assert environment.invoke(3).json() is True
