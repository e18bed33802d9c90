"""Usage plans: the UsagePlan and UsagePlanKey types in the API reference, "Usage plans and API keys for REST APIs";
recorded answers of AWS.
"""

import json
from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

MISSING = ("NotFoundException", "Invalid Usage Plan ID specified")


@pytest.fixture
def staged(calls: Calls, api_id: str) -> str:
    """An API with the stages dev and prod."""
    calls.mock(api_id)
    for name in ("dev", "prod"):
        calls("CreateDeployment", restApiId=api_id, stageName=name)
    return api_id


def plan(calls: Calls, **request: Any) -> dict[str, Any]:
    return calls("CreateUsagePlan", **{"name": "basic", **request})


def test_create_usage_plan(calls: Calls, staged: str) -> None:
    created = plan(calls)
    assert created == {"id": created["id"], "name": "basic", "apiStages": []}
    given: dict[str, Any] = {
        "description": "a plan",
        "apiStages": [
            {
                "apiId": staged,
                "stage": "dev",
                "throttle": {"/pets/GET": {"rateLimit": 1.0, "burstLimit": 2}, "//POST": {"rateLimit": 0.5}},
            }
        ],
        "throttle": {"burstLimit": 20, "rateLimit": 10.0},
        "quota": {"limit": 10, "offset": 6, "period": "WEEK"},
        "tags": {"team": "a"},
    }
    full = plan(calls, **given)
    assert {member: full[member] for member in given} == given
    assert plan(calls, quota={"limit": 10, "period": "DAY"})["quota"] == {"limit": 10, "offset": 0, "period": "DAY"}


def test_get_usage_plans(calls: Calls) -> None:
    created = plan(calls)
    assert calls("GetUsagePlan", usagePlanId=created["id"]) == {**created, "tags": {}}
    assert calls("GetUsagePlans") == {"items": [created]}
    for operation in ("GetUsagePlan", "UpdateUsagePlan", "DeleteUsagePlan"):
        assert calls.refusal(operation, usagePlanId="nosuch") == MISSING


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        (
            {"apiStages": [{"apiId": "nosuch", "stage": "dev"}]},
            "NotFoundException",
            "API Stage not found: nosuch:dev",
        ),
        # aws/aws-sdk, issue 354.
        (
            {"apiStages": [{"stage": "dev"}]},
            "BadRequestException",
            "Invalid API Stage {api: %s, stage: %s} specified for usageplan %s",
        ),
        (
            {"quota": {"limit": 0, "period": "DAY"}},
            "BadRequestException",
            "Usage Plan quota limit must be a non-negative numeric",
        ),
        (
            {"quota": {"limit": 1}},
            "BadRequestException",
            "Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]",
        ),
        (
            {"quota": {"limit": 1, "period": "DAY", "offset": 1}},
            "BadRequestException",
            "Usage Plan quota offset must be zero in the DAY period",
        ),
        (
            {"quota": {"limit": 1, "period": "WEEK", "offset": 7}},
            "BadRequestException",
            "Usage Plan quota offset must be between 0 and 6 inclusive in the WEEK period",
        ),
        (
            {"quota": {"limit": 1, "period": "MONTH", "offset": -1}},
            "BadRequestException",
            "Usage Plan quota offset must be between 0 and 27 inclusive in the MONTH period",
        ),
    ],
)
def test_plans_that_cannot_be(calls: Calls, members: Any, code: str, message: str) -> None:
    assert calls.refusal("CreateUsagePlan", name="basic", **members) == (code, message)


def test_the_throttles_of_all_methods_are_replaced_at_once(calls: Calls, staged: str) -> None:
    """ "Manage a usage plan by using the AWS CLI", the example with the PetStore sample API."""
    created = calls("CreateUsagePlan", name="plan", apiStages=[{"apiId": staged, "stage": "dev"}])
    path = f"/apiStages/{staged}:dev/throttle"
    limits = {"rateLimit": 1.0, "burstLimit": 1}
    text = json.dumps({"/pets/GET": limits, "//GET": limits})
    for value in (text, json.dumps(text)):
        changed = calls.patch("UpdateUsagePlan", ("replace", path, value), usagePlanId=created["id"])
        assert changed["apiStages"][0]["throttle"] == {"/pets/GET": limits, "//GET": limits}
    for value in ("no json", "[]", '{"/pets/GET": 5}'):
        refusal = calls.patch_refusal("UpdateUsagePlan", ("replace", path, value), usagePlanId=created["id"])
        assert refusal == ("BadRequestException", f"Invalid value for path: {path}")


def test_a_throttle_names_a_method(calls: Calls, staged: str) -> None:
    stages = [{"apiId": staged, "stage": "dev", "throttle": {"pets": {"rateLimit": 1.0}}}]
    assert calls.refusal("CreateUsagePlan", name="basic", apiStages=stages) == (
        "BadRequestException",
        "Invalid method {resourcePath: pets,method: } specified",
    )


