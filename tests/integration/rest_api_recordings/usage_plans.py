"""API keys and usage plans as AWS was recorded to answer about them (test_apigateway_common.snapshot.json)."""

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


def _key(*, is_enabled: bool = True, **members: Any) -> dict[str, Any]:
    return {
        "createdDate": "datetime",
        "enabled": is_enabled,
        "id": "<key>",
        "lastUpdatedDate": "datetime",
        "name": "k",
        "stageKeys": [],
        "value": "<value>",
        **members,
    }


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
                _key(is_enabled=False, tags={}),
            ),
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
