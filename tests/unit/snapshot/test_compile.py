"""Compiling what changed, and only that."""

import logging
from dataclasses import replace

import pytest

from gatewright.snapshot.compile import compile_snapshot
from gatewright.snapshot.types import Role, Snapshot
from gatewright.store.memory import MemoryStore
from gatewright.store.types import Key
from tests.unit.snapshot.documents import (
    ACCOUNT,
    API_ID,
    FUNCTION_ARN,
    api_document,
    function_document,
    function_policy_document,
    key,
    put_api,
    put_deployed,
    put_function,
    put_stage,
    put_whole_api,
    route_document,
)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def compile_all(store: MemoryStore) -> Snapshot:
    with store.write() as writer:
        put_function(writer)
        put_whole_api(writer)
        writer.put(key("apigatewayv2", "api", "other"), api_document(ApiId="other"))
        writer.put(
            key("lambda", "function", "other"),
            function_document(FunctionName="other", FunctionArn=FUNCTION_ARN.replace("my-function", "other")),
        )
    return compile_snapshot(store, None, ())


def again(store: MemoryStore, previous: Snapshot) -> Snapshot:
    return compile_snapshot(store, previous, store.changes(previous.revision))


def test_everything_at_first(store: MemoryStore) -> None:
    snapshot = compile_all(store)
    assert snapshot.revision == store.revision()
    assert set(snapshot.http_apis) == {API_ID, "other"}
    assert set(snapshot.functions) == {FUNCTION_ARN, FUNCTION_ARN.replace("my-function", "other")}


def test_an_empty_store_is_an_empty_snapshot(store: MemoryStore) -> None:
    snapshot = compile_snapshot(store, None, ())
    assert (dict(snapshot.functions), dict(snapshot.http_apis)) == ({}, {})


def test_what_did_not_change_is_the_same_object(store: MemoryStore) -> None:
    before = compile_all(store)
    with store.write() as writer:
        put_stage(writer, StageVariables={"a": "b"})
    after = again(store, before)
    assert after.revision == before.revision + 1
    assert after.http_apis["other"] is before.http_apis["other"]
    assert after.functions[FUNCTION_ARN] is before.functions[FUNCTION_ARN]
    assert dict(after.http_apis[API_ID].stages[0].variables) == {"a": "b"}
    assert dict(before.http_apis[API_ID].stages[0].variables) == {}


def test_an_equal_form_stays_the_same_object(store: MemoryStore) -> None:
    before = compile_all(store)
    with store.write() as writer:
        put_api(writer, Description="is not served")
        writer.put(key("apigatewayv2", "route", f"{API_ID}/rt9"), route_document(RouteId="rt9"))
    assert again(store, before).http_apis[API_ID] is before.http_apis[API_ID]


@pytest.mark.parametrize("kind", ["function", "function-policy"])
def test_a_change_of_a_function_is_seen(store: MemoryStore, kind: str) -> None:
    before = compile_all(store)
    with store.write() as writer:
        if kind == "function":
            put_function(writer, MemorySize=1024)
        else:
            writer.put(key("lambda", kind, "my-function"), function_policy_document())
    after = again(store, before)
    assert after.functions[FUNCTION_ARN] != before.functions[FUNCTION_ARN]
    assert after.http_apis[API_ID] is before.http_apis[API_ID]


def test_what_is_deleted_is_gone(store: MemoryStore) -> None:
    before = compile_all(store)
    with store.write() as writer:
        writer.delete(key("apigatewayv2", "api", API_ID))
        writer.delete(key("lambda", "function", "my-function"))
    after = again(store, before)
    assert set(after.http_apis) == {"other"}
    assert FUNCTION_ARN not in after.functions
    assert API_ID in before.http_apis


def test_an_api_that_does_not_compile_keeps_serving(store: MemoryStore, caplog: pytest.LogCaptureFixture) -> None:
    before = compile_all(store)
    with store.write() as writer:
        put_deployed(writer, route_document(RouteKey="BROKEN"))
        put_function(writer, Timeout=9)
    with caplog.at_level(logging.ERROR):
        after = again(store, before)
    assert after.http_apis[API_ID] is before.http_apis[API_ID]
    assert after.functions[FUNCTION_ARN].qualified[""].version.timeout_seconds == 9, "the others go on"
    assert f"api {API_ID} does not compile, its previous version keeps serving: malformed route key" in caplog.text


def test_a_new_api_that_does_not_compile_is_not_served(store: MemoryStore, caplog: pytest.LogCaptureFixture) -> None:
    before = compile_snapshot(store, None, ())
    with store.write() as writer:
        put_api(writer)
        put_stage(writer, DeploymentId="missing")
    after = again(store, before)
    assert dict(after.http_apis) == {}
    assert "it is not served: stage $default has no deployment missing" in caplog.text


def test_a_function_that_does_not_compile_keeps_serving(store: MemoryStore, caplog: pytest.LogCaptureFixture) -> None:
    before = compile_all(store)
    with store.write() as writer:
        writer.put(key("lambda", "function-policy", "my-function"), {"Policy": {"Statement": [{"Effect": "Maybe"}]}})
    after = again(store, before)
    assert after.functions[FUNCTION_ARN] is before.functions[FUNCTION_ARN]
    assert "Effect must be Allow or Deny" in caplog.text


def test_a_missing_member_is_named(store: MemoryStore, caplog: pytest.LogCaptureFixture) -> None:
    document = function_document()
    del document["CodeSha256"]
    with store.write() as writer:
        writer.put(key("lambda", "function", "my-function"), document)
    assert dict(compile_snapshot(store, None, ()).functions) == {}
    assert "member 'CodeSha256' is missing" in caplog.text


def test_roles(store: MemoryStore) -> None:
    """What a role may do is no part of it, and a change of that none of the snapshot."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/path/Worker"
    place = Key(ACCOUNT, "aws-global", "iam", "role", "worker")

    def put(trust: str, **more: object) -> None:
        with store.write() as writer:
            writer.put(place, {"Arn": arn, "AssumeRolePolicyDocument": trust, **more})

    put("one")
    first = compile_snapshot(store, None, ())
    assert dict(first.roles) == {arn: Role(arn, "one")}
    put("one", AttachedPolicies=["arn"])
    second = again(store, first)
    assert second.roles[arn] is first.roles[arn]
    put("two")
    third = again(store, second)
    assert third.roles[arn].trust_policy == "two"
    other, elsewhere = arn.replace(ACCOUNT, "210987654321"), replace(place, account="210987654321")
    with store.write() as writer:
        writer.put(elsewhere, {"Arn": other, "AssumeRolePolicyDocument": "other"})
        writer.delete(place)
    assert dict(again(store, third).roles) == {other: Role(other, "other")}
