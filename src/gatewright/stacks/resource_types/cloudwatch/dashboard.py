"""`AWS::CloudWatch::Dashboard`. Ref is the name.

Source: AWS::CloudWatch::Dashboard (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_NAME: Final = 255


def create(call: Call, properties: Properties) -> Resource:
    """Put the dashboard."""
    name = properties.get("DashboardName") or call.physical_name(_LONGEST_NAME)
    _put(call, name, properties)
    return Resource(name)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put it again."""
    _put(call, there.physical_id, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the dashboard."""
    with absence_is_done("ResourceNotFound"):
        call.services.call("cloudwatch", "DeleteDashboards", {"DashboardNames": [there.physical_id]})


def _put(call: Call, name: str, properties: Properties) -> None:
    request = {"DashboardName": name, "DashboardBody": properties["DashboardBody"]}
    messages = call.services.call("cloudwatch", "PutDashboard", request).get("DashboardValidationMessages", ())
    for message in messages:
        raise AwsError("InvalidParameterInput", message.get("Message", "The dashboard is not valid"))


TYPE: Final = ResourceType("AWS::CloudWatch::Dashboard", create, update, delete)
