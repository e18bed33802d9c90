"""`AWS::KMS::Key`. Ref is the key id.

Source: AWS::KMS::Key (AWS CloudFormation User Guide). A deleted key waits for its deletion as long as
PendingWindowInDays says.
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import is_changed, picked, renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done

_AT_CREATION: Final = ("Description", "KeySpec", "KeyUsage", "MultiRegion", "Origin", "BypassPolicyLockoutSafetyCheck")
_REPLACING: Final = ("KeySpec", "KeyUsage", "MultiRegion", "Origin")
_PENDING_DAYS: Final = 30
_INVALID_STATE: Final = "KMSInvalidStateException"


def create(call: Call, properties: Properties) -> Resource:
    """Create the key, then set its rotation and whether it is enabled."""
    parameters: dict[str, Any] = picked(properties, _AT_CREATION)
    if "KeyPolicy" in properties:
        parameters["Policy"] = json_text(properties["KeyPolicy"])
    if tags := given_tags(call, properties.get("Tags")):
        parameters["Tags"] = _as_list(tags)
    if call.earlier_id is None:
        found = call.services.call("kms", "CreateKey", parameters)["KeyMetadata"]
    else:
        found = call.services.call("kms", "DescribeKey", {"KeyId": call.earlier_id})["KeyMetadata"]
    call.keep_id(found["KeyId"])
    _set_others(call, found["KeyId"], {}, properties)
    return Resource(found["KeyId"], {"Arn": found["Arn"], "KeyId": found["KeyId"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the description, the policy, the rotation, whether it is enabled, and the tags."""
    key = {"KeyId": there.physical_id}
    if is_changed(old, new, ["Description"]):
        call.services.call("kms", "UpdateKeyDescription", {**key, "Description": new.get("Description", "")})
    if is_changed(old, new, ["KeyPolicy"]) and "KeyPolicy" in new:
        policy = {"PolicyName": "default", "Policy": json_text(new["KeyPolicy"])}
        call.services.call("kms", "PutKeyPolicy", {**key, **policy, **picked(new, ["BypassPolicyLockoutSafetyCheck"])})
    _set_others(call, there.physical_id, old, new)
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("kms", "TagResource", {**key, "Tags": _as_list(tags)}),
        lambda keys: call.services.call("kms", "UntagResource", {**key, "TagKeys": keys}),
    )
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Schedule the deletion of the key."""
    days = properties.get("PendingWindowInDays", _PENDING_DAYS)
    with absence_is_done(_INVALID_STATE):
        call.services.call("kms", "ScheduleKeyDeletion", {"KeyId": there.physical_id, "PendingWindowInDays": days})


def replaces(old: Properties, new: Properties) -> bool:
    """Tell whether what a key is for its life differs."""
    return is_changed(old, new, _REPLACING)


def _set_others(call: Call, key_id: str, old: Properties, new: Properties) -> None:
    key = {"KeyId": key_id}
    if is_changed(old, new, ("EnableKeyRotation", "RotationPeriodInDays")):
        if new.get("EnableKeyRotation", False):
            call.services.call(
                "kms", "EnableKeyRotation", key | renamed(new, {"RotationPeriodInDays": "RotationPeriodInDays"})
            )
        elif old.get("EnableKeyRotation", False):
            call.services.call("kms", "DisableKeyRotation", key)
    if old.get("Enabled", True) != new.get("Enabled", True):
        call.services.call("kms", "EnableKey" if new.get("Enabled", True) else "DisableKey", key)


def _as_list(tags: Any) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]


TYPE: Final = ResourceType("AWS::KMS::Key", create, update, delete, replaces=replaces)
