"""`AWS::SNS::Topic`. Ref is the ARN.

Source: AWS::SNS::Topic (AWS CloudFormation User Guide); SetTopicAttributes (Amazon SNS API Reference).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import picked, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done, is_absent
from gatewright.stacks.resource_types.tags import as_list

_LONGEST_NAME: Final = 256
_DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "ArchivePolicy": "{}",
        "ContentBasedDeduplication": False,
        "DisplayName": "",
        "FifoThroughputScope": "Topic",
        "KmsMasterKeyId": "",
        "SignatureVersion": "1",
        "TracingConfig": "PassThrough",
    }
)
_FEEDBACK: Final = ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
_PROTOCOLS: Final[Mapping[str, str]] = MappingProxyType(
    {"http/s": "HTTP", "sqs": "SQS", "lambda": "Lambda", "firehose": "Firehose", "application": "Application"}
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the topic; a repeated CreateTopic with the same attributes answers with the same topic."""
    is_fifo = properties.get("FifoTopic", False)
    name = properties.get("TopicName") or call.physical_name(_LONGEST_NAME, suffix=".fifo" if is_fifo else "")
    attributes = _attributes(picked(properties, _DEFAULTS)) | _feedback(properties)
    if is_fifo:
        attributes["FifoTopic"] = "true"
    parameters: dict[str, Any] = {"Name": name, "Attributes": attributes}
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = as_list(tags)
    if "DataProtectionPolicy" in properties:
        parameters["DataProtectionPolicy"] = json_text(properties["DataProtectionPolicy"])
    arn = call.services.call("sns", "CreateTopic", parameters)["TopicArn"]
    call.keep_id(arn)
    for subscription in properties.get("Subscription", ()):
        _subscribe(call, arn, subscription)
    return _resource(arn)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set the attributes that differ, the subscriptions of its own, and the tags."""
    arn = there.physical_id
    changes = _attributes(with_defaults(picked(old, _DEFAULTS), picked(new, _DEFAULTS), _DEFAULTS))
    feedback = _feedback(new)
    before = _feedback(old)
    changes |= {
        name: feedback.get(name, "") for name in {**before, **feedback} if before.get(name) != feedback.get(name)
    }
    for name, value in changes.items():
        request = {"TopicArn": arn, "AttributeName": name, "AttributeValue": value}
        call.services.call("sns", "SetTopicAttributes", request)
    if old.get("DataProtectionPolicy") != new.get("DataProtectionPolicy"):
        policy = json_text(new.get("DataProtectionPolicy", ""))
        request = {"ResourceArn": arn, "DataProtectionPolicy": policy}
        call.services.call("sns", "PutDataProtectionPolicy", request)
    _change_subscriptions(call, arn, old.get("Subscription", []), new.get("Subscription", []))
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("sns", "TagResource", {"ResourceArn": arn, "Tags": as_list(tags)}),
        lambda keys: call.services.call("sns", "UntagResource", {"ResourceArn": arn, "TagKeys": keys}),
    )
    return _resource(arn)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the topic with its subscriptions."""
    for arn in _subscriptions(call, there.physical_id).values():
        with absence_is_done():
            call.services.call("sns", "Unsubscribe", {"SubscriptionArn": arn})
    with absence_is_done():
        call.services.call("sns", "DeleteTopic", {"TopicArn": there.physical_id})


def _change_subscriptions(call: Call, arn: str, old: list[dict[str, str]], new: list[dict[str, str]]) -> None:
    present = _subscriptions(call, arn) if old != new else {}
    for subscription in old:
        if subscription not in new:
            found = present.get((subscription["Protocol"], subscription["Endpoint"]))
            if found is not None:
                call.services.call("sns", "Unsubscribe", {"SubscriptionArn": found})
    for subscription in new:
        if subscription not in old:
            _subscribe(call, arn, subscription)


def _subscribe(call: Call, arn: str, subscription: Mapping[str, str]) -> None:
    call.services.call("sns", "Subscribe", {"TopicArn": arn, **picked(subscription, ("Protocol", "Endpoint"))})


def _subscriptions(call: Call, arn: str) -> dict[tuple[str, str], str]:
    """Return the confirmed subscriptions of a topic by protocol and endpoint; none when the topic is gone."""
    found: dict[tuple[str, str], str] = {}
    request = {"TopicArn": arn}
    while True:
        try:
            output = call.services.call("sns", "ListSubscriptionsByTopic", request)
        except AwsError as error:
            if not is_absent(error):
                raise
            return found
        for one in output.get("Subscriptions", ()):
            if one["SubscriptionArn"].startswith("arn:"):
                found[one["Protocol"], one["Endpoint"]] = one["SubscriptionArn"]
        if not output.get("NextToken"):
            return found
        request = {"TopicArn": arn, "NextToken": output["NextToken"]}


def _feedback(properties: Properties) -> dict[str, str]:
    """Return the attributes of DeliveryStatusLogging: `LambdaSuccessFeedbackRoleArn` …"""
    attributes: dict[str, str] = {}
    for logging in properties.get("DeliveryStatusLogging", ()):
        protocol = _PROTOCOLS.get(logging["Protocol"], logging["Protocol"])
        attributes |= {f"{protocol}{name}": logging[name] for name in _FEEDBACK if name in logging}
    return attributes


def _attributes(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: json_text(value) for name, value in values.items()}


def _resource(arn: str) -> Resource:
    return Resource(arn, {"TopicArn": arn, "TopicName": arn.rpartition(":")[2]})


TYPE: Final = ResourceType("AWS::SNS::Topic", create, update, delete)
