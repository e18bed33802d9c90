"""A gatewright node as its users start it, and what they deploy to it with boto3."""

import contextlib
import io
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

import gatewright
from benchmarks.load import Target
from benchmarks.programs import free_port, running, wait_until_answering

if TYPE_CHECKING:
    from types_boto3_lambda.client import LambdaClient

_FUNCTIONS = Path(__file__).parent / "functions"
_ROLE = "arn:aws:iam::000000000000:role/benchmark"
_RUNTIMES = (("python3.11", "app.handler", "app.py"), ("nodejs20.x", "index.handler", "index.js"))


@dataclass(frozen=True, slots=True)
class Node:
    """A running node."""

    port: int
    process: Popen[bytes]
    ready_seconds: float

    def client(self, service: str) -> Any:
        """Return a boto3 client of this node."""
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id="benchmark",
            aws_secret_access_key="benchmark",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
        )


def node_environment(isolation: str = "auto") -> dict[str, str]:
    """Return our environment without settings of gatewright, but for what keeps functions apart and for one more.

    AWS's default quota of 10,000 requests a second in an account would answer some of the load with 429.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEWRIGHT_")}
    return {
        **inherited,
        "GATEWRIGHT_FUNCTIONS_ISOLATION": isolation,
        "GATEWRIGHT_GATEWAY_ACCOUNT_RATE_LIMIT": "1000000",
        "GATEWRIGHT_GATEWAY_ACCOUNT_BURST_LIMIT": "1000000",
    }


def copy_of_package(directory: Path) -> Path:
    """Copy gatewright, without the bytecode that Python has kept of it; return what belongs into PYTHONPATH."""
    package = Path(gatewright.__file__).parent
    shutil.copytree(package, directory / package.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    return directory


@contextlib.contextmanager
def started_node(
    directory: Path, isolation: str = "auto", variables: Mapping[str, str] | None = None
) -> Iterator[Node]:
    """Start a node, wait until it is ready, and stop it in the end. Raises `ProgramFailed`."""
    port = free_port()
    installed = Path(sys.executable).with_name("gatewright")
    program = [str(installed)] if installed.exists() else [sys.executable, "-m", "gatewright"]
    log = directory / f"node-{port}.log"
    command = [*program, "up", "--host", "127.0.0.1", "--port", str(port), "--ephemeral"]
    environment = {**node_environment(isolation), **(variables or {})}
    with running(command, log, cwd=directory, environment=environment) as process:
        yield Node(port, process, wait_until_answering(process, port, "/_gatewright/health", log))


def create_function(node: Node, name: str, language: str = "python") -> str:
    """Deploy the function of the benchmarks and return its ARN once it is active."""
    runtime, handler, file = _RUNTIMES[0 if language == "python" else 1]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.write(_FUNCTIONS / file, file)
    lambda_: LambdaClient = node.client("lambda")
    created = lambda_.create_function(
        FunctionName=name,
        Runtime=runtime,  # type: ignore[arg-type]
        Role=_ROLE,
        Handler=handler,
        Code={"ZipFile": archive.getvalue()},
        MemorySize=256,
        Timeout=30,
    )
    lambda_.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return created["FunctionArn"]


def function_behind_api(node: Node, name: str, label: str = "gatewright") -> Target:
    """Put an HTTP API in front of the benchmarks' Python function."""
    arn = create_function(node, name)
    api_id = node.client("apigatewayv2").create_api(Name=name, ProtocolType="HTTP", Target=arn)["ApiId"]
    _, _, _, region, account, *_ = arn.split(":")
    node.client("lambda").add_permission(
        FunctionName=name,
        StatementId="benchmark",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{region}:{account}:{api_id}/*/*",
    )
    return Target(label, node.port, host=execute_api(node, api_id), pid=node.process.pid)


def url_behind_api(node: Node, url: str) -> Target:
    """Put an HTTP API in front of somebody else's server."""
    api_id = node.client("apigatewayv2").create_api(Name="proxy", ProtocolType="HTTP", Target=url)["ApiId"]
    return Target("gatewright", node.port, host=execute_api(node, api_id), pid=node.process.pid)


def execute_api(node: Node, api_id: str) -> str:
    """Return the host of an API's default endpoint."""
    return f"{api_id}.execute-api.localhost:{node.port}"
