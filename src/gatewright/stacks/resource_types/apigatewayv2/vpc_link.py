"""`AWS::ApiGatewayV2::VpcLink`. Ref is the id.

Source: AWS::ApiGatewayV2::VpcLink (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigatewayv2.listings import earlier, set_tags
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import tags_of

NAME: Final = "AWS::ApiGatewayV2::VpcLink"
_SERVICE: Final = "apigatewayv2"
_POLL_SECONDS: Final = 1.0


def create(call: Call, properties: Properties) -> Resource:
    """Create the link, and wait until it can be used."""
    link = earlier(call, "GetVpcLinks")
    if link is None:
        request = picked(properties, ("Name", "SecurityGroupIds", "SubnetIds"))
        if tags := tags_of(call, NAME, properties):
            request["Tags"] = tags
        link = call.services.call(_SERVICE, "CreateVpcLink", request)
    call.keep_id(link["VpcLinkId"])
    while link.get("VpcLinkStatus") == "PENDING":
        call.wait(_POLL_SECONDS)
        link = call.services.call(_SERVICE, "GetVpcLink", {"VpcLinkId": link["VpcLinkId"]})
    if link.get("VpcLinkStatus") == "FAILED":
        raise AwsError("NotStabilized", link.get("VpcLinkStatusMessage") or "The VPC link failed.")
    return Resource(link["VpcLinkId"], picked(link, ["VpcLinkId"]))


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change its name."""
    if is_changed(old, new, ["Name"]):
        call.services.call(_SERVICE, "UpdateVpcLink", {"VpcLinkId": there.physical_id, "Name": new["Name"]})
    set_tags(call, f"/vpclinks/{there.physical_id}", tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the link."""
    with absence_is_done():
        call.services.call(_SERVICE, "DeleteVpcLink", {"VpcLinkId": there.physical_id})


VPC_LINK: Final = ResourceType(NAME, create, update, delete)
