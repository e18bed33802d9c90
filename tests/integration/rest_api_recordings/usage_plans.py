"""API keys and usage plans as AWS was recorded to answer about them.

Recordings: test_apigateway_common and test_apigateway_extended.snapshot.json.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import MOCK, RESPONSE
from tests.integration.rest_api_recordings.replay import Recordings, Step, bad_request, not_found, patch

_API: tuple[Step, ...] = (
    *MOCK,
    ("put_integration_response", {**RESPONSE, "selectionPattern": ""}, 201, None),
    ("create_deployment", {"restApiId": "<api>", "stageName": "dev"}, 201, None),
)
_STAGES: Mapping[str, Any] = MappingProxyType({"apiStages": [{"apiId": "<api>", "stage": "dev"}]})
_PLAN: Mapping[str, Any] = MappingProxyType(
    {**_STAGES, "description": "<description>", "id": "<plan>", "name": "<name>"}
)
_LIMITED: Mapping[str, Any] = MappingProxyType(
    {
        **_PLAN,
        "quota": {"limit": 5000, "offset": 0, "period": "MONTH"},
        "throttle": {"burstLimit": 100, "rateLimit": 200.0},
    }
)
_NO_STAGE = bad_request("Invalid API Stage specified")


def _key(**members: Any) -> dict[str, Any]:
    return {
        "createdDate": "datetime",
        "enabled": True,
        "id": "<key>",
        "lastUpdatedDate": "datetime",
        "name": "k",
        "stageKeys": [],
        "value": "<value>",
        **members,
    }


# Recorded in 2023 with the value; AWS leaves it out since (localstack, test_update_api_key_invalid_enabled_type).
_UPDATED: Mapping[str, Any] = MappingProxyType(
    {**{name: member for name, member in _key(tags={}).items() if name != "value"}, "enabled": False}
)


def _new(number: int) -> dict[str, Any]:
    return {**_listed(number), "value": f"<value-{number}>"}


def _listed(number: int) -> dict[str, Any]:
    return {
        "createdDate": "datetime",
        "enabled": False,
        "id": f"<key-{number}>",
        "lastUpdatedDate": "datetime",
        "name": f"<name-{number}>",
        "stageKeys": [],
    }


def _of_plan(number: int) -> dict[str, Any]:
    return {"id": f"<key-{number}>", "name": f"<name-{number}>", "type": "API_KEY", "value": f"<value-{number}>"}


def of_usage_plan(limit: int, period: str, rate: float, burst: int) -> dict[str, Any]:
    """Return a usage plan without stages."""
    quota = {"limit": limit, "offset": 0, "period": period}
    throttle = {"burstLimit": burst, "rateLimit": rate}
    return {"apiStages": [], "id": "<plan>", "name": "p", "quota": quota, "throttle": throttle}


def _update(*changes: tuple[str, ...], plan: str = "<plan>") -> tuple[str, dict[str, Any]]:
    return "update_usage_plan", {"usagePlanId": plan, "patchOperations": patch(*changes)}


def _no_stage(api: str, stage: str) -> tuple[int, Any]:
    return not_found(f"Invalid API Stage {{api: {api}, stage: {stage}}} specified for usageplan <plan>")


RECORDINGS: Recordings = MappingProxyType(
    {
        "test_api_key_required_for_methods": (
            *_API,
            (
                "create_usage_plan",
                {
                    "name": "p",
                    "description": "Test Usage Plan for API key",
                    "quota": {"limit": 10, "period": "DAY", "offset": 0},
                    "throttle": {"rateLimit": 2, "burstLimit": 1},
                    "tags": {"tag_key": "tag_value"},
                    **_STAGES,
                },
                201,
                {
                    **_STAGES,
                    "description": "Test Usage Plan for API key",
                    "id": "<plan>",
                    "name": "p",
                    "quota": {"limit": 10, "offset": 0, "period": "DAY"},
                    "tags": {"tag_key": "tag_value"},
                    "throttle": {"burstLimit": 1, "rateLimit": 2.0},
                },
            ),
            ("create_api_key", {"name": "k", "enabled": True}, 201, _key()),
            (
                "create_usage_plan_key",
                {"usagePlanId": "<plan>", "keyId": "<key>", "keyType": "API_KEY"},
                201,
                {"id": "<key>", "name": "k", "type": "API_KEY", "value": "<value>"},
            ),
            (
                "update_api_key",
                {"apiKey": "<key>", "patchOperations": patch(("replace", "/enabled", "false"))},
                200,
                _UPDATED,
            ),
        ),
        "test_get_api_keys": (
            ("get_api_keys", {}, 200, {"items": []}),
            ("create_api_key", {"name": "test-key-one"}, 201, _new(1)),
            ("get_api_keys", {}, 200, {"items": [_listed(1)]}),
            ("get_api_keys", {"nameQuery": "test-key-two"}, 200, {"items": []}),
            ("get_api_keys", {"nameQuery": "test-key"}, 200, {"items": [_listed(1)]}),
            ("get_api_keys", {"nameQuery": "TEST-KEY"}, 200, {"items": []}),
            ("get_api_keys", {"nameQuery": "st-key-one"}, 200, {"items": []}),
            ("get_api_keys", {"nameQuery": "st-key"}, 200, {"items": []}),
            ("create_api_key", {"name": "test-key-two"}, 201, _new(2)),
            ("get_api_keys", {}, 200, {"items": [_listed(2), _listed(1)]}),
            ("get_api_keys", {"nameQuery": "test-key-two"}, 200, {"items": [_listed(2)]}),
            ("get_api_keys", {"nameQuery": "test-key"}, 200, {"items": [_listed(2), _listed(1)]}),
            ("get_api_keys", {"limit": 1}, 200, {"items": [_listed(2)], "position": "<position>"}),
            ("get_api_keys", {"limit": 1, "position": "<position>"}, 200, {"items": [_listed(1)]}),
            ("get_api_keys", {"limit": -1}, 200, {"items": [_listed(2), _listed(1)]}),
        ),
        "test_get_usage_plan_api_keys": (
            ("create_api_key", {"name": "test-key-one"}, 201, _new(1)),
            ("create_api_key", {"name": "test-key-two"}, 201, _new(2)),
            ("get_api_keys", {}, 200, {"items": [_listed(2), _listed(1)]}),
            ("create_usage_plan", {"name": "p"}, 201, {"apiStages": [], "id": "<plan>", "name": "p"}),
            ("get_usage_plan_keys", {"usagePlanId": "<plan>"}, 200, {"items": []}),
            *(
                (
                    "create_usage_plan_key",
                    {"usagePlanId": "<plan>", "keyId": f"<key-{number}>", "keyType": "API_KEY"},
                    201,
                    _of_plan(number),
                )
                for number in (1, 2)
            ),
            ("get_usage_plan_keys", {"usagePlanId": "<plan>"}, 200, {"items": [_of_plan(2), _of_plan(1)]}),
            (
                "get_usage_plan_keys",
                {"usagePlanId": "<plan>", "nameQuery": "test-key"},
                200,
                {"items": [_of_plan(2), _of_plan(1)]},
            ),
            ("get_usage_plan_keys", {"usagePlanId": "<plan>", "nameQuery": "TEST-key"}, 200, {"items": []}),
            (
                "get_usage_plan_keys",
                {"usagePlanId": "<plan>", "nameQuery": "test-key-one"},
                200,
                {"items": [_of_plan(1)]},
            ),
            ("get_usage_plan_keys", {"usagePlanId": "<plan>", "nameQuery": "nothing"}, 200, {"items": []}),
            ("delete_api_key", {"apiKey": "<key-1>"}, 202, {}),
            ("delete_api_key", {"apiKey": "<key-2>"}, 202, {}),
            ("get_usage_plan_keys", {"usagePlanId": "<plan>"}, 200, {"items": []}),
            ("get_usage_plan_keys", {"usagePlanId": "bad-id"}, 200, {"items": []}),
        ),
        "test_usage_plan_crud": (
            *_API,
            ("create_usage_plan", {"name": "p", "description": "a plan", **_STAGES}, 201, _PLAN),
            ("get_usage_plan", {"usagePlanId": "<plan>"}, 200, {**_PLAN, "tags": {}}),
            ("get_usage_plans", {}, 200, {"items": [_PLAN]}),
            (
                *_update(
                    ("replace", "/throttle/burstLimit", "100"),
                    ("replace", "/throttle/rateLimit", "200"),
                    ("replace", "/quota/limit", "5000"),
                    ("replace", "/quota/period", "MONTH"),
                    ("replace", "/quota/offset", "0"),
                ),
                200,
                {**_LIMITED, "tags": {}},
            ),
            (
                *_update(("replace", "/throttle/burstLimit", "100"), plan="fake"),
                *not_found("Invalid Usage Plan ID specified"),
            ),
            (*_update(("remove", "/apiStages")), *_NO_STAGE),
            (*_update(("remove", "/apiStages", "<api>b:dev")), *_no_stage("<api>b", "dev")),
            (*_update(("remove", "/apiStages", "<api>:fakestagename")), *_no_stage("<api>", "fakestagename")),
            (*_update(("remove", "/apiStages", "fakevalue")), *_NO_STAGE),
            ("get_usage_plan", {"usagePlanId": "<plan>"}, 200, {**_LIMITED, "tags": {}}),
            ("get_usage_plans", {}, 200, {"items": [_LIMITED]}),
        ),
    }
)
