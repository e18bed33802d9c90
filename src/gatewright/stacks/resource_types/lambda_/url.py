"""`AWS::Lambda::Url`. Ref is the ARN of the function, or of the alias.

Source: AWS::Lambda::Url (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_SETTINGS: Final = ("AuthType", "Cors", "InvokeMode")


def create(call: Call, properties: Properties) -> Resource:
    """Give the function, or one of its aliases, a URL."""
    parameters = {**_target(properties), **picked(properties, _SETTINGS)}
    try:
        return _resource(call.services.call("lambda", "CreateFunctionUrlConfig", parameters))
    except AwsError as error:
        if error.code != "ResourceConflictException" or not call.is_repeated:
            raise
        return _resource(call.services.call("lambda", "UpdateFunctionUrlConfig", parameters))


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change its settings; the URL stays."""
    parameters = {**_target(new), "Cors": {}, "InvokeMode": "BUFFERED", **picked(new, _SETTINGS)}
    return _resource(call.services.call("lambda", "UpdateFunctionUrlConfig", parameters))


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Take the URL away."""
    with absence_is_done():
        call.services.call("lambda", "DeleteFunctionUrlConfig", _target(properties))


def read(call: Call, there: Resource) -> Properties | None:
    """Return what GetFunctionUrlConfig tells."""
    config = if_present(call, "lambda", "GetFunctionUrlConfig", {"FunctionName": there.physical_id})
    return None if config is None else picked(config, _SETTINGS)


def _target(properties: Properties) -> dict[str, Any]:
    return {"FunctionName": properties["TargetFunctionArn"], **picked(properties, ["Qualifier"])}


def _resource(config: dict[str, Any]) -> Resource:
    return Resource(config["FunctionArn"], picked(config, ("FunctionArn", "FunctionUrl")))


URL: Final = ResourceType("AWS::Lambda::Url", create, update, delete, read)
