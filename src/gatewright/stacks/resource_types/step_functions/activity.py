"""`AWS::StepFunctions::Activity`. Ref is the ARN.

Source: AWS::StepFunctions::Activity (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.outcomes import absence_is_done


def create(call: Call, properties: Properties) -> Resource:
    """Create the activity; a repeated CreateActivity answers with the same one."""
    parameters: dict[str, Any] = {"name": properties["Name"]}
    if "EncryptionConfiguration" in properties:
        given = properties["EncryptionConfiguration"]
        parameters["encryptionConfiguration"] = {name[:1].lower() + name[1:]: one for name, one in given.items()}
    if tags := given_tags(call, properties.get("Tags")):
        parameters["tags"] = [{"key": key, "value": value} for key, value in tags.items()]
    arn = call.services.call("stepfunctions", "CreateActivity", parameters)["activityArn"]
    return Resource(arn, {"Arn": arn, "Name": properties["Name"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the tags."""
    arn = there.physical_id

    def put(tags: Any) -> None:
        listed = [{"key": key, "value": value} for key, value in tags.items()]
        call.services.call("stepfunctions", "TagResource", {"resourceArn": arn, "tags": listed})

    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        put,
        lambda keys: call.services.call("stepfunctions", "UntagResource", {"resourceArn": arn, "tagKeys": keys}),
    )
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the activity."""
    with absence_is_done():
        call.services.call("stepfunctions", "DeleteActivity", {"activityArn": there.physical_id})


TYPE: Final = ResourceType("AWS::StepFunctions::Activity", create, update, delete)
