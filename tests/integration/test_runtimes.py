"""Functions of every runtime on a started node, through boto3: what they see, and what each way to fail looks like.

AWS documentation: "Troubleshoot invocation issues in Lambda", "AWS Lambda function errors in Python", "AWS Lambda
function errors in Node.js", "Lambda quotas".
"""

import base64
import json
import re
import shutil
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.nodes import ROLE, Node, zip_of

PYTHON = f"python3.{sys.version_info.minor}"
NODE = "nodejs22.x"
PROVIDED = "provided.al2023"

# Without npm, `make` cannot install the client; then Node.js functions are refused with a sentence that says so.
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None, reason="no Node.js with npm on this machine"
)


@dataclass
class Outcome:
    """What Invoke answered, the log tail included."""

    status: int
    error: str | None
    payload: bytes
    log: str
    version: str

    @property
    def value(self) -> Any:
        return json.loads(self.payload)

    @property
    def request_id(self) -> str:
        found = re.search(r"RequestId: (\S+)", self.log)
        assert found is not None, self.log
        return found[1]


@dataclass
class Deployed:
    """A function on the node."""

    client: Any
    name: str
    arn: str

    def invoke(self, payload: bytes = b"{}") -> Outcome:
        answer = self.client.invoke(FunctionName=self.name, Payload=payload, LogType="Tail")
        log = base64.b64decode(answer["LogResult"]).decode()
        return Outcome(
            answer["StatusCode"],
            answer.get("FunctionError"),
            answer["Payload"].read(),
            log,
            answer["ExecutedVersion"],
        )


def deploy(node: Node, runtime: str, files: Mapping[str, str], **settings: Any) -> Deployed:
    client = node.client("lambda")
    name = f"f-{uuid.uuid4().hex[:12]}"
    created = client.create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=ROLE,
        Code={"ZipFile": zip_of(files, executable=("bootstrap",))},
        **({"Handler": "app.handler"} | settings),
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return Deployed(client, name, created["FunctionArn"])


def python(node: Node, *lines: str, **settings: Any) -> Deployed:
    """Deploy a Python handler with these lines as its body."""
    body = "".join(f"    {line}\n" for line in lines)
    code = f"import os, sys, time\ncalls = []\ndef handler(event, context):\n    calls.append(1)\n{body}"
    return deploy(node, PYTHON, {"app.py": code}, **settings)


def javascript(node: Node, handler: str, **settings: Any) -> Deployed:
    """Deploy a Node.js function with this expression as its handler."""
    counted = "exports.handler = (...all) => { calls++; return inner(...all); };"
    code = f"let calls = 0;\nconst inner = {handler};\n{counted}\n"
    return deploy(node, NODE, {"app.js": code}, **settings)


BOOTSTRAP = """#!/usr/bin/env python3
import http.client, json, os, sys, time

connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

def call(method, path, body=None, headers={}):
    connection.request(method, "/2018-06-01/runtime/" + path, body, headers)
    response = connection.getresponse()
    return response.headers, response.read(), response.status

INIT
while True:
    headers, event, _ = call("GET", "invocation/next")
    event = json.loads(event)
    here = "invocation/" + headers["Lambda-Runtime-Aws-Request-Id"]
    HANDLE
"""


def bootstrap(node: Node, *handle: str, init: str = "", **settings: Any) -> Deployed:
    """Deploy a custom runtime in Python with these lines as what it does with an event."""
    code = BOOTSTRAP.replace("INIT", init).replace("HANDLE", "\n    ".join(handle))
    return deploy(node, PROVIDED, {"bootstrap": code}, **settings)


REPORT = re.compile(
    r"START RequestId: (\S+) Version: \$LATEST\n(?P<printed>(?s:.*))END RequestId: \1\n"
    r"REPORT RequestId: \1\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: (?P<memory>\d+) MB\t"
    r"Max Memory Used: \d+ MB\t(?P<init>Init Duration: [\d.]+ ms\t)?(?P<status>Status: \S+(?:\tError Type: \S+)?)?\n?"
)


def report(outcome: Outcome) -> re.Match[str]:
    found = re.fullmatch(REPORT, outcome.log)
    assert found is not None, outcome.log
    return found