def test_update_usage_plan(calls: Calls, staged: str) -> None:
    # "UpdateUsagePlan" in "Patch operations".
    created = plan(calls)
    changed = calls.patch(
        "UpdateUsagePlan",
        ("replace", "/name", "gold"),
        ("replace", "/description", "d"),
        ("replace", "/productCode", "p"),
        ("replace", "/throttle/burstLimit", "100"),
        ("replace", "/throttle/rateLimit", "200"),
        ("add", "/quota/limit", "5"),
        ("add", "/quota/period", "MONTH"),
        ("replace", "/quota/offset", "3"),
        ("add", "/apiStages", f"{staged}:dev"),
        ("add", "/apiStages", f"{staged}:prod"),
        ("replace", f"/apiStages/{staged}:dev/throttle/~1pets/GET/rateLimit", "1.5"),
        # As Terraform writes the paths of methods.
        ("replace", f"/apiStages/{staged}:dev/throttle//pets/{{id}}/GET/burstLimit", "7"),
        ("replace", f"/apiStages/{staged}:dev/throttle/~1/GET/burstLimit", "8"),
        usagePlanId=created["id"],
    )
    assert changed == {
        "id": created["id"],
        "name": "gold",
        "description": "d",
        "productCode": "p",
        "throttle": {"burstLimit": 100, "rateLimit": 200.0},
        "quota": {"limit": 5, "offset": 3, "period": "MONTH"},
        "apiStages": [
            {
                "apiId": staged,
                "stage": "dev",
                "throttle": {
                    "/pets/GET": {"rateLimit": 1.5},
                    "/pets/{id}/GET": {"burstLimit": 7},
                    "//GET": {"burstLimit": 8},
                },
            },
            {"apiId": staged, "stage": "prod"},
        ],
        "tags": {},
    }
    changed = calls.patch(
        "UpdateUsagePlan",
        ("remove", "/quota"),
        ("remove", "/throttle"),
        ("remove", "/productCode"),
        ("remove", f"/apiStages/{staged}:dev/throttle/~1pets/GET"),
        ("remove", f"/apiStages/{staged}:dev/throttle//pets/{{id}}/GET"),
        ("remove", "/apiStages", f"{staged}:prod"),
        usagePlanId=created["id"],
    )
    assert changed["apiStages"] == [{"apiId": staged, "stage": "dev", "throttle": {"//GET": {"burstLimit": 8}}}]
    assert not {"quota", "throttle", "productCode"} & changed.keys()
    changed = calls.patch("UpdateUsagePlan", ("remove", f"/apiStages/{staged}:dev/throttle"), usagePlanId=created["id"])
    assert changed["apiStages"] == [{"apiId": staged, "stage": "dev"}]


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            ("remove", "/apiStages/x:dev"),
            "BadRequestException",
            (
                "Invalid patch path  '/apiStages/x:dev' specified for op 'remove'. Must be one of: [/apiStages, "
                "/quota, /throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, "
                "/apiStages/<apidId:stageName>/throttle]"
            ),
        ),
        (("remove", "/apiStages"), "BadRequestException", "Invalid API Stage specified"),
        (("add", "/apiStages", "x:dev"), "NotFoundException", "API Stage not found: x:dev"),
        (
            ("replace", "/quota/limit", "5"),
            "BadRequestException",
            "Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]",
        ),
        (("replace", "/name", ""), "BadRequestException", "Usage Plan name cannot be blank"),
    ],
)
def test_what_cannot_be_changed(calls: Calls, change: tuple[str, ...], code: str, message: str) -> None:
    assert calls.patch_refusal("UpdateUsagePlan", change, usagePlanId=plan(calls)["id"]) == (code, message)


