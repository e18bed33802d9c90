"""`AWS::Kinesis::ResourcePolicy`. Ref is the ARN of the stream.

Source: AWS::Kinesis::ResourcePolicy (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.outcomes import absence_is_done


def create(call: Call, properties: Properties) -> Resource:
    """Set the stream's policy."""
    arn = properties["ResourceArn"]
    request = {"ResourceARN": arn, "Policy": json_text(properties["ResourcePolicy"])}
    call.services.call("kinesis", "PutResourcePolicy", request)
    return Resource(arn)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set it again."""
    return create(call, new)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Take it away."""
    with absence_is_done():
        call.services.call("kinesis", "DeleteResourcePolicy", {"ResourceARN": there.physical_id})


TYPE: Final = ResourceType("AWS::Kinesis::ResourcePolicy", create, update, delete)
