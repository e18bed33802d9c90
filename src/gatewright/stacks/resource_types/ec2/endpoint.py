"""`AWS::EC2::VPCEndpoint`. Ref is the id.

Source: AWS::EC2::VPCEndpoint (AWS CloudFormation User Guide).
"""

from datetime import datetime
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.tags import retag, tag_specifications
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_SETTINGS: Final = (
    "DnsOptions",
    "IpAddressType",
    "PrivateDnsEnabled",
    "ResourceConfigurationArn",
    "RouteTableIds",
    "SecurityGroupIds",
    "ServiceName",
    "ServiceNetworkArn",
    "ServiceRegion",
    "SubnetIds",
    "VpcEndpointType",
    "VpcId",
)
_LISTS: Final = ("RouteTableIds", "SecurityGroupIds", "SubnetIds")


def create(call: Call, properties: Properties) -> Resource:
    """Create the endpoint."""
    parameters: dict[str, Any] = picked(properties, _SETTINGS) | tag_specifications(call, "vpc-endpoint", properties)
    if "PolicyDocument" in properties:
        parameters["PolicyDocument"] = json_text(properties["PolicyDocument"])
    parameters["ClientToken"] = call.token
    found = call.services.call("ec2", "CreateVpcEndpoint", parameters)["VpcEndpoint"]
    call.keep_id(found["VpcEndpointId"])
    return _resource(found)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the policy, what the endpoint belongs to, and the tags."""
    changes: dict[str, Any] = {}
    for name in ("IpAddressType", "PrivateDnsEnabled", "DnsOptions"):
        if old.get(name) != new.get(name) and name in new:
            changes[name] = new[name]
    if old.get("PolicyDocument") != new.get("PolicyDocument"):
        policy = (
            {"PolicyDocument": json_text(new["PolicyDocument"])} if "PolicyDocument" in new else {"ResetPolicy": True}
        )
        changes |= policy
    for name in _LISTS:
        before, after = set(old.get(name, ())), set(new.get(name, ()))
        changes |= {f"Add{name}": sorted(after - before)} if after - before else {}
        changes |= {f"Remove{name}": sorted(before - after)} if before - after else {}
    if changes:
        call.services.call("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": there.physical_id, **changes})
    retag(call, there.physical_id, old, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the endpoint; DeleteVpcEndpoints says of each whether it was."""
    with absence_is_done():
        call.services.call("ec2", "DeleteVpcEndpoints", {"VpcEndpointIds": [there.physical_id]})


def _resource(found: dict[str, Any]) -> Resource:
    created = found.get("CreationTimestamp", "")
    attributes: dict[str, Any] = {
        "Id": found["VpcEndpointId"],
        "CreationTimestamp": created.isoformat() if isinstance(created, datetime) else created,
        "DnsEntries": [
            f"{one.get('HostedZoneId', '')}:{one.get('DnsName', '')}" for one in found.get("DnsEntries", ())
        ],
        "NetworkInterfaceIds": list(found.get("NetworkInterfaceIds", ())),
    }
    return Resource(found["VpcEndpointId"], attributes)


TYPE: Final = ResourceType("AWS::EC2::VPCEndpoint", create, update, delete, is_record=True)
