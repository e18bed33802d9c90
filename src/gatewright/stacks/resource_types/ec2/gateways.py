"""`AWS::EC2::InternetGateway`, `AWS::EC2::VPCGatewayAttachment` and `AWS::EC2::NatGateway`.

Source: the pages of the types (AWS CloudFormation User Guide). Ref of a gateway is its id, of an attachment
`IGW|VPC`, which is its primary identifier.
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.tags import retag, tag_specifications
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_POLL_SECONDS: Final = 0.05
_NOT_ATTACHED: Final = ("Gateway.NotAttached", "InvalidVpnGatewayAttachment.NotFound")
_OF_NAT: Final = (
    "AllocationId",
    "AvailabilityMode",
    "AvailabilityZoneAddresses",
    "ConnectivityType",
    "PrivateIpAddress",
    "SecondaryAllocationIds",
    "SecondaryPrivateIpAddressCount",
    "SecondaryPrivateIpAddresses",
    "SubnetId",
    "VpcId",
)


def create_internet_gateway(call: Call, properties: Properties) -> Resource:
    """Create the gateway."""
    gateway_id = call.earlier_id
    if gateway_id is None:
        parameters = tag_specifications(call, "internet-gateway", properties)
        output = call.services.call("ec2", "CreateInternetGateway", parameters)
        gateway_id = output["InternetGateway"]["InternetGatewayId"]
        call.keep_id(gateway_id)
    return Resource(gateway_id, {"InternetGatewayId": gateway_id})


def update_internet_gateway(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the tags."""
    retag(call, there.physical_id, old, new)
    return there


def delete_internet_gateway(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the gateway."""
    with absence_is_done():
        call.services.call("ec2", "DeleteInternetGateway", {"InternetGatewayId": there.physical_id})


def attach(call: Call, properties: Properties) -> Resource:
    """Attach the gateway to the VPC."""
    vpc = properties["VpcId"]
    if "InternetGatewayId" in properties:
        request = {"VpcId": vpc, "InternetGatewayId": properties["InternetGatewayId"]}
        call.services.call("ec2", "AttachInternetGateway", request)
        return Resource(f"IGW|{vpc}", {"AttachmentType": "IGW"})
    call.services.call("ec2", "AttachVpnGateway", {"VpcId": vpc, "VpnGatewayId": properties["VpnGatewayId"]})
    return Resource(f"VGW|{vpc}", {"AttachmentType": "VGW"})


def update_attachment(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Attach another gateway."""
    detach(call, there, old)
    return attach(call, new)


def detach(call: Call, there: Resource, properties: Properties) -> None:
    """Detach the gateway."""
    with absence_is_done(*_NOT_ATTACHED):
        if "InternetGatewayId" in properties:
            request = picked(properties, ("VpcId", "InternetGatewayId"))
            call.services.call("ec2", "DetachInternetGateway", request)
        else:
            call.services.call("ec2", "DetachVpnGateway", picked(properties, ("VpcId", "VpnGatewayId")))


def create_nat_gateway(call: Call, properties: Properties) -> Resource:
    """Create the gateway and wait until it is available."""
    parameters: dict[str, Any] = picked(properties, _OF_NAT) | tag_specifications(call, "natgateway", properties)
    parameters["ClientToken"] = call.token
    gateway_id = call.services.call("ec2", "CreateNatGateway", parameters)["NatGateway"]["NatGatewayId"]
    call.keep_id(gateway_id)
    found = _wait_for(call, gateway_id, "available")
    addresses = found.get("NatGatewayAddresses") or [{}]
    attributes = {"NatGatewayId": gateway_id, "EniId": addresses[0].get("NetworkInterfaceId", "")}
    return Resource(gateway_id, attributes)


def update_nat_gateway(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the tags."""
    retag(call, there.physical_id, old, new)
    return there


def delete_nat_gateway(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the gateway and wait until its addresses are free."""
    with absence_is_done():
        call.services.call("ec2", "DeleteNatGateway", {"NatGatewayId": there.physical_id})
        _wait_for(call, there.physical_id, "deleted")


def _wait_for(call: Call, gateway_id: str, state: str) -> dict[str, Any]:
    while True:
        found = call.services.call("ec2", "DescribeNatGateways", {"NatGatewayIds": [gateway_id]})["NatGateways"]
        if not found or found[0]["State"] == state:
            return found[0] if found else {}
        call.wait(_POLL_SECONDS)


INTERNET_GATEWAY: Final = ResourceType(
    "AWS::EC2::InternetGateway",
    create_internet_gateway,
    update_internet_gateway,
    delete_internet_gateway,
    is_record=True,
)
ATTACHMENT: Final = ResourceType("AWS::EC2::VPCGatewayAttachment", attach, update_attachment, detach, is_record=True)
NAT_GATEWAY: Final = ResourceType(
    "AWS::EC2::NatGateway", create_nat_gateway, update_nat_gateway, delete_nat_gateway, is_record=True
)