PYTHON_CONTEXT = (
    "print('to stdout'); print('to stderr', file=sys.stderr)",
    "return {'event': event, 'id': context.aws_request_id, 'arn': context.invoked_function_arn,",
    "  'memory': context.memory_limit_in_mb, 'group': context.log_group_name, 'calls': len(calls),",
    "  'root': os.getcwd() == os.environ['LAMBDA_TASK_ROOT'], 'region': os.environ['AWS_REGION'],",
    "  'mine': os.environ['MINE'], 'execution': os.environ['AWS_EXECUTION_ENV'],",
    "  'remaining': context.get_remaining_time_in_millis()}",
)
JAVASCRIPT_CONTEXT = """async (event, context) => {
  console.log('to stdout'); process.stderr.write('to stderr\\n');
  return { event, id: context.awsRequestId, arn: context.invokedFunctionArn,
    memory: context.memoryLimitInMB, group: context.logGroupName, calls,
    root: process.cwd() === process.env.LAMBDA_TASK_ROOT, region: process.env.AWS_REGION,
    mine: process.env.MINE, execution: process.env.AWS_EXECUTION_ENV,
    remaining: context.getRemainingTimeInMillis() };
}"""
SETTINGS: Mapping[str, Any] = {"MemorySize": 256, "Timeout": 20, "Environment": {"Variables": {"MINE": "yes ä"}}}


@pytest.mark.parametrize("runtime", [PYTHON, pytest.param(NODE, marks=needs_node)])
def test_context_and_log_tail(node: Node, runtime: str) -> None:
    if runtime == PYTHON:
        deployed = python(node, *PYTHON_CONTEXT, **SETTINGS)
    else:
        deployed = javascript(node, JAVASCRIPT_CONTEXT, **SETTINGS)
    outcome = deployed.invoke('{"key": "ä€😀"}'.encode())
    assert (outcome.status, outcome.error, outcome.version) == (200, None, "$LATEST")
    seen = outcome.value
    assert 0 < seen.pop("remaining") <= 20_000
    assert seen == {
        "event": {"key": "ä€😀"},
        "id": outcome.request_id,
        "arn": deployed.arn,
        "memory": "256",
        "group": f"/aws/lambda/{deployed.name}",
        "calls": 1,
        "root": True,
        "region": "us-east-1",
        "mine": "yes ä",
        "execution": f"AWS_Lambda_{runtime}",
    }
    found = report(outcome)
    assert found["memory"] == "256"
    assert found["init"] is not None
    printed = found["printed"].splitlines()
    assert printed[0].endswith("to stdout")
    assert printed[1] == "to stderr"
    again = deployed.invoke()
    assert again.value["calls"] == 2
    assert report(again)["init"] is None


PYTHON_ERRORS = {
    "raised": (("raise ValueError('no ä')",), {"errorMessage": "no ä", "errorType": "ValueError"}),
    "unserializable": (
        ("return {1, 2}",),
        {
            "errorMessage": "Unable to marshal response: Object of type set is not JSON serializable",
            "errorType": "Runtime.MarshalError",
        },
    ),
}


@pytest.mark.parametrize("case", PYTHON_ERRORS)
def test_errors_of_python_handlers(node: Node, case: str) -> None:
    lines, expected = PYTHON_ERRORS[case]
    outcome = python(node, *lines).invoke()
    assert (outcome.status, outcome.error) == (200, "Unhandled")
    body = outcome.value
    trace = body.pop("stackTrace")
    assert body == {**expected, "requestId": outcome.request_id}
    assert (trace != []) == (case == "raised")
    assert f"[ERROR] {expected['errorType']}: {expected['errorMessage']}" in report(outcome)["printed"]


JAVASCRIPT_ERRORS = {
    "rejected": ("async () => { throw new TypeError('no ä') }", "TypeError", "no ä"),
    "callback": ("(event, context, callback) => callback(new RangeError('far'))", "RangeError", "far"),
    "unserializable": ("async () => 1n", "Error", "Unable to stringify response body"),
    "unhandled rejection": (
        "() => { Promise.reject(new Error('lost')); return new Promise(() => {}) }",
        "Runtime.UnhandledPromiseRejection",
        "Error: lost",
    ),
    "uncaught exception": (
        "() => new Promise(() => setImmediate(() => { throw new Error('thrown') }))",
        "Error",
        "thrown",
    ),
}


