"""Listings and tags of version 2 of API Gateway's operations."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.stacks.resource_types.contract import Call
from gatewright.stacks.resource_types.tags import is_own, tag_change


def items(call: Call, operation: str, target: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the items of a listing, page after page."""
    token: dict[str, str] = {}
    while True:
        page = call.services.call("apigatewayv2", operation, {**target, **token})
        yield from page.get("Items", ())
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def earlier(call: Call, operation: str) -> dict[str, Any] | None:
    """Return what an attempt before this one made, by its tags."""
    if not call.is_repeated:
        return None
    return next((one for one in items(call, operation, {}) if is_own(call, one.get("Tags") or {})), None)


def set_tags(call: Call, path: str, wanted: Mapping[str, str]) -> None:
    """Give a resource, such as `/apis/a1b2c3`, the tags that it is to have, and no others."""
    arn = {"ResourceArn": f"arn:{call.partition}:apigateway:{call.region}::{path}"}
    change = tag_change(call.services.call("apigatewayv2", "GetTags", arn).get("Tags", {}), wanted)
    if change.put:
        call.services.call("apigatewayv2", "TagResource", {**arn, "Tags": dict(change.put)})
    if change.remove:
        call.services.call("apigatewayv2", "UntagResource", {**arn, "TagKeys": change.remove})
