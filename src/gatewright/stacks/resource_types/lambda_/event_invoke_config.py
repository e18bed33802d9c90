"""`AWS::Lambda::EventInvokeConfig`. Ref is "a unique identifier": the function and the qualifier.

Source: AWS::Lambda::EventInvokeConfig (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_TARGET: Final = ("FunctionName", "Qualifier")
_SETTINGS: Final = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")


def create(call: Call, properties: Properties) -> Resource:
    """Put the configuration."""
    _put(call, properties)
    return Resource(f"{properties['FunctionName']}|{properties['Qualifier']}")


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put the configuration in the place of the old one."""
    _put(call, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the configuration."""
    with absence_is_done():
        call.services.call("lambda", "DeleteFunctionEventInvokeConfig", picked(properties, _TARGET))


def _put(call: Call, properties: Properties) -> None:
    parameters = picked(properties, (*_TARGET, *_SETTINGS))
    call.services.call("lambda", "PutFunctionEventInvokeConfig", parameters)


EVENT_INVOKE_CONFIG: Final = ResourceType("AWS::Lambda::EventInvokeConfig", create, update, delete)
