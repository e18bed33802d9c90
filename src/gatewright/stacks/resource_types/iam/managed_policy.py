"""`AWS::IAM::ManagedPolicy`. Ref is the ARN.

Source: AWS::IAM::ManagedPolicy (AWS CloudFormation User Guide). Another document is a new default version; a policy
has five versions at most ("IAM and AWS STS quotas"), so the oldest goes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.iam.entities import ENTITIES, document_text
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_LONGEST_NAME: Final = 128
_MOST_VERSIONS: Final = 5
_ATTRIBUTES: Final = (
    "AttachmentCount",
    "CreateDate",
    "DefaultVersionId",
    "IsAttachable",
    "PermissionsBoundaryUsageCount",
    "PolicyId",
    "UpdateDate",
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the policy, and attach it."""
    name = properties.get("ManagedPolicyName") or call.physical_name(_LONGEST_NAME)
    document = document_text(properties["PolicyDocument"])
    request = {"PolicyName": name, "PolicyDocument": document, **picked(properties, ("Description", "Path"))}
    arn = f"arn:{call.partition}:iam::{call.account_id}:policy{properties.get('Path', '/')}{name}"
    try:
        call.services.call("iam", "CreatePolicy", request)
    except AwsError as error:
        if error.code != "EntityAlreadyExists" or not call.has_made(arn):
            raise
    call.keep_id(arn)
    _attach(call, arn, {}, properties)
    return _resource(call, arn)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Make a new version of it, and attach it elsewhere."""
    arn = there.physical_id
    document = document_text(new["PolicyDocument"])
    if document != document_text(old["PolicyDocument"]):
        _make_room(call, arn)
        request = {"PolicyArn": arn, "PolicyDocument": document, "SetAsDefault": True}
        call.services.call("iam", "CreatePolicyVersion", request)
    _attach(call, arn, old, new)
    _detach(call, arn, old, new)
    return _resource(call, arn)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Detach the policy, and delete it with its versions."""
    arn = there.physical_id
    _detach(call, arn, properties, {})
    with absence_is_done():
        for version in _other_versions(call, arn):
            call.services.call("iam", "DeletePolicyVersion", {"PolicyArn": arn, "VersionId": version})
        call.services.call("iam", "DeletePolicy", {"PolicyArn": arn})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what GetPolicy tells."""
    output = if_present(call, "iam", "GetPolicy", {"PolicyArn": there.physical_id})
    return None if output is None else picked(output["Policy"], ("Description", "Path"))


def _attach(call: Call, arn: str, old: Properties, new: Properties) -> None:
    for listed, entity in ENTITIES.items():
        for name in new.get(listed, ()):
            if name not in old.get(listed, ()):
                entity.call(call, "Attach{}Policy", name, PolicyArn=arn)


def _detach(call: Call, arn: str, old: Properties, new: Properties) -> None:
    for listed, entity in ENTITIES.items():
        for name in old.get(listed, ()):
            if name not in new.get(listed, ()):
                entity.detach(call, name, arn)


def _make_room(call: Call, arn: str) -> None:
    others = _other_versions(call, arn)
    if len(others) + 1 >= _MOST_VERSIONS:
        oldest = min(others, key=lambda version: int(version[1:]))
        call.services.call("iam", "DeletePolicyVersion", {"PolicyArn": arn, "VersionId": oldest})


def _other_versions(call: Call, arn: str) -> list[str]:
    """Return the versions (`v2`) that are not the default one."""
    versions = call.services.call("iam", "ListPolicyVersions", {"PolicyArn": arn}).get("Versions", ())
    return [version["VersionId"] for version in versions if not version["IsDefaultVersion"]]


def _resource(call: Call, arn: str) -> Resource:
    policy: Mapping[str, Any] = call.services.call("iam", "GetPolicy", {"PolicyArn": arn})["Policy"]
    attributes = {name: _plain(policy[name]) for name in _ATTRIBUTES if name in policy}
    return Resource(arn, {"PolicyArn": arn, **attributes})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


MANAGED_POLICY: Final = ResourceType("AWS::IAM::ManagedPolicy", create, update, delete, read)
