"""AWS CloudFormation: the operations on stacks. `execution` does what they begin.

Operations that are in no table answer NotImplemented by their absence; `docs/differences.md` lists them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.stacks.operations import (
    change_sets,
    create,
    delete,
    describe,
    drift,
    exports,
    policies,
    signals,
    templates,
    update,
)
from gatewright.stacks.operations.context import StackContext

OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {
        **create.OPERATIONS,
        **update.OPERATIONS,
        **delete.OPERATIONS,
        **describe.OPERATIONS,
        **templates.OPERATIONS,
        **change_sets.OPERATIONS,
        **exports.OPERATIONS,
        **policies.OPERATIONS,
        **signals.OPERATIONS,
        **drift.OPERATIONS,
    }
)
