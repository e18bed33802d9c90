"""What Lambda answers about a function that lacks a feature, for features that no function here can have yet.

Terraform, SAM and Chalice ask these of every function. Setting any of them is not implemented, so that each question
has one true answer. Source: the operations of these names in the "API reference" (AWS Lambda).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import not_found
from gatewright.control.lambda_.names import (
    LATEST,
    FunctionTarget,
    require_function,
    resolve_function,
    resolve_unqualified,
)


def get_function_code_signing_config(context: Context, request: Shape) -> Shape:
    """Answer for a function without code signing: an empty object."""
    _require_unqualified(context, "GetFunctionCodeSigningConfig", request)
    return {}


def get_function_concurrency(context: Context, request: Shape) -> Shape:
    """Answer for a function that reserves no concurrency: an empty object."""
    _require_unqualified(context, "GetFunctionConcurrency", request)
    return {}


def delete_function_concurrency(context: Context, request: Shape) -> Shape:
    """Do nothing, successfully, as for any function that reserves no concurrency."""
    _require_unqualified(context, "DeleteFunctionConcurrency", request)
    return {}


def get_runtime_management_config(context: Context, request: Shape) -> Shape:
    """Answer with the default: runtimes are updated automatically."""
    name, qualifier = request["FunctionName"], request.get("Qualifier")
    target = resolve_function(context, "GetRuntimeManagementConfig", name, qualifier)
    with context.store.read() as reader:
        require_function(context, reader, target)
    return {"UpdateRuntimeOn": "Auto", "FunctionArn": f"{target.arn}:{LATEST}"}


def get_function_recursion_config(context: Context, request: Shape) -> Shape:
    """Answer with the default: recursive loops are ended."""
    _require_unqualified(context, "GetFunctionRecursionConfig", request)
    return {"RecursiveLoop": "Terminate"}


def get_function_event_invoke_config(context: Context, request: Shape) -> Shape:
    """Answer for a function without a configuration for asynchronous invocation, whether or not it exists."""
    name, qualifier = request["FunctionName"], request.get("Qualifier")
    target = resolve_function(context, "GetFunctionEventInvokeConfig", name, qualifier)
    arn = f"{target.arn}:{target.qualifier or LATEST}"
    raise not_found(f"The function {arn} doesn't have an EventInvokeConfig")


def list_function_event_invoke_configs(context: Context, request: Shape) -> Shape:
    """List no configurations for asynchronous invocation."""
    _require_unqualified(context, "ListFunctionEventInvokeConfigs", request)
    return {"FunctionEventInvokeConfigs": []}


def list_provisioned_concurrency_configs(context: Context, request: Shape) -> Shape:
    """List no provisioned concurrency."""
    _require_unqualified(context, "ListProvisionedConcurrencyConfigs", request)
    return {"ProvisionedConcurrencyConfigs": []}


def _require_unqualified(context: Context, operation: str, request: Shape) -> FunctionTarget:
    target = resolve_unqualified(context, operation, request["FunctionName"])
    with context.store.read() as reader:
        require_function(context, reader, target)
    return target


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GetFunctionCodeSigningConfig": get_function_code_signing_config,
        "GetFunctionConcurrency": get_function_concurrency,
        "DeleteFunctionConcurrency": delete_function_concurrency,
        "GetRuntimeManagementConfig": get_runtime_management_config,
        "GetFunctionRecursionConfig": get_function_recursion_config,
        "GetFunctionEventInvokeConfig": get_function_event_invoke_config,
        "ListFunctionEventInvokeConfigs": list_function_event_invoke_configs,
        "ListProvisionedConcurrencyConfigs": list_provisioned_concurrency_configs,
    }
)
