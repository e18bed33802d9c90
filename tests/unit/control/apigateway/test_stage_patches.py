"""Patches of a stage: "UpdateStage" in "Patch operations" of the API reference; recorded answers of AWS."""

from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

DEFAULTS = {
    "metricsEnabled": False,
    "dataTraceEnabled": False,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0,
    "cachingEnabled": False,
    "cacheTtlInSeconds": 300,
    "cacheDataEncrypted": False,
    "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}
INVALID = "Invalid method setting path: {}. Must be one of: [/deploymentId, /description, /cacheClusterEnabled, "


@pytest.fixture
def dev(calls: Calls, api_id: str) -> dict[str, str]:
    """What names the stage `dev`."""
    calls.mock(api_id)
    calls("CreateDeployment", restApiId=api_id, stageName="dev")
    return {"restApiId": api_id, "stageName": "dev"}


@pytest.fixture
def logging_role(calls: Calls) -> None:
    calls.patch("UpdateAccount", ("replace", "/cloudwatchRoleArn", "arn:aws:iam::123456789012:role/logs"))


@pytest.mark.parametrize(
    ("setting", "value", "member", "expected"),
    [
        ("metrics/enabled", "true", "metricsEnabled", True),
        ("logging/dataTrace", "true", "dataTraceEnabled", True),
        ("logging/loglevel", "INFO", "loggingLevel", "INFO"),
        ("throttling/burstLimit", "123", "throttlingBurstLimit", 123),
        ("throttling/rateLimit", "10.5", "throttlingRateLimit", 10.5),
        ("throttling/burstLimit", "-1", "throttlingBurstLimit", -1),
        ("caching/enabled", "true", "cachingEnabled", True),
        ("caching/ttlInSeconds", "0", "cacheTtlInSeconds", 0),
        ("caching/dataEncrypted", "true", "cacheDataEncrypted", True),
        ("caching/requireAuthorizationForCacheControl", "false", "requireAuthorizationForCacheControl", False),
        (
            "caching/unauthorizedCacheControlHeaderStrategy",
            "FAIL_WITH_403",
            "unauthorizedCacheControlHeaderStrategy",
            "FAIL_WITH_403",
        ),
    ],
)
@pytest.mark.usefixtures("logging_role")
def test_a_method_setting_fills_in_the_others(
    calls: Calls, dev: dict[str, str], setting: str, value: str, member: str, expected: Any
) -> None:
    stage = calls.patch("UpdateStage", ("replace", f"/*/*/{setting}", value), **dev)
    assert stage["methodSettings"] == {"*/*": {**DEFAULTS, member: expected}}
    assert calls("GetStage", **dev) == stage


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/test/GET", "test/GET"),
        ("/~1pets~1{petId}/GET", "~1pets~1{petId}/GET"),
        # Terraform's method_path, as its users write it.
        ("//tenant/{name}/codes/GET", "/tenant/{name}/codes/GET"),
        ("//GET", "/GET"),
        ("/~1/ANY", "~1/ANY"),
        ("/~1pets/*", "~1pets/*"),
    ],
)
def test_settings_are_kept_by_the_path_as_it_was_written(
    calls: Calls, dev: dict[str, str], path: str, key: str
) -> None:
    stage = calls.patch("UpdateStage", ("replace", f"{path}/throttling/burstLimit", "7"), **dev)
    assert stage["methodSettings"] == {key: {**DEFAULTS, "throttlingBurstLimit": 7}}
    assert calls.patch("UpdateStage", ("remove", path), **dev)["methodSettings"] == {}


