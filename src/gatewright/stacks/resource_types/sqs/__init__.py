"""The resource types of Amazon SQS, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.sqs import policies, queue

TYPES: Final[Family] = family(queue.TYPE, policies.QUEUE_POLICY, policies.QUEUE_INLINE_POLICY)
