"""The resource types of AWS KMS, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.kms import alias, key

TYPES: Final[Family] = family(key.TYPE, alias.TYPE)
