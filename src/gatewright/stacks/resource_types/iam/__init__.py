"""Resource types of IAM."""

from gatewright.stacks.resource_types.contract import family
from gatewright.stacks.resource_types.iam.access_key import ACCESS_KEY
from gatewright.stacks.resource_types.iam.inline_policies import GROUP_POLICY, POLICY, ROLE_POLICY, USER_POLICY
from gatewright.stacks.resource_types.iam.instance_profile import INSTANCE_PROFILE
from gatewright.stacks.resource_types.iam.managed_policy import MANAGED_POLICY
from gatewright.stacks.resource_types.iam.oidc_provider import OIDC_PROVIDER
from gatewright.stacks.resource_types.iam.role import ROLE
from gatewright.stacks.resource_types.iam.service_linked_role import SERVICE_LINKED_ROLE
from gatewright.stacks.resource_types.iam.users import GROUP, USER, USER_TO_GROUP_ADDITION

TYPES = family(
    ACCESS_KEY,
    GROUP,
    GROUP_POLICY,
    INSTANCE_PROFILE,
    MANAGED_POLICY,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    SERVICE_LINKED_ROLE,
    USER,
    USER_POLICY,
    USER_TO_GROUP_ADDITION,
)