def test_settings_of_a_method_begin_with_those_of_all_methods(calls: Calls, dev: dict[str, str]) -> None:
    calls.patch(
        "UpdateStage",
        ("replace", "/*/*/throttling/burstLimit", "123"),
        ("replace", "/*/*/caching/enabled", "true"),
        ("replace", "/test/GET/throttling/burstLimit", "124"),
        **dev,
    )
    stage = calls.patch("UpdateStage", ("replace", "/*/*/throttling/burstLimit", "100"), **dev)
    assert stage["methodSettings"] == {
        "*/*": {**DEFAULTS, "cachingEnabled": True, "throttlingBurstLimit": 100},
        "test/GET": {**DEFAULTS, "cachingEnabled": True, "throttlingBurstLimit": 124},
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("replace", "/documentation_version", "1"), INVALID.format("/documentation_version")),
        (("replace", "/tags/tag1", "value1"), INVALID.format("/tags/tag1")),
        (("replace", "/canarySettings", "test"), INVALID.format("/canarySettings")),
        (("replace", "/canarySettings/badPath", "badPath"), INVALID.format("/canarySettings/badPath")),
        (("replace", "/webAclArn", "arn"), INVALID.format("/webAclArn")),
        (
            ("replace", "/{proxy+}/ANY//throttling/burstLimit", "1"),
            INVALID.format("/{proxy+}/ANY//throttling/burstLimit"),
        ),
        (("replace", "/~1pets/BREW/metrics/enabled", "true"), INVALID.format("/~1pets/BREW/metrics/enabled")),
        (
            ("remove", "/*/*"),
            "Cannot remove method setting */* because there is no method setting for this method ",
        ),
        (
            ("remove", "/canarySettings/stageVariableOverrides"),
            (
                "Cannot remove method setting canarySettings/stageVariableOverrides because there is no method setting "
                "for this method "
            ),
        ),
        (
            ("remove", "/canarySettings/badPath"),
            "Cannot remove method setting canarySettings/badPath because there is no method setting for this method ",
        ),
        (
            ("add", "/canarySettings/deploymentId", "x"),
            "Invalid add operation with path: /canarySettings/deploymentId",
        ),
        (("replace", "/canarySettings/deploymentId", "deploy"), "Deployment id does not exist"),
        (("replace", "/deploymentId", "deploy"), "Deployment id does not exist"),
        (
            ("replace", "/*/*/caching/ttlInSeconds", "3601"),
            "Invalid time-to-live setting, must be an integer no greater than 3600",
        ),
        (
            ("replace", "/*/*/logging/loglevel", "ERROR"),
            "CloudWatch Logs role ARN must be set in account settings to enable logging",
        ),
        (
            ("replace", "/canarySettings/percentTraffic", "100.1"),
            "Invalid percentTraffic value specified. It must be between 0.0 and 100.0",
        ),
    ],
)
def test_what_cannot_be_changed(calls: Calls, dev: dict[str, str], change: tuple[str, ...], message: str) -> None:
    code, text = calls.patch_refusal("UpdateStage", change, **dev)
    assert (code, text[: len(message)]) == ("BadRequestException", message)
    assert text == message or text.endswith("/variables/{variable_name}, /tracingEnabled]")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("replace", "/canarySettings/percentTraffic", "50"), {"percentTraffic": 50.0}),
        (("replace", "/canarySettings/useStageCache", "true"), {"useStageCache": True}),
        (
            ("replace", "/canarySettings/stageVariableOverrides/v", "canary"),
            {"stageVariableOverrides": {"v": "canary"}},
        ),
    ],
)
def test_any_canary_setting_begins_a_canary(
    calls: Calls, dev: dict[str, str], change: tuple[str, ...], expected: dict[str, Any]
) -> None:
    stage = calls.patch("UpdateStage", change, **dev)
    begun = {"deploymentId": stage["deploymentId"], "percentTraffic": 0.0, "useStageCache": False}
    assert stage["canarySettings"] == {**begun, **expected}
    assert "canarySettings" not in calls.patch("UpdateStage", ("remove", "/canarySettings"), **dev)


def copy(source: str, path: str) -> dict[str, str]:
    return {"op": "copy", "from": source, "path": path}


PROMOTION = [
    {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "0.0"},
    copy("/canarySettings/deploymentId", "/deploymentId"),
    copy("/canarySettings/stageVariableOverrides", "/variables"),
]


def test_a_canary_is_promoted(calls: Calls, api_id: str) -> None:
    # "Promote a canary release".
    where = {"restApiId": api_id, "stageName": "dev"}
    calls.mock(api_id)
    calls("CreateDeployment", **where, variables={"testVar": "test", "testVar2": "test2"})
    settings = {"percentTraffic": 50, "stageVariableOverrides": {"testVar": "override"}}
    canary = calls("CreateDeployment", **where, canarySettings=settings)["id"]
    stage = calls("UpdateStage", **where, patchOperations=PROMOTION)
    assert stage["deploymentId"] == canary
    assert stage["variables"] == {"testVar": "override", "testVar2": "test2"}
    assert stage["canarySettings"] == {
        "deploymentId": canary,
        "percentTraffic": 0.0,
        "stageVariableOverrides": {"testVar": "override"},
        "useStageCache": False,
    }


def test_a_promotion_of_the_canary_that_it_begins_changes_nothing(calls: Calls, dev: dict[str, str]) -> None:
    before = calls("GetStage", **dev)
    stage = calls("UpdateStage", **dev, patchOperations=PROMOTION)
    begun = {"deploymentId": before["deploymentId"], "percentTraffic": 0.0, "useStageCache": False}
    assert stage == {**before, "canarySettings": begun}


def test_only_a_canary_is_promoted(calls: Calls, dev: dict[str, str]) -> None:
    assert calls.refusal("UpdateStage", **dev, patchOperations=PROMOTION[1:]) == (
        "BadRequestException",
        "Promotion not available. Canary does not exist.",
    )
    assert calls.refusal(
        "UpdateStage", **dev, patchOperations=[copy("/variables", "/canarySettings/stageVariableOverrides")]
    ) == (
        "BadRequestException",
        (
            "Invalid copy operation with path: /canarySettings/stageVariableOverrides and from /variables. Valid "
            "copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, "
            "/canarySettings/stageVariableOverrides]"
        ),
    )


def test_a_stage_with_logs_is_patched_after_the_account_lost_its_role(calls: Calls, dev: dict[str, str]) -> None:
    # "Set up CloudWatch logging for REST APIs": the role is asked for where logs are turned on. Terraform takes the
    # role and the rest of a stage back in any order.
    role = ("replace", "/cloudwatchRoleArn", "arn:aws:iam::123456789012:role/logs")
    calls.patch("UpdateAccount", role)
    calls.patch("UpdateStage", ("replace", "/*/*/logging/loglevel", "INFO"), **dev)
    calls.patch("UpdateAccount", ("replace", "/cloudwatchRoleArn", ""))
    assert calls.patch("UpdateStage", ("replace", "/description", "new"), **dev)["description"] == "new"
    fewer = calls.patch("UpdateStage", ("replace", "/*/*/logging/loglevel", "OFF"), **dev)
    assert fewer["methodSettings"]["*/*"]["loggingLevel"] == "OFF"
