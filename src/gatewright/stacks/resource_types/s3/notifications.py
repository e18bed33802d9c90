"""What a bucket tells of. Source: AWS::S3::Bucket NotificationConfiguration (AWS CloudFormation Template Reference);
NotificationConfiguration (Amazon S3 API Reference)."""

from collections.abc import Mapping
from typing import Any, Final

_KINDS: Final = (
    ("LambdaConfigurations", "LambdaFunctionConfigurations", "Function", "LambdaFunctionArn"),
    ("QueueConfigurations", "QueueConfigurations", "Queue", "QueueArn"),
    ("TopicConfigurations", "TopicConfigurations", "Topic", "TopicArn"),
)


def notification_configuration(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration as the operation takes it."""
    made: dict[str, Any] = {}
    for property_name, parameter, target, target_arn in _KINDS:
        if configuration.get(property_name):
            made[parameter] = [_notification(one, target, target_arn) for one in configuration[property_name]]
    if configuration.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", False):
        made["EventBridgeConfiguration"] = {}
    return made


def _notification(one: Mapping[str, Any], target: str, target_arn: str) -> dict[str, Any]:
    made: dict[str, Any] = {target_arn: one[target], "Events": [one["Event"]]}
    if "Filter" in one:
        rules = one["Filter"]["S3Key"]["Rules"]
        made["Filter"] = {"Key": {"FilterRules": rules}}
    return made
