"""Deployments, stages and canaries as AWS was recorded to answer about them.

Recordings: test_apigateway_common, test_apigateway_canary and test_apigateway_api.snapshot.json.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import MOCK, RESPONSE
from tests.integration.rest_api_recordings.replay import Recordings, Step, bad_request, patch

_PATHS = (
    "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, "
    "/accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, "
    "/{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, "
    "/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit"
    "/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, "
    "/{resourcePath}/{httpMethod}/caching/dataEncrypted, "
    "/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, "
    "/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, "
    "/*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit "
    "/*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, "
    "/*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, "
    "/variables/{variable_name}, /tracingEnabled"
)
_ACTIVE = bad_request("Active stages pointing to this deployment must be moved or deleted")
_NO_DEPLOYMENT = bad_request("Deployment id does not exist")
_API: tuple[Step, ...] = (
    *MOCK,
    ("put_integration_response", {**RESPONSE, "selectionPattern": ""}, 201, None),
)


def stage(name: str = "s1", deployment: str = "one", **members: Any) -> dict[str, Any]:
    """Return a stage as it was recorded, with what else a scenario gives it."""
    return {
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "createdDate": "datetime",
        "deploymentId": f"<{deployment}>",
        "lastUpdatedDate": "datetime",
        "methodSettings": {},
        "stageName": name,
        "tracingEnabled": False,
        **members,
    }


def settings(burst: int = 5000) -> dict[str, Any]:
    return {
        "cacheDataEncrypted": False,
        "cacheTtlInSeconds": 300,
        "cachingEnabled": True,
        "dataTraceEnabled": False,
        "metricsEnabled": False,
        "requireAuthorizationForCacheControl": True,
        "throttlingBurstLimit": burst,
        "throttlingRateLimit": 10000.0,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    }


def canary(deployment: str, percent: float, **overrides: str) -> dict[str, Any]:
    """Return the canary settings that a stage answers with."""
    return {
        "deploymentId": f"<{deployment}>",
        "percentTraffic": percent,
        "useStageCache": False,
        **({"stageVariableOverrides": overrides} if overrides else {}),
    }


def _deploy(name: str, **members: Any) -> Step:
    return "create_deployment", {"restApiId": "<api>", **members}, 201, {"id": f"<{name}>", "createdDate": "datetime"}


def _with_canary(percent: float, **overrides: str) -> dict[str, Any]:
    return {"canarySettings": {"percentTraffic": percent, "stageVariableOverrides": overrides}}


def _create(name: str, **members: Any) -> tuple[str, dict[str, Any]]:
    return "create_stage", {"restApiId": "<api>", "stageName": name, "deploymentId": "<one>", **members}


def _get(name: str, **members: Any) -> Step:
    return "get_stage", {"restApiId": "<api>", "stageName": name}, 200, stage(name, **members)


def _update(name: str, *changes: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    return "update_stage", {"restApiId": "<api>", "stageName": name, "patchOperations": patch(*changes)}


def _copy(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"op": "copy", "from": origin, "path": path} for origin, path in pairs]


def _delete(name: str, *answer: Any) -> Step:
    status, output = answer or (202, {})
    return "delete_deployment", {"restApiId": "<api>", "deploymentId": f"<{name}>"}, status, output


def _setting(path: str) -> tuple[int, Any]:
    return bad_request(f"Invalid method setting path: {path}. Must be one of: [{_PATHS}]")


def _unset(setting: str) -> tuple[int, Any]:
    return bad_request(f"Cannot remove method setting {setting} because there is no method setting for this method ")


def _canaried(name: str) -> tuple[int, Any]:
    return bad_request(f"Invalid deployment content specified.{name}")


_DEV: Mapping[str, Any] = MappingProxyType({"description": "dev stage", "variables": {"testVar": "default"}})
_DOCUMENTED: Mapping[str, Any] = MappingProxyType({"description": "my stage", "documentationVersion": "v123"})
_VERSION: tuple[Step, ...] = (
    *_API,
    _deploy("one"),
    (
        "create_documentation_part",
        {"restApiId": "<api>", "location": {"type": "API"}, "properties": '{"foo": "bar"}'},
        201,
        {"id": "<part>", "location": {"type": "API"}, "properties": {"foo": "bar"}},
    ),
    (
        "create_documentation_version",
        {"restApiId": "<api>", "documentationVersion": "v123"},
        201,
        {"createdDate": "datetime", "version": "v123"},
    ),
)
_NO_STAGE_NAME = "Non null and non empty stageName must be provided for canary deployment. Provided value is "
_UPDATED: Mapping[str, Any] = MappingProxyType(
    {
        "description": "stage new",
        "documentationVersion": "v123",
        "tracingEnabled": True,
        "variables": {"var1": "test", "var2": "test2"},
    }
)
_TESTS: Mapping[str, Any] = MappingProxyType({"testVar": "test", "testVar2": "test2"})
_PROMOTION = (
    ("/canarySettings/stageVariableOverrides", "/variables"),
    ("/canarySettings/deploymentId", "/deploymentId"),
)

RECORDINGS: Recordings = MappingProxyType(
    {
        "test_create_delete_deployments": (
            *_API,
            _deploy("one", stageName="s1"),
            (
                "get_deployment",
                {"restApiId": "<api>", "deploymentId": "<one>"},
                200,
                {"id": "<one>", "createdDate": "datetime"},
            ),
            ("get_stages", {"restApiId": "<api>"}, 200, {"item": [stage()]}),
            _delete("one", *_ACTIVE),
            ("get_deployments", {"restApiId": "<api>"}, 200, {"items": [{"id": "<one>", "createdDate": "datetime"}]}),
            ("delete_stage", {"restApiId": "<api>", "stageName": "s1"}, 202, {}),
            _delete("one"),
            ("get_deployments", {"restApiId": "<api>"}, 200, {"items": []}),
        ),
        "test_create_update_deployments": (
            *_API,
            _deploy("one", stageName="s1"),
            _delete("one", *_ACTIVE),
            _deploy("two", stageName="s1"),
            (
                "get_deployment",
                {"restApiId": "<api>", "deploymentId": "<one>"},
                200,
                {"id": "<one>", "createdDate": "datetime"},
            ),
            (
                "get_deployment",
                {"restApiId": "<api>", "deploymentId": "<two>"},
                200,
                {"id": "<two>", "createdDate": "datetime"},
            ),
            ("get_stages", {"restApiId": "<api>"}, 200, {"item": [stage(deployment="two")]}),
            _delete("one"),
            _delete("two", *_ACTIVE),
        ),
        "test_get_stages_filters_by_deployment_id": (
            *_API,
            _deploy("one", stageName="stage1"),
            _deploy("two", stageName="stage2"),
            ("get_stages", {"restApiId": "<api>"}, 200, {"item": [stage("stage1"), stage("stage2", "two")]}),
            ("get_stages", {"restApiId": "<api>", "deploymentId": "<one>"}, 200, {"item": [stage("stage1")]}),
            ("get_stages", {"restApiId": "<api>", "deploymentId": "<two>"}, 200, {"item": [stage("stage2", "two")]}),
        ),
        "TestStages.test_create_update_stages": (
            *_VERSION,
            (*_create("s1", **_DOCUMENTED), 201, stage(**_DOCUMENTED)),
            (*_update("s1", ("replace", "/documentation_version", "v1")), *_setting("/documentation_version")),
            (*_update("s1", ("replace", "/tags/tag1", "value1")), *_setting("/tags/tag1")),
            (
                *_update(
                    "s1",
                    ("replace", "/description", "stage new"),
                    ("replace", "/variables/var1", "test"),
                    ("replace", "/variables/var2", "test2"),
                    ("replace", "/*/*/throttling/burstLimit", "123"),
                    ("replace", "/*/*/caching/enabled", "true"),
                    ("replace", "/tracingEnabled", "true"),
                    ("replace", "/test/GET/throttling/burstLimit", "124"),
                ),
                200,
                stage(**_UPDATED, methodSettings={"*/*": settings(123), "test/GET": settings(124)}),
            ),
            _get("s1", **_UPDATED, methodSettings={"*/*": settings(123), "test/GET": settings(124)}),
            (
                *_update("s1", ("replace", "/*/*/throttling/burstLimit", "100")),
                200,
                stage(**_UPDATED, methodSettings={"*/*": settings(100), "test/GET": settings(124)}),
            ),
        ),
        "test_update_stage_remove_wildcard": (
            *_VERSION,
            (*_create("s1", **_DOCUMENTED), 201, stage(**_DOCUMENTED)),
            _get("s1", **_DOCUMENTED),
            (*_update("s1", ("remove", "/*/*")), *_unset("*/*")),
            (
                *_update("s1", ("replace", "/*/*/caching/enabled", "true")),
                200,
                stage(**_DOCUMENTED, methodSettings={"*/*": settings()}),
            ),
            (*_update("s1", ("remove", "/*/*")), 200, stage(**_DOCUMENTED)),
            _get("s1", **_DOCUMENTED),
        ),
        "test_documentation_parts_and_versions": (
            *_VERSION,
            (
                "update_documentation_version",
                {
                    "restApiId": "<api>",
                    "documentationVersion": "v123",
                    "patchOperations": patch(("replace", "/description", "doc version new")),
                },
                200,
                {"createdDate": "datetime", "description": "doc version new", "version": "v123"},
            ),
            (
                "get_documentation_version",
                {"restApiId": "<api>", "documentationVersion": "v123"},
                200,
                {"createdDate": "datetime", "description": "doc version new", "version": "v123"},
            ),
        ),
        "TestStageCrudCanary.test_create_update_stages": (
            *_API,
            _deploy("one"),
            _deploy("two"),
            (
                *_create(
                    "dev",
                    **_DEV,
                    canarySettings={
                        "deploymentId": "<two>",
                        "percentTraffic": 50,
                        "stageVariableOverrides": {"testVar": "canary"},
                    },
                ),
                201,
                stage("dev", **_DEV, canarySettings=canary("two", 50.0, testVar="canary")),
            ),
            _get("dev", **_DEV, canarySettings=canary("two", 50.0, testVar="canary")),
            (
                *_update("dev", ("replace", "/canarySettings/stageVariableOverrides/testVar", "updated")),
                200,
                stage("dev", **_DEV, canarySettings=canary("two", 50.0, testVar="updated")),
            ),
            (*_update("dev", ("remove", "/canarySettings")), 200, stage("dev", **_DEV)),
            _get("dev", **_DEV),
        ),
        "test_create_canary_deployment_with_stage": (
            *_API,
            _deploy("one"),
            (*_create("dev", **_DEV), 201, stage("dev", **_DEV)),
            _deploy("two", stageName="dev", **_with_canary(50, testVar="canary")),
            _get("dev", **_DEV, canarySettings=canary("two", 50.0, testVar="canary")),
        ),
        "test_create_canary_deployment": (
            *_API,
            _deploy("one"),
            (
                *_create(
                    "dev1",
                    **_DEV,
                    canarySettings={
                        "deploymentId": "<one>",
                        "percentTraffic": 40,
                        "stageVariableOverrides": {"testVar": "canary1"},
                    },
                ),
                201,
                stage("dev1", **_DEV, canarySettings=canary("one", 40.0, testVar="canary1")),
            ),
            _deploy("two", stageName="dev1", **_with_canary(50, testVar="canary2")),
            _get("dev1", **_DEV, canarySettings=canary("two", 50.0, testVar="canary2")),
            (
                *_create(
                    "dev2",
                    **_DEV,
                    canarySettings={
                        "deploymentId": "<two>",
                        "percentTraffic": 60,
                        "stageVariableOverrides": {"testVar": "canary-overridden"},
                    },
                ),
                201,
                stage("dev2", **_DEV, canarySettings=canary("two", 60.0, testVar="canary-overridden")),
            ),
            (*_create("dev3", canarySettings={"deploymentId": "deploy"}), *_NO_DEPLOYMENT),
        ),
        "test_create_canary_deployment_by_stage_update": (
            *_API,
            _deploy("one"),
            _deploy("two"),
            (*_create("dev", **_DEV), 201, stage("dev", **_DEV)),
            (
                *_update("dev", ("replace", "/canarySettings/deploymentId", "<two>")),
                200,
                stage("dev", **_DEV, canarySettings=canary("two", 0.0)),
            ),
            (*_update("dev", ("remove", "/canarySettings")), 200, stage("dev", **_DEV)),
            (
                *_update("dev", ("replace", "/canarySettings/percentTraffic", "50")),
                200,
                stage("dev", **_DEV, canarySettings=canary("one", 50.0)),
            ),
            _get("dev", **_DEV, canarySettings=canary("one", 50.0)),
        ),
        "test_create_canary_deployment_validation": (
            *_API,
            (
                "create_deployment",
                {"restApiId": "<api>", **_with_canary(50, testVar="canary")},
                *_canaried(f"{_NO_STAGE_NAME}null"),
            ),
            (
                "create_deployment",
                {"restApiId": "<api>", "stageName": "", **_with_canary(50, testVar="canary")},
                *_canaried(_NO_STAGE_NAME),
            ),
            (
                "create_deployment",
                {"restApiId": "<api>", "stageName": "non-existing", **_with_canary(50, testVar="canary")},
                *_canaried("Stage non-existing must already be created before making a canary release deployment"),
            ),
        ),
        "test_update_stage_canary_deployment_validation": (
            *_API,
            _deploy("one", stageName="dev"),
            _get("dev"),
            _deploy("two", stageName="dev", **_with_canary(50, testVar="canary")),
            (
                *_update("dev", ("remove", "/canarySettings/stageVariableOverrides")),
                *_unset("canarySettings/stageVariableOverrides"),
            ),
            (*_update("dev", ("remove", "/canarySettings/badPath")), *_unset("canarySettings/badPath")),
            (*_update("dev", ("replace", "/canarySettings", "test")), *_setting("/canarySettings")),
            (
                *_update("dev", ("replace", "/canarySettings/badPath", "badPath")),
                *_setting("/canarySettings/badPath"),
            ),
            _deploy("three", stageName="dev2"),
            (
                *_update("dev2", ("add", "/canarySettings/deploymentId", "<three>")),
                *bad_request("Invalid add operation with path: /canarySettings/deploymentId"),
            ),
            (*_update("dev2", ("replace", "/canarySettings/deploymentId", "deploy")), *_NO_DEPLOYMENT),
        ),
        "test_update_stage_with_copy_ops": (
            *_API,
            _deploy("one", stageName="dev", variables=dict(_TESTS)),
            (
                "update_stage",
                {
                    "restApiId": "<api>",
                    "stageName": "dev",
                    "patchOperations": _copy(*((path, origin) for origin, path in _PROMOTION)),
                },
                *bad_request(
                    "Invalid copy operation with path: /canarySettings/stageVariableOverrides and from /variables. "
                    "Valid copy:path are [/deploymentId, /variables] and valid copy:from are "
                    "[/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]"
                ),
            ),
            (
                "update_stage",
                {"restApiId": "<api>", "stageName": "dev", "patchOperations": _copy(*_PROMOTION)},
                *bad_request("Promotion not available. Canary does not exist."),
            ),
            (
                "update_stage",
                {
                    "restApiId": "<api>",
                    "stageName": "dev",
                    "patchOperations": [
                        {"op": "replace", "value": "0.0", "path": "/canarySettings/percentTraffic"},
                        *_copy(*reversed(_PROMOTION)),
                    ],
                },
                200,
                stage("dev", variables=_TESTS, canarySettings=canary("one", 0.0)),
            ),
            _deploy("two", stageName="dev", **_with_canary(50, testVar="override")),
            _get("dev", variables=_TESTS, canarySettings=canary("two", 50.0, testVar="override")),
            (
                "update_stage",
                {
                    "restApiId": "<api>",
                    "stageName": "dev",
                    "patchOperations": [
                        {"op": "replace", "value": "0.0", "path": "/canarySettings/percentTraffic"},
                        *_copy(*reversed(_PROMOTION)),
                    ],
                },
                200,
                stage(
                    "dev",
                    "two",
                    variables={**_TESTS, "testVar": "override"},
                    canarySettings=canary("two", 0.0, testVar="override"),
                ),
            ),
        ),
    }
)
