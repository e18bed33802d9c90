"""Which code signing configuration a function has.

Source: PutFunctionCodeSigningConfig, GetFunctionCodeSigningConfig and DeleteFunctionCodeSigningConfig in the "API
reference" (AWS Lambda).
"""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.code_signing_configs import cannot_enforce, find_code_signing_config, is_enforced
from gatewright.control.lambda_.names import (
    FUNCTION_CODE_SIGNING,
    SERVICE,
    FunctionTarget,
    require_function,
    resolve_unqualified,
)
from gatewright.store.types import Writer

_log = logging.getLogger(__name__)


def put_function_code_signing_config(context: Context, request: Shape) -> Shape:
    """Give a function a configuration that only warns, in place of the one that it has."""
    target = resolve_unqualified(context, "PutFunctionCodeSigningConfig", request["FunctionName"])
    arn = request["CodeSigningConfigArn"]
    with context.store.write() as writer:
        attach_code_signing_config(context, writer, "PutFunctionCodeSigningConfig", target, arn)
        require_function(context, writer, target)
    return {"CodeSigningConfigArn": arn, "FunctionName": target.name}


def get_function_code_signing_config(context: Context, request: Shape) -> Shape:
    """Return which configuration a function has; an empty object when it has none."""
    target = resolve_unqualified(context, "GetFunctionCodeSigningConfig", request["FunctionName"])
    with context.store.read() as reader:
        require_function(context, reader, target)
        document = reader.get(context.key(SERVICE, FUNCTION_CODE_SIGNING, target.name))
    if document is None:
        return {}
    return {"CodeSigningConfigArn": document["CodeSigningConfigArn"], "FunctionName": target.name}


def delete_function_code_signing_config(context: Context, request: Shape) -> Shape:
    """Take a function's configuration away; that it has none is no error."""
    target = resolve_unqualified(context, "DeleteFunctionCodeSigningConfig", request["FunctionName"])
    with context.store.write() as writer:
        require_function(context, writer, target)
        writer.delete(context.key(SERVICE, FUNCTION_CODE_SIGNING, target.name))
    return {}


def attach_code_signing_config(
    context: Context, writer: Writer, operation: str, target: FunctionTarget, arn: str
) -> None:
    """Write that a function has a configuration. Raises CodeSigningConfigNotFoundException.

    Raises `OperationNotImplemented` for one that is to be enforced.
    """
    config = find_code_signing_config(context, writer, arn)
    if config is None:
        raise AwsError(
            "CodeSigningConfigNotFoundException",
            "The code signing configuration cannot be found. "
            f"Check that the provided configuration is not deleted: {arn}.",
            status=404,
        )
    if is_enforced(config):
        raise cannot_enforce(operation)
    writer.put(context.key(SERVICE, FUNCTION_CODE_SIGNING, target.name), {"CodeSigningConfigArn": arn})
    _log.warning("%s: its code signing configuration is a record only; signatures are not verified", target.arn)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutFunctionCodeSigningConfig": put_function_code_signing_config,
        "GetFunctionCodeSigningConfig": get_function_code_signing_config,
        "DeleteFunctionCodeSigningConfig": delete_function_code_signing_config,
    }
)
