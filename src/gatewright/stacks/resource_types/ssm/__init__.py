"""The resource types of AWS Systems Manager, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.ssm import parameter

TYPES: Final[Family] = family(parameter.TYPE)
