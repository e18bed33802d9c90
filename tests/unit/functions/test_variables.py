"""Environment variables ("Working with Lambda environment variables", Lambda Developer Guide)."""

import socket
from pathlib import Path

import pytest

from gatewright.base.function_variables import RESERVED_VARIABLES
from gatewright.functions.sandbox.types import SandboxSpec
from gatewright.functions.settings import Credentials, FunctionSettings
from gatewright.functions.variables import environment_variables

from .fakes import FakeIsolation, FakeSandbox, function_version

SPEC = SandboxSpec(Path("/nowhere/code"), Path("/nowhere/layers"), 128, 512, 1024)

SETTINGS = FunctionSettings(
    endpoint_url="http://127.0.0.1:4566",
    code_directory=Path("/nowhere"),
    credentials=lambda function: Credentials("AKIA", "secret", f"token of {function.name}"),
)


def variables(**changes: object) -> dict[str, str]:
    sandbox = FakeSandbox(FakeIsolation(), SPEC)
    with sandbox.runtime_api:
        return in_sandbox(sandbox, **changes)


def in_sandbox(sandbox: FakeSandbox, **changes: object) -> dict[str, str]:
    return environment_variables(
        function_version(**changes),
        SETTINGS,
        launch={"FROM_LAUNCH": "launch", "BOTH": "launch"},
        link={"_GATEWRIGHT_CHANNEL_FD": "7"},
        sandbox=sandbox,
        log_stream="2026/11/23/[$LATEST]abc",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_HANDLER", "app.handler"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_python3.11"),
        ("AWS_LAMBDA_FUNCTION_NAME", "orders"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/orders"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/23/[$LATEST]abc"),
        ("AWS_LAMBDA_LOG_FORMAT", "Text"),
        ("AWS_ACCESS_KEY_ID", "AKIA"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "token of orders"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
        ("LAMBDA_TASK_ROOT", "/nowhere/code"),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
        ("AWS_XRAY_DAEMON_ADDRESS", "169.254.79.129:2000"),
        ("_AWS_XRAY_DAEMON_ADDRESS", "169.254.79.129"),
        ("_AWS_XRAY_DAEMON_PORT", "2000"),
        ("FROM_LAUNCH", "launch"),
        ("_GATEWRIGHT_CHANNEL_FD", "7"),
    ],
)
def test_what_lambda_sets(name: str, value: str) -> None:
    assert variables()[name] == value


def test_paths() -> None:
    assert "/usr/bin" in variables()["PATH"]
    assert {"/nowhere/code/lib", "/nowhere/layers/lib"} <= set(variables()["LD_LIBRARY_PATH"].split(":"))
    assert variables()["PATH"].endswith(":/nowhere/layers/bin")


def test_what_comes_with_a_runtime_is_found_first() -> None:
    """A custom runtime brings its own (localstack, test_introspection_invoke)."""
    for name, directory in (("PATH", "/var/lang/bin:"), ("LD_LIBRARY_PATH", "/var/lang/lib:")):
        assert variables()[name] == directory + variables(runtime="provided.al2023")[name]


def test_the_apis_are_where_the_sandbox_listens() -> None:
    sandbox = FakeSandbox(FakeIsolation(), SPEC)
    with sandbox.runtime_api, socket.create_server(("127.0.0.1", 0)) as endpoint:
        sandbox.endpoint = endpoint
        found = in_sandbox(sandbox)
        assert found["AWS_LAMBDA_RUNTIME_API"] == f"127.0.0.1:{sandbox.runtime_api.getsockname()[1]}"
        assert found["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{endpoint.getsockname()[1]}"


def test_custom_runtimes_have_no_execution_env() -> None:
    assert "AWS_EXECUTION_ENV" not in variables(runtime="provided.al2023")


@pytest.mark.parametrize("name", ["TABLE", "BOTH", "PATH", "LANG", "TZ", "LD_LIBRARY_PATH", "AWS_ENDPOINT_URL"])
def test_the_function_may_set(name: str) -> None:
    assert variables(environment=((name, "mine"),))[name] == "mine"


@pytest.mark.parametrize("name", sorted(RESERVED_VARIABLES | {"_GATEWRIGHT_CHANNEL_FD"}))
def test_the_function_may_not_set(name: str) -> None:
    assert variables(environment=((name, "mine"),)).get(name) != "mine"


@pytest.mark.parametrize(("level", "expected"), [(None, "INFO"), ("DEBUG", "DEBUG")])
def test_json_logging(level: str | None, expected: str) -> None:
    found = variables(log_format="JSON", application_log_level=level)
    assert (found["AWS_LAMBDA_LOG_FORMAT"], found["AWS_LAMBDA_LOG_LEVEL"]) == ("JSON", expected)
