"""`AWS::EC2::NetworkAcl`, `AWS::EC2::NetworkAclEntry` and `AWS::EC2::SubnetNetworkAclAssociation`.

Source: the pages of the types (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.tags import retag, tag_specifications
from gatewright.stacks.resource_types.members import picked, renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_SAME: Final = ("CidrBlock", "Ipv6CidrBlock", "NetworkAclId", "PortRange", "RuleAction", "RuleNumber")


def create_acl(call: Call, properties: Properties) -> Resource:
    """Create the list, which lets nothing pass."""
    acl_id = call.earlier_id
    if acl_id is None:
        parameters = {"VpcId": properties["VpcId"], **tag_specifications(call, "network-acl", properties)}
        acl_id = call.services.call("ec2", "CreateNetworkAcl", parameters)["NetworkAcl"]["NetworkAclId"]
        call.keep_id(acl_id)
    return Resource(acl_id, {"Id": acl_id})


def update_acl(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the tags."""
    retag(call, there.physical_id, old, new)
    return there


def delete_acl(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the list."""
    with absence_is_done():
        call.services.call("ec2", "DeleteNetworkAcl", {"NetworkAclId": there.physical_id})


def create_entry(call: Call, properties: Properties) -> Resource:
    """Create the entry."""
    call.services.call("ec2", "CreateNetworkAclEntry", _entry(properties))
    name = call.physical_name()
    return Resource(name, {"Id": name})


def update_entry(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Replace the entry of its number."""
    call.services.call("ec2", "ReplaceNetworkAclEntry", _entry(new))
    return there


def delete_entry(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the entry, if its list still has it."""
    number, is_egress = properties["RuleNumber"], properties.get("Egress", False)
    acl = {"NetworkAclIds": [properties["NetworkAclId"]]}
    found = if_present(call, "ec2", "DescribeNetworkAcls", acl) or {"NetworkAcls": ()}
    entries = [(entry["RuleNumber"], entry["Egress"]) for one in found["NetworkAcls"] for entry in one["Entries"]]
    if (number, is_egress) in entries:
        key = {"NetworkAclId": properties["NetworkAclId"], "RuleNumber": number, "Egress": is_egress}
        call.services.call("ec2", "DeleteNetworkAclEntry", key)


def associate(call: Call, properties: Properties) -> Resource:
    """Give the subnet the list in the place of the one that it has."""
    association_id = call.earlier_id or _replace(call, properties["SubnetId"], properties["NetworkAclId"])
    call.keep_id(association_id)
    return Resource(association_id, {"AssociationId": association_id})


def disassociate(call: Call, there: Resource, properties: Properties) -> None:
    """Give the subnet the default list of its VPC again."""
    of_acl = {"Filters": [{"Name": "association.association-id", "Values": [there.physical_id]}]}
    with absence_is_done():
        for acl in call.services.call("ec2", "DescribeNetworkAcls", of_acl)["NetworkAcls"]:
            of_vpc = [{"Name": "vpc-id", "Values": [acl["VpcId"]]}, {"Name": "default", "Values": ["true"]}]
            (default,) = call.services.call("ec2", "DescribeNetworkAcls", {"Filters": of_vpc})["NetworkAcls"]
            request = {"AssociationId": there.physical_id, "NetworkAclId": default["NetworkAclId"]}
            call.services.call("ec2", "ReplaceNetworkAclAssociation", request)


def _replace(call: Call, subnet_id: str, acl_id: str) -> str:
    of_subnet = {"Filters": [{"Name": "association.subnet-id", "Values": [subnet_id]}]}
    acls = call.services.call("ec2", "DescribeNetworkAcls", of_subnet)["NetworkAcls"]
    (present,) = [one for acl in acls for one in acl["Associations"] if one["SubnetId"] == subnet_id]
    request = {"AssociationId": present["NetworkAclAssociationId"], "NetworkAclId": acl_id}
    association_id: str = call.services.call("ec2", "ReplaceNetworkAclAssociation", request)["NewAssociationId"]
    return association_id


def _entry(properties: Properties) -> dict[str, Any]:
    entry: dict[str, Any] = picked(properties, _SAME) | renamed(properties, {"Icmp": "IcmpTypeCode"})
    return entry | {"Protocol": str(properties["Protocol"]), "Egress": properties.get("Egress", False)}


ACL: Final = ResourceType("AWS::EC2::NetworkAcl", create_acl, update_acl, delete_acl, is_record=True)
ENTRY: Final = ResourceType("AWS::EC2::NetworkAclEntry", create_entry, update_entry, delete_entry, is_record=True)
ASSOCIATION: Final = ResourceType(
    "AWS::EC2::SubnetNetworkAclAssociation", associate, None, disassociate, is_record=True
)
