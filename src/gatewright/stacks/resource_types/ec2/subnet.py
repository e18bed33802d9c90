"""`AWS::EC2::Subnet`. Ref is the id.

Source: AWS::EC2::Subnet (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.tags import retag, tag_specifications
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_AT_CREATION: Final = (
    "AvailabilityZone",
    "AvailabilityZoneId",
    "CidrBlock",
    "Ipv4IpamPoolId",
    "Ipv4NetmaskLength",
    "Ipv6CidrBlock",
    "Ipv6IpamPoolId",
    "Ipv6Native",
    "Ipv6NetmaskLength",
    "OutpostArn",
    "VpcId",
)
_FLAGS: Final = ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64")
_OPTIONS: Final = (
    "EnableResourceNameDnsARecord",
    "EnableResourceNameDnsAAAARecord",
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the subnet, then set its attributes, each by a call of its own."""
    subnet_id = call.earlier_id
    if subnet_id is None:
        parameters = picked(properties, _AT_CREATION) | tag_specifications(call, "subnet", properties)
        subnet_id = call.services.call("ec2", "CreateSubnet", parameters)["Subnet"]["SubnetId"]
        call.keep_id(subnet_id)
    _set_attributes(call, subnet_id, {}, properties)
    return _resource(call, subnet_id)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the attributes and the tags."""
    _set_attributes(call, there.physical_id, old, new)
    retag(call, there.physical_id, old, new)
    return _resource(call, there.physical_id)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the subnet."""
    with absence_is_done():
        call.services.call("ec2", "DeleteSubnet", {"SubnetId": there.physical_id})


def replaces(old: Properties, new: Properties) -> bool:
    """Tell whether the IPv6 addresses differ."""
    return bool(old.get("Ipv6CidrBlock") != new.get("Ipv6CidrBlock"))


def _set_attributes(call: Call, subnet_id: str, old: Properties, new: Properties) -> None:
    subnet = {"SubnetId": subnet_id}
    for name in _FLAGS:
        if old.get(name, False) != new.get(name, False):
            call.services.call("ec2", "ModifySubnetAttribute", {**subnet, name: {"Value": new.get(name, False)}})
    before, after = (one.get("PrivateDnsNameOptionsOnLaunch", {}) for one in (old, new))
    for name in _OPTIONS:
        if before.get(name, False) != after.get(name, False):
            request = {**subnet, f"{name}OnLaunch": {"Value": after.get(name, False)}}
            call.services.call("ec2", "ModifySubnetAttribute", request)
    if before.get("HostnameType", "ip-name") != after.get("HostnameType", "ip-name"):
        request = {**subnet, "PrivateDnsHostnameTypeOnLaunch": after.get("HostnameType", "ip-name")}
        call.services.call("ec2", "ModifySubnetAttribute", request)


def _resource(call: Call, subnet_id: str) -> Resource:
    found = call.services.call("ec2", "DescribeSubnets", {"SubnetIds": [subnet_id]})["Subnets"][0]
    attributes: dict[str, Any] = picked(found, ("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId"))
    attributes |= {"SubnetId": subnet_id, "OutpostArn": found.get("OutpostArn", "")}
    attributes["Ipv6CidrBlocks"] = [one["Ipv6CidrBlock"] for one in found.get("Ipv6CidrBlockAssociationSet", ())]
    of_subnet = {"Filters": [{"Name": "association.subnet-id", "Values": [subnet_id]}]}
    acls = call.services.call("ec2", "DescribeNetworkAcls", of_subnet)["NetworkAcls"]
    associations = [one for acl in acls for one in acl["Associations"] if one["SubnetId"] == subnet_id]
    if associations:
        attributes["NetworkAclAssociationId"] = associations[0]["NetworkAclAssociationId"]
    return Resource(subnet_id, attributes)


TYPE: Final = ResourceType("AWS::EC2::Subnet", create, update, delete, is_record=True, replaces=replaces)
