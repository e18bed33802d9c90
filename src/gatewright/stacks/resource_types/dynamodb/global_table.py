"""`AWS::DynamoDB::GlobalTable` with its one replica in the stack's Region: a table. Ref is the name.

Source: AWS::DynamoDB::GlobalTable (AWS CloudFormation User Guide). Capacity is provisioned with what scaling begins
with: nothing scales it.
"""

from collections.abc import Mapping
from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.dynamodb import table
from gatewright.stacks.resource_types.members import is_changed, picked

_SAME: Final = (
    "AttributeDefinitions",
    "BillingMode",
    "KeySchema",
    "LocalSecondaryIndexes",
    "SSESpecification",
    "StreamSpecification",
    "TableName",
    "TimeToLiveSpecification",
    "WarmThroughput",
)
_OF_REPLICAS: Final = (
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "KinesisStreamSpecification",
    "PointInTimeRecoverySpecification",
    "ResourcePolicy",
    "TableClass",
    "Tags",
)
_NOT_BUILT: Final = ("GlobalTableSourceArn", "GlobalTableWitnesses", "MultiRegionConsistency", "VectorIndexes")


def create(call: Call, properties: Properties) -> Resource:
    """Create the table."""
    return _with_id(call, table.create(call, _as_table(call, properties)))


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the table."""
    return _with_id(call, table.update(call, there, _as_table(call, old), _as_table(call, new)))


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the table."""
    table.delete(call, there, properties)


def replaces(old: Properties, new: Properties) -> bool:
    """Tell whether keys differ, or local secondary indexes, which belong to them."""
    return is_changed(old, new, ("KeySchema", "LocalSecondaryIndexes", "GlobalTableSourceArn"))


def _as_table(call: Call, properties: Properties) -> dict[str, Any]:
    """Return the properties of a table. Raises OperationNotImplemented for replicas elsewhere."""
    for name in _NOT_BUILT:
        if name in properties:
            raise OperationNotImplemented(f"AWS::DynamoDB::GlobalTable: the property {name} is not implemented.")
    regions = [replica["Region"] for replica in properties["Replicas"]]
    if regions != [call.region]:
        where = ", ".join(regions)
        raise OperationNotImplemented(f"AWS::DynamoDB::GlobalTable: replicas in {where} are not implemented.")
    (replica,) = properties["Replicas"]
    of_replica = {index["IndexName"]: index for index in replica.get("GlobalSecondaryIndexes", ())}
    made = picked(properties, _SAME) | picked(replica, _OF_REPLICAS)
    made |= _throughput(properties, properties, replica)
    if "GlobalSecondaryIndexes" in properties:
        made["GlobalSecondaryIndexes"] = [
            picked(index, ("IndexName", "KeySchema", "Projection", "WarmThroughput"))
            | _throughput(properties, index, of_replica.get(index["IndexName"], {}))
            for index in properties["GlobalSecondaryIndexes"]
        ]
    return made


def _throughput(properties: Properties, given: Mapping[str, Any], replica: Mapping[str, Any]) -> dict[str, Any]:
    """Return the throughput of the table or of an index, whose reads its replica may say."""
    if properties.get("BillingMode", "PROVISIONED") == "PAY_PER_REQUEST":
        reads = {**given.get("ReadOnDemandThroughputSettings", {}), **replica.get("ReadOnDemandThroughputSettings", {})}
        limits = reads | given.get("WriteOnDemandThroughputSettings", {})
        return {"OnDemandThroughput": limits} if limits else {}
    reads = replica.get("ReadProvisionedThroughputSettings", given.get("ReadProvisionedThroughputSettings", {}))
    writes = given.get("WriteProvisionedThroughputSettings", {})
    units = {
        "ReadCapacityUnits": reads.get("ReadCapacityUnits") or _first(reads.get("ReadCapacityAutoScalingSettings", {})),
        "WriteCapacityUnits": _first(writes.get("WriteCapacityAutoScalingSettings", {})),
    }
    return {"ProvisionedThroughput": units}


def _first(scaling: Mapping[str, int]) -> int:
    return scaling.get("SeedCapacity", scaling.get("MinCapacity", 1))


def _with_id(call: Call, made: Resource) -> Resource:
    found = call.services.call("dynamodb", "DescribeTable", {"TableName": made.physical_id})["Table"]
    return Resource(made.physical_id, {**made.attributes, **picked(found, ["TableId"])})


TYPE: Final = ResourceType("AWS::DynamoDB::GlobalTable", create, update, delete, table.read, replaces=replaces)
