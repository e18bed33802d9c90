"""The resource types of Amazon CloudWatch, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.cloudwatch import alarm, dashboard
from gatewright.stacks.resource_types.contract import Family, family

TYPES: Final[Family] = family(alarm.TYPE, alarm.COMPOSITE, dashboard.TYPE)
