"""The resource types of Amazon S3, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.s3 import bucket, bucket_policy

TYPES: Final[Family] = family(bucket.TYPE, bucket_policy.TYPE)
