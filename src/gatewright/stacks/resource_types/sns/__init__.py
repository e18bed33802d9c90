"""The resource types of Amazon SNS, which the companion serves."""

from typing import Final

from gatewright.stacks.resource_types.contract import Family, family
from gatewright.stacks.resource_types.sns import policies, subscription, topic

TYPES: Final[Family] = family(topic.TYPE, subscription.TYPE, policies.TOPIC_POLICY, policies.TOPIC_INLINE_POLICY)
