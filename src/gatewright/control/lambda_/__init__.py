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
    code_signing_configs,
    concurrency,
    deletion,
    event_invoke_configs,
    event_source_mappings,
    function_code_signing,
    function_updates,
    function_urls,
    functions,
    layer_permissions,
    layer_versions,
    layers,
    permissions,
    provisioned_concurrency,
    recursion,
    resource_policies,
    runtime_management,
    tags,
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
        **layers.OPERATIONS,
        **layer_versions.OPERATIONS,
        **layer_permissions.OPERATIONS,
        **concurrency.OPERATIONS,
        **provisioned_concurrency.OPERATIONS,
        **event_invoke_configs.OPERATIONS,
        **event_source_mappings.OPERATIONS,
        **code_signing_configs.OPERATIONS,
        **function_code_signing.OPERATIONS,
        **runtime_management.OPERATIONS,
        **recursion.OPERATIONS,
    }
)
