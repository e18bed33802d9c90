"""AWS Identity and Access Management: the control plane of roles, users, groups and their policies.

IAM here keeps records: nothing is authorized by them yet. Operations that are in no table answer 501 by their absence;
`docs/differences.md` lists them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam import (
    absent_credentials,
    access_keys,
    account,
    attached_policies,
    authorization_details,
    boundaries,
    groups,
    inline_policies,
    instance_profiles,
    memberships,
    policies,
    policy_versions,
    roles,
    service_linked_roles,
    tags,
    users,
)

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        **roles.OPERATIONS,
        **service_linked_roles.OPERATIONS,
        **boundaries.OPERATIONS,
        **inline_policies.OPERATIONS,
        **attached_policies.OPERATIONS,
        **policies.OPERATIONS,
        **policy_versions.OPERATIONS,
        **users.OPERATIONS,
        **groups.OPERATIONS,
        **memberships.OPERATIONS,
        **access_keys.OPERATIONS,
        **absent_credentials.OPERATIONS,
        **instance_profiles.OPERATIONS,
        **tags.OPERATIONS,
        **account.OPERATIONS,
        **authorization_details.OPERATIONS,
    }
)
