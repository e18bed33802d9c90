"""When runtimes are updated. AWS documentation: "Understanding how Lambda manages runtime version updates"."""

import logging

import pytest

from gatewright.control.context import Context
from tests.unit.control.lambda_.calls import ARN, call, create, failure

RUNTIME = "arn:aws:lambda:us-east-1::runtime:8eeff65f6809a3ce81507fe733fe09b835899b99481ba22fd75b5a7338290ec1"
FUNCTION = {"FunctionName": "my-function"}


def test_each_version_has_its_own(context: Context) -> None:
    create(context, Publish=True)
    default = {"UpdateRuntimeOn": "Auto", "FunctionArn": f"{ARN}:$LATEST"}
    assert call(context, "GetRuntimeManagementConfig", **FUNCTION) == default
    answer = call(context, "PutRuntimeManagementConfig", **FUNCTION, Qualifier="1", UpdateRuntimeOn="FunctionUpdate")
    assert answer == {"UpdateRuntimeOn": "FunctionUpdate", "FunctionArn": f"{ARN}:1"}
    assert call(context, "GetRuntimeManagementConfig", **FUNCTION, Qualifier="1") == answer
    assert call(context, "GetRuntimeManagementConfig", **FUNCTION, Qualifier="$LATEST") == default


def test_a_runtime_version_is_a_record(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    create(context)
    manual = {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": RUNTIME}
    with caplog.at_level(logging.WARNING):
        answer = call(context, "PutRuntimeManagementConfig", **FUNCTION, **manual)
    assert answer == {**manual, "FunctionArn": f"{ARN}:$LATEST"}
    assert call(context, "GetRuntimeManagementConfig", **FUNCTION) == answer
    assert "record only" in caplog.text
    call(context, "PutRuntimeManagementConfig", **FUNCTION, UpdateRuntimeOn="Auto")
    assert "RuntimeVersionArn" not in call(context, "GetRuntimeManagementConfig", **FUNCTION)


def test_a_fixed_runtime_version_keeps_the_runtime(context: Context) -> None:
    create(context)
    call(context, "PutRuntimeManagementConfig", **FUNCTION, UpdateRuntimeOn="Manual", RuntimeVersionArn=RUNTIME)
    assert failure(context, "UpdateFunctionConfiguration", **FUNCTION, Runtime="python3.13") == (
        "InvalidParameterValueException",
        (
            "Cannot change runtime identifier when runtime management configuration is set to 'Manual'. Change the "
            "runtime management configuration to 'Auto' or 'FunctionUpdate', then retry."
        ),
    )
    call(context, "UpdateFunctionConfiguration", **FUNCTION, Runtime="python3.12", Timeout=9)
    call(context, "PutRuntimeManagementConfig", **FUNCTION, UpdateRuntimeOn="FunctionUpdate")
    call(context, "UpdateFunctionConfiguration", **FUNCTION, Runtime="python3.13")


@pytest.mark.parametrize(
    "members",
    [
        {"UpdateRuntimeOn": "Manual"},
        {"UpdateRuntimeOn": "Auto", "RuntimeVersionArn": RUNTIME},
        {"UpdateRuntimeOn": "Auto", "Qualifier": "live"},
    ],
)
def test_what_is_refused(context: Context, members: dict[str, str]) -> None:
    create(context)
    assert failure(context, "PutRuntimeManagementConfig", **FUNCTION, **members)[0] == "InvalidParameterValueException"


def test_functions_that_are_not_there(context: Context) -> None:
    for members, arn in (({}, ARN), ({"Qualifier": "1"}, f"{ARN}:1")):
        expected = ("ResourceNotFoundException", f"Function not found: {arn}")
        assert failure(context, "GetRuntimeManagementConfig", **FUNCTION, **members) == expected
        put = {**FUNCTION, **members, "UpdateRuntimeOn": "Auto"}
        assert failure(context, "PutRuntimeManagementConfig", **put) == expected
