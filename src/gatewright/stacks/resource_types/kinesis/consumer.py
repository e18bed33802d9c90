"""`AWS::Kinesis::StreamConsumer`. Ref is the ARN; every change replaces it.

Source: AWS::Kinesis::StreamConsumer (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import given_tags
from gatewright.stacks.resource_types.outcomes import absence_is_done


def create(call: Call, properties: Properties) -> Resource:
    """Register the consumer."""
    parameters: dict[str, Any] = {"StreamARN": properties["StreamARN"], "ConsumerName": properties["ConsumerName"]}
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = tags
    found = call.services.call("kinesis", "RegisterStreamConsumer", parameters)["Consumer"]
    arn = found["ConsumerARN"]
    attributes = {
        "ConsumerARN": arn,
        "ConsumerName": found["ConsumerName"],
        "ConsumerStatus": found["ConsumerStatus"],
        "ConsumerCreationTimestamp": str(int(found["ConsumerCreationTimestamp"].timestamp())),
        "StreamARN": properties["StreamARN"],
    }
    return Resource(arn, attributes)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Deregister it."""
    with absence_is_done():
        call.services.call("kinesis", "DeregisterStreamConsumer", {"ConsumerARN": there.physical_id})


TYPE: Final = ResourceType("AWS::Kinesis::StreamConsumer", create, None, delete)
