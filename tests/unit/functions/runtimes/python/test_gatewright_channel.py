"""What a Python handler sees and what becomes of its failures, on every interpreter that this machine has.

AWS documentation: "Define Lambda function handler in Python", "Using the Lambda context object to retrieve Python
function information", "AWS Lambda function errors in Python".
"""

import json
import os
import signal

import pytest

from gatewright.functions.runtimes.table import RuntimeDirectory
from tests.unit.functions.runtimes.host import (
    ARN,
    ERROR,
    INIT_ERROR,
    REQUEST_ID,
    RESULT,
    RUNNING_RUNTIME,
    TRACE,
    Runner,
    function,
)

RUNTIMES = [f"python3.{minor}" for minor in range(9, 15)]


@pytest.fixture(params=RUNTIMES)
def version(request: pytest.FixtureRequest, directory: RuntimeDirectory) -> str:
    """A runtime whose own interpreter is here; the one that runs the tests always is."""
    runtime = request.param
    assert isinstance(runtime, str)
    if runtime != RUNNING_RUNTIME and (
        directory.problem(runtime) or "is not installed" in (directory.warning(runtime) or "")
    ):
        pytest.skip(f"no interpreter for {runtime} on this machine")
    return runtime


CONTEXT = """
import os, sys, threading

started = []

def handler(event, context):
    started.append(1)
    return {
        "event": event,
        "version": list(sys.version_info[:2]),
        "calls": len(started),
        "context": {name: getattr(context, name) for name in (
            "aws_request_id", "function_name", "function_version", "invoked_function_arn", "memory_limit_in_mb",
            "log_group_name", "log_stream_name", "client_context", "tenant_id")},
        "identity": context.identity.cognito_identity_id,
        "remaining": context.get_remaining_time_in_millis(),
        "trace": os.environ.get("_X_AMZN_TRACE_ID"),
        "directory": os.getcwd(),
        "first_path": sys.path[0],
        "channel": [name for name in os.environ if "GATEWRIGHT" in name],
        "argv": sys.argv[1:],
        "main_thread": threading.current_thread() is threading.main_thread(),
    }
"""


def test_the_handler_sees_event_and_context_as_on_lambda(runner: Runner, version: str) -> None:
    with runner.ready(function(version), {"app.py": CONTEXT}) as environment:
        answer = environment.invoke({"key": "ä€😀", "n": [1, 2.5, None, True]})
        again = environment.invoke({}, trace=None)
    assert (answer.type, answer.header) == (RESULT, {"id": REQUEST_ID})
    seen = answer.json()
    remaining = seen.pop("remaining")
    assert 0 < remaining <= 3000
    assert seen == {
        "event": {"key": "ä€😀", "n": [1, 2.5, None, True]},
        "version": [int(part) for part in version.removeprefix("python").split(".")],
        "calls": 1,
        "context": {
            "aws_request_id": REQUEST_ID,
            "function_name": "my-function",
            "function_version": "$LATEST",
            "invoked_function_arn": ARN,
            "memory_limit_in_mb": "128",
            "log_group_name": "/aws/lambda/my-function",
            "log_stream_name": "2026/01/01/[$LATEST]0123456789abcdef",
            "client_context": None,
            "tenant_id": None,
        },
        "identity": None,
        "trace": TRACE,
        "directory": str(runner.task_root),
        "first_path": str(runner.task_root),
        "channel": [],
        "argv": [],
        "main_thread": True,
    }
    assert (again.json()["calls"], again.json()["trace"]) == (2, None)


CLIENT_CONTEXT = """
def handler(event, context):
    client = context.client_context
    return [client.client.installation_id, client.client.app_title, client.custom, client.env]
"""


def test_the_client_context_of_mobile_sdks(runner: Runner) -> None:
    sent = {"client": {"installation_id": "i-1", "app_title": "App"}, "custom": {"a": "b"}, "env": {"locale": "de"}}
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": CLIENT_CONTEXT}) as environment:
        answer = environment.invoke({}, client_context=json.dumps(sent))
        broken = environment.invoke({}, client_context="{")
    assert answer.json() == ["i-1", "App", {"a": "b"}, {"locale": "de"}]
    assert (broken.type, broken.json()["errorType"]) == (ERROR, "Runtime.LambdaContextUnmarshalError")


RAISES = """class Refused(Exception):
    pass

def handler(event, context):
    raise Refused(f"no {event['what']}")
"""


