"""The resource types of AWS Secrets Manager, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.secrets_manager import resource_policy, secret

TYPES: Final[Family] = family(secret.TYPE, resource_policy.TYPE)
