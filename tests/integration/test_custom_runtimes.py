"""`provided.al2023` with real custom runtimes: a shell script, compiled programs, AWS's own Python client over HTTP.

AWS documentation: "Building a custom runtime for AWS Lambda", "Using the Lambda runtime API for custom runtimes".
"""

import base64
import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import awslambdaric
import pytest
import simplejson
import snapshot_restore_py

from tests.integration.deployed import Function
from tests.integration.nodes import ROLE, Node, zip_of

SOURCES = Path(__file__).parent / "custom_runtimes"
PYTHON = Path(f"/usr/bin/python3.{sys.version_info.minor}")
"""Of the version that the native part of AWS's client is built for, and visible in every sandbox."""


def custom(node: Node, files: Mapping[str, str | bytes], handler: str = "app.handler", **settings: Any) -> Function:
    """Create a function that brings its own runtime."""
    name = f"f-{uuid.uuid4().hex[:12]}"
    created = node.client("lambda").create_function(
        FunctionName=name,
        Role=ROLE,
        Runtime="provided.al2023",
        Handler=handler,
        Code={"ZipFile": zip_of(files, ("bootstrap",))},
        **settings,
    )
    return Function(node, name, created["FunctionArn"])


def error_of(made: Function, event: object = None) -> Any:
    """Invoke it; return the error object that it ends with."""
    answer = made.client.invoke(FunctionName=made.name, Payload=json.dumps(event).encode())
    assert answer["FunctionError"] == "Unhandled"
    return json.loads(answer["Payload"].read())


def check_echo(made: Function) -> None:
    """Have it echo small events and one that is as large as events may be."""
    for event in ({"a": [1, "ü"]}, None, "x" * 6_000_000):
        assert made.invoke(event) == event


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")


@needs_curl
def test_a_shell_script(tier_node: Node) -> None:
    made = custom(tier_node, {"bootstrap": (SOURCES / "bootstrap.sh").read_text()}, "hello")
    assert made.invoke({"a": 1}) == {"event": {"a": 1}, "arn": made.arn, "handler": "hello"}
    assert error_of(made, "error") == {"errorMessage": "odd", "errorType": "Odd"}
    assert made.invoke("twice") == 1
    made.invoke(2)
    [refused] = (line for line in tier_node.logs(made.name).splitlines() if line.endswith(" 403"))
    assert "State transition from ResponseSent to InvocationResponse failed for runtime." in refused


@needs_curl
def test_a_shell_script_that_cannot_start(tier_node: Node) -> None:
    made = custom(tier_node, {"bootstrap": (SOURCES / "bootstrap.sh").read_text()}, "missing")
    assert error_of(made) == {"errorMessage": "no handler", "errorType": "Runtime.NoSuchHandler"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("gcc") is None, reason="no C compiler on this machine")
def test_a_program_in_c(tier_node: Node, tmp_path: Path) -> None:
    program = tmp_path / "bootstrap"
    command = ["gcc", "-D_GNU_SOURCE", "-O1", "-Wall", "-Werror", "-o", str(program), str(SOURCES / "bootstrap.c")]
    subprocess.run(command, check=True, timeout=60)
    check_echo(custom(tier_node, {"bootstrap": program.read_bytes()}))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("rustc") is None, reason="no Rust compiler on this machine")
def test_a_program_in_rust(tier_node: Node, tmp_path: Path) -> None:
    program = tmp_path / "bootstrap"
    command = ["rustc", "--edition", "2021", "-o", str(program), str(SOURCES / "bootstrap.rs")]
    subprocess.run(command, check=True, timeout=120)
    check_echo(custom(tier_node, {"bootstrap": program.read_bytes()}))


HANDLER = """
def handler(event, context):
    if event == "raise":
        raise ValueError("wrong")
    if event == "context":
        return [context.aws_request_id, context.invoked_function_arn, context.client_context.custom,
                context.get_remaining_time_in_millis() > 0]
    return event
"""


@pytest.mark.skipif(not PYTHON.exists(), reason=f"no {PYTHON} on this machine")
def test_awss_client_for_python_over_http(tier_node: Node) -> None:
    """Its native part speaks HTTP: what stands behind Python's container images."""
    files: dict[str, str | bytes] = {
        "bootstrap": f'#!/bin/sh\nexec env PYTHONPATH=/var/task {PYTHON} -m awslambdaric "$_HANDLER"\n',
        "app.py": HANDLER,
    }
    for module in (awslambdaric, simplejson, snapshot_restore_py):
        directory = Path(module.__file__).parent
        for path in directory.rglob("*.py"):
            files[str(path.relative_to(directory.parent))] = path.read_bytes()
    [native] = Path(awslambdaric.__file__).parents[1].glob("runtime_client*.so")
    files[native.name] = native.read_bytes()
    made = custom(tier_node, files)
    check_echo(made)
    context = {"custom": {"a": "b"}}
    answer = made.client.invoke(
        FunctionName=made.name,
        Payload=b'"context"',
        ClientContext=base64.b64encode(json.dumps(context).encode()).decode(),
    )
    request_id, arn, custom_context, has_time = json.loads(answer["Payload"].read())
    assert (request_id, arn) == (answer["ResponseMetadata"]["RequestId"], made.arn)
    assert (custom_context, has_time) == ({"a": "b"}, True)
    error = error_of(made, "raise")
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "wrong")
    failing = custom(tier_node, files | {"app.py": "import nowhere"})
    assert error_of(failing)["errorType"] == "Runtime.ImportModuleError"