def test_what_a_handler_raises(runner: Runner, version: str) -> None:
    with runner.ready(function(version), {"app.py": RAISES}) as environment:
        answer = environment.invoke({"what": "way"})
        output = environment.output()
    assert answer.type == ERROR
    assert answer.header["id"] == REQUEST_ID
    body = answer.json()
    trace = body.pop("stackTrace")
    assert body == {"errorMessage": "no way", "errorType": "Refused", "requestId": REQUEST_ID}
    assert len(trace) == 1
    # Python 3.11 and later mark the column in a second line.
    assert trace[0].startswith(
        f'  File "{runner.task_root}/app.py", line 5, in handler\n    raise Refused(f"no {{event[\'what\']}}")\n'
    )
    assert output.startswith("[ERROR] Refused: no way\rTraceback (most recent call last):\r")
    assert json.loads(answer.header["xray"])["exceptions"][0]["type"] == "Refused"


UNSERIALIZABLE = """
def handler(event, context):
    return {"what": {1, 2}}
"""


def test_a_result_that_is_no_json(runner: Runner, version: str) -> None:
    with runner.ready(function(version), {"app.py": UNSERIALIZABLE}) as environment:
        answer = environment.invoke()
    assert answer.type == ERROR
    assert answer.json() == {
        "errorMessage": "Unable to marshal response: Object of type set is not JSON serializable",
        "errorType": "Runtime.MarshalError",
        "requestId": REQUEST_ID,
        "stackTrace": [],
    }


INIT_FAILURES = {
    "no module": (
        "nope.handler",
        {},
        "Runtime.ImportModuleError",
        "Unable to import module 'nope': No module named 'nope'",
    ),
    "an import inside": (
        "app.handler",
        {"app.py": "import nope\n"},
        "Runtime.ImportModuleError",
        "Unable to import module 'app': No module named 'nope'",
    ),
    "no handler": (
        "app.absent",
        {"app.py": "handler = print\n"},
        "Runtime.HandlerNotFound",
        "Handler 'absent' missing on module 'app'",
    ),
    "no dot": (
        "app",
        {"app.py": ""},
        "Runtime.MalformedHandlerName",
        "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
    ),
    "a built-in module": (
        "sys.exit",
        {},
        "Runtime.BuiltInModuleConflict",
        "Cannot use built-in module sys as a handler module",
    ),
    "raised": ("app.handler", {"app.py": "1 / 0\n"}, "ZeroDivisionError", "division by zero"),
}


@pytest.mark.parametrize("case", INIT_FAILURES)
def test_failures_of_init(runner: Runner, case: str) -> None:
    handler, files, error_type, message = INIT_FAILURES[case]
    with runner.starting(function(RUNNING_RUNTIME, handler), files) as environment:
        ending = environment.ending()
        output = environment.output()
    (frame,) = ending.frames
    assert (frame.type, frame.header) == (INIT_ERROR, {"type": error_type})
    assert (frame.json()["errorType"], frame.json()["errorMessage"]) == (error_type, message)
    assert ending.status == 1
    assert f"[ERROR] {error_type}: {message}" in output


def test_a_syntax_error(runner: Runner, version: str) -> None:
    with runner.starting(function(version), {"app.py": "def handler(event, context)\n    return 1\n"}) as environment:
        ending = environment.ending()
    body = ending.frames[0].json()
    assert ending.frames[0].header == {"type": "Runtime.UserCodeSyntaxError"}
    assert body["errorMessage"].startswith("Syntax error in module 'app': ")
    assert body["errorMessage"].endswith("(app.py, line 1)")
    assert body["stackTrace"] == [
        f'  File "{runner.task_root}/app.py" Line 1\n    def handler(event, context)\n',
    ]


ENDINGS = {
    "sys.exit()": ("import sys; sys.exit()", 0),
    "sys.exit(3)": ("import sys; sys.exit(3)", 3),
    "sys.exit with a text": ("import sys; sys.exit('no more')", 1),
    "exit()": ("exit()", 0),
    "os._exit": ("import os; os._exit(7)", 7),
    "a crash": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", -11),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", -2),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_a_handler_that_ends_the_process_sends_nothing(runner: Runner, case: str) -> None:
    statement, status = ENDINGS[case]
    code = f"def handler(event, context):\n    print('before')\n    {statement}\n"
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": code}) as environment:
        environment.send(b"{}")
        ending = environment.ending()
        output = environment.output()
    assert ending.frames == ()
    assert ending.status == status
    assert output.startswith("before\n")


def test_init_that_ends_the_process_sends_nothing(runner: Runner) -> None:
    with runner.starting(function(RUNNING_RUNTIME), {"app.py": "import sys; sys.exit(5)\n"}) as environment:
        ending = environment.ending()
    assert (ending.frames, ending.status) == ((), 5)


HANDLERS = {
    "a package": ("package.app.handler", "package/app.py"),
    "a path": ("package/app.handler", "package/app.py"),
    "a namespace package": ("a.b.c.handler", "a/b/c.py"),
}


@pytest.mark.parametrize("case", HANDLERS)
def test_handlers_in_packages(runner: Runner, case: str) -> None:
    handler, path = HANDLERS[case]
    with runner.ready(function(RUNNING_RUNTIME, handler), {path: "def handler(e, c): return __name__\n"}) as started:
        assert started.invoke().json() == path.removesuffix(".py").replace("/", ".")