def test_delete_usage_plan(calls: Calls, staged: str) -> None:
    plan_id = plan(calls, apiStages=[{"apiId": staged, "stage": "dev"}])["id"]
    key_id = calls("CreateApiKey")["id"]
    calls("CreateUsagePlanKey", usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    assert calls.refusal("DeleteUsagePlan", usagePlanId=plan_id) == (
        "BadRequestException",
        f"Cannot delete Usage Plan {plan_id} because there are API Stages associated with it, including {staged}:dev",
    )
    calls.patch("UpdateUsagePlan", ("remove", "/apiStages", f"{staged}:dev"), usagePlanId=plan_id)
    calls("DeleteUsagePlan", usagePlanId=plan_id)
    assert calls.contexts.document("apigateway", "usageplankey", f"{plan_id}/{key_id}") is None


@pytest.mark.parametrize("operation", ["DeleteStage", "DeleteRestApi"])
def test_plans_forget_stages_that_are_deleted(calls: Calls, staged: str, operation: str) -> None:
    plan_id = plan(calls, apiStages=[{"apiId": staged, "stage": "dev"}])["id"]
    calls(operation, restApiId=staged, **({"stageName": "dev"} if operation == "DeleteStage" else {}))
    assert calls("GetUsagePlan", usagePlanId=plan_id)["apiStages"] == []


def test_usage_plan_keys(calls: Calls) -> None:
    plan_id = plan(calls)["id"]
    other_id = plan(calls)["id"]
    api_key = calls("CreateApiKey", name="test-key")
    where = {"usagePlanId": plan_id, "keyId": api_key["id"]}
    created = calls("CreateUsagePlanKey", **where, keyType="API_KEY")
    assert created == {
        "id": api_key["id"],
        "type": "API_KEY",
        "value": api_key["value"],
        "name": "test-key",
    }
    assert calls("GetUsagePlanKey", **where) == created
    for name, expected in {"test": [created], "TEST": [], "key": [], "": [created]}.items():
        assert calls("GetUsagePlanKeys", usagePlanId=plan_id, nameQuery=name) == {"items": expected}
    assert calls("GetUsagePlanKeys", usagePlanId="bad-id") == {"items": []}
    plans = calls("GetUsagePlans", keyId=api_key["id"])["items"]
    assert [item["id"] for item in plans] == [plan_id]
    assert calls.refusal("GetUsagePlanKey", usagePlanId=other_id, keyId=api_key["id"]) == MISSING
    calls("DeleteUsagePlanKey", **where)
    assert calls("GetUsagePlanKeys", usagePlanId=plan_id) == {"items": []}


def test_a_deleted_key_leaves_its_plans(calls: Calls) -> None:
    plan_id, key_id = plan(calls)["id"], calls("CreateApiKey")["id"]
    calls("CreateUsagePlanKey", usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    calls("DeleteApiKey", apiKey=key_id)
    assert calls("GetUsagePlanKeys", usagePlanId=plan_id) == {"items": []}
    assert calls.contexts.document("apigateway", "usageplankey", f"{plan_id}/{key_id}") is None


def test_keys_that_a_plan_cannot_have(calls: Calls) -> None:
    plan_id, key_id = plan(calls)["id"], calls("CreateApiKey")["id"]
    create = {"usagePlanId": plan_id, "keyId": key_id, "keyType": "API_KEY"}
    calls("CreateUsagePlanKey", **create)
    assert calls.refusal("CreateUsagePlanKey", **create)[0] == "ConflictException"
    assert calls.refusal("CreateUsagePlanKey", **{**create, "keyType": "JWT"})[0] == "BadRequestException"
    assert calls.refusal("CreateUsagePlanKey", **{**create, "usagePlanId": "nosuch"}) == MISSING
    missing = ("NotFoundException", "Invalid API Key identifier specified")
    assert calls.refusal("CreateUsagePlanKey", **{**create, "keyId": "nosuch"}) == missing
    assert calls.refusal("GetUsagePlanKey", usagePlanId=plan_id, keyId="nosuch") == missing
    assert calls.refusal("DeleteUsagePlanKey", usagePlanId=plan_id, keyId="nosuch") == missing


def test_a_key_has_one_plan_for_a_stage(calls: Calls, staged: str) -> None:
    # "An API key can be associated with more than one usage plan", but not for the same API stage.
    stages = [{"apiId": staged, "stage": "dev"}]
    first, second = plan(calls, apiStages=stages)["id"], plan(calls, apiStages=stages)["id"]
    third = plan(calls, apiStages=[{"apiId": staged, "stage": "prod"}])["id"]
    create = {"keyId": calls("CreateApiKey")["id"], "keyType": "API_KEY"}
    calls("CreateUsagePlanKey", usagePlanId=first, **create)
    assert calls.refusal("CreateUsagePlanKey", usagePlanId=second, **create) == (
        "ConflictException",
        (
            f"Usage Plan {second} cannot be added because API Key cannot reference multiple Usage Plans with the same "
            f"API Stage: {staged}:dev"
        ),
    )
    calls("CreateUsagePlanKey", usagePlanId=third, **create)
    refused = calls.patch_refusal("UpdateUsagePlan", ("add", "/apiStages", f"{staged}:dev"), usagePlanId=third)
    assert refused[0] == "ConflictException"


def test_quotas(calls: Calls) -> None:
    # "Quotas for configuring and running a REST API in API Gateway": 10 plans per key, 300 per account and Region.
    key_id = calls("CreateApiKey")["id"]
    plans = [plan(calls)["id"] for _ in range(300)]
    assert calls.refusal("CreateUsagePlan", name="more")[0] == "LimitExceededException"
    for plan_id in plans[:10]:
        calls("CreateUsagePlanKey", usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    refused = calls.refusal("CreateUsagePlanKey", usagePlanId=plans[10], keyId=key_id, keyType="API_KEY")
    assert refused[0] == "LimitExceededException"
