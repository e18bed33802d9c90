"""Reserved concurrency. AWS documentation: "Configuring reserved concurrency for a function"."""

from dataclasses import replace

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure


def reserve(context: Context, count: int, name: str = "my-function") -> dict[str, int]:
    return call(context, "PutFunctionConcurrency", FunctionName=name, ReservedConcurrentExecutions=count)


def below_minimum(least: int) -> tuple[str, str]:
    return (
        "InvalidParameterValueException",
        (
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{least}]."
        ),
    )


def test_what_is_reserved(contexts: Contexts) -> None:
    context = contexts.context()
    create(context)
    assert call(context, "GetFunctionConcurrency", FunctionName="my-function") == {}
    for count in (10, 0):  # 0 switches it off
        assert reserve(context, count, ARN) == {"ReservedConcurrentExecutions": count}
        answer = call(context, "GetFunctionConcurrency", FunctionName="my-function")
        assert answer == {"ReservedConcurrentExecutions": count}
    document = contexts.document("lambda", "function-concurrency", "my-function")
    assert document == {"ReservedConcurrentExecutions": 0}
    for _ in range(2):
        assert call(context, "DeleteFunctionConcurrency", FunctionName="my-function") == {}
    assert call(context, "GetFunctionConcurrency", FunctionName="my-function") == {}


def test_a_change_gives_the_function_a_new_revision(context: Context) -> None:
    """As AWS was recorded to (radkawar/stackd, docs/lambda.md): and what changes nothing does not."""

    def revision() -> str:
        return str(call(context, "GetFunctionConfiguration", FunctionName="my-function")["RevisionId"])

    def delete() -> None:
        call(context, "DeleteFunctionConcurrency", FunctionName="my-function")

    create(context)
    seen = [revision()]
    for change in (lambda: reserve(context, 5), lambda: reserve(context, 6), delete):
        change()
        seen.append(revision())
        change()
        assert revision() == seen[-1]
    assert len(set(seen)) == 4


def test_a_hundred_stay_for_the_others(contexts: Contexts) -> None:
    context = contexts.context()
    create(context)
    create(context, "other")
    reserve(context, 900)
    reserve(context, 850)  # in place of the 900
    put = {"FunctionName": "other", "ReservedConcurrentExecutions": 51}
    assert failure(context, "PutFunctionConcurrency", **put) == below_minimum(100)
    reserve(context, 50, "other")
    assert failure(context, "PutFunctionConcurrency", **put) == below_minimum(100)
    call(context, "DeleteFunctionConcurrency", FunctionName="my-function")
    reserve(context, 51, "other")
    elsewhere = contexts.context(region="eu-west-1")
    create(elsewhere)
    reserve(elsewhere, 900)


def test_a_small_account_can_reserve_nothing(context: Context) -> None:
    context = replace(context, node=replace(context.node, account_concurrency=10))
    create(context)
    put = {"FunctionName": "my-function", "ReservedConcurrentExecutions": 1}
    assert failure(context, "PutFunctionConcurrency", **put) == below_minimum(10)
    assert reserve(context, 0) == {"ReservedConcurrentExecutions": 0}


@pytest.mark.parametrize(
    ("operation", "arn"), [("GetFunctionConcurrency", ARN), ("DeleteFunctionConcurrency", f"{ARN}:$LATEST")]
)
def test_functions_that_are_not_there(context: Context, operation: str, arn: str) -> None:
    """The ARNs are as others recorded them of AWS (radkawar/stackd, concurrency_admission.json, September 2026)."""
    expected = ("ResourceNotFoundException", f"Function not found: {arn}")
    assert failure(context, operation, FunctionName="my-function") == expected


def test_what_put_refuses(context: Context) -> None:
    put = {"FunctionName": "my-function", "ReservedConcurrentExecutions": 1}
    expected = ("ResourceNotFoundException", f"Function not found: {ARN}:$LATEST")
    assert failure(context, "PutFunctionConcurrency", **put) == expected
    create(context)
    for qualifier in ("1", "$LATEST"):
        refused = failure(context, "PutFunctionConcurrency", **{**put, "FunctionName": f"{ARN}:{qualifier}"})
        assert refused == (
            "InvalidParameterValueException",
            (
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this "
                "operation. Please specify either a function name or an unqualified function ARN."
            ),
        )
