"""The resource types of Amazon Kinesis Data Streams, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.kinesis import consumer, resource_policy, stream

TYPES: Final[Family] = family(stream.TYPE, consumer.TYPE, resource_policy.TYPE)
