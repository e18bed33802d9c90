"""`AWS::EC2::EIP`. Ref is the address.

Source: AWS::EC2::EIP (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.tags import retag, tag_specifications
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_AT_CREATION: Final = ("Address", "IpamPoolId", "NetworkBorderGroup", "PublicIpv4Pool")


def create(call: Call, properties: Properties) -> Resource:
    """Allocate the address, and associate it with an instance if one is named."""
    if "TransferAddress" in properties:
        raise OperationNotImplemented("AWS::EC2::EIP: the property TransferAddress is not implemented by gatewright.")
    parameters: dict[str, Any] = picked(properties, _AT_CREATION) | tag_specifications(call, "elastic-ip", properties)
    parameters["Domain"] = properties.get("Domain", "vpc")
    if call.earlier_id is None:
        found = call.services.call("ec2", "AllocateAddress", parameters)
        call.keep_id(found["PublicIp"])
    else:
        found = call.services.call("ec2", "DescribeAddresses", {"PublicIps": [call.earlier_id]})["Addresses"][0]
    _associate(call, found["AllocationId"], {}, properties)
    return Resource(found["PublicIp"], {"AllocationId": found["AllocationId"], "PublicIp": found["PublicIp"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the instance and the tags."""
    _associate(call, there.attributes["AllocationId"], old, new)
    retag(call, there.attributes["AllocationId"], old, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Release the address."""
    with absence_is_done():
        found = call.services.call("ec2", "DescribeAddresses", {"PublicIps": [there.physical_id]})["Addresses"]
        for address in found:
            if "AssociationId" in address:
                call.services.call("ec2", "DisassociateAddress", {"AssociationId": address["AssociationId"]})
            call.services.call("ec2", "ReleaseAddress", {"AllocationId": address["AllocationId"]})


def _associate(call: Call, allocation_id: str, old: Properties, new: Properties) -> None:
    if old.get("InstanceId") != new.get("InstanceId") and "InstanceId" in new:
        request = {"AllocationId": allocation_id, "InstanceId": new["InstanceId"], "AllowReassociation": True}
        call.services.call("ec2", "AssociateAddress", request)


EIP: Final = ResourceType("AWS::EC2::EIP", create, update, delete, is_record=True)
