"""`AWS::DynamoDB::Table`. Ref is the name.

Source: AWS::DynamoDB::Table (AWS CloudFormation User Guide), whose update requirements say what is changed in place;
CreateTable and UpdateTable (Amazon DynamoDB API Reference). DynamoDB changes one thing of a table at a time.
"""

from collections.abc import Mapping
from typing import Any, Final

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.stacks.resource_types.adoption import created_or_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.dynamodb.others import set_others
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import as_list

_LONGEST_NAME: Final = 255
_AS_THEY_ARE: Final = (
    "AttributeDefinitions",
    "BillingMode",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "OnDemandThroughput",
    "ProvisionedThroughput",
    "TableClass",
    "WarmThroughput",
)
_NOT_BUILT: Final = ("ImportSourceSpecification", "VectorIndexes")
_OF_INDEXES: Final = (
    "IndexName",
    "KeySchema",
    "Projection",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "WarmThroughput",
)
_ACTIVE: Final = "ACTIVE"
_POLL_SECONDS: Final = 0.05


def create(call: Call, properties: Properties) -> Resource:
    """Create the table, wait until it is active, then set what operations of their own set."""
    for name in _NOT_BUILT:
        if name in properties:
            raise OperationNotImplemented(
                f"AWS::DynamoDB::Table: the property {name} is not implemented by gatewright."
            )
    table = properties.get("TableName") or call.physical_name(_LONGEST_NAME)
    parameters = {"TableName": table, **picked(properties, _AS_THEY_ARE)}
    if "StreamSpecification" in properties:
        parameters["StreamSpecification"] = _stream(properties)
    if "SSESpecification" in properties:
        parameters["SSESpecification"] = _encryption(properties)
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = as_list(tags)
    created_or_ours(call, table, "dynamodb", "CreateTable", parameters, "ResourceInUseException")
    call.keep_id(table)
    description = _wait_until_active(call, table)
    set_others(call, description["TableArn"], table, {}, properties)
    return _resource(call, table)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change one thing after the other."""
    table = there.physical_id
    for parameters in _changes(old, new):
        call.services.call("dynamodb", "UpdateTable", {"TableName": table, **parameters})
        _wait_until_active(call, table)
    arn = there.attributes["Arn"]
    set_others(call, arn, table, old, new)
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("dynamodb", "TagResource", {"ResourceArn": arn, "Tags": as_list(tags)}),
        lambda keys: call.services.call("dynamodb", "UntagResource", {"ResourceArn": arn, "TagKeys": keys}),
    )
    return _resource(call, table)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the table and wait until it is gone."""
    request = {"TableName": there.physical_id}
    with absence_is_done():
        call.services.call("dynamodb", "DeleteTable", request)
    while if_present(call, "dynamodb", "DescribeTable", request) is not None:
        call.wait(_POLL_SECONDS)


def read(call: Call, there: Resource) -> Properties | None:
    """Return what DescribeTable tells of the properties."""
    output = if_present(call, "dynamodb", "DescribeTable", {"TableName": there.physical_id})
    if output is None:
        return None
    table = output["Table"]
    billing = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    found = picked(table, ("AttributeDefinitions", "KeySchema", "DeletionProtectionEnabled")) | {"BillingMode": billing}
    for name in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if table.get(name):
            found[name] = [picked(index, ("IndexName", "KeySchema", "Projection")) for index in table[name]]
    return found


def replaces(old: Properties, new: Properties) -> bool:
    """Tell whether keys differ, or local secondary indexes, which belong to them."""
    return is_changed(old, new, ("KeySchema", "LocalSecondaryIndexes"))


def _changes(old: Properties, new: Properties) -> list[dict[str, Any]]:
    """Return the parameters of each UpdateTable."""
    changes: list[dict[str, Any]] = []
    billing = _billing(old, new)
    if billing:
        changes.append(billing)
    changes += [
        {name: new.get(name, default)}
        for name, default in (("TableClass", "STANDARD"), ("DeletionProtectionEnabled", False))
        if old.get(name, default) != new.get(name, default)
    ]
    if is_changed(old, new, ["SSESpecification"]):
        changes.append({"SSESpecification": _encryption(new)})
    if is_changed(old, new, ["StreamSpecification"]):
        if "StreamSpecification" in old and "StreamSpecification" in new:
            changes.append({"StreamSpecification": {"StreamEnabled": False}})
        changes.append({"StreamSpecification": _stream(new)})
    return changes + _index_changes(old, new)


def _billing(old: Properties, new: Properties) -> dict[str, Any]:
    names = ("BillingMode", "ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput")
    if not is_changed(old, new, names):
        return {}
    return {"BillingMode": "PROVISIONED", **picked(new, names)}


def _index_changes(old: Properties, new: Properties) -> list[dict[str, Any]]:
    """Return the changes of global secondary indexes, each in an UpdateTable of its own.

    CloudFormation makes or removes one in an update of a stack: AWS's message, recorded by others, for more.
    """
    before = {index["IndexName"]: index for index in old.get("GlobalSecondaryIndexes", ())}
    after = {index["IndexName"]: index for index in new.get("GlobalSecondaryIndexes", ())}
    removed = [name for name in before if _must_go(before[name], after.get(name))]
    made = [name for name in after if name not in before or name in removed]
    if len(removed) + len(made) > 1:
        raise AwsError(
            "ValidationException", "Cannot perform more than one GSI creation or deletion in a single update"
        )
    definitions = picked(new, ["AttributeDefinitions"])
    updates: list[dict[str, Any]] = [{"Delete": {"IndexName": name}} for name in removed]
    updates += [{"Create": picked(after[name], _OF_INDEXES)} for name in made]
    throughput = ("ProvisionedThroughput", "OnDemandThroughput", "WarmThroughput")
    for name, index in after.items():
        if name in before and name not in removed and is_changed(before[name], index, throughput):
            updates.append({"Update": {"IndexName": name, **picked(index, throughput)}})
    return [{**definitions, "GlobalSecondaryIndexUpdates": [one]} for one in updates]


def _must_go(before: Mapping[str, Any], after: Mapping[str, Any] | None) -> bool:
    return after is None or is_changed(before, after, ("KeySchema", "Projection"))


def _stream(properties: Properties) -> dict[str, Any]:
    stream = properties.get("StreamSpecification")
    if stream is None:
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": stream["StreamViewType"]}


def _encryption(properties: Properties) -> dict[str, Any]:
    given = properties.get("SSESpecification", {"SSEEnabled": False})
    return {"Enabled": given["SSEEnabled"], **picked(given, ("SSEType", "KMSMasterKeyId"))}


def _wait_until_active(call: Call, table: str) -> dict[str, Any]:
    while True:
        description: dict[str, Any] = call.services.call("dynamodb", "DescribeTable", {"TableName": table})["Table"]
        indexes = description.get("GlobalSecondaryIndexes", ())
        if description["TableStatus"] == _ACTIVE and all(one.get("IndexStatus", _ACTIVE) == _ACTIVE for one in indexes):
            return description
        call.wait(_POLL_SECONDS)


def _resource(call: Call, table: str) -> Resource:
    description = call.services.call("dynamodb", "DescribeTable", {"TableName": table})["Table"]
    attributes = {"Arn": description["TableArn"]}
    if "LatestStreamArn" in description and description.get("StreamSpecification", {}).get("StreamEnabled"):
        attributes["StreamArn"] = description["LatestStreamArn"]
    return Resource(table, attributes)


TYPE: Final = ResourceType("AWS::DynamoDB::Table", create, update, delete, read, replaces=replaces)
