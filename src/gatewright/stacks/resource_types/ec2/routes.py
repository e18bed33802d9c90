"""`AWS::EC2::RouteTable`, `AWS::EC2::Route` and `AWS::EC2::SubnetRouteTableAssociation`.

Source: the pages of the types (AWS CloudFormation User Guide). Ref of a table and of an association is the id, of a
route `TABLE|DESTINATION`, which is its primary identifier.
"""

from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.tags import retag, tag_specifications
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_DESTINATIONS: Final = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def create_table(call: Call, properties: Properties) -> Resource:
    """Create the table."""
    table_id = call.earlier_id
    if table_id is None:
        parameters = {"VpcId": properties["VpcId"], **tag_specifications(call, "route-table", properties)}
        table_id = call.services.call("ec2", "CreateRouteTable", parameters)["RouteTable"]["RouteTableId"]
        call.keep_id(table_id)
    return Resource(table_id, {"RouteTableId": table_id})


def update_table(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the tags."""
    retag(call, there.physical_id, old, new)
    return there


def delete_table(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the table."""
    with absence_is_done():
        call.services.call("ec2", "DeleteRouteTable", {"RouteTableId": there.physical_id})


def create_route(call: Call, properties: Properties) -> Resource:
    """Create the route, all of whose properties are parameters."""
    destination = picked(properties, _DESTINATIONS)
    if not destination:
        raise AwsError("ValidationException", f"One of {', '.join(_DESTINATIONS)} must be given")
    try:
        call.services.call("ec2", "CreateRoute", properties)
    except AwsError as error:
        if error.code != "RouteAlreadyExists" or not call.is_repeated:
            raise
    (value,) = destination.values()
    return Resource(f"{properties['RouteTableId']}|{value}", {"CidrBlock": value})


def update_route(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Point the route to another target."""
    call.services.call("ec2", "ReplaceRoute", new)
    return there


def delete_route(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the route."""
    with absence_is_done():
        call.services.call("ec2", "DeleteRoute", picked(properties, ("RouteTableId", *_DESTINATIONS)))


def associate(call: Call, properties: Properties) -> Resource:
    """Give the subnet the table."""
    association_id = call.earlier_id
    if association_id is None:
        parameters: dict[str, Any] = picked(properties, ("RouteTableId", "SubnetId"))
        association_id = call.services.call("ec2", "AssociateRouteTable", parameters)["AssociationId"]
        call.keep_id(association_id)
    return Resource(association_id, {"Id": association_id})


def disassociate(call: Call, there: Resource, properties: Properties) -> None:
    """Give the subnet the main table again."""
    with absence_is_done():
        call.services.call("ec2", "DisassociateRouteTable", {"AssociationId": there.physical_id})


ROUTE_TABLE: Final = ResourceType("AWS::EC2::RouteTable", create_table, update_table, delete_table, is_record=True)
ROUTE: Final = ResourceType("AWS::EC2::Route", create_route, update_route, delete_route, is_record=True)
ASSOCIATION: Final = ResourceType(
    "AWS::EC2::SubnetRouteTableAssociation", associate, None, disassociate, is_record=True
)
