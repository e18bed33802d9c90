"""Versions, aliases and what belongs to them, compiled into one function."""

from collections.abc import Mapping
from typing import Any

import pytest

from gatewright.base.policy import AccessRequest, Principal, PrincipalType
from gatewright.snapshot.compile import compile_snapshot
from gatewright.snapshot.compile_function import compile_function
from gatewright.snapshot.types import AsyncConfig, Cors, Function, FunctionUrl
from gatewright.store.memory import MemoryStore
from gatewright.store.types import Document
from tests.unit.snapshot.documents import FUNCTION_ARN, function_document, function_policy_document, key, put_function

GATEWAY = Principal(PrincipalType.SERVICE, ("apigateway.amazonaws.com",))


def version_document(number: int, **changes: Any) -> Document:
    """As PublishVersion returns it."""
    return function_document(FunctionArn=f"{FUNCTION_ARN}:{number}", Version=str(number), **changes)


def alias_document(version: str, **weights: float) -> Document:
    alias: Document = {"FunctionVersion": version, "RevisionId": "a"}
    if weights:
        by_version = {name.lstrip("v"): weight for name, weight in weights.items()}
        alias["RoutingConfig"] = {"AdditionalVersionWeights": by_version}
    return alias


def put_all(store: MemoryStore, documents: Mapping[tuple[str, str], Document]) -> None:
    with store.write() as writer:
        for (kind, part), document in documents.items():
            writer.put(key("lambda", kind, f"my-function/{part}" if part else "my-function"), document)


def compiled(documents: Mapping[tuple[str, str], Document]) -> Function:
    """Compile a function with versions 1 and 2 and further documents, by kind and the part after the name."""
    store = MemoryStore()
    with store.write() as writer:
        put_function(writer)
    put_all(store, {("version", f"{number:010}"): version_document(number) for number in (1, 2)})
    put_all(store, documents)
    with store.read() as reader:
        function = compile_function(reader, key("lambda", "function", "my-function"))
    assert function is not None
    return function


def test_every_qualifier_is_a_way_to_invoke() -> None:
    function = compiled({("alias", "prod"): alias_document("1"), ("alias", "newest"): alias_document("$LATEST")})
    assert {name: (one.arn, one.qualifier, one.version.version) for name, one in function.qualified.items()} == {
        "": (FUNCTION_ARN, None, "$LATEST"),
        "$LATEST": (f"{FUNCTION_ARN}:$LATEST", "$LATEST", "$LATEST"),
        "1": (f"{FUNCTION_ARN}:1", "1", "1"),
        "2": (f"{FUNCTION_ARN}:2", "2", "2"),
        "prod": (f"{FUNCTION_ARN}:prod", "prod", "1"),
        "newest": (f"{FUNCTION_ARN}:newest", "newest", "$LATEST"),
    }
    assert function.qualified["prod"].version is function.qualified["1"].version
    assert {one.version.arn for one in function.qualified.values()} == {FUNCTION_ARN}


def test_other_functions_are_not_its_parts() -> None:
    store = MemoryStore()
    with store.write() as writer:
        put_function(writer)
        writer.put(key("lambda", "version", "my-function-2/0000000001"), version_document(1))
        writer.put(key("lambda", "alias", "my/prod"), alias_document("1"))
    with store.read() as reader:
        function = compile_function(reader, key("lambda", "function", "my-function"))
    assert function is not None
    assert set(function.qualified) == {"", "$LATEST"}


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        (alias_document("1"), (None, 0.0)),
        (alias_document("1", v2=0.25), ("2", 0.25)),
        ({"FunctionVersion": "1", "RoutingConfig": {}}, (None, 0.0)),
    ],
)
def test_an_alias_may_have_a_second_version(alias: Document, expected: tuple[str | None, float]) -> None:
    one = compiled({("alias", "prod"): alias}).qualified["prod"]
    second = one.additional_version.version if one.additional_version else None
    assert (second, one.additional_weight) == expected


