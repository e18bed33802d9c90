"""`AWS::Events::Connection` and `AWS::Events::ApiDestination`. Ref is the name.

Source: AWS::Events::Connection, AWS::Events::ApiDestination (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.adoption import created_or_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_NAME: Final = 64
_EXISTS: Final = "ResourceAlreadyExistsException"
_OF_CONNECTIONS: Final = (
    "AuthParameters",
    "AuthorizationType",
    "Description",
    "InvocationConnectivityParameters",
    "KmsKeyIdentifier",
)
_OF_DESTINATIONS: Final = (
    "ConnectionArn",
    "Description",
    "HttpMethod",
    "InvocationEndpoint",
    "InvocationRateLimitPerSecond",
)


def create_connection(call: Call, properties: Properties) -> Resource:
    """Create the connection with its secret."""
    name = properties.get("Name") or call.physical_name(_LONGEST_NAME)
    parameters = {"Name": name, **picked(properties, _OF_CONNECTIONS)}
    created_or_ours(call, name, "events", "CreateConnection", parameters, _EXISTS)
    return _connection(call, name)


def update_connection(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change it."""
    name = there.physical_id
    call.services.call("events", "UpdateConnection", {"Name": name, **picked(new, _OF_CONNECTIONS)})
    return _connection(call, name)


def delete_connection(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the connection."""
    with absence_is_done():
        call.services.call("events", "DeleteConnection", {"Name": there.physical_id})


def create_destination(call: Call, properties: Properties) -> Resource:
    """Create the destination."""
    name = properties.get("Name") or call.physical_name(_LONGEST_NAME)
    parameters = {"Name": name, **picked(properties, _OF_DESTINATIONS)}
    created_or_ours(call, name, "events", "CreateApiDestination", parameters, _EXISTS)
    return _destination(call, name)


def update_destination(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change it."""
    name = there.physical_id
    call.services.call("events", "UpdateApiDestination", {"Name": name, **picked(new, _OF_DESTINATIONS)})
    return _destination(call, name)


def delete_destination(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the destination."""
    with absence_is_done():
        call.services.call("events", "DeleteApiDestination", {"Name": there.physical_id})


def _connection(call: Call, name: str) -> Resource:
    found = call.services.call("events", "DescribeConnection", {"Name": name})
    arn = found["ConnectionArn"]
    attributes: dict[str, Any] = {"Arn": arn, "ArnForPolicy": _without_id(arn)}
    if "SecretArn" in found:
        attributes["SecretArn"] = found["SecretArn"]
    return Resource(name, attributes)


def _destination(call: Call, name: str) -> Resource:
    arn = call.services.call("events", "DescribeApiDestination", {"Name": name})["ApiDestinationArn"]
    return Resource(name, {"Arn": arn, "ArnForPolicy": _without_id(arn)})


def _without_id(arn: str) -> str:
    """Return the ARN that policies name: without the id behind the name."""
    return arn.rpartition("/")[0]


CONNECTION: Final = ResourceType("AWS::Events::Connection", create_connection, update_connection, delete_connection)
API_DESTINATION: Final = ResourceType(
    "AWS::Events::ApiDestination", create_destination, update_destination, delete_destination
)