@needs_node
@pytest.mark.parametrize("case", JAVASCRIPT_ERRORS)
def test_errors_of_javascript_handlers(node: Node, case: str) -> None:
    handler, error_type, message = JAVASCRIPT_ERRORS[case]
    deployed = javascript(node, handler)
    for _ in range(2):
        outcome = deployed.invoke()
        assert (outcome.status, outcome.error) == (200, "Unhandled")
        assert (outcome.value["errorType"], outcome.value["errorMessage"]) == (error_type, message)
        assert isinstance(outcome.value["trace"], list)


# (how the function ends its process, what Lambda says of it)
ENDINGS: Mapping[str, tuple[str, tuple[str, ...] | str, str]] = {
    "python sys.exit(0)": (PYTHON, ("sys.exit(0)",), "Runtime exited without providing a reason"),
    "python sys.exit(1)": (PYTHON, ("sys.exit(1)",), "Runtime exited with error: exit status 1"),
    "python os._exit": (PYTHON, ("os._exit(7)",), "Runtime exited with error: exit status 7"),
    "python crash": (
        PYTHON,
        ("os.kill(os.getpid(), 11)",),
        "Runtime exited with error: signal: segmentation fault",
    ),
    "node process.exit(0)": (NODE, "async () => process.exit(0)", "Runtime exited without providing a reason"),
    "node process.exit(3)": (NODE, "async () => process.exit(3)", "Runtime exited with error: exit status 3"),
    "node abort": (NODE, "async () => process.abort()", "Runtime exited with error: signal: aborted"),
    "provided exit": (PROVIDED, ("os._exit(4)",), "Runtime exited with error: exit status 4"),
}


def ending(runtime: str) -> Any:
    return pytest.param(runtime, marks=needs_node) if runtime.startswith("node") else runtime


@pytest.mark.parametrize("case", [ending(case) for case in ENDINGS])
def test_a_function_that_ends_its_process(node: Node, case: str) -> None:
    runtime, code, sentence = ENDINGS[case]
    if isinstance(code, str):
        deployed = javascript(node, code)
    else:
        deployed = python(node, *code) if runtime == PYTHON else bootstrap(node, *code)
    for _ in range(2):  # the environment is replaced
        outcome = deployed.invoke()
        assert (outcome.status, outcome.error) == (200, "Unhandled")
        assert outcome.value == {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: {outcome.request_id} Error: {sentence}",
        }
        assert f"RequestId: {outcome.request_id} Error: {sentence}\nRuntime.ExitError\n" in outcome.log


SLEEPS: Mapping[str, tuple[str, tuple[str, ...] | str]] = {
    "python": (PYTHON, ("time.sleep(60)",)),
    "python that never gives way": (PYTHON, ("while True: pass",)),
    "node": (NODE, "() => new Promise((resolve) => setTimeout(resolve, 60000))"),
    "node that never gives way": (NODE, "() => { for (;;); }"),
    "provided": (PROVIDED, ("time.sleep(60)",)),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", [ending(case) for case in SLEEPS])
def test_time_out(node: Node, case: str) -> None:
    runtime, code = SLEEPS[case]
    if isinstance(code, str):
        deployed = javascript(node, code, Timeout=1)
    else:
        deployed = python(node, *code, Timeout=1) if runtime == PYTHON else bootstrap(node, *code, Timeout=1)
    outcome = deployed.invoke()
    assert (outcome.status, outcome.error) == (200, "Unhandled")
    body = outcome.value
    assert body["errorType"] == "Sandbox.Timedout"
    assert body["errorMessage"] == f"RequestId: {outcome.request_id} Error: Task timed out after 1.00 seconds"
    assert "\tDuration: 1000.00 ms\t" in outcome.log
    assert outcome.log.endswith("Status: timeout\n")


INIT_FAILURES = {
    "python import": (
        PYTHON,
        {"app.py": "import nope\n"},
        "app.handler",
        "Runtime.ImportModuleError",
        "Unable to import module 'app': No module named 'nope'",
    ),
    "python handler": (
        PYTHON,
        {"app.py": ""},
        "app.absent",
        "Runtime.HandlerNotFound",
        "Handler 'absent' missing on module 'app'",
    ),
    "python syntax": (
        PYTHON,
        {"app.py": "def\n"},
        "app.handler",
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'app': invalid syntax (app.py, line 1)",
    ),
    "node import": (
        NODE,
        {"app.js": "require('nope')\n"},
        "app.handler",
        "Runtime.ImportModuleError",
        "Error: Cannot find module 'nope'",
    ),
    "node handler": (
        NODE,
        {"app.mjs": "export const other = 1;\n"},
        "app.handler",
        "Runtime.HandlerNotFound",
        "app.handler is undefined or not exported",
    ),
    "node syntax": (
        NODE,
        {"app.js": "exports.handler = {\n"},
        "app.handler",
        "Runtime.UserCodeSyntaxError",
        "SyntaxError: Unexpected end of input",
    ),
}


@pytest.mark.parametrize("case", [ending(case) for case in INIT_FAILURES])
def test_failures_of_init(node: Node, case: str) -> None:
    runtime, files, handler, error_type, message = INIT_FAILURES[case]
    deployed = deploy(node, runtime, files, Handler=handler)
    for _ in range(2):
        outcome = deployed.invoke()
        assert (outcome.status, outcome.error) == (200, "Unhandled")
        assert outcome.value["errorType"] == error_type
        assert outcome.value["errorMessage"].splitlines()[0] == message


INIT_ENDS = {
    "python": (PYTHON, {"app.py": "import os; os._exit(5)\n"}),
    "node": (NODE, {"app.js": "process.exit(5);\n"}),
    "provided": (PROVIDED, {"bootstrap": "#!/bin/sh\nexit 5\n"}),
}


@pytest.mark.parametrize("case", [ending(case) for case in INIT_ENDS])
def test_a_process_that_ends_in_init(node: Node, case: str) -> None:
    runtime, files = INIT_ENDS[case]
    outcome = deploy(node, runtime, files).invoke()
    assert (outcome.status, outcome.error) == (200, "Unhandled")
    assert outcome.value == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {outcome.request_id} Error: Runtime exited with error: exit status 5",
    }


