"""The resource types of Amazon CloudFront. The companion has them as records: nothing is served by them."""

from typing import Final

from gatewright.stacks.resource_types.cloudfront import distribution, function, origin_access
from gatewright.stacks.resource_types.contract import Family, family

TYPES: Final[Family] = family(distribution.TYPE, function.TYPE, origin_access.CONTROL, origin_access.IDENTITY)
