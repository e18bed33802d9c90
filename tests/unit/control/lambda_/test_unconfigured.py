"""Answers about features that a function lacks, as Lambda gives them for such functions ("API reference")."""

from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.lambda_.calls import ARN, call, create, failure


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("GetFunctionCodeSigningConfig", {}),
        ("GetFunctionConcurrency", {}),
        ("DeleteFunctionConcurrency", {}),
        ("GetRuntimeManagementConfig", {"UpdateRuntimeOn": "Auto", "FunctionArn": f"{ARN}:$LATEST"}),
        ("GetFunctionRecursionConfig", {"RecursiveLoop": "Terminate"}),
        ("ListFunctionEventInvokeConfigs", {"FunctionEventInvokeConfigs": []}),
        ("ListProvisionedConcurrencyConfigs", {"ProvisionedConcurrencyConfigs": []}),
    ],
)
def test_answers(context: Context, operation: str, answer: dict[str, Any]) -> None:
    expected = ("ResourceNotFoundException", f"Function not found: {ARN}")
    assert failure(context, operation, FunctionName="my-function") == expected
    create(context)
    assert call(context, operation, FunctionName="my-function") == answer
    assert call(context, operation, FunctionName=ARN) == answer


@pytest.mark.parametrize(
    ("operation", "members", "message"),
    [
        ("GetFunctionEventInvokeConfig", {}, f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig"),
        (
            "GetFunctionEventInvokeConfig",
            {"Qualifier": "1221"},
            f"The function {ARN}:1221 doesn't have an EventInvokeConfig",
        ),
    ],
)
def test_what_is_never_there(context: Context, operation: str, members: dict[str, str], message: str) -> None:
    expected = ("ResourceNotFoundException", message)
    assert failure(context, operation, FunctionName="my-function", **members) == expected
    create(context)
    assert failure(context, operation, FunctionName="my-function", **members) == expected
