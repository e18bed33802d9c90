"""Tags of functions.

Source: TagResource, UntagResource and ListTags in the "API reference" (AWS Lambda).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.arn import parse_arn
from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.control.lambda_.names import (
    FUNCTION_TAGS,
    SERVICE,
    FunctionTarget,
    require_function,
    resolve_function,
)
from gatewright.control.lambda_.tag_sets import checked_tags


def tag_resource(context: Context, request: Shape) -> Shape:
    """Add tags to a function, replacing those of the same keys."""
    target = _resolve_resource(context, "TagResource", request["Resource"])
    if not request["Tags"]:
        raise invalid_parameter("An error occurred and the request cannot be processed.")
    key = context.key(SERVICE, FUNCTION_TAGS, target.name)
    with context.store.write() as writer:
        require_function(context, writer, target)
        tags = (writer.get(key) or {"Tags": {}})["Tags"]
        writer.put(key, {"Tags": checked_tags(tags | request["Tags"])})
    return {}


def untag_resource(context: Context, request: Shape) -> Shape:
    """Remove tags by key; keys that are not there are no error."""
    target = _resolve_resource(context, "UntagResource", request["Resource"])
    key = context.key(SERVICE, FUNCTION_TAGS, target.name)
    with context.store.write() as writer:
        require_function(context, writer, target)
        document = writer.get(key)
        if document is None:
            return {}
        removed = frozenset(request["TagKeys"])
        tags = {name: value for name, value in document["Tags"].items() if name not in removed}
        if tags:
            writer.put(key, {"Tags": tags})
        else:
            writer.delete(key)
    return {}


def list_tags(context: Context, request: Shape) -> Shape:
    """Return the tags of a function."""
    target = _resolve_resource(context, "ListTags", request["Resource"])
    with context.store.read() as reader:
        require_function(context, reader, target)
        return reader.get(context.key(SERVICE, FUNCTION_TAGS, target.name)) or {"Tags": {}}


def _resolve_resource(context: Context, operation: str, resource: str) -> FunctionTarget:
    arn = parse_arn(resource)
    if arn is None or not arn.resource.startswith("function:"):
        kind = arn.resource.partition(":")[0] if arn else resource
        raise OperationNotImplemented(f"Lambda {operation}: tags of a {kind} are not implemented by gatewright.")
    target = resolve_function(context, operation, resource)
    if target.qualifier is not None:
        raise invalid_parameter(
            "Tags on function aliases and versions are not supported. Please specify a function ARN."
        )
    return target


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "TagResource": tag_resource,
        "UntagResource": untag_resource,
        "ListTags": list_tags,
    }
)
