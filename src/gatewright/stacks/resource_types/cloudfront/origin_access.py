"""`AWS::CloudFront::OriginAccessControl` and `AWS::CloudFront::CloudFrontOriginAccessIdentity`. Ref is the id.

Source: the pages of the types (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_CONTROL: Final = "OriginAccessControlConfig"
_IDENTITY: Final = "CloudFrontOriginAccessIdentityConfig"


def create_control(call: Call, properties: Properties) -> Resource:
    """Create the control."""
    output = call.services.call("cloudfront", "CreateOriginAccessControl", {_CONTROL: properties[_CONTROL]})
    control_id = output["OriginAccessControl"]["Id"]
    call.keep_id(control_id)
    return Resource(control_id, {"Id": control_id})


def update_control(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change its configuration."""
    found = call.services.call("cloudfront", "GetOriginAccessControl", {"Id": there.physical_id})
    request = {"Id": there.physical_id, "IfMatch": found["ETag"], _CONTROL: new[_CONTROL]}
    call.services.call("cloudfront", "UpdateOriginAccessControl", request)
    return there


def delete_control(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the control."""
    found = if_present(call, "cloudfront", "GetOriginAccessControl", {"Id": there.physical_id})
    if found is not None:
        request = {"Id": there.physical_id, "IfMatch": found["ETag"]}
        call.services.call("cloudfront", "DeleteOriginAccessControl", request)


def create_identity(call: Call, properties: Properties) -> Resource:
    """Create the identity; a repeated call with its reference answers with the same one."""
    configuration = {**properties[_IDENTITY], "CallerReference": call.token}
    output = call.services.call("cloudfront", "CreateCloudFrontOriginAccessIdentity", {_IDENTITY: configuration})
    identity = output["CloudFrontOriginAccessIdentity"]
    return Resource(identity["Id"], {"Id": identity["Id"], "S3CanonicalUserId": identity["S3CanonicalUserId"]})


def update_identity(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the comment."""
    identity = {"Id": there.physical_id}
    found = call.services.call("cloudfront", "GetCloudFrontOriginAccessIdentityConfig", identity)
    configuration = {**found[_IDENTITY], **new[_IDENTITY]}
    request = {**identity, "IfMatch": found["ETag"], _IDENTITY: configuration}
    call.services.call("cloudfront", "UpdateCloudFrontOriginAccessIdentity", request)
    return there


def delete_identity(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the identity."""
    request = {"Id": there.physical_id}
    with absence_is_done():
        found = call.services.call("cloudfront", "GetCloudFrontOriginAccessIdentity", request)
        request["IfMatch"] = found["ETag"]
        call.services.call("cloudfront", "DeleteCloudFrontOriginAccessIdentity", request)


CONTROL: Final = ResourceType(
    "AWS::CloudFront::OriginAccessControl", create_control, update_control, delete_control, is_record=True
)
IDENTITY: Final = ResourceType(
    "AWS::CloudFront::CloudFrontOriginAccessIdentity", create_identity, update_identity, delete_identity, is_record=True
)
