"""How requests name functions. Source: the FunctionName parameter in the "API reference" (AWS Lambda)."""

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from gatewright.control.lambda_.names import FunctionTarget, resolve_function, resolve_unqualified
from tests.unit.control.lambda_.calls import ARN


@pytest.mark.parametrize(
    ("name", "qualifier", "expected"),
    [
        ("my-function", None, None),
        ("my-function:prod", None, "prod"),
        ("my-function:$LATEST", None, "$LATEST"),
        ("my-function", "12", "12"),
        ("my-function:12", "12", "12"),
        ("function:my-function", None, None),
        ("123456789012:function:my-function", None, None),
        ("123456789012:my-function", None, None),
        ("us-east-1:123456789012:function:my-function:1", None, "1"),
        (ARN, None, None),
        (f"{ARN}:prod", "prod", "prod"),
    ],
)
def test_names(context: Context, name: str, qualifier: str | None, expected: str | None) -> None:
    target = resolve_function(context, "GetFunction", name, qualifier)
    assert target == FunctionTarget("my-function", ARN, expected)
    assert target.qualified_arn == (ARN if expected is None else f"{ARN}:{expected}")


@pytest.mark.parametrize(
    ("name", "qualifier", "code", "message"),
    [
        (
            f"{ARN}:1",
            "2",
            "InvalidParameterValueException",
            "The derived qualifier from the function name does not match the specified qualifier.",
        ),
        (
            "arn:aws:lambda:eu-west-1:123456789012:function:my-function",
            None,
            "ResourceNotFoundException",
            "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
        ),
        (
            "arn:aws:lambda:us-east-1:999999999999:function:my-function",
            None,
            "AccessDeniedException",
            (
                "User: arn:aws:iam::123456789012:root is not authorized to perform: lambda:GetFunction on resource: "
                "arn:aws:lambda:us-east-1:999999999999:function:my-function because no resource-based policy allows "
                "the lambda:GetFunction action"
            ),
        ),
        (
            "my.function",
            None,
            "ResourceNotFoundException",
            "Function not found: arn:aws:lambda:us-east-1:123456789012:function:my.function",
        ),
    ],
)
def test_names_of_nothing_here(context: Context, name: str, qualifier: str | None, code: str, message: str) -> None:
    with pytest.raises(AwsError) as caught:
        resolve_function(context, "GetFunction", name, qualifier)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_operations_on_functions_take_no_version(context: Context) -> None:
    assert resolve_unqualified(context, "UpdateFunctionCode", f"{ARN}:$LATEST").name == "my-function"
    with pytest.raises(AwsError, match="Aliases and versions do not support this operation"):
        resolve_unqualified(context, "UpdateFunctionCode", f"{ARN}:prod")
