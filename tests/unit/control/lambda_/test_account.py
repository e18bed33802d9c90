"""Account settings. Source: GetAccountSettings in the "API reference", "Lambda quotas" (AWS Lambda)."""

from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import CODE, OTHER_CODE, call, create


def test_limits_and_usage(contexts: Contexts) -> None:
    context = contexts.context()
    create(context, "first")
    create(context, "second", Code={"ZipFile": OTHER_CODE})
    create(contexts.context(region="eu-west-1"))
    assert call(context, "GetAccountSettings") == {
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": 1000,
            "UnreservedConcurrentExecutions": 1000,
        },
        "AccountUsage": {"TotalCodeSize": len(CODE) + len(OTHER_CODE), "FunctionCount": 2},
    }
