"""`AWS::IAM::AccessKey`. Ref is its id.

Source: AWS::IAM::AccessKey (AWS CloudFormation User Guide). The secret is told once: what an attempt made before a
crash is deleted, and another key made.
"""

from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed
from gatewright.stacks.resource_types.outcomes import absence_is_done

_ACTIVE: Final = "Active"


def create(call: Call, properties: Properties) -> Resource:
    """Create a key of the user."""
    user = properties["UserName"]
    if call.earlier_id is not None:
        _delete(call, user, call.earlier_id)
    key = call.services.call("iam", "CreateAccessKey", {"UserName": user})["AccessKey"]
    identifier = key["AccessKeyId"]
    call.keep_id(identifier)
    if properties.get("Status", _ACTIVE) != _ACTIVE:
        _set_status(call, user, identifier, properties["Status"])
    return Resource(identifier, {"Id": identifier, "SecretAccessKey": key["SecretAccessKey"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Let the key be used, or not."""
    if is_changed(old, new, ["Status"]):
        _set_status(call, new["UserName"], there.physical_id, new.get("Status", _ACTIVE))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the key."""
    _delete(call, properties["UserName"], there.physical_id)


def _delete(call: Call, user: str, identifier: str) -> None:
    with absence_is_done():
        call.services.call("iam", "DeleteAccessKey", {"UserName": user, "AccessKeyId": identifier})


def _set_status(call: Call, user: str, identifier: str, status: str) -> None:
    request = {"UserName": user, "AccessKeyId": identifier, "Status": status}
    call.services.call("iam", "UpdateAccessKey", request)


ACCESS_KEY: Final = ResourceType("AWS::IAM::AccessKey", create, update, delete)
