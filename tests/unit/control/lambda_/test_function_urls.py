"""Function URLs: configurations and errors as AWS answers them ("API reference", and answers recorded of AWS)."""

from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure

NAME = "my-function"
NO_FUNCTION = ("ResourceNotFoundException", "Function does not exist")
NO_URL = ("ResourceNotFoundException", "The resource you requested does not exist.")


@pytest.fixture
def context(contexts: Contexts) -> Context:
    """A function with an alias."""
    context = contexts.context()
    create(context)
    with context.store.write() as writer:
        writer.put(context.key("lambda", "alias", f"{NAME}/live"), {"Name": "live", "FunctionVersion": "$LATEST"})
    return context


def make(context: Context, **members: Any) -> dict[str, Any]:
    return call(context, "CreateFunctionUrlConfig", **{"FunctionName": NAME, "AuthType": "NONE", **members})


def test_a_url_is_made_changed_and_deleted(context: Context, contexts: Contexts) -> None:
    made = make(context)
    url = made.pop("FunctionUrl")
    host = url.removeprefix("http://").removesuffix(".lambda-url.us-east-1.localhost:4566/")
    assert len(host) == 32
    assert host.isalnum()
    assert host == host.lower()
    created = "2026-01-01T00:00:00.000000Z"
    assert made == {"FunctionArn": ARN, "AuthType": "NONE", "CreationTime": created}

    whole = {**made, "FunctionUrl": url, "LastModifiedTime": created}
    assert call(context, "GetFunctionUrlConfig", FunctionName=NAME) == {**whole, "InvokeMode": "BUFFERED"}

    contexts.clock.advance(1.5)
    changed = {**whole, "AuthType": "AWS_IAM", "LastModifiedTime": "2026-01-01T00:00:01.500000Z"}
    assert call(context, "UpdateFunctionUrlConfig", FunctionName=NAME, AuthType="AWS_IAM") == changed
    streamed = call(context, "UpdateFunctionUrlConfig", FunctionName=NAME, InvokeMode="RESPONSE_STREAM")
    assert streamed == {**changed, "InvokeMode": "RESPONSE_STREAM"}
    assert call(context, "UpdateFunctionUrlConfig", FunctionName=NAME) == streamed, "nothing named, nothing changed"

    assert call(context, "DeleteFunctionUrlConfig", FunctionName=NAME) == {}
    assert failure(context, "GetFunctionUrlConfig", FunctionName=NAME) == NO_URL
    assert make(context)["FunctionUrl"] != url, "a new URL has another address"


def test_an_invoke_mode_that_was_asked_for_is_answered(context: Context) -> None:
    assert make(context, InvokeMode="BUFFERED")["InvokeMode"] == "BUFFERED"


def test_an_alias_has_a_url_of_its_own(context: Context, contexts: Contexts) -> None:
    own = make(context)
    alias = make(context, FunctionName=f"{NAME}:live", AuthType="AWS_IAM")
    assert alias["FunctionArn"] == f"{ARN}:live"
    assert alias["FunctionUrl"] != own["FunctionUrl"]
    assert call(context, "GetFunctionUrlConfig", FunctionName=NAME, Qualifier="live")["AuthType"] == "AWS_IAM"
    assert call(context, "GetFunctionUrlConfig", FunctionName=f"{ARN}:live")["AuthType"] == "AWS_IAM"
    document = contexts.document("lambda", "function-url", f"{NAME}/live")
    assert document is not None
    assert document["UrlId"] in alias["FunctionUrl"]

    listed = call(context, "ListFunctionUrlConfigs", FunctionName=NAME)
    assert [each["FunctionArn"] for each in listed["FunctionUrlConfigs"]] == [ARN, f"{ARN}:live"]
    assert listed["NextMarker"] is None
    first = call(context, "ListFunctionUrlConfigs", FunctionName=NAME, MaxItems=1)
    second = call(context, "ListFunctionUrlConfigs", FunctionName=NAME, MaxItems=1, Marker=first["NextMarker"])
    assert [*first["FunctionUrlConfigs"], *second["FunctionUrlConfigs"]] == listed["FunctionUrlConfigs"]


