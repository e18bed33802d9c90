"""SetStackPolicy, GetStackPolicy.

Source: the pages of these operations (AWS CloudFormation API Reference).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.stacks.execution.places import require_stack
from gatewright.stacks.execution.stack_policy import policy_of
from gatewright.stacks.operations.context import StackContext, present


def set_stack_policy(context: StackContext, request: Shape) -> Shape:
    """Give a stack a policy: there is no way to have none again, but one that allows everything."""
    policy = policy_of(context.services, request)
    with context.store.read() as reader:
        stack = require_stack(context.place, reader, request["StackName"])
    if policy is not None:
        with context.journal(stack).step() as step:
            step.stack["StackPolicy"] = policy
    return {}


def get_stack_policy(context: StackContext, request: Shape) -> Shape:
    """Return the policy of a stack, if it has one."""
    with context.store.read() as reader:
        stack = require_stack(context.place, reader, request["StackName"])
    return present({"StackPolicyBody": stack.get("StackPolicy")})


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {"SetStackPolicy": set_stack_policy, "GetStackPolicy": get_stack_policy}
)