PATHS = """
import importlib.util, sys
import simplejson, awslambdaric

def handler(event, context):
    return {name: importlib.util.find_spec(name) is not None for name in event} | {
        "path": sys.path, "simplejson": simplejson.__file__, "ours": getattr(simplejson, "OURS", None)}
"""


def test_only_what_lambda_has_is_in_sight(runner: Runner, version: str, directory: RuntimeDirectory) -> None:
    modules = ["gatewright", "gatewright_channel", "httptools", "pytest", "orjson", "botocore", "runtime_client", "six"]
    with runner.ready(function(version), {"app.py": PATHS}) as environment:
        seen = environment.invoke(modules).json()
    found = {name for name in modules if seen[name]}
    # gatewright_channel stays among the loaded modules, as AWS's own bootstrap does.
    has_sdk = "find no boto3" not in (directory.warning(version) or "")
    assert found - {"gatewright_channel"} == ({"botocore", "six"} if has_sdk else set())
    assert not any("site-packages" in entry or "gatewright" in entry for entry in seen["path"])


def test_packages_of_the_function_come_before_those_of_the_runtime(runner: Runner) -> None:
    files = {
        "app.py": "import botocore\ndef handler(event, context): return botocore.WHOSE\n",
        "botocore.py": "WHOSE = 'mine'\n",
    }
    with runner.ready(function(RUNNING_RUNTIME), files) as environment:
        assert environment.invoke().json() == "mine"


PRINTS = """
import logging, os, subprocess, sys

def handler(event, context):
    print("printed")
    sys.stderr.write("to stderr\\n")
    logging.getLogger().warning("careful %s", "now")
    logging.getLogger().info("not shown")
    subprocess.run(["echo", "from a child"])
    os.write(1, b"raw\\n")
    return "x" * event
"""


def test_output_is_written_before_the_result(runner: Runner, version: str) -> None:
    with runner.ready(function(version), {"app.py": PRINTS}) as environment:
        environment.send(b"10")
        assert environment.receive() is not None
        output = environment.output()
    lines = output.splitlines()
    assert lines[:2] == ["printed", "to stderr"]
    assert lines[2].startswith("[WARNING]\t20")
    assert lines[2].endswith(f"Z\t{REQUEST_ID}\tcareful now")
    assert lines[3:] == ["", "from a child", "raw"] or lines[3:] == ["from a child", "raw"]


def test_the_json_log_format(runner: Runner) -> None:
    more = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
    code = PRINTS.replace('"not shown"', '"shown", extra={"order": 7}')
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": code}, more) as environment:
        environment.invoke(1)
        records = [json.loads(line) for line in environment.output().splitlines() if line.startswith("{")]
    assert [(record["level"], record["message"], record["requestId"]) for record in records] == [
        ("WARNING", "careful now", REQUEST_ID),
        ("INFO", "shown", REQUEST_ID),
    ]
    assert records[1]["order"] == 7


ECHO = {"app.py": "def handler(event, context): return event\n"}


