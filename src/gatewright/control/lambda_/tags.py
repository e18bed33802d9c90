"""Tags of functions, code signing configurations and event source mappings.

Source: TagResource, UntagResource and ListTags in the "API reference" (AWS Lambda). A function whose tags are
written gets a new RevisionId; so others recorded it of AWS, but not that LastModified changes, too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.base.arn import parse_arn
from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.code_signing_configs import require_code_signing_config
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.control.lambda_.event_source_mappings import require_event_source_mapping
from gatewright.control.lambda_.names import (
    CODE_SIGNING_CONFIG_TAGS,
    EVENT_SOURCE_MAPPING_TAGS,
    FUNCTION_TAGS,
    SERVICE,
    change_revision,
    require_function,
    resolve_function,
)
from gatewright.control.lambda_.tag_sets import checked_tags
from gatewright.store.types import Key, Reader, Writer


@dataclass(frozen=True, slots=True)
class _Tagged:
    """A resource that can have tags."""

    key: Key
    """Of the document of its tags."""
    require: Callable[[Reader], object]
    """Raises ResourceNotFoundException when the resource is not there."""
    changed: Callable[[Writer], None] = lambda writer: None
    """Called after a change of tags, also of one that changed nothing."""


def tag_resource(context: Context, request: Shape) -> Shape:
    """Add tags to a resource, replacing those of the same keys."""
    tagged = _resolve(context, "TagResource", request["Resource"])
    if not request["Tags"]:
        raise invalid_parameter("An error occurred and the request cannot be processed.")
    with context.store.write() as writer:
        tagged.require(writer)
        tags = (writer.get(tagged.key) or {"Tags": {}})["Tags"]
        writer.put(tagged.key, {"Tags": checked_tags(context.caller, request["Tags"], tags)})
        tagged.changed(writer)
    return {}


def untag_resource(context: Context, request: Shape) -> Shape:
    """Remove tags by key; keys that are not there are no error."""
    tagged = _resolve(context, "UntagResource", request["Resource"])
    with context.store.write() as writer:
        tagged.require(writer)
        document = writer.get(tagged.key) or {"Tags": {}}
        removed = frozenset(request["TagKeys"])
        tags = {name: value for name, value in document["Tags"].items() if name not in removed}
        if tags:
            writer.put(tagged.key, {"Tags": tags})
        else:
            writer.delete(tagged.key)
        tagged.changed(writer)
    return {}


def list_tags(context: Context, request: Shape) -> Shape:
    """Return the tags of a resource."""
    tagged = _resolve(context, "ListTags", request["Resource"])
    with context.store.read() as reader:
        tagged.require(reader)
        return reader.get(tagged.key) or {"Tags": {}}


def _resolve(context: Context, operation: str, resource: str) -> _Tagged:
    arn = parse_arn(resource)
    kind, _, identifier = arn.resource.partition(":") if arn else (resource, "", "")
    if kind == "code-signing-config":
        return _Tagged(
            context.key(SERVICE, CODE_SIGNING_CONFIG_TAGS, identifier),
            lambda reader: require_code_signing_config(context, reader, resource),
        )
    if kind == "event-source-mapping":
        return _Tagged(
            context.key(SERVICE, EVENT_SOURCE_MAPPING_TAGS, identifier),
            lambda reader: require_event_source_mapping(context, reader, identifier),
        )
    if kind != "function":
        raise OperationNotImplemented(f"Lambda {operation}: tags of a {kind} are not implemented by gatewright.")
    target = resolve_function(context, operation, resource)
    if target.qualifier is not None:
        raise invalid_parameter(
            "Tags on function aliases and versions are not supported. Please specify a function ARN."
        )
    return _Tagged(
        context.key(SERVICE, FUNCTION_TAGS, target.name),
        lambda reader: require_function(context, reader, target),
        lambda writer: change_revision(context, writer, target),
    )


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "TagResource": tag_resource,
        "UntagResource": untag_resource,
        "ListTags": list_tags,
    }
)
