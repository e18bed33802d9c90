"""The resource types of Amazon Route 53. The companion has them as records: no name resolves by them."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.route53 import health_check, hosted_zone, record_sets

TYPES: Final[Family] = family(hosted_zone.TYPE, record_sets.RECORD_SET, record_sets.GROUP, health_check.TYPE)
