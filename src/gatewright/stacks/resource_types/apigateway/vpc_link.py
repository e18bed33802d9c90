"""`AWS::ApiGateway::VpcLink`. Ref is the id.

Source: AWS::ApiGateway::VpcLink (AWS CloudFormation User Guide); VpcLink in the "Amazon API Gateway REST API
Reference".
"""

from types import MappingProxyType
from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigateway.names import earlier, parameters, set_tags
from gatewright.stacks.resource_types.apigateway.patches import changes, patch, settings_of
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import tags_of

NAME: Final = "AWS::ApiGateway::VpcLink"
_POLL_SECONDS: Final = 1.0
_PATCHES: Final = MappingProxyType({"Description": "/description", "Name": "/name"})


def create(call: Call, properties: Properties) -> Resource:
    """Create the link, and wait until it can be used."""
    link = earlier(call, "GetVpcLinks")
    if link is None:
        request = parameters(properties, ("Description", "Name", "TargetArns"))
        if tags := tags_of(call, NAME, properties):
            request["tags"] = tags
        link = call.services.call("apigateway", "CreateVpcLink", request)
    call.keep_id(link["id"])
    while link["status"] == "PENDING":
        call.wait(_POLL_SECONDS)
        link = call.services.call("apigateway", "GetVpcLink", {"vpcLinkId": link["id"]})
    if link["status"] == "FAILED":
        raise AwsError("NotStabilized", link.get("statusMessage") or "The VPC link failed.")
    return Resource(link["id"], {"VpcLinkId": link["id"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change its name or description."""
    operations = changes(settings_of(old, _PATCHES), settings_of(new, _PATCHES), {"/description": ""})
    patch(call, "UpdateVpcLink", {"vpcLinkId": there.physical_id}, operations)
    set_tags(call, f"/vpclinks/{there.physical_id}", tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the link."""
    with absence_is_done():
        call.services.call("apigateway", "DeleteVpcLink", {"vpcLinkId": there.physical_id})


VPC_LINK: Final = ResourceType(NAME, create, update, delete)
