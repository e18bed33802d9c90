"""Properties of templates and members of API Gateway's operations: `RestApiId` and `restApiId`; ARNs; tags."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gatewright.stacks.resource_types.contract import Call, Properties
from gatewright.stacks.resource_types.tags import is_own, tag_change

_LARGEST_PAGE = 500


def lowered(name: str) -> str:
    """Return the name of the member that a property becomes."""
    return name[:1].lower() + name[1:]


def members(value: Any) -> Any:
    """Return an object, or a list of objects, by its members' names; deeper ones are maps of the user's."""
    if isinstance(value, Mapping):
        return {lowered(name): one for name, one in value.items()}
    return [members(one) for one in value] if isinstance(value, list) else value


def parameters(properties: Properties, names: Iterable[str]) -> dict[str, Any]:
    """Return the properties of some names that are given, as parameters."""
    return {lowered(name): members(properties[name]) for name in names if name in properties}


def json_text(value: Any) -> str:
    """Return a document that a template has as text or as an object, as text."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def resource_arn(call: Call, path: str) -> str:
    """Return the ARN of a resource, such as of `/restapis/a1b2c3`."""
    return f"arn:{call.partition}:apigateway:{call.region}::{path}"


def set_tags(call: Call, path: str, wanted: Mapping[str, str]) -> None:
    """Give a resource the tags that it is to have, and no others."""
    arn = {"resourceArn": resource_arn(call, path)}
    change = tag_change(call.services.call("apigateway", "GetTags", arn).get("tags", {}), wanted)
    if change.put:
        call.services.call("apigateway", "TagResource", {**arn, "tags": dict(change.put)})
    if change.remove:
        call.services.call("apigateway", "UntagResource", {**arn, "tagKeys": change.remove})


def items(call: Call, operation: str, target: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the items of a listing, page after page."""
    position: dict[str, str] = {}
    while True:
        page = call.services.call("apigateway", operation, {**target, **position, "limit": _LARGEST_PAGE})
        yield from page.get("items", ())
        if not page.get("position"):
            return
        position = {"position": page["position"]}


def earlier(call: Call, operation: str) -> dict[str, Any] | None:
    """Return what an attempt before this one made, by its tags."""
    if not call.is_repeated:
        return None
    return next((one for one in items(call, operation, {}) if is_own(call, one.get("tags") or {})), None)
