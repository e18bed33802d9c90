"""A function's documents, compiled."""

from typing import Any

import pytest

from gatewright.base.policy import AccessRequest, Principal, PrincipalType
from gatewright.snapshot.compile_function import compile_function
from gatewright.snapshot.types import FunctionVersion, QualifiedFunction
from gatewright.store.memory import MemoryStore
from tests.unit.snapshot.documents import ACCOUNT, FUNCTION_ARN, REGION, function_policy_document, key, put_function

KEY = key("lambda", "function", "my-function")


def compiled(policy: dict[str, Any] | None = None, **changes: Any) -> QualifiedFunction:
    store = MemoryStore()
    with store.write() as writer:
        put_function(writer, **changes)
        if policy is not None:
            writer.put(key("lambda", "function-policy", "my-function"), policy)
    with store.read() as reader:
        function = compile_function(reader, KEY)
    assert function is not None
    return function.qualified[""]


def test_every_field() -> None:
    assert compiled().version == FunctionVersion(
        arn=FUNCTION_ARN,
        account_id=ACCOUNT,
        region=REGION,
        name="my-function",
        version="$LATEST",
        identity=compiled().version.identity,
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/r",
        runtime="nodejs22.x",
        handler="index.handler",
        code_sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        memory_size_mb=256,
        timeout_seconds=7,
        ephemeral_storage_mb=512,
        environment=(("A", "1"), ("B", "2")),
        log_group="/aws/lambda/my-function",
        log_format="Text",
        application_log_level=None,
        system_log_level=None,
        tracing_mode="PassThrough",
    )


def test_defaults() -> None:
    """The defaults of CreateFunction (Lambda API Reference)."""
    absent = ("Timeout", "MemorySize", "Environment", "LoggingConfig", "TracingConfig", "EphemeralStorage")
    function = compiled(**dict.fromkeys(absent)).version
    assert (function.environment, function.log_group, function.log_format) == ((), "/aws/lambda/my-function", "Text")
    assert (function.tracing_mode, function.ephemeral_storage_mb) == ("PassThrough", 512)


def test_a_qualified_arn_is_cut() -> None:
    assert compiled(FunctionArn=f"{FUNCTION_ARN}:3", Version="3").version.arn == FUNCTION_ARN


def test_the_version_of_the_runtime_is_what_the_configuration_says() -> None:
    arn = "arn:aws:lambda:us-east-1::runtime:8eff"
    assert compiled(RuntimeVersionConfig={"RuntimeVersionArn": arn}).version.runtime_version_arn == arn
    assert compiled().version.runtime_version_arn == ""


def test_json_logging() -> None:
    logging = {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "WARN", "LogGroup": "mine"}
    function = compiled(LoggingConfig=logging).version
    assert (function.log_format, function.application_log_level, function.system_log_level, function.log_group) == (
        "JSON",
        "DEBUG",
        "WARN",
        "mine",
    )


def test_the_policy_is_parsed() -> None:
    policy = compiled(function_policy_document()).policy
    assert policy is not None
    principal = Principal(PrincipalType.SERVICE, ("apigateway.amazonaws.com",))
    assert policy.evaluate(AccessRequest(principal, "lambda:InvokeFunction", FUNCTION_ARN)).is_allowed


@pytest.mark.parametrize("policy", [{"Policy": {}, "RevisionId": "x"}, {"Policy": {"Statement": []}}])
def test_a_policy_without_statements_is_none(policy: dict[str, Any]) -> None:
    assert compiled(policy).policy is None


def test_no_function() -> None:
    with MemoryStore().read() as reader:
        assert compile_function(reader, KEY) is None


@pytest.mark.parametrize("changes", [{"FunctionArn": "nonsense"}, {"CodeSha256": "no base64!"}])
def test_what_is_malformed_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        compiled(**changes)
