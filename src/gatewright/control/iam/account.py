"""The account as a whole: how much of what it has, and its alias.

Source: GetAccountSummary, CreateAccountAlias and its relatives in the "API Reference" (IAM); the members of the summary
as recorded (localstack, test_iam_account_summary.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import (
    ACCOUNT_ALIAS,
    GROUP,
    INSTANCE_PROFILE,
    POLICY,
    POLICY_VERSION,
    ROLE,
    SERVICE,
    USER,
    list_all,
)
from gatewright.control.iam.errors import no_such_entity
from gatewright.control.iam.markers import page_of

_QUOTAS: Final = MappingProxyType(
    {
        "AccessKeysPerUserQuota": 2,
        "AssumeRolePolicySizeQuota": 2048,
        "AttachedPoliciesPerGroupQuota": 10,
        "AttachedPoliciesPerRoleQuota": 10,
        "AttachedPoliciesPerUserQuota": 10,
        "GlobalEndpointTokenVersion": 1,
        "GroupPolicySizeQuota": 5120,
        "GroupsPerUserQuota": 10,
        "GroupsQuota": 300,
        "InstanceProfilesQuota": 1000,
        "PoliciesQuota": 1500,
        "PolicySizeQuota": 6144,
        "PolicyVersionsInUseQuota": 10000,
        "RolePolicySizeQuota": 10240,
        "RolesQuota": 1000,
        "ServerCertificatesQuota": 20,
        "SigningCertificatesPerUserQuota": 2,
        "UserPolicySizeQuota": 2048,
        "UsersQuota": 5000,
        "VersionsPerPolicyQuota": 5,
    }
)
# What cannot be made here, so that there is none of it.
_NONE: Final = (
    "AccountAccessKeysPresent",
    "AccountMFAEnabled",
    "AccountPasswordPresent",
    "AccountSigningCertificatesPresent",
    "MFADevices",
    "MFADevicesInUse",
    "Providers",
    "ServerCertificates",
)
_COUNTED: Final = MappingProxyType(
    {
        "Groups": GROUP.kind,
        "InstanceProfiles": INSTANCE_PROFILE.kind,
        "Policies": POLICY.kind,
        "PolicyVersionsInUse": POLICY_VERSION,
        "Roles": ROLE.kind,
        "Users": USER.kind,
    }
)


def get_account_summary(context: Context, request: Shape) -> Shape:
    """Return how many of everything there are, and AWS's usual quotas."""
    with context.store.read() as reader:
        counts = {name: len(list_all(context, reader, kind)) for name, kind in _COUNTED.items()}
    return {"SummaryMap": {**_QUOTAS, **dict.fromkeys(_NONE, 0), **counts}}


def create_account_alias(context: Context, request: Shape) -> Shape:
    """Give the account an alias instead of the one that it may have."""
    with context.store.write() as writer:
        for alias, _ in list_all(context, writer, ACCOUNT_ALIAS):
            writer.delete(context.global_key(SERVICE, ACCOUNT_ALIAS, alias))
        alias = request["AccountAlias"]
        writer.put(context.global_key(SERVICE, ACCOUNT_ALIAS, alias), {"AccountAlias": alias})
    return {}


def list_account_aliases(context: Context, request: Shape) -> Shape:
    """Return the account's alias, if it has one."""
    with context.store.read() as reader:
        found = list_all(context, reader, ACCOUNT_ALIAS)
    aliases, rest = page_of(request, "ListAccountAliases", [(alias, alias) for alias, _ in found])
    return {"AccountAliases": aliases, **rest}


def delete_account_alias(context: Context, request: Shape) -> Shape:
    """Take the account's alias from it."""
    alias = request["AccountAlias"]
    with context.store.write() as writer:
        if not writer.delete(context.global_key(SERVICE, ACCOUNT_ALIAS, alias)):
            raise no_such_entity(f"The account alias {alias} does not exist.")
    return {}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GetAccountSummary": get_account_summary,
        "CreateAccountAlias": create_account_alias,
        "ListAccountAliases": list_account_aliases,
        "DeleteAccountAlias": delete_account_alias,
    }
)
