"""The resource types of AWS Step Functions, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.step_functions import activity, state_machine

TYPES: Final[Family] = family(state_machine.TYPE, activity.TYPE)
