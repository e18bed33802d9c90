"""`AWS::CloudFront::Function`. Ref is the ARN.

Source: AWS::CloudFront::Function (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import if_present


def create(call: Call, properties: Properties) -> Resource:
    """Create the function, and publish it when `AutoPublish` says so."""
    output = call.services.call("cloudfront", "CreateFunction", {"Name": properties["Name"], **_content(properties)})
    arn = output["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    call.keep_id(arn)
    _publish(call, properties, output["ETag"])
    return _resource(arn)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the code and the configuration."""
    found = call.services.call("cloudfront", "DescribeFunction", {"Name": new["Name"]})
    request = {"Name": new["Name"], "IfMatch": found["ETag"], **_content(new)}
    _publish(call, new, call.services.call("cloudfront", "UpdateFunction", request)["ETag"])
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the function."""
    name = there.physical_id.rpartition("/")[2]
    found = if_present(call, "cloudfront", "DescribeFunction", {"Name": name})
    if found is not None:
        call.services.call("cloudfront", "DeleteFunction", {"Name": name, "IfMatch": found["ETag"]})


def _content(properties: Properties) -> dict[str, Any]:
    return {
        "FunctionConfig": properties["FunctionConfig"],
        "FunctionCode": properties["FunctionCode"].encode(),
    }


def _publish(call: Call, properties: Properties, etag: str) -> None:
    if properties.get("AutoPublish", False):
        call.services.call("cloudfront", "PublishFunction", {"Name": properties["Name"], "IfMatch": etag})


def _resource(arn: str) -> Resource:
    return Resource(arn, {"FunctionARN": arn, "FunctionMetadata.FunctionARN": arn, "Stage": "DEVELOPMENT"})


TYPE: Final = ResourceType("AWS::CloudFront::Function", create, update, delete, is_record=True)
