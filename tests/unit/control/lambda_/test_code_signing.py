"""Code signing configurations, which are records. AWS documentation: "Using code signing to verify code integrity"."""

import logging
from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure

PROFILE = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/test/0123456789"
PUBLISHERS = {"SigningProfileVersionArns": [PROFILE]}
ABSENT = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-00000000000000000"
NOT_FOUND = ("ResourceNotFoundException", f"The Lambda code signing configuration {ABSENT} can not be found.")


def make(context: Context, **members: Any) -> dict[str, Any]:
    created = call(context, "CreateCodeSigningConfig", AllowedPublishers=PUBLISHERS, **members)
    config: dict[str, Any] = created["CodeSigningConfig"]
    return config


def attach(context: Context, arn: str) -> dict[str, Any]:
    return call(context, "PutFunctionCodeSigningConfig", FunctionName="my-function", CodeSigningConfigArn=arn)


def test_what_is_answered_and_kept(contexts: Contexts) -> None:
    context = contexts.context()
    config = make(context)
    identifier = config["CodeSigningConfigId"]
    assert len(identifier) == 21
    assert config == {
        "CodeSigningConfigId": identifier,
        "CodeSigningConfigArn": f"arn:aws:lambda:us-east-1:123456789012:code-signing-config:{identifier}",
        "Description": "",
        "AllowedPublishers": PUBLISHERS,
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"},
        "LastModified": "2026-01-01T00:00:00.000+0000",
    }
    arn = config["CodeSigningConfigArn"]
    assert call(context, "GetCodeSigningConfig", CodeSigningConfigArn=arn) == {"CodeSigningConfig": config}
    assert call(context, "ListCodeSigningConfigs")["CodeSigningConfigs"] == [config]
    assert contexts.document("lambda", "code-signing-config", identifier) == config
    contexts.clock.advance(60)
    updated = call(context, "UpdateCodeSigningConfig", CodeSigningConfigArn=arn, Description="new")
    expected = {**config, "Description": "new", "LastModified": "2026-01-01T00:01:00.000+0000"}
    assert updated == {"CodeSigningConfig": expected}
    assert call(context, "DeleteCodeSigningConfig", CodeSigningConfigArn=arn) == {}
    assert call(context, "ListCodeSigningConfigs")["CodeSigningConfigs"] == []


