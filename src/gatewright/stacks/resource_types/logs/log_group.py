"""`AWS::Logs::LogGroup`. Ref is the name; the ARN ends with `:*`.

Source: AWS::Logs::LogGroup (AWS CloudFormation User Guide).
"""

import json
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import is_own, tag_change, tags_of

NAME: Final = "AWS::Logs::LogGroup"
_LONGEST_NAME: Final = 512
_STANDARD: Final = "STANDARD"


def create(call: Call, properties: Properties) -> Resource:
    """Create the group, then set what its creation does not."""
    name = properties.get("LogGroupName") or call.physical_name(_LONGEST_NAME)
    request: dict[str, Any] = {"logGroupName": name}
    if tags := tags_of(call, NAME, properties):
        request["tags"] = tags
    for member, parameter in (("KmsKeyId", "kmsKeyId"), ("LogGroupClass", "logGroupClass")):
        if member in properties:
            request[parameter] = properties[member]
    try:
        call.services.call("logs", "CreateLogGroup", request)
    except AwsError as error:
        if error.code != "ResourceAlreadyExistsException" or not call.is_repeated:
            raise
        if not is_own(call, _tags(call, name)):
            raise
    call.keep_id(name)
    _set_others(call, name, {}, properties)
    return Resource(name, {"Arn": f"{_arn(call, name)}:*"})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change how long the group keeps events, its key, policies and tags."""
    name = there.physical_id
    if old.get("LogGroupClass", _STANDARD) != new.get("LogGroupClass", _STANDARD):
        raise AwsError("NotUpdatable", "LogGroupClass cannot be changed once a log group is created")
    if is_changed(old, new, ["KmsKeyId"]):
        if "KmsKeyId" in new:
            call.services.call("logs", "AssociateKmsKey", {"logGroupName": name, "kmsKeyId": new["KmsKeyId"]})
        else:
            call.services.call("logs", "DisassociateKmsKey", {"logGroupName": name})
    _set_others(call, name, old, new)
    change = tag_change(_tags(call, name), tags_of(call, NAME, new))
    arn = _arn(call, name)
    if change.put:
        call.services.call("logs", "TagResource", {"resourceArn": arn, "tags": dict(change.put)})
    if change.remove:
        call.services.call("logs", "UntagResource", {"resourceArn": arn, "tagKeys": change.remove})
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the group with its events."""
    with absence_is_done():
        call.services.call("logs", "DeleteLogGroup", {"logGroupName": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what DescribeLogGroups tells."""
    name = there.physical_id
    output = if_present(call, "logs", "DescribeLogGroups", {"logGroupNamePrefix": name}) or {}
    group = next((one for one in output.get("logGroups", ()) if one["logGroupName"] == name), None)
    if group is None:
        return None
    members = {
        "LogGroupName": "logGroupName",
        "RetentionInDays": "retentionInDays",
        "KmsKeyId": "kmsKeyId",
        "LogGroupClass": "logGroupClass",
    }
    return {property_name: group[member] for property_name, member in members.items() if group.get(member)}


def _set_others(call: Call, name: str, old: Properties, new: Properties) -> None:
    group = {"logGroupName": name}
    if is_changed(old, new, ["RetentionInDays"]):
        if "RetentionInDays" in new:
            request = {**group, "retentionInDays": new["RetentionInDays"]}
            call.services.call("logs", "PutRetentionPolicy", request)
        else:
            call.services.call("logs", "DeleteRetentionPolicy", group)
    for member, operation, parameter in (
        ("DeletionProtectionEnabled", "PutLogGroupDeletionProtection", "deletionProtectionEnabled"),
        ("BearerTokenAuthenticationEnabled", "PutBearerTokenAuthentication", "bearerTokenAuthenticationEnabled"),
    ):
        if is_changed(old, new, [member]):
            request = {"logGroupIdentifier": name, parameter: new.get(member, False)}
            call.services.call("logs", operation, request)
    _set_policies(call, name, old, new)


def _set_policies(call: Call, name: str, old: Properties, new: Properties) -> None:
    target = {"logGroupIdentifier": name}
    if is_changed(old, new, ["DataProtectionPolicy"]):
        if "DataProtectionPolicy" in new:
            request = {**target, "policyDocument": json.dumps(new["DataProtectionPolicy"])}
            call.services.call("logs", "PutDataProtectionPolicy", request)
        else:
            call.services.call("logs", "DeleteDataProtectionPolicy", target)
    if is_changed(old, new, ["FieldIndexPolicies"]):
        policies = new.get("FieldIndexPolicies", [])
        for policy in policies:
            request = {**target, "policyDocument": json.dumps(policy)}
            call.services.call("logs", "PutIndexPolicy", request)
        if not policies:
            call.services.call("logs", "DeleteIndexPolicy", target)
    if is_changed(old, new, ["ResourcePolicyDocument"]):
        arn = {"resourceArn": _arn(call, name)}
        if "ResourcePolicyDocument" in new:
            request = {**arn, "policyDocument": json.dumps(new["ResourcePolicyDocument"])}
            call.services.call("logs", "PutResourcePolicy", request)
        else:
            call.services.call("logs", "DeleteResourcePolicy", arn)


def _tags(call: Call, name: str) -> dict[str, str]:
    output = call.services.call("logs", "ListTagsForResource", {"resourceArn": _arn(call, name)})
    tags: dict[str, str] = output.get("tags", {})
    return tags


def _arn(call: Call, name: str) -> str:
    return call.arn("logs", f"log-group:{name}")


LOG_GROUP: Final = ResourceType(NAME, create, update, delete, read)