def test_the_url_of_an_alias_outlives_it(context: Context) -> None:
    """As AWS was recorded to (radkawar/stackd, testdata/aws/lambda/urls_control.json)."""
    url = make(context, Qualifier="live")["FunctionUrl"]
    call(context, "DeleteAlias", FunctionName=NAME, Name="live")
    assert call(context, "GetFunctionUrlConfig", FunctionName=NAME, Qualifier="live")["FunctionUrl"] == url
    assert len(call(context, "ListFunctionUrlConfigs", FunctionName=NAME)["FunctionUrlConfigs"]) == 1
    call(context, "PublishVersion", FunctionName=NAME)
    call(context, "CreateAlias", FunctionName=NAME, Name="live", FunctionVersion="1")
    request = {"FunctionName": NAME, "Qualifier": "live", "AuthType": "NONE"}
    assert failure(context, "CreateFunctionUrlConfig", **request)[0] == "ResourceConflictException"
    call(context, "DeleteAlias", FunctionName=NAME, Name="live")
    assert call(context, "DeleteFunctionUrlConfig", FunctionName=NAME, Qualifier="live") == {}


def test_other_functions_urls_are_not_listed(context: Context) -> None:
    create(context, f"{NAME}-2")
    make(context, FunctionName=f"{NAME}-2")
    assert call(context, "ListFunctionUrlConfigs", FunctionName=NAME)["FunctionUrlConfigs"] == []


def test_a_cors_configuration_is_kept_replaced_and_removed(context: Context) -> None:
    cors = {"AllowOrigins": ["*"], "AllowMethods": ["GET"], "AllowHeaders": [], "AllowCredentials": False, "MaxAge": 0}
    kept = {"AllowOrigins": ["*"], "AllowMethods": ["GET"], "AllowCredentials": False, "MaxAge": 0}
    assert make(context, Cors=cors)["Cors"] == kept
    other = {"AllowOrigins": ["https://example.com"]}
    assert call(context, "UpdateFunctionUrlConfig", FunctionName=NAME, Cors=other)["Cors"] == other
    assert call(context, "UpdateFunctionUrlConfig", FunctionName=NAME, AuthType="NONE")["Cors"] == other
    assert "Cors" not in call(context, "UpdateFunctionUrlConfig", FunctionName=NAME, Cors={})


@pytest.mark.parametrize("text", ["a\r\nSet-Cookie: b", "a b", "ä", "\0"])
@pytest.mark.parametrize("member", ["AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders"])
def test_what_no_header_can_carry_is_refused(context: Context, member: str, text: str) -> None:
    code, message = failure(
        context, "CreateFunctionUrlConfig", FunctionName=NAME, AuthType="NONE", Cors={member: ["x", text]}
    )
    assert code == "InvalidParameterValueException"
    assert member in message


def test_a_second_url_is_a_conflict(context: Context) -> None:
    make(context)
    make(context, Qualifier="live")
    for members, arn in (({}, ARN), ({"Qualifier": "live"}, f"{ARN}:live")):
        text = (
            f"Failed to create function url config for [functionArn = {arn}]. "
            "Error message:  FunctionUrlConfig exists for this Lambda function"
        )
        found = failure(context, "CreateFunctionUrlConfig", FunctionName=NAME, AuthType="NONE", **members)
        assert found == ("ResourceConflictException", text)


@pytest.mark.parametrize("name", ["missing", ARN.replace(NAME, "missing")])
def test_no_function(context: Context, name: str) -> None:
    assert failure(context, "CreateFunctionUrlConfig", FunctionName=name, AuthType="NONE") == NO_FUNCTION
    assert failure(context, "UpdateFunctionUrlConfig", FunctionName=name, AuthType="NONE") == NO_FUNCTION
    assert failure(context, "ListFunctionUrlConfigs", FunctionName=name) == NO_FUNCTION
    assert failure(context, "GetFunctionUrlConfig", FunctionName=name) == NO_URL
    assert failure(context, "DeleteFunctionUrlConfig", FunctionName=name) == NO_URL


def test_no_alias_and_no_url(context: Context) -> None:
    assert (
        failure(context, "CreateFunctionUrlConfig", FunctionName=NAME, Qualifier="v1", AuthType="NONE") == NO_FUNCTION
    )
    assert failure(context, "UpdateFunctionUrlConfig", FunctionName=NAME, Qualifier="v1") == NO_FUNCTION
    for operation in ("GetFunctionUrlConfig", "UpdateFunctionUrlConfig", "DeleteFunctionUrlConfig"):
        assert failure(context, operation, FunctionName=NAME) == NO_URL
        assert failure(context, operation, FunctionName=NAME, Qualifier="live") == NO_URL


@pytest.mark.parametrize("version", ["1", "$LATEST"])
@pytest.mark.parametrize("operation", ["Create", "Get", "Update", "Delete"])
def test_versions_have_no_urls(context: Context, operation: str, version: str) -> None:
    code, message = failure(context, f"{operation}FunctionUrlConfig", FunctionName=f"{NAME}:{version}", AuthType="NONE")
    assert code == "ValidationException"
    assert message == (
        f"1 validation error detected: Value '{version}' at 'qualifier' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)"
    )
