"""What operations of their own set of a table.

Sources: UpdateTimeToLive, UpdateContinuousBackups, UpdateContributorInsights, PutResourcePolicy,
EnableKinesisStreamingDestination (Amazon DynamoDB API Reference).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import is_changed

_OFF: Final[Mapping[str, Any]] = MappingProxyType({"Enabled": False})


def set_others(call: Call, arn: str, table: str, old: Properties, new: Properties) -> None:
    """Call what sets the properties that differ."""
    if is_changed(old, new, ["TimeToLiveSpecification"]):
        _set_time_to_live(call, table, old, new)
    if is_changed(old, new, ["PointInTimeRecoverySpecification"]):
        given = new.get("PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": False})
        request = {"TableName": table, "PointInTimeRecoverySpecification": given}
        call.services.call("dynamodb", "UpdateContinuousBackups", request)
    if is_changed(old, new, ["ContributorInsightsSpecification"]):
        enabled = new.get("ContributorInsightsSpecification", _OFF)["Enabled"]
        request = {"TableName": table, "ContributorInsightsAction": "ENABLE" if enabled else "DISABLE"}
        call.services.call("dynamodb", "UpdateContributorInsights", request)
    if is_changed(old, new, ["KinesisStreamSpecification"]):
        _set_kinesis_stream(call, table, old, new)
    if is_changed(old, new, ["ResourcePolicy"]):
        _set_policy(call, arn, new)


def _set_time_to_live(call: Call, table: str, old: Properties, new: Properties) -> None:
    given: dict[str, Any] = dict(new.get("TimeToLiveSpecification", _OFF))
    before = old.get("TimeToLiveSpecification", _OFF)
    if not given["Enabled"]:
        if not before["Enabled"]:
            return
        given["AttributeName"] = before["AttributeName"]
    request = {"TableName": table, "TimeToLiveSpecification": given}
    call.services.call("dynamodb", "UpdateTimeToLive", request)


def _set_kinesis_stream(call: Call, table: str, old: Properties, new: Properties) -> None:
    for properties, operation in (
        (old, "DisableKinesisStreamingDestination"),
        (new, "EnableKinesisStreamingDestination"),
    ):
        if "KinesisStreamSpecification" in properties:
            request = {"TableName": table, "StreamArn": properties["KinesisStreamSpecification"]["StreamArn"]}
            call.services.call("dynamodb", operation, request)


def _set_policy(call: Call, arn: str, new: Properties) -> None:
    if "ResourcePolicy" in new:
        policy = json_text(new["ResourcePolicy"]["PolicyDocument"])
        call.services.call("dynamodb", "PutResourcePolicy", {"ResourceArn": arn, "Policy": policy})
    else:
        call.services.call("dynamodb", "DeleteResourcePolicy", {"ResourceArn": arn})