@pytest.mark.slow
@pytest.mark.parametrize("runtime", [PYTHON, pytest.param(NODE, marks=needs_node)])
def test_the_memory_limit(node: Node, runtime: str) -> None:
    if runtime == PYTHON:
        deployed = python(
            node, "if event: return len(bytearray(b'x') * (400 << 20))", "return 1", MemorySize=128, Timeout=30
        )
    else:
        handler = "async (event) => { if (!event.much) return 1; return Buffer.alloc(400 << 20, 1).length }"
        deployed = javascript(node, handler, MemorySize=128, Timeout=30)
    outcome = deployed.invoke(b'{"much": true}')
    assert (outcome.status, outcome.error) == (200, "Unhandled")
    assert outcome.value["errorType"] == "Runtime.ExitError"
    assert outcome.value["errorMessage"] == (
        f"RequestId: {outcome.request_id} Error: Runtime exited with error: signal: killed"
    )
    assert deployed.invoke(b"{}").value == 1


LIMIT = 6 * 1024 * 1024


@pytest.mark.slow
@pytest.mark.parametrize("runtime", [PYTHON, pytest.param(NODE, marks=needs_node), PROVIDED])
def test_requests_and_responses_up_to_6_mib(node: Node, runtime: str) -> None:
    if runtime == PYTHON:
        deployed = python(node, "return 'x' * event['size'] if 'size' in event else len(event['text'])", MemorySize=512)
    elif runtime == NODE:
        handler = "async (event) => 'size' in event ? 'x'.repeat(event.size) : event.text.length"
        deployed = javascript(node, handler, MemorySize=512)
    else:
        deployed = bootstrap(
            node,
            "answer = 'x' * event['size'] if 'size' in event else len(event['text'])",
            "call('POST', here + '/response', json.dumps(answer))",
            MemorySize=512,
        )
    frame = len('{"text":""}')
    assert deployed.invoke(b'{"text":"%s"}' % (b"x" * (LIMIT - frame))).value == LIMIT - frame
    with pytest.raises(ClientError) as refused:
        deployed.invoke(b'{"text":"%s"}' % (b"x" * (LIMIT + 1)))
    assert refused.value.response["Error"]["Code"] == "RequestTooLargeException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert len(deployed.invoke(b'{"size": %d}' % (LIMIT - 2)).payload) == LIMIT
    outcome = deployed.invoke(b'{"size": %d}' % (LIMIT + 1000))
    assert (outcome.status, outcome.error) == (200, "Unhandled")
    assert outcome.value == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }
    assert deployed.invoke(b'{"size": 1}').value == "x"


