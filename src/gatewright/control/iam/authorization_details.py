"""GetAccountAuthorizationDetails: all users, groups, roles and policies with what they may do.

Pages go through users, groups, roles and policies in this order.

Source: GetAccountAuthorizationDetails in the "API Reference" (IAM); members as recorded (localstack,
test_iam_account_authorization_details.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.attached_policies import attached_policies
from gatewright.control.iam.boundaries import shown_boundary
from gatewright.control.iam.documents import GROUP, ROLE, USER, list_all
from gatewright.control.iam.inline_policies import shown_inline_policies
from gatewright.control.iam.instance_profiles import profiles_of_role
from gatewright.control.iam.managed_policies import find_policy, is_aws_managed
from gatewright.control.iam.markers import page_of
from gatewright.control.iam.memberships import shown_group
from gatewright.control.iam.policies import listed_policies
from gatewright.control.iam.policy_versions import shown_versions
from gatewright.control.iam.roles import role_in_brief
from gatewright.control.iam.users import shown_user
from gatewright.store.types import Document, Reader

_USERS, _GROUPS, _ROLES, _POLICIES = "UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"
_LISTS: Final = (_USERS, _GROUPS, _ROLES, _POLICIES)
_FILTERS: Final = MappingProxyType(
    {
        "User": _USERS,
        "Group": _GROUPS,
        "Role": _ROLES,
        "LocalManagedPolicy": "Local",
        "AWSManagedPolicy": "AWS",
    }
)


def get_account_authorization_details(context: Context, request: Shape) -> Shape:
    """Return what everybody may do."""
    wanted = {_FILTERS[name] for name in request.get("Filter") or _FILTERS}
    with context.store.read() as reader:
        found = [(_USERS, _user(each)) for each in _all(context, reader, USER.kind)]
        found += [(_GROUPS, _group(each)) for each in _all(context, reader, GROUP.kind)]
        found += [(_ROLES, _role(context, reader, each)) for each in _all(context, reader, ROLE.kind)]
        found = [(name, item) for name, item in found if name in wanted]
        found += [(_POLICIES, policy) for policy in _policies(context, reader, wanted)]
    numbered = [(f"{place:06d}", each) for place, each in enumerate(found)]
    shown, rest = page_of(request, f"GetAccountAuthorizationDetails/{sorted(wanted)}", numbered)
    lists = {list_name: [item for name, item in shown if name == list_name] for list_name in _LISTS}
    return {**lists, **rest}


def _all(context: Context, reader: Reader, kind: str) -> list[Document]:
    return [document for _, document in list_all(context, reader, kind)]


def _user(user: Document) -> Document:
    return {
        **shown_user(user),
        **_policies_of(user, "UserPolicyList"),
        "GroupList": user.get("Groups", []),
        "Tags": user["Tags"],
    }


def _group(group: Document) -> Document:
    return {**shown_group(group), **_policies_of(group, "GroupPolicyList")}


def _role(context: Context, reader: Reader, role: Document) -> Document:
    return {
        **role_in_brief(role),
        **_policies_of(role, "RolePolicyList"),
        "InstanceProfileList": profiles_of_role(context, reader, role),
        "RoleLastUsed": {},
        "Tags": role["Tags"],
    }


def _policies_of(document: Document, inline: str) -> Document:
    return {
        inline: shown_inline_policies(document),
        "AttachedManagedPolicies": attached_policies(document),
        **shown_boundary(document),
    }


def _policies(context: Context, reader: Reader, wanted: set[str]) -> list[Document]:
    """Return the managed policies: the account's, and of AWS's those that are attached to something."""
    found = []
    for _, listed in listed_policies(context, reader, "All"):
        is_aws = is_aws_managed(listed["Arn"])
        if ("AWS" if is_aws else "Local") not in wanted or (is_aws and not listed["AttachmentCount"]):
            continue
        policy = find_policy(context, reader, listed["Arn"])
        if policy is not None:
            described = {name: policy[name] for name in ("Description",) if name in policy}
            found.append({**listed, **described, "PolicyVersionList": shown_versions(context, reader, policy)})
    return found


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"GetAccountAuthorizationDetails": get_account_authorization_details}
)
