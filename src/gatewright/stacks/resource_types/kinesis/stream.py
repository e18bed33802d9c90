"""`AWS::Kinesis::Stream`. Ref is the name.

Source: AWS::Kinesis::Stream (AWS CloudFormation User Guide). Without a mode, a stream with a number of shards is
provisioned, and one without is on demand.
"""

from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.stacks.resource_types.adoption import created_or_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.members import is_changed
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_LONGEST_NAME: Final = 128
_NOT_BUILT: Final = ("MaxRecordSizeInKiB", "RecordDistributionStrategy", "WarmThroughputMiBps")
_USUAL_HOURS: Final = 24
_POLL_SECONDS: Final = 0.05


def create(call: Call, properties: Properties) -> Resource:
    """Create the stream, wait until it is active, then set what operations of their own set."""
    _check(properties)
    name = properties.get("Name") or call.physical_name(_LONGEST_NAME)
    parameters: dict[str, Any] = {"StreamName": name, "StreamModeDetails": _mode(properties)}
    if parameters["StreamModeDetails"]["StreamMode"] == "PROVISIONED":
        parameters["ShardCount"] = properties.get("ShardCount", 1)
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = tags
    created_or_ours(call, name, "kinesis", "CreateStream", parameters, "ResourceInUseException")
    call.keep_id(name)
    arn = _wait_until_active(call, name)
    _set_others(call, name, {}, properties)
    return Resource(name, {"Arn": arn})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change one thing after the other."""
    _check(new)
    name, arn = there.physical_id, there.attributes["Arn"]
    if _mode(old) != _mode(new):
        call.services.call("kinesis", "UpdateStreamMode", {"StreamARN": arn, "StreamModeDetails": _mode(new)})
        _wait_until_active(call, name)
    if is_changed(old, new, ["ShardCount"]) and "ShardCount" in new:
        request = {"StreamName": name, "TargetShardCount": new["ShardCount"], "ScalingType": "UNIFORM_SCALING"}
        call.services.call("kinesis", "UpdateShardCount", request)
        _wait_until_active(call, name)
    _set_others(call, name, old, new)
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("kinesis", "AddTagsToStream", {"StreamName": name, "Tags": tags}),
        lambda keys: call.services.call("kinesis", "RemoveTagsFromStream", {"StreamName": name, "TagKeys": keys}),
    )
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the stream with its consumers, and wait until it is gone."""
    stream = {"StreamName": there.physical_id}
    with absence_is_done():
        call.services.call("kinesis", "DeleteStream", {**stream, "EnforceConsumerDeletion": True})
    while if_present(call, "kinesis", "DescribeStreamSummary", stream) is not None:
        call.wait(_POLL_SECONDS)


def _check(properties: Properties) -> None:
    for name in _NOT_BUILT:
        if name in properties:
            raise OperationNotImplemented(
                f"AWS::Kinesis::Stream: the property {name} is not implemented by gatewright."
            )


def _mode(properties: Properties) -> dict[str, str]:
    usual = "PROVISIONED" if "ShardCount" in properties else "ON_DEMAND"
    return {"StreamMode": properties.get("StreamModeDetails", {}).get("StreamMode", usual)}


def _set_others(call: Call, name: str, old: Properties, new: Properties) -> None:
    before = old.get("RetentionPeriodHours", _USUAL_HOURS)
    hours = new.get("RetentionPeriodHours", _USUAL_HOURS)
    if before != hours:
        operation = "IncreaseStreamRetentionPeriod" if hours > before else "DecreaseStreamRetentionPeriod"
        call.services.call("kinesis", operation, {"StreamName": name, "RetentionPeriodHours": hours})
    if is_changed(old, new, ["StreamEncryption"]):
        for properties, operation in ((old, "StopStreamEncryption"), (new, "StartStreamEncryption")):
            if "StreamEncryption" in properties:
                call.services.call("kinesis", operation, {"StreamName": name, **properties["StreamEncryption"]})
    metrics, wanted = (set(one.get("DesiredShardLevelMetrics", ())) for one in (old, new))
    for operation, names in (
        ("DisableEnhancedMonitoring", metrics - wanted),
        ("EnableEnhancedMonitoring", wanted - metrics),
    ):
        if names:
            call.services.call("kinesis", operation, {"StreamName": name, "ShardLevelMetrics": sorted(names)})


def _wait_until_active(call: Call, name: str) -> str:
    while True:
        found = call.services.call("kinesis", "DescribeStreamSummary", {"StreamName": name})["StreamDescriptionSummary"]
        if found["StreamStatus"] == "ACTIVE":
            arn: str = found["StreamARN"]
            return arn
        call.wait(_POLL_SECONDS)


TYPE: Final = ResourceType("AWS::Kinesis::Stream", create, update, delete)
