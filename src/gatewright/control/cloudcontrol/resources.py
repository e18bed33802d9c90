"""GetResource: what a resource is now, in the words of its type.

Sources: GetResource in the "API Reference" (Cloud Control API); the schema of AWS::Lambda::Url, whose primary
identifier is FunctionArn.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.function_urls import get_function_url_config


def get_resource(context: Context, request: Shape) -> Shape:
    """Return the properties of a resource (JSON). Raises ResourceNotFoundException, NotImplemented for most types."""
    type_name = request["TypeName"]
    read = _READERS.get(type_name)
    if read is None:
        raise OperationNotImplemented(f"GetResource of {type_name} is not implemented.")
    properties = read(context, request["Identifier"])
    description = {"Identifier": request["Identifier"], "Properties": json.dumps(properties, separators=(",", ":"))}
    return {"TypeName": type_name, "ResourceDescription": description}


def _function_url(context: Context, identifier: str) -> Mapping[str, Any]:
    try:
        config = get_function_url_config(context, {"FunctionName": identifier})
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        message = f"Resource of type 'AWS::Lambda::Url' with identifier '{identifier}' was not found."
        raise AwsError("ResourceNotFoundException", message) from error
    names = ("FunctionArn", "AuthType", "Cors", "FunctionUrl", "InvokeMode")
    return {"TargetFunctionArn": config["FunctionArn"]} | {name: config[name] for name in names if config.get(name)}


_READERS: Mapping[str, Callable[[Context, str], Mapping[str, Any]]] = MappingProxyType(
    {"AWS::Lambda::Url": _function_url}
)

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType({"GetResource": get_resource})
