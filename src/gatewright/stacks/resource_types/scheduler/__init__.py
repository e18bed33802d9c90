"""The resource types of Amazon EventBridge Scheduler, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.scheduler import group, schedule

TYPES: Final[Family] = family(schedule.TYPE, group.TYPE)
