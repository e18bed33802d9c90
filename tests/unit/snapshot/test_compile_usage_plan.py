"""API keys and usage plans, compiled."""

import time
from typing import Any

import pytest

from gatewright.snapshot.compile_usage_plan import USAGE_PLAN_KINDS, compile_usage_plans
from gatewright.snapshot.types.usage_plan import ApiKey, QuotaSettings, ThrottleSettings, UsagePlans
from gatewright.store.memory import MemoryStore
from gatewright.store.types import Document
from tests.unit.snapshot.documents import ACCOUNT, REGION, key

VALUE = "apikey1234abcdefghij0123456789"


def key_document(key_id: str = "k1", **changes: Any) -> Document:
    """As GetApiKey returns it with its value."""
    document = {"id": key_id, "value": f"{VALUE}{key_id}", "name": "customer", "enabled": True, "stageKeys": []}
    return document | changes


def plan_document(**changes: Any) -> Document:
    """As GetUsagePlan returns it."""
    document = {
        "id": "p1",
        "name": "basic",
        "apiStages": [
            {"apiId": "a1", "stage": "prod", "throttle": {"/pets/GET": {"burstLimit": 2, "rateLimit": 1.5}}},
            {"apiId": "a1", "stage": "dev"},
        ],
        "throttle": {"burstLimit": 20, "rateLimit": 10.0},
        "quota": {"limit": 500, "offset": 1, "period": "WEEK"},
    }
    return document | changes


def compiled(plan: Document | None, *keys: Document, members: tuple[str, ...] = ("k1",)) -> UsagePlans | None:
    store = MemoryStore()
    with store.write() as writer:
        if plan is not None:
            writer.put(key("apigateway", "usageplan", "p1"), plan)
        for document in keys:
            writer.put(key("apigateway", "apikey", document["id"]), document)
        for key_id in members if plan is not None else ():
            member = {"id": key_id, "type": "API_KEY", "value": VALUE, "name": "customer"}
            writer.put(key("apigateway", "usageplankey", f"p1/{key_id}"), member)
    with store.read() as reader:
        return compile_usage_plans(reader, ACCOUNT, REGION)


def test_a_plan_with_everything() -> None:
    plans = compiled(plan_document(), key_document(customerId="c1"))
    assert plans is not None
    assert (plans.account_id, plans.region) == (ACCOUNT, REGION)
    assert dict(plans.keys) == {"k1": ApiKey("k1", f"{VALUE}k1", "customer", True, "c1")}
    plan = plans.plans["p1"]
    assert (plan.plan_id, plan.account_id, plan.region, plan.key_ids) == ("p1", ACCOUNT, REGION, {"k1"})
    assert plan.throttle == ThrottleSettings(10.0, 20)
    assert plan.quota == QuotaSettings(500, 1, "WEEK")
    assert {stage: dict(methods) for stage, methods in plan.api_stages.items()} == {
        ("a1", "prod"): {"/pets/GET": ThrottleSettings(1.5, 2)},
        ("a1", "dev"): {},
    }


def test_a_plan_with_nothing() -> None:
    plans = compiled({"id": "p1", "name": "open"}, members=())
    assert plans is not None
    plan = plans.plans["p1"]
    assert (plan.throttle, plan.quota, dict(plan.api_stages), plan.key_ids) == (None, None, {}, set())


def test_an_account_without_keys_and_plans_has_none() -> None:
    assert compiled(None) is None


def test_keys_outside_of_plans_are_known_too() -> None:
    plans = compiled(None, key_document())
    assert plans is not None
    assert set(plans.keys) == {"k1"}


def test_a_key_that_was_deleted_is_in_no_plan() -> None:
    """DeleteApiKey ("API Reference", API Gateway)."""
    plans = compiled(plan_document(), key_document("k2"), members=("k1", "k2"))
    assert plans is not None
    assert plans.plans["p1"].key_ids == {"k2"}


def test_a_disabled_key_is_disabled() -> None:
    """`enabled` of CreateApiKey ("API Reference", API Gateway)."""
    plans = compiled(None, key_document(enabled=False))
    assert plans is not None
    assert not plans.keys["k1"].is_enabled


def test_those_who_may_call_are_found_by_their_value() -> None:
    """ "Usage plans and API keys for REST APIs in API Gateway"."""
    keys = (key_document("k1"), key_document("k2", enabled=False), key_document("k3"))
    plans = compiled(plan_document(), *keys, members=("k1", "k2"))
    assert plans is not None
    assert {value: member.plans for value, member in plans.members.items()} == {f"{VALUE}k1": (plans.plans["p1"],)}
    assert plans.members[f"{VALUE}k1"].key is plans.keys["k1"]


def test_a_partial_throttle_leaves_the_rest_open() -> None:
    plans = compiled(plan_document(throttle={"rateLimit": 5}))
    assert plans is not None
    assert plans.plans["p1"].throttle == ThrottleSettings(5.0, None)


def test_methods_of_the_root_have_one_name() -> None:
    stages = [{"apiId": "a1", "stage": "prod", "throttle": {"/GET": {"rateLimit": 1.0}, "//PUT": {"rateLimit": 2.0}}}]
    plans = compiled(plan_document(apiStages=stages))
    assert plans is not None
    assert set(plans.plans["p1"].api_stages["a1", "prod"]) == {"//GET", "//PUT"}


@pytest.mark.parametrize(
    "quota",
    [
        {"limit": 1, "period": "YEAR"},
        {"limit": 1, "period": "DAY", "offset": 1},
        {"limit": 1, "period": "WEEK", "offset": 7},
        {"limit": 1, "period": "MONTH", "offset": 28},
        {"limit": 1, "period": "WEEK", "offset": -1},
        {"limit": -1, "period": "DAY"},
    ],
)
def test_a_quota_that_means_nothing_is_refused(quota: Document) -> None:
    """QuotaSettings ("API Reference", API Gateway)."""
    with pytest.raises(ValueError, match="quota"):
        compiled(plan_document(quota=quota))


def test_other_accounts_and_regions_are_others() -> None:
    store = MemoryStore()
    with store.write() as writer:
        writer.put(key("apigateway", "apikey", "k1"), key_document())
    with store.read() as reader:
        assert compile_usage_plans(reader, ACCOUNT, "eu-west-1") is None
        assert compile_usage_plans(reader, "210987654321", REGION) is None


def test_what_is_counted_is_not_compiled() -> None:
    assert "usage" not in USAGE_PLAN_KINDS


def test_equal_plans_of_many_keys_are_soon_seen_to_be_equal() -> None:
    """A snapshot keeps the old form of what is equal; to compare each key with each other would take seconds."""
    keys = [key_document(f"k{number}") for number in range(3000)]
    members = tuple(document["id"] for document in keys)
    one, two = compiled(plan_document(), *keys, members=members), compiled(plan_document(), *keys, members=members)
    began = time.process_time()
    assert one == two
    assert time.process_time() - began < 0.25
