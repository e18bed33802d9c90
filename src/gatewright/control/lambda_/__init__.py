"""AWS Lambda: the control plane of functions. Invoke is served by the data plane, in `functions`.

Operations that are in no table answer 501 by their absence; `docs/differences.md` lists them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_ import (
    account,
    aliases,
    deletion,
    function_updates,
    function_urls,
    functions,
    permissions,
    resource_policies,
    tags,
    unconfigured,
    versions,
)

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        **functions.OPERATIONS,
        **function_urls.OPERATIONS,
        **function_updates.OPERATIONS,
        **deletion.OPERATIONS,
        **versions.OPERATIONS,
        **aliases.OPERATIONS,
        **permissions.OPERATIONS,
        **resource_policies.OPERATIONS,
        **tags.OPERATIONS,
        **account.OPERATIONS,
        **unconfigured.OPERATIONS,
    }
)
