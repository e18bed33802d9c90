"""Customer managed policies, and AWS's among them where they are looked at.

Source: CreatePolicy and its relatives in the "API Reference" (IAM); members and messages as recorded (localstack,
test_iam_policies.snapshot.json).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import (
    ATTACHMENT,
    BOUNDARY,
    POLICY,
    entity_key,
    find,
    list_all,
    new_document,
    put,
)
from gatewright.control.iam.errors import already_exists, delete_conflict
from gatewright.control.iam.managed_policies import (
    aws_managed_policies,
    is_for_services,
    require_policy,
    usage_counts,
)
from gatewright.control.iam.markers import page_of
from gatewright.control.iam.policy_versions import (
    check_managed_policy,
    delete_versions,
    put_version,
    refuse_aws_managed,
    versions_of,
)
from gatewright.control.iam.tag_sets import OF_POLICIES
from gatewright.store.types import Document, Reader

_SHOWN: Final = (
    "PolicyName",
    "PolicyId",
    "Arn",
    "Path",
    "DefaultVersionId",
    "IsAttachable",
    "CreateDate",
    "UpdateDate",
)
_USAGES: Final = MappingProxyType(
    {"PermissionsPolicy": "AttachmentCount", "PermissionsBoundary": "PermissionsBoundaryUsageCount"}
)


def create_policy(context: Context, request: Shape) -> Shape:
    """Create a managed policy; its document becomes version v1."""
    tags = OF_POLICIES.checked(request.get("Tags") or ())
    text = request["PolicyDocument"]
    check_managed_policy(text)
    policy = {
        **new_document(context, POLICY, request),
        "DefaultVersionId": "v1",
        "IsAttachable": True,
        "Tags": tags,
        "LastVersion": 0,
    }
    policy["UpdateDate"] = policy["CreateDate"]
    if request.get("Description"):
        policy["Description"] = request["Description"]
    with context.store.write() as writer:
        if find(context, writer, POLICY, request["PolicyName"]) is not None:
            name = request["PolicyName"]
            raise already_exists(f"A policy called {name} already exists. Duplicate names are not allowed.")
        put_version(context, writer, policy, text)
        put(context, writer, POLICY, policy)
    shown_tags = {"Tags": tags} if tags else {}
    return {"Policy": {**_listed(policy), "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 0, **shown_tags}}


def get_policy(context: Context, request: Shape) -> Shape:
    """Return a managed policy."""
    arn = request["PolicyArn"]
    with context.store.read() as reader:
        policy = require_policy(context, reader, arn)
        counts = usage_counts(context, reader, arn)
    described = {name: policy[name] for name in ("Description",) if name in policy}
    return {"Policy": {**_listed(policy), **described, **counts, "Tags": policy.get("Tags", [])}}


def list_policies(context: Context, request: Shape) -> Shape:
    """List managed policies by name: the account's, AWS's, or both."""
    scope, path = request.get("Scope") or "All", request.get("PathPrefix") or "/"
    usage = request.get("PolicyUsageFilter")
    with context.store.read() as reader:
        found = listed_policies(context, reader, scope)
    matching = [
        (place, policy)
        for place, policy in found
        if policy["Path"].startswith(path)
        and (not request.get("OnlyAttached") or policy["AttachmentCount"])
        and (usage is None or policy[_USAGES[usage]])
    ]
    listing = f"ListPolicies/{scope}/{path}/{usage}/{request.get('OnlyAttached')}"
    shown, rest = page_of(request, listing, matching)
    return {"Policies": shown, **rest}


def delete_policy(context: Context, request: Shape) -> Shape:
    """Delete a managed policy that is attached to nothing and has only its default version."""
    arn = request["PolicyArn"]
    refuse_aws_managed(context, arn, "DeletePolicy")
    with context.store.write() as writer:
        policy = require_policy(context, writer, arn)
        if any(usage_counts(context, writer, arn).values()):
            raise delete_conflict("Cannot delete a policy attached to entities.")
        if len(versions_of(context, writer, policy)) > 1:
            raise delete_conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                "versions. The default version is deleted with the policy."
            )
        delete_versions(context, writer, policy)
        writer.delete(entity_key(context, POLICY, policy["PolicyName"]))
    return {}


def listed_policies(context: Context, reader: Reader, scope: str) -> list[tuple[str, Document]]:
    """Return (key of the listing, policy with its counts) of `Local`, `AWS` or `All` managed policies."""
    found = []
    attached, bounded = (
        Counter(key.partition("|")[0] for key, _ in list_all(context, reader, kind)) for kind in (ATTACHMENT, BOUNDARY)
    )
    if scope in ("All", "Local"):
        found += [(f"{key}/", policy) for key, policy in list_all(context, reader, POLICY.kind)]
    if scope in ("All", "AWS"):
        prefix = f"arn:{context.caller.partition}:iam::aws:policy"
        found += [
            (f"{name.lower()}/aws", {**policy, "Arn": f"{prefix}{policy['Path']}{name}"})
            for name, policy in aws_managed_policies().items()
            if not is_for_services(policy)
        ]
    counted = [
        (
            place,
            {
                **_listed(policy),
                "AttachmentCount": attached[policy["Arn"]],
                "PermissionsBoundaryUsageCount": bounded[policy["Arn"]],
            },
        )
        for place, policy in found
    ]
    return sorted(counted, key=itemgetter(0))


def _listed(policy: Document) -> Document:
    return {name: policy[name] for name in _SHOWN}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreatePolicy": create_policy,
        "GetPolicy": get_policy,
        "ListPolicies": list_policies,
        "DeletePolicy": delete_policy,
    }
)
