"""Tags of what REST APIs are made of, by ARN.

Sources: TagResource in the "Amazon API Gateway REST API Reference"; "Amazon API Gateway ARN reference" (API Gateway
Developer Guide).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.documents import (
    API_KEY,
    CLIENT_CERTIFICATE,
    REST_API,
    STAGE,
    USAGE_PLAN,
    VPC_LINK,
    invalid_api,
    key,
    part_key,
)
from gatewright.control.apigateway.errors import not_built, not_found
from gatewright.control.apigatewayv2.tag_sets import checked_tags, invalid_arn, tagged_resource
from gatewright.control.context import Context
from gatewright.store.types import Document, Key, Reader


@dataclass(frozen=True, slots=True)
class _Tagged:
    """A document that can have tags, with its key."""

    key: Key
    document: Document


_Find = Callable[[Context, re.Match[str]], tuple[Key, str]]
"""Returns the key of what an ARN names, and AWS's text when it is not there."""


def get_tags(context: Context, request: Shape) -> Shape:
    """Return the tags of a resource."""
    with context.store.read() as reader:
        return {"tags": _require_tagged(context, reader, request["resourceArn"]).document.get("tags", {})}


def tag_resource(context: Context, request: Shape) -> Shape:
    """Add tags to a resource, replacing those with the same keys."""
    sent = checked_tags(context.caller, request["tags"])
    with context.store.write() as writer:
        tagged = _require_tagged(context, writer, request["resourceArn"])
        tagged.document["tags"] = checked_tags(context.caller, sent, tagged.document.get("tags", {}))
        writer.put(tagged.key, tagged.document)
    return {}


def untag_resource(context: Context, request: Shape) -> Shape:
    """Take tags from a resource; keys that it does not have are passed over."""
    removed = frozenset(request["tagKeys"])
    with context.store.write() as writer:
        tagged = _require_tagged(context, writer, request["resourceArn"])
        tags = tagged.document.get("tags", {})
        tagged.document["tags"] = {name: value for name, value in tags.items() if name not in removed}
        writer.put(tagged.key, tagged.document)
    return {}


def _require_tagged(context: Context, reader: Reader, resource_arn: str) -> _Tagged:
    named = tagged_resource(context, resource_arn)
    for pattern, find in _KINDS:
        match = pattern.fullmatch(named)
        if match is not None:
            found_key, missing = find(context, match)
            document = reader.get(found_key)
            if document is None:
                raise not_found(missing)
            return _Tagged(found_key, document)
    if named.startswith(_NOT_BUILT):
        raise not_built(f"tagging {resource_arn}")
    raise invalid_arn(resource_arn)


def _api(context: Context, match: re.Match[str]) -> tuple[Key, str]:
    return key(context, REST_API, match["id"]), invalid_api(context, match["id"])


def _stage(context: Context, match: re.Match[str]) -> tuple[Key, str]:
    return part_key(context, STAGE, match["id"], match["stage"]), "Invalid stage identifier specified"


def _api_key(context: Context, match: re.Match[str]) -> tuple[Key, str]:
    return key(context, API_KEY, match["id"]), "Invalid API Key identifier specified"


def _usage_plan(context: Context, match: re.Match[str]) -> tuple[Key, str]:
    return key(context, USAGE_PLAN, match["id"]), "Invalid Usage Plan ID specified"


def _client_certificate(context: Context, match: re.Match[str]) -> tuple[Key, str]:
    return key(context, CLIENT_CERTIFICATE, match["id"]), "Invalid Client Certificate identifier specified"


def _vpc_link(context: Context, match: re.Match[str]) -> tuple[Key, str]:
    return key(context, VPC_LINK, match["id"]), "Invalid Vpc Link identifier specified"


_KINDS: tuple[tuple[re.Pattern[str], _Find], ...] = (
    (re.compile(r"/restapis/(?P<id>[^/]+)"), _api),
    (re.compile(r"/restapis/(?P<id>[^/]+)/stages/(?P<stage>[^/]+)"), _stage),
    (re.compile(r"/apikeys/(?P<id>[^/]+)"), _api_key),
    (re.compile(r"/usageplans/(?P<id>[^/]+)"), _usage_plan),
    (re.compile(r"/clientcertificates/(?P<id>[^/]+)"), _client_certificate),
    (re.compile(r"/vpclinks/(?P<id>[^/]+)"), _vpc_link),
)

_NOT_BUILT = ("/apis/", "/domainnames/")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"GetTags": get_tags, "TagResource": tag_resource, "UntagResource": untag_resource}
)