def test_events_and_results_of_every_size(runner: Runner) -> None:
    with runner.ready(function(RUNNING_RUNTIME), ECHO) as environment:
        for size in (0, 1, 65_300, 65_535, 65_536, 65_537, 131_072, 6 * 1024 * 1024):
            assert environment.invoke("x" * size).json() == "x" * size
            assert environment.invoke("ä" * (size // 2)).json() == "ä" * (size // 2)


def test_a_frame_that_arrives_in_pieces(runner: Runner) -> None:
    with runner.ready(function(RUNNING_RUNTIME), ECHO) as environment:
        for pieces in (2, 7, 300):
            environment.send(b'["abc"]', pieces=pieces)
            answer, following = environment.receive(), environment.receive()
            assert answer is not None
            assert following is not None
            assert answer.json() == ["abc"]


def test_a_result_of_bytes_goes_out_as_it_is(runner: Runner) -> None:
    code = {"app.py": "def handler(event, context): return b'{\"raw\":  1}'\n"}
    with runner.ready(function(RUNNING_RUNTIME), code) as environment:
        assert environment.invoke().body == b'{"raw":  1}'


@pytest.mark.parametrize("event", [b"{nope", b'{"a": NaN}', b"[-Infinity]", b'"\xff"', b"1 2", b"[" * 200_000])
def test_an_event_that_is_no_json(runner: Runner, event: bytes) -> None:
    with runner.ready(function(RUNNING_RUNTIME), ECHO) as environment:
        environment.send(event)
        answer = environment.receive()
    assert answer is not None
    assert (answer.type, answer.json()["errorType"]) == (ERROR, "Runtime.UnmarshalError")
    assert answer.json()["errorMessage"].startswith("Unable to unmarshal input: ")


@pytest.mark.parametrize(
    "event",
    [
        b' {"a": [1, 2.5, -0.0, 1e400, true, null]}\n',
        b"\xef\xbb\xbf[1]",
        b'"\\ud83d\\ude00 \\ud800"',
        '"ä\u2028"'.encode(),
        b'{"a": 1, "a": 2}',
        b"123456789012345678901234567890",
    ],
)
def test_events_are_parsed_as_by_aws(runner: Runner, version: str, event: bytes) -> None:
    code = f"import simplejson\ndef handler(event, context): return [repr(event), repr(simplejson.loads({event!r}))]\n"
    with runner.ready(function(version), {"app.py": code}) as environment:
        environment.send(event)
        answer = environment.receive()
    assert answer is not None
    ours, aws = answer.json()
    assert ours == aws


def test_results_are_written_as_by_aws(runner: Runner, version: str) -> None:
    code = r"""
import collections, decimal, enum
from awslambdaric.lambda_runtime_client import LambdaRuntimeClient
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

class Number(enum.IntEnum):
    ONE = 1

Pair = collections.namedtuple("Pair", "a b")
RESULTS = [
    None, 1.5, -0.0, 1e300, float("nan"), 10**30, "\u00e4\u2028\x7f\x00\\\"", [], {}, {"a": {"b": [1, {"c": None}]}},
    (1, (2,)), Pair(1, [2]), {"a": Pair(1, 2)}, {1: 2, None: 3, 1.5: 4, True: 5}, Number.ONE,
    {"a": decimal.Decimal("1.10")},
    b"bytes", {"a": b"bytes"}, collections.OrderedDict(b=1, a=2),
]

def handler(event, context):
    ours, aws = LambdaRuntimeClient.marshaller, LambdaMarshaller()
    assert type(ours) is not type(aws)
    for marshaller in (ours, aws):
        marshaller.jsonEncoder.indent = event
    return [repr(result) for result in RESULTS if ours.marshal_response(result) != aws.marshal_response(result)]
"""
    with runner.ready(function(version), {"app.py": code}) as environment:
        for event in (b"null", b'"  "', b"null"):
            environment.send(event)
            answer, following = environment.receive(), environment.receive()
            assert answer is not None
            assert following is not None
            assert answer.json() == []


def test_a_function_may_bring_its_own_marshaller(runner: Runner) -> None:
    code = """
from awslambdaric.lambda_runtime_client import LambdaRuntimeClient

class Marshaller(type(LambdaRuntimeClient.marshaller)):
    def unmarshal_request(self, request, content_type="application/json"):
        return [type(request).__name__, content_type]

LambdaRuntimeClient.marshaller = Marshaller()

def handler(event, context):
    return event
"""
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": code}) as environment:
        assert environment.invoke().json() == ["bytes", "application/json"]


def test_decimals_and_text_as_the_version_writes_them(runner: Runner, version: str) -> None:
    code = "from decimal import Decimal\ndef handler(e, c): return {'d': Decimal('1.10'), 't': 'ä'}\n"
    with runner.ready(function(version), {"app.py": code}) as environment:
        body = environment.invoke().body
    # Python 3.12 and later: "Lambda returns Unicode characters" (the page "Lambda function handler in Python").
    text = "ä" if int(version.rsplit(".", 1)[1]) >= 12 else "\\u00e4"
    assert body.decode() == f'{{"d": 1.10, "t": "{text}"}}'


def test_the_process_ends_with_its_host(runner: Runner) -> None:
    with runner.ready(function(RUNNING_RUNTIME), ECHO) as environment:
        assert environment.hang_up() == 0


def test_a_child_of_the_function_does_not_hold_the_channel(runner: Runner) -> None:
    code = (
        "import subprocess, os\n"
        "def handler(event, context):\n"
        "    child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "    open('child', 'w').write(str(child.pid))\n"
        "    os._exit(9)\n"
    )
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": code}) as environment:
        environment.send(b"{}")
        try:
            assert environment.ending().status == 9
        finally:
            os.kill(int((runner.task_root / "child").read_text()), signal.SIGKILL)


def test_processes_can_be_spawned(runner: Runner) -> None:
    code = (
        "import multiprocessing, app\n"
        "def square(pipe, n):\n    pipe.send(n * n)\n"
        "def handler(event, context):\n"
        "    spawn = multiprocessing.get_context('spawn')\n"
        "    ours, theirs = spawn.Pipe()\n"
        "    child = spawn.Process(target=app.square, args=(theirs, event))\n"
        "    child.start(); child.join()\n"
        "    return [ours.recv(), child.exitcode]\n"
    )
    with runner.ready(function(RUNNING_RUNTIME), {"app.py": code}) as environment:
        assert environment.invoke(7).json() == [49, 0]
