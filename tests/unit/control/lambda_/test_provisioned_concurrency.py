"""Provisioned concurrency. AWS documentation: "Configuring provisioned concurrency for a function"."""

from dataclasses import replace
from typing import Any

import pytest

from gatewright.control.context import Context, ProvisionedEnvironments
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, OTHER_CODE, call, create, failure
from tests.unit.control.lambda_.test_concurrency import reserve

NONE = ("ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found for this function")
UNPUBLISHED = (
    "InvalidParameterValueException",
    "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
)


@pytest.fixture
def published(context: Context) -> Context:
    """A function with versions 1 and 2, and the alias `live` of the first."""
    create(context, Publish=True)
    call(context, "UpdateFunctionCode", FunctionName="my-function", ZipFile=OTHER_CODE, Publish=True)
    call(context, "CreateAlias", FunctionName="my-function", Name="live", FunctionVersion="1")
    return context


def request(qualifier: str, count: int = 5, name: str = "my-function") -> dict[str, Any]:
    return {"FunctionName": name, "Qualifier": qualifier, "ProvisionedConcurrentExecutions": count}


def put(context: Context, qualifier: str, count: int = 5) -> dict[str, Any]:
    return call(context, "PutProvisionedConcurrencyConfig", **request(qualifier, count))


def put_failure(context: Context, qualifier: str, count: int = 5) -> tuple[str, str]:
    return failure(context, "PutProvisionedConcurrencyConfig", **request(qualifier, count))


def get(context: Context, qualifier: str) -> dict[str, Any]:
    return call(context, "GetProvisionedConcurrencyConfig", FunctionName="my-function", Qualifier=qualifier)


def with_environments(context: Context, environments: ProvisionedEnvironments) -> Context:
    def provisioned(function_arn: str, qualifier: str) -> ProvisionedEnvironments:
        assert (function_arn, qualifier) == (ARN, "live")
        return environments

    return replace(context, node=replace(context.node, provisioned_environments=provisioned))


def test_what_is_answered_and_kept(contexts: Contexts, published: Context) -> None:
    expected = {
        "RequestedProvisionedConcurrentExecutions": 5,
        "AllocatedProvisionedConcurrentExecutions": 0,
        "AvailableProvisionedConcurrentExecutions": 0,
        "Status": "IN_PROGRESS",
        "LastModified": "2026-01-01T00:00:00+0000",
    }
    assert put(published, "live") == expected
    assert get(published, "live") == expected
    assert contexts.document("lambda", "provisioned-concurrency", "my-function/live") == {
        "RequestedProvisionedConcurrentExecutions": 5,
        "LastModified": "2026-01-01T00:00:00+0000",
    }


@pytest.mark.parametrize(
    ("environments", "members"),
    [
        (ProvisionedEnvironments(2, 1), (2, 1, "IN_PROGRESS", None)),
        (ProvisionedEnvironments(5, 3), (5, 3, "READY", None)),
        (ProvisionedEnvironments(9, 8), (5, 5, "READY", None)),
        (ProvisionedEnvironments(4, 4, "FUNCTION_ERROR"), (4, 4, "FAILED", "FUNCTION_ERROR")),
        (ProvisionedEnvironments(5, 5, "one failed before"), (5, 5, "READY", None)),
    ],
)
def test_how_far_it_has_come(
    published: Context, environments: ProvisionedEnvironments, members: tuple[int, int, str, str | None]
) -> None:
    context = with_environments(published, environments)
    assert put(context, "live")["Status"] == "IN_PROGRESS"  # the data plane has not heard of it yet
    got = get(context, "live")
    assert (
        got["AllocatedProvisionedConcurrentExecutions"],
        got["AvailableProvisionedConcurrentExecutions"],
        got["Status"],
        got.get("StatusReason"),
    ) == members


def test_list_and_delete(published: Context) -> None:
    put(published, "live", 3)
    put(published, "2", 4)
    create(published, "my-function-2", Publish=True)
    call(published, "PutProvisionedConcurrencyConfig", **request("1", name="my-function-2"))
    listed = call(published, "ListProvisionedConcurrencyConfigs", FunctionName="my-function")
    configs = listed["ProvisionedConcurrencyConfigs"]
    assert [
        (config["FunctionArn"], config["RequestedProvisionedConcurrentExecutions"], config["Status"])
        for config in configs
    ] == [(f"{ARN}:2", 4, "IN_PROGRESS"), (f"{ARN}:live", 3, "IN_PROGRESS")]
    first = call(published, "ListProvisionedConcurrencyConfigs", FunctionName="my-function", MaxItems=1)
    rest = call(published, "ListProvisionedConcurrencyConfigs", FunctionName="my-function", Marker=first["NextMarker"])
    assert first["ProvisionedConcurrencyConfigs"] + rest["ProvisionedConcurrencyConfigs"] == configs
    for _ in range(2):
        deleted = call(published, "DeleteProvisionedConcurrencyConfig", FunctionName="my-function", Qualifier="live")
        assert deleted == {}
    get_live = {"FunctionName": "my-function", "Qualifier": "live"}
    assert failure(published, "GetProvisionedConcurrencyConfig", **get_live) == NONE
    assert get(published, "2")["RequestedProvisionedConcurrentExecutions"] == 4


