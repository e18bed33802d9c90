"""`AWS::EC2::VPC`. Ref is the id.

Source: AWS::EC2::VPC (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.tags import retag, tag_specifications
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_AT_CREATION: Final = ("CidrBlock", "InstanceTenancy", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "VpcEncryptionControl")
_ATTRIBUTES: Final = (("EnableDnsSupport", True), ("EnableDnsHostnames", False))


def create(call: Call, properties: Properties) -> Resource:
    """Create the VPC, then set its attributes, each by a call of its own."""
    vpc_id = call.earlier_id
    if vpc_id is None:
        parameters = picked(properties, _AT_CREATION) | tag_specifications(call, "vpc", properties)
        vpc_id = call.services.call("ec2", "CreateVpc", parameters)["Vpc"]["VpcId"]
        call.keep_id(vpc_id)
    _set_attributes(call, vpc_id, {}, properties)
    return _resource(call, vpc_id)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the attributes, the tenancy and the tags."""
    vpc_id = there.physical_id
    if old.get("InstanceTenancy", "default") != new.get("InstanceTenancy", "default"):
        request = {"VpcId": vpc_id, "InstanceTenancy": new.get("InstanceTenancy", "default")}
        call.services.call("ec2", "ModifyVpcTenancy", request)
    _set_attributes(call, vpc_id, old, new)
    retag(call, vpc_id, old, new)
    return _resource(call, vpc_id)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the VPC."""
    with absence_is_done():
        call.services.call("ec2", "DeleteVpc", {"VpcId": there.physical_id})


def replaces(old: Properties, new: Properties) -> bool:
    """Tell whether the tenancy would be another than `default`: only to that it changes in place."""
    before, after = (one.get("InstanceTenancy", "default") for one in (old, new))
    return bool(before != after and after != "default")


def _set_attributes(call: Call, vpc_id: str, old: Properties, new: Properties) -> None:
    for name, usual in _ATTRIBUTES:
        if old.get(name, usual) != new.get(name, usual):
            request = {"VpcId": vpc_id, name: {"Value": new.get(name, usual)}}
            call.services.call("ec2", "ModifyVpcAttribute", request)


def _resource(call: Call, vpc_id: str) -> Resource:
    found = call.services.call("ec2", "DescribeVpcs", {"VpcIds": [vpc_id]})["Vpcs"][0]
    of_vpc = {"Name": "vpc-id", "Values": [vpc_id]}
    groups = {"Filters": [of_vpc, {"Name": "group-name", "Values": ["default"]}]}
    acls = {"Filters": [of_vpc, {"Name": "default", "Values": ["true"]}]}
    attributes: dict[str, Any] = {
        "CidrBlock": found["CidrBlock"],
        "CidrBlockAssociations": [one["AssociationId"] for one in found.get("CidrBlockAssociationSet", ())],
        "DefaultNetworkAcl": call.services.call("ec2", "DescribeNetworkAcls", acls)["NetworkAcls"][0]["NetworkAclId"],
        "DefaultSecurityGroup": call.services.call("ec2", "DescribeSecurityGroups", groups)["SecurityGroups"][0][
            "GroupId"
        ],
        "Ipv6CidrBlocks": [one["Ipv6CidrBlock"] for one in found.get("Ipv6CidrBlockAssociationSet", ())],
        "VpcId": vpc_id,
    }
    return Resource(vpc_id, attributes)


TYPE: Final = ResourceType("AWS::EC2::VPC", create, update, delete, is_record=True, replaces=replaces)