def test_a_functions_configuration(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    create(context)
    create(context, "other")
    arn = make(context)["CodeSigningConfigArn"]
    assert call(context, "GetFunctionCodeSigningConfig", FunctionName="my-function") == {}
    expected = {"CodeSigningConfigArn": arn, "FunctionName": "my-function"}
    with caplog.at_level(logging.WARNING):
        assert attach(context, arn) == expected
    assert "signatures are not verified" in caplog.text
    assert call(context, "GetFunctionCodeSigningConfig", FunctionName=ARN) == expected
    listed = call(context, "ListFunctionsByCodeSigningConfig", CodeSigningConfigArn=arn)
    assert listed["FunctionArns"] == [ARN]
    code, _ = failure(context, "DeleteCodeSigningConfig", CodeSigningConfigArn=arn)
    assert code == "ResourceConflictException"
    for _ in range(2):
        assert call(context, "DeleteFunctionCodeSigningConfig", FunctionName="my-function") == {}
    assert call(context, "GetFunctionCodeSigningConfig", FunctionName="my-function") == {}
    assert call(context, "DeleteCodeSigningConfig", CodeSigningConfigArn=arn) == {}


def test_deleting_the_function_frees_the_configuration(context: Context) -> None:
    create(context)
    arn = make(context)["CodeSigningConfigArn"]
    attach(context, arn)
    call(context, "DeleteFunction", FunctionName="my-function")
    assert call(context, "ListFunctionsByCodeSigningConfig", CodeSigningConfigArn=arn)["FunctionArns"] == []
    assert call(context, "DeleteCodeSigningConfig", CodeSigningConfigArn=arn) == {}


def test_nobody_gets_a_promise_that_is_not_kept(context: Context) -> None:
    """A configuration that is to be enforced can be kept, but no function can have it."""
    create(context)
    enforce = {"UntrustedArtifactOnDeployment": "Enforce"}
    enforced = make(context, CodeSigningPolicies=enforce)
    assert enforced["CodeSigningPolicies"] == enforce
    put = {"FunctionName": "my-function", "CodeSigningConfigArn": enforced["CodeSigningConfigArn"]}
    assert failure(context, "PutFunctionCodeSigningConfig", **put)[0] == "NotImplemented"
    assert call(context, "GetFunctionCodeSigningConfig", FunctionName="my-function") == {}
    lenient = make(context)["CodeSigningConfigArn"]
    attach(context, lenient)
    update = {"CodeSigningConfigArn": lenient, "CodeSigningPolicies": enforce}
    assert failure(context, "UpdateCodeSigningConfig", **update)[0] == "NotImplemented"
    config = call(context, "GetCodeSigningConfig", CodeSigningConfigArn=lenient)["CodeSigningConfig"]
    assert config["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Warn"}


@pytest.mark.parametrize(
    "operation",
    [
        "GetCodeSigningConfig",
        "UpdateCodeSigningConfig",
        "DeleteCodeSigningConfig",
        "ListFunctionsByCodeSigningConfig",
    ],
)
def test_configurations_that_are_not_there(context: Context, operation: str) -> None:
    assert failure(context, operation, CodeSigningConfigArn=ABSENT) == NOT_FOUND
    other = make(context)["CodeSigningConfigArn"].replace("us-east-1", "eu-west-1")
    assert failure(context, operation, CodeSigningConfigArn=other)[0] == "ResourceNotFoundException"


def test_what_put_refuses(context: Context) -> None:
    put = {"FunctionName": "my-function", "CodeSigningConfigArn": ABSENT}
    missing = (
        "CodeSigningConfigNotFoundException",
        (
            "The code signing configuration cannot be found. "
            f"Check that the provided configuration is not deleted: {ABSENT}."
        ),
    )
    assert failure(context, "PutFunctionCodeSigningConfig", **put) == missing
    create(context)
    assert failure(context, "PutFunctionCodeSigningConfig", **put) == missing


def test_functions_that_are_not_there(contexts: Contexts) -> None:
    context = contexts.context()
    expected = ("ResourceNotFoundException", f"Function not found: {ARN}")
    for operation in ("GetFunctionCodeSigningConfig", "DeleteFunctionCodeSigningConfig"):
        assert failure(context, operation, FunctionName="my-function") == expected
    put = {"FunctionName": "my-function", "CodeSigningConfigArn": make(context)["CodeSigningConfigArn"]}
    assert failure(context, "PutFunctionCodeSigningConfig", **put) == expected
    assert contexts.document("lambda", "function-code-signing", "my-function") is None


def test_pages(context: Context) -> None:
    arn = make(context)["CodeSigningConfigArn"]
    make(context)
    first = call(context, "ListCodeSigningConfigs", MaxItems=1)
    rest = call(context, "ListCodeSigningConfigs", Marker=first["NextMarker"])
    assert len(first["CodeSigningConfigs"] + rest["CodeSigningConfigs"]) == 2
    for name in ("a", "b", "c"):
        create(context, name)
        call(context, "PutFunctionCodeSigningConfig", FunctionName=name, CodeSigningConfigArn=arn)
    first = call(context, "ListFunctionsByCodeSigningConfig", CodeSigningConfigArn=arn, MaxItems=2)
    rest = call(context, "ListFunctionsByCodeSigningConfig", CodeSigningConfigArn=arn, Marker=first["NextMarker"])
    assert [arn[-1] for arn in first["FunctionArns"] + rest["FunctionArns"]] == ["a", "b", "c"]
