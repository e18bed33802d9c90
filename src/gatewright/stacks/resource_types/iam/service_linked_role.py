"""`AWS::IAM::ServiceLinkedRole`. Ref is the name of the role.

Source: AWS::IAM::ServiceLinkedRole (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.iam.entities import ROLES
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_POLL_SECONDS: Final = 0.5
_CREATED: Final = ("AWSServiceName", "CustomSuffix", "Description")


def create(call: Call, properties: Properties) -> Resource:
    """Create the role that a service uses."""
    role = call.services.call("iam", "CreateServiceLinkedRole", picked(properties, _CREATED))["Role"]
    return Resource(role["RoleName"], {"RoleName": role["RoleName"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the description."""
    if is_changed(old, new, ["Description"]):
        ROLES.call(call, "UpdateRoleDescription", there.physical_id, Description=new.get("Description", ""))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the role, and wait until it is gone. Raises AwsError when the service still uses it."""
    with absence_is_done():
        task = ROLES.call(call, "DeleteServiceLinkedRole", there.physical_id)["DeletionTaskId"]
        target = {"DeletionTaskId": task}
        while (status := call.services.call("iam", "GetServiceLinkedRoleDeletionStatus", target))["Status"] in {
            "IN_PROGRESS",
            "NOT_STARTED",
        }:
            call.wait(_POLL_SECONDS)
        if status["Status"] == "FAILED":
            raise AwsError("NotStabilized", status.get("Reason", {}).get("Reason") or "The role is in use.")


SERVICE_LINKED_ROLE: Final = ResourceType("AWS::IAM::ServiceLinkedRole", create, update, delete)