def test_only_what_is_published(published: Context) -> None:
    assert put_failure(published, "$LATEST") == UNPUBLISHED
    call(published, "CreateAlias", FunctionName="my-function", Name="edge", FunctionVersion="$LATEST")
    assert put_failure(published, "edge") == UNPUBLISHED
    expected = (
        "InvalidParameterValueException",
        "The function resource provided must be an alias or a published version.",
    )
    for operation in ("GetProvisionedConcurrencyConfig", "DeleteProvisionedConcurrencyConfig"):
        assert failure(published, operation, FunctionName="my-function", Qualifier="$LATEST") == expected


@pytest.mark.parametrize("function", ["my-function", "doesnotexist"])
@pytest.mark.parametrize(
    "operation",
    ["PutProvisionedConcurrencyConfig", "GetProvisionedConcurrencyConfig", "DeleteProvisionedConcurrencyConfig"],
)
def test_versions_and_aliases_that_are_not_there(published: Context, operation: str, function: str) -> None:
    arn = ARN.replace("my-function", function)
    members = request("10", name=function)
    assert failure(published, operation, **members) == ("ResourceNotFoundException", f"Function not found: {arn}:10")
    members = request("noalias", name=function)
    expected = ("ResourceNotFoundException", f"Cannot find alias arn: {arn}:noalias")
    assert failure(published, operation, **members) == expected


def test_not_on_a_version_and_its_alias(published: Context) -> None:
    put(published, "1")
    message = "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
    assert put_failure(published, "live") == ("ResourceConflictException", message)
    routing = {"AdditionalVersionWeights": {"1": 0.1}}
    call(published, "CreateAlias", FunctionName="my-function", Name="split", FunctionVersion="2", RoutingConfig=routing)
    weighted = "Alias with weights can not be used with Provisioned Concurrency"
    assert put_failure(published, "split") == ("InvalidParameterValueException", weighted)
    call(published, "DeleteProvisionedConcurrencyConfig", FunctionName="my-function", Qualifier="1")
    alias = {"FunctionName": "my-function", "Name": "split"}
    call(published, "UpdateAlias", **alias, RoutingConfig={"AdditionalVersionWeights": {}})
    put(published, "split")
    call(published, "UpdateAlias", **alias, RoutingConfig=routing)
    pointed = ("ResourceConflictException", "Version is pointed by a Provisioned Concurrency alias")
    assert put_failure(published, "1") == pointed
    assert put_failure(published, "2") == pointed


def test_it_counts_towards_what_the_function_has_reserved(published: Context) -> None:
    reserve(published, 10)
    put(published, "live", 6)
    assert put_failure(published, "2", 5) == (
        "InvalidParameterValueException",
        "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
    )
    put(published, "2", 4)
    put(published, "2", 3)  # in place of the 4
    members = {"FunctionName": "my-function", "ReservedConcurrentExecutions": 8}
    assert failure(published, "PutFunctionConcurrency", **members) == (
        "InvalidParameterValueException",
        " ReservedConcurrentExecutions  8 should not be lower than function's total provisioned concurrency [9].",
    )
    # The account has lost the 10, not 10 and 9.
    create(published, "other")
    reserve(published, 890, "other")


def test_it_counts_towards_the_accounts_concurrency(published: Context) -> None:
    assert put_failure(published, "live", 1001) == (
        "InvalidParameterValueException",
        "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000].",
    )
    below = (
        "InvalidParameterValueException",
        (
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
            "minimum value of [100]."
        ),
    )
    assert put_failure(published, "live", 901) == below
    put(published, "live", 900)
    assert put_failure(published, "2", 1) == below
    put(published, "live", 800)
    put(published, "2", 100)
    create(published, "other")
    members = {"FunctionName": "other", "ReservedConcurrentExecutions": 1}
    assert failure(published, "PutFunctionConcurrency", **members)[0] == "InvalidParameterValueException"
    limits = call(published, "GetAccountSettings")["AccountLimit"]
    assert limits["UnreservedConcurrentExecutions"] == 100


def test_it_goes_with_its_alias(published: Context) -> None:
    put(published, "live")
    call(published, "DeleteAlias", FunctionName="my-function", Name="live")
    listed = call(published, "ListProvisionedConcurrencyConfigs", FunctionName="my-function")
    assert listed["ProvisionedConcurrencyConfigs"] == []
