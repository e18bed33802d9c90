"""Tags of APIs and stages, by ARN.

Sources: the Tags resource in the "API Gateway Version 2 API Reference"; "Amazon API Gateway ARN reference".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.documents import STAGE, api_key, part_key, require_api
from gatewright.control.apigatewayv2.errors import not_built
from gatewright.control.apigatewayv2.stages import require_stage
from gatewright.control.apigatewayv2.tag_sets import checked_tags, invalid_arn, tagged_resource
from gatewright.control.context import Context
from gatewright.store.types import Document, Key, Reader

_RESOURCE = re.compile(r"/apis/(?P<api>[^/]+)(?:/stages/(?P<stage>[^/]+))?")
# What API Gateway tags beside APIs and stages of HTTP and WebSocket APIs.
_OTHER_RESOURCES = ("/domainnames/", "/vpclinks/", "/restapis/", "/usageplans/", "/apikeys/", "/clientcertificates/")


@dataclass(frozen=True, slots=True)
class _Tagged:
    """A document that can have tags, with its key."""

    key: Key
    document: Document


def get_tags(context: Context, request: Shape) -> Shape:
    """Return the tags of an API or a stage."""
    with context.store.read() as reader:
        return {"Tags": _require_tagged(context, reader, request["ResourceArn"]).document.get("Tags", {})}


def tag_resource(context: Context, request: Shape) -> Shape:
    """Add tags to an API or a stage, replacing those with the same keys."""
    sent = checked_tags(context.caller, request.get("Tags", {}))
    with context.store.write() as writer:
        tagged = _require_tagged(context, writer, request["ResourceArn"])
        tagged.document["Tags"] = checked_tags(context.caller, sent, tagged.document.get("Tags", {}))
        writer.put(tagged.key, tagged.document)
    return {}


def untag_resource(context: Context, request: Shape) -> Shape:
    """Take tags from an API or a stage; keys that it does not have are passed over."""
    removed = frozenset(request["TagKeys"])
    with context.store.write() as writer:
        tagged = _require_tagged(context, writer, request["ResourceArn"])
        tags = tagged.document.get("Tags", {})
        tagged.document["Tags"] = {key: value for key, value in tags.items() if key not in removed}
        writer.put(tagged.key, tagged.document)
    return {}


def _require_tagged(context: Context, reader: Reader, resource_arn: str) -> _Tagged:
    named = tagged_resource(context, resource_arn)
    if named.startswith(_OTHER_RESOURCES):
        raise not_built(f"tagging {resource_arn}")
    resource = _RESOURCE.fullmatch(named)
    if resource is None:
        raise invalid_arn(resource_arn)
    api = require_api(context, reader, resource["api"])
    if resource["stage"] is None:
        return _Tagged(api_key(context, resource["api"]), api)
    stage = require_stage(context, reader, resource["api"], resource["stage"])
    return _Tagged(part_key(context, STAGE, resource["api"], resource["stage"]), stage)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"GetTags": get_tags, "TagResource": tag_resource, "UntagResource": untag_resource}
)
