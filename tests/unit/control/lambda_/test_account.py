"""Account settings. Source: GetAccountSettings in the "API reference", "Lambda quotas" (AWS Lambda)."""

from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import CODE, OTHER_CODE, call, create


def test_limits_and_usage(contexts: Contexts) -> None:
    context = contexts.context()
    create(context, "first", Publish=True)
    create(context, "second", Code={"ZipFile": OTHER_CODE})
    create(contexts.context(region="eu-west-1"))
    with contexts.store.write() as writer:
        for name, reserved in (("first", 100), ("second", 0)):
            key = context.key("lambda", "function-concurrency", name)
            writer.put(key, {"ReservedConcurrentExecutions": reserved})
        for kind, size in (("layer-version", 10), ("deleted-layer-version", 5)):
            writer.put(context.key("lambda", kind, "l/0000000001"), {"Content": {"CodeSize": size}})
    assert call(context, "GetAccountSettings") == {
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": 1000,
            "UnreservedConcurrentExecutions": 900,
        },
        "AccountUsage": {"TotalCodeSize": 2 * len(CODE) + len(OTHER_CODE) + 15, "FunctionCount": 2},
    }
