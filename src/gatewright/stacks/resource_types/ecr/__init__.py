"""The resource types of Amazon ECR, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.ecr import repository

TYPES: Final[Family] = family(repository.TYPE)