def test_a_custom_runtime(node: Node) -> None:
    deployed = bootstrap(
        node,
        "print('seen', flush=True)",
        "names = ('Lambda-Runtime-Aws-Request-Id', 'Lambda-Runtime-Invoked-Function-Arn', 'Content-Type')",
        "seen = {'event': event, 'headers': {name: headers[name] for name in names},",
        "  'deadline': int(headers['Lambda-Runtime-Deadline-Ms']) > time.time() * 1000,",
        "  'trace': headers['Lambda-Runtime-Trace-Id'], 'root': os.getcwd() == os.environ['LAMBDA_TASK_ROOT'],",
        "  'handler': os.environ['_HANDLER']}",
        "call('POST', here + '/response', json.dumps(seen))",
    )
    outcome = deployed.invoke(b'{"a": 1}')
    assert (outcome.status, outcome.error) == (200, None)
    seen = outcome.value
    assert seen.pop("trace").startswith("Root=1-")
    assert seen == {
        "event": {"a": 1},
        "headers": {
            "Lambda-Runtime-Aws-Request-Id": outcome.request_id,
            "Lambda-Runtime-Invoked-Function-Arn": deployed.arn,
            "Content-Type": "application/json",
        },
        "deadline": True,
        "root": True,
        "handler": "app.handler",
    }
    assert report(outcome)["printed"] == "seen\n"


def test_the_error_of_a_custom_runtime(node: Node) -> None:
    deployed = bootstrap(
        node,
        "error = {'errorMessage': 'no way', 'errorType': 'Refused', 'stackTrace': []}",
        "call('POST', here + '/error', json.dumps(error), {'Lambda-Runtime-Function-Error-Type': 'Refused'})",
    )
    for _ in range(2):
        outcome = deployed.invoke()
        assert (outcome.status, outcome.error) == (200, "Unhandled")
        assert outcome.value == {"errorMessage": "no way", "errorType": "Refused", "stackTrace": []}


def test_the_init_error_of_a_custom_runtime(node: Node) -> None:
    init = (
        "call('POST', 'init/error', json.dumps({'errorMessage': 'not now', 'errorType': 'Unready'}),"
        " {'Lambda-Runtime-Function-Error-Type': 'Unready'}); sys.exit(1)"
    )
    outcome = bootstrap(node, "pass", init=init).invoke()
    assert (outcome.status, outcome.error) == (200, "Unhandled")
    assert outcome.value == {"errorMessage": "not now", "errorType": "Unready"}


BAD_BOOTSTRAPS = {
    "missing": ({"main": "x"}, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]"),
}


@pytest.mark.parametrize("case", BAD_BOOTSTRAPS)
def test_a_bootstrap_that_cannot_be_started(node: Node, case: str) -> None:
    files, sentence = BAD_BOOTSTRAPS[case]
    outcome = deploy(node, PROVIDED, files).invoke()
    assert (outcome.status, outcome.error) == (200, "Unhandled")
    assert outcome.value == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": f"RequestId: {outcome.request_id} Error: {sentence}",
    }


def test_a_runtime_that_is_not_run_here_is_refused_when_the_function_is_created(node: Node) -> None:
    with pytest.raises(ClientError) as refused:
        deploy(node, "dotnet8", {"app.py": ""})
    assert "dotnet8" in refused.value.response["Error"]["Message"]


@needs_node
@pytest.mark.slow
def test_the_garbage_of_a_javascript_function_stays_within_its_memory(node: Node) -> None:
    """Without the limits that Lambda gives Node.js, these 20 MB that are replaced again and again take 140 MB."""
    handler = """async () => {
      let rows;
      for (let round = 0; round < 60; round++) {
        rows = [];
        for (let id = 0; id < 60000; id++) rows.push({ id, name: `n${id}${round}`, cells: [round, id] });
      }
      return rows.length;
    }"""
    assert javascript(node, handler, MemorySize=128, Timeout=60).invoke().value == 60000


def test_python_functions_find_the_sdk_and_their_own_packages(node: Node) -> None:
    files = {
        "app.py": "import botocore, package.module\n"
        "def handler(event, context): return [botocore.__name__, package.module.NAME]\n",
        "package/__init__.py": "",
        "package/module.py": "NAME = 'mine'\n",
    }
    assert deploy(node, PYTHON, files).invoke().value == ["botocore", "mine"]


def test_the_tail_shows_why_init_failed(node: Node) -> None:
    files = {"app.py": "print('about to fail')\nimport nowhere\n"}
    outcome = deploy(node, PYTHON, files, Handler="app.handler").invoke()
    assert "No module named 'nowhere'" in outcome.log
    assert "about to fail" in outcome.log
