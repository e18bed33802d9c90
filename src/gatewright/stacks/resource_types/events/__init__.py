"""The resource types of Amazon EventBridge, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.events import bus, bus_policy, destinations, rule

TYPES: Final[Family] = family(
    rule.TYPE, bus.BUS, bus.ARCHIVE, bus_policy.TYPE, destinations.CONNECTION, destinations.API_DESTINATION
)
