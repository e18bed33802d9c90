"""The resource types of Amazon Cognito, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.cognito import client, domain, identity_pool, members_of_pools, user_pool, users
from gatewright.stacks.resource_types.contract import Family, family

TYPES: Final[Family] = family(
    user_pool.TYPE,
    client.TYPE,
    domain.TYPE,
    members_of_pools.GROUP,
    members_of_pools.RESOURCE_SERVER,
    members_of_pools.IDENTITY_PROVIDER,
    users.USER,
    users.USER_TO_GROUP,
    identity_pool.TYPE,
    identity_pool.ROLES,
)
