"""Versions of managed policies: at most five, one of which is the default and counts.

Source: CreatePolicyVersion and its relatives in the "API Reference", "Versioning IAM policies" (IAM); messages as
recorded (localstack, test_iam_policies.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import POLICY, POLICY_VERSION, SERVICE, list_all, now, put
from gatewright.control.iam.errors import access_denied, delete_conflict, limit_exceeded, no_such_entity
from gatewright.control.iam.managed_policies import find_policy, is_aws_managed, not_attachable, require_policy
from gatewright.control.iam.markers import page_of
from gatewright.control.iam.policy_documents import check_identity_policy, encoded, size_of
from gatewright.store.types import Document, Key, Reader, Writer

_MOST_VERSIONS: Final = 5
_SIZE: Final = 6_144


def create_policy_version(context: Context, request: Shape) -> Shape:
    """Add a version to a policy, and make it the default where that is asked for."""
    arn, text = request["PolicyArn"], request["PolicyDocument"]
    refuse_aws_managed(context, arn, "CreatePolicyVersion")
    check_managed_policy(text)
    with context.store.write() as writer:
        policy = find_policy(context, writer, arn)
        if policy is None:
            raise not_attachable(arn)
        if len(versions_of(context, writer, policy)) >= _MOST_VERSIONS:
            raise limit_exceeded(
                f"A managed policy can have up to {_MOST_VERSIONS} versions. Before you create a new version, you must "
                "delete an existing version."
            )
        version = put_version(context, writer, policy, text)
        policy["UpdateDate"] = version["CreateDate"]
        if request.get("SetAsDefault"):
            policy["DefaultVersionId"] = version["VersionId"]
        put(context, writer, POLICY, policy)
    return {"PolicyVersion": _listed(policy, version)}


def get_policy_version(context: Context, request: Shape) -> Shape:
    """Return a version of a policy with its document."""
    arn, version_id = request["PolicyArn"], request["VersionId"]
    with context.store.read() as reader:
        policy = find_policy(context, reader, arn)
        if policy is None:
            raise _no_version(arn, version_id)
        version = _require(context, reader, policy, version_id)
    return {"PolicyVersion": {"Document": encoded(version["Document"]), **_listed(policy, version)}}


def list_policy_versions(context: Context, request: Shape) -> Shape:
    """List a policy's versions, the newest first."""
    arn = request["PolicyArn"]
    with context.store.read() as reader:
        policy = require_policy(context, reader, arn)
        versions = versions_of(context, reader, policy)
    newest_first = [(f"{place:02d}", version) for place, version in enumerate(reversed(versions))]
    shown, rest = page_of(request, f"ListPolicyVersions/{arn}", newest_first)
    return {"Versions": [_listed(policy, version) for version in shown], **rest}


def set_default_policy_version(context: Context, request: Shape) -> Shape:
    """Make a version the one that counts."""
    arn, version_id = request["PolicyArn"], request["VersionId"]
    refuse_aws_managed(context, arn, "SetDefaultPolicyVersion")
    with context.store.write() as writer:
        policy = find_policy(context, writer, arn)
        if policy is None:
            raise _no_version(arn, version_id)
        _require(context, writer, policy, version_id)
        policy |= {"DefaultVersionId": version_id, "UpdateDate": now(context)}
        put(context, writer, POLICY, policy)
    return {}


def delete_policy_version(context: Context, request: Shape) -> Shape:
    """Delete a version that is not the default."""
    arn, version_id = request["PolicyArn"], request["VersionId"]
    refuse_aws_managed(context, arn, "DeletePolicyVersion")
    with context.store.write() as writer:
        policy = find_policy(context, writer, arn)
        if policy is None:
            raise _no_version(arn, version_id)
        _require(context, writer, policy, version_id)
        if version_id == policy["DefaultVersionId"]:
            raise delete_conflict("Cannot delete the default version of a policy.")
        writer.delete(_key(context, policy, version_id))
    return {}


def check_managed_policy(text: str) -> None:
    """Check the document of a managed policy. Raises MalformedPolicyDocument, LimitExceeded."""
    check_identity_policy(text, is_managed=True)
    if size_of(text) > _SIZE:
        raise limit_exceeded(f"Cannot exceed quota for PolicySize: {_SIZE}")


def refuse_aws_managed(context: Context, arn: str, operation: str) -> None:
    """Refuse to change what is AWS's. Raises AccessDenied."""
    if is_aws_managed(arn):
        user = f"arn:{context.caller.partition}:iam::{context.caller.account_id}:root"
        raise access_denied(f"User: {user} is not authorized to perform: iam:{operation} on resource: policy {arn}")


def put_version(context: Context, writer: Writer, policy: Document, text: str) -> Document:
    """Add a version to a policy, whose document the caller keeps: numbers are never used again."""
    policy["LastVersion"] += 1
    version = {"VersionId": f"v{policy['LastVersion']}", "CreateDate": now(context), "Document": text}
    writer.put(_key(context, policy, version["VersionId"]), version)
    return version


def versions_of(context: Context, reader: Reader, policy: Document) -> list[Document]:
    """Return a policy's versions, the oldest first."""
    if is_aws_managed(policy["Arn"]):
        date = policy["UpdateDate"]
        return [{"VersionId": policy["DefaultVersionId"], "CreateDate": date, "Document": policy["Document"]}]
    prefix = f"{policy['PolicyName'].lower()}/"
    return [version for _, version in list_all(context, reader, POLICY_VERSION, prefix)]


def delete_versions(context: Context, writer: Writer, policy: Document) -> None:
    """Delete all versions of a policy."""
    for version in versions_of(context, writer, policy):
        writer.delete(_key(context, policy, version["VersionId"]))


def shown_versions(context: Context, reader: Reader, policy: Document) -> list[Document]:
    """Return a policy's versions with their documents, the newest first."""
    versions = reversed(versions_of(context, reader, policy))
    return [{"Document": encoded(each["Document"]), **_listed(policy, each)} for each in versions]


def _require(context: Context, reader: Reader, policy: Document, version_id: str) -> Document:
    for version in versions_of(context, reader, policy):
        if version["VersionId"] == version_id:
            return version
    raise _no_version(policy["Arn"], version_id)


def _no_version(arn: str, version_id: str) -> AwsError:
    return no_such_entity(f"Policy {arn} version {version_id} does not exist or is not attachable.")


def _listed(policy: Document, version: Document) -> Document:
    is_default = version["VersionId"] == policy["DefaultVersionId"]
    return {"VersionId": version["VersionId"], "IsDefaultVersion": is_default, "CreateDate": version["CreateDate"]}


def _key(context: Context, policy: Document, version_id: str) -> Key:
    number = int(version_id.removeprefix("v"))
    return context.global_key(SERVICE, POLICY_VERSION, f"{policy['PolicyName'].lower()}/{number:06d}")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreatePolicyVersion": create_policy_version,
        "GetPolicyVersion": get_policy_version,
        "ListPolicyVersions": list_policy_versions,
        "SetDefaultPolicyVersion": set_default_policy_version,
        "DeletePolicyVersion": delete_policy_version,
    }
)
