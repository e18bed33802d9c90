"""`AWS::ApiGateway::Account`: the role that API Gateway writes logs with. Deleting it changes nothing.

Source: AWS::ApiGateway::Account (AWS CloudFormation User Guide); its handler's permissions: to delete is to read only.
"""

from types import MappingProxyType
from typing import Final

from gatewright.stacks.resource_types.apigateway.patches import changes, patch, settings_of
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType

_PATHS: Final = MappingProxyType({"CloudWatchRoleArn": "/cloudwatchRoleArn"})


def create(call: Call, properties: Properties) -> Resource:
    """Set the role."""
    _set(call, {}, properties)
    identifier = call.short_id()
    return Resource(identifier, {"Id": identifier})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set another role, or none."""
    _set(call, old, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Leave the account as it is, as AWS does."""


def read(call: Call, there: Resource) -> Properties | None:
    """Return the role."""
    account = call.services.call("apigateway", "GetAccount")
    role = account.get("cloudwatchRoleArn")
    return {"CloudWatchRoleArn": role} if role else {}


def _set(call: Call, old: Properties, new: Properties) -> None:
    operations = changes(settings_of(old, _PATHS), settings_of(new, _PATHS), {"/cloudwatchRoleArn": ""})
    patch(call, "UpdateAccount", {}, operations)


ACCOUNT: Final = ResourceType("AWS::ApiGateway::Account", create, update, delete, read)