def test_each_qualifier_has_its_own_policy() -> None:
    function = compiled(
        {
            ("alias", "prod"): alias_document("1"),
            ("function-policy", ""): function_policy_document(),
            ("function-policy", "prod"): function_policy_document(),
        }
    )
    allowed = {
        name: one.policy is not None
        and one.policy.evaluate(AccessRequest(GATEWAY, "lambda:InvokeFunction", FUNCTION_ARN)).is_allowed
        for name, one in function.qualified.items()
    }
    assert allowed == {"": True, "$LATEST": True, "1": False, "2": False, "prod": True}
    assert function.qualified["$LATEST"].resource_arn == FUNCTION_ARN
    assert function.qualified["prod"].resource_arn == f"{FUNCTION_ARN}:prod"


def test_what_is_configured_for_a_qualifier_is_there_only() -> None:
    url = {
        "UrlId": "abc",
        "AuthType": "NONE",
        "InvokeMode": "RESPONSE_STREAM",
        "Cors": {"AllowOrigins": ["https://example.com"], "MaxAge": 5, "AllowCredentials": True},
    }
    destinations = {"OnSuccess": {"Destination": "arn:s"}, "OnFailure": {}}
    function = compiled(
        {
            ("alias", "prod"): alias_document("1"),
            ("provisioned-concurrency", "prod"): {"RequestedProvisionedConcurrentExecutions": 3},
            ("provisioned-concurrency", "2"): {"RequestedProvisionedConcurrentExecutions": 4},
            ("event-invoke-config", "1"): {"MaximumRetryAttempts": 0, "DestinationConfig": destinations},
            ("event-invoke-config", "$LATEST"): {"MaximumEventAgeInSeconds": 60},
            ("function-url", "prod"): url,
            ("function-url", "$LATEST"): {"UrlId": "own", "AuthType": "AWS_IAM"},
        }
    )
    of = function.qualified
    assert {name: one.provisioned_concurrency for name, one in of.items() if one.provisioned_concurrency} == {
        "prod": 3,
        "2": 4,
    }
    assert of["1"].async_config == AsyncConfig(maximum_retry_attempts=0, on_success_arn="arn:s")
    # The function itself is its $LATEST; an alias has nothing of its version's.
    assert of[""].async_config == of["$LATEST"].async_config == AsyncConfig(maximum_event_age_seconds=60)
    assert of["prod"].async_config == AsyncConfig()
    cors = Cors(
        allow_origins=("https://example.com",),
        allow_methods=(),
        allow_headers=(),
        expose_headers=(),
        max_age_seconds=5,
        allow_credentials=True,
    )
    assert {name: one.url for name, one in of.items() if one.url} == {
        "prod": FunctionUrl("abc", "NONE", "RESPONSE_STREAM", cors),
        "": FunctionUrl("own", "AWS_IAM", "BUFFERED", None),
    }


def test_what_is_configured_for_the_function() -> None:
    function = compiled(
        {
            ("function-concurrency", ""): {"ReservedConcurrentExecutions": 0},
            ("recursion-config", ""): {"RecursiveLoop": "Allow"},
        }
    )
    assert (function.reserved_concurrency, function.recursive_loop) == (0, "Allow")
    plain = compiled({})
    assert (plain.reserved_concurrency, plain.recursive_loop) == (None, "Terminate")


def test_an_alias_of_a_version_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        compiled({("alias", "prod"): alias_document("9")})


@pytest.mark.parametrize(
    ("kind", "part", "document"),
    [
        ("version", "0000000001", version_document(1)),
        ("alias", "prod", alias_document("$LATEST")),
        ("function-policy", "$LATEST", function_policy_document()),
        ("function-concurrency", "", {"ReservedConcurrentExecutions": 1}),
        ("provisioned-concurrency", "$LATEST", {"RequestedProvisionedConcurrentExecutions": 1}),
        ("event-invoke-config", "$LATEST", {"MaximumRetryAttempts": 1}),
        ("function-url", "$LATEST", {"UrlId": "u", "AuthType": "NONE"}),
        ("recursion-config", "", {"RecursiveLoop": "Allow"}),
    ],
)
def test_a_change_of_any_part_compiles_the_function_again(kind: str, part: str, document: Document) -> None:
    store = MemoryStore()
    with store.write() as writer:
        put_function(writer)
    before = compile_snapshot(store, None, [])
    put_all(store, {(kind, part): document})
    after = compile_snapshot(store, before, store.changes(before.revision))
    assert after.functions[FUNCTION_ARN] != before.functions[FUNCTION_ARN]
