"""The resource types of Amazon DynamoDB, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.dynamodb import global_table, table

TYPES: Final[Family] = family(table.TYPE, global_table.TYPE)
