"""AWS Lambda: the control plane of functions. Invoke is served by the data plane, in `functions`.

Operations that are in no table answer 501 by their absence: versions, aliases, layers, event source
mappings, reserved and provisioned concurrency, code signing and configurations of asynchronous invocation come later.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_ import (
    account,
    function_updates,
    function_urls,
    functions,
    permissions,
    tags,
    unconfigured,
)

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        **functions.OPERATIONS,
        **function_urls.OPERATIONS,
        **function_updates.OPERATIONS,
        **permissions.OPERATIONS,
        **tags.OPERATIONS,
        **account.OPERATIONS,
        **unconfigured.OPERATIONS,
    }
)
