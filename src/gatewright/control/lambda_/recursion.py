"""What Lambda does when a function turns out to call itself without end.

Source: PutFunctionRecursionConfig and GetFunctionRecursionConfig in the "API reference", "Use Lambda recursive loop
detection to prevent infinite loops" (AWS Lambda Developer Guide).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.names import RECURSION_CONFIG, SERVICE, require_function, resolve_unqualified
from gatewright.store.types import Document

_DEFAULT = "Terminate"


def put_function_recursion_config(context: Context, request: Shape) -> Shape:
    """Set whether a recursive loop is ended or allowed."""
    target = resolve_unqualified(context, "PutFunctionRecursionConfig", request["FunctionName"])
    document: Document = {"RecursiveLoop": request["RecursiveLoop"]}
    with context.store.write() as writer:
        require_function(context, writer, target)
        writer.put(context.key(SERVICE, RECURSION_CONFIG, target.name), document)
    return document


def get_function_recursion_config(context: Context, request: Shape) -> Shape:
    """Return whether a recursive loop is ended or allowed."""
    target = resolve_unqualified(context, "GetFunctionRecursionConfig", request["FunctionName"])
    with context.store.read() as reader:
        require_function(context, reader, target)
        document = reader.get(context.key(SERVICE, RECURSION_CONFIG, target.name))
    return document or {"RecursiveLoop": _DEFAULT}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutFunctionRecursionConfig": put_function_recursion_config,
        "GetFunctionRecursionConfig": get_function_recursion_config,
    }
)
