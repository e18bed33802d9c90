"""The kinds of client SDKs that API Gateway generates, and what it must be told for each.

Source: GetSdk in the "Amazon API Gateway REST API Reference" names the types and the parameters that they need. AWS's
names for people, descriptions and optional parameters are on no page.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.documents import page_of_items
from gatewright.control.apigateway.errors import not_found
from gatewright.control.context import Context
from gatewright.store.types import Document

_TYPES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "android": ("Android", ("groupId", "artifactId", "artifactVersion", "invokerPackage")),
        "java": ("Java SDK", ("serviceName", "javaPackageName")),
        "javascript": ("JavaScript", ()),
        "objectivec": ("iOS (Objective-C)", ("classPrefix",)),
        "ruby": ("Ruby", ()),
        "swift": ("iOS (Swift)", ("classPrefix",)),
    }
)
"""The name and the required parameters of every type."""


def get_sdk_type(context: Context, request: Shape) -> Shape:
    """Return a type of SDK."""
    if request["id"] not in _TYPES:
        raise not_found("Invalid SDK type specified")
    return _presented(request["id"])


def get_sdk_types(context: Context, request: Shape) -> Shape:
    """List the types of SDKs."""
    return page_of_items(request, "sdktype", [(name, _presented(name)) for name in _TYPES])


def _presented(name: str) -> Document:
    friendly_name, parameters = _TYPES[name]
    sdk_type: Document = {"id": name, "friendlyName": friendly_name}
    if parameters:
        sdk_type["configurationProperties"] = [{"name": each, "required": True} for each in parameters]
    return sdk_type


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"GetSdkType": get_sdk_type, "GetSdkTypes": get_sdk_types}
)
