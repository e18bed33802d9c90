"""`AWS::Logs::LogStream`. Ref is the name; every change replaces it.

Source: AWS::Logs::LogStream (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_NAME: Final = 512


def create(call: Call, properties: Properties) -> Resource:
    """Create the stream."""
    name = properties.get("LogStreamName") or call.physical_name(_LONGEST_NAME)
    try:
        call.services.call("logs", "CreateLogStream", _target(properties, name))
    except AwsError as error:
        if error.code != "ResourceAlreadyExistsException" or not call.has_made(name):
            raise
    return Resource(name)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the stream with its events."""
    with absence_is_done():
        call.services.call("logs", "DeleteLogStream", _target(properties, there.physical_id))


def _target(properties: Properties, name: str) -> dict[str, str]:
    return {"logGroupName": properties["LogGroupName"], "logStreamName": name}


LOG_STREAM: Final = ResourceType("AWS::Logs::LogStream", create, None, delete)
