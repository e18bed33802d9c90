"""Tags of log groups, by name and by ARN.

Source: TagLogGroup, UntagLogGroup, ListTagsLogGroup, TagResource, UntagResource, ListTagsForResource ("API Reference",
CloudWatch Logs): tags are merged, keys that are not there may be removed, and there are 50 at most.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from gatewright.base.arn import parse_arn
from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs.errors import invalid_parameter, too_many_tags
from gatewright.control.logs.names import archive, group_key, group_of_arn
from gatewright.observe.log_archive import GroupKey, LogGroup

_MOST = 50


def tag_log_group(context: Context, request: Shape) -> Shape:
    """Add tags to a log group, replacing those of the same keys."""
    _add(context, group_key(context, request["logGroupName"]), request["tags"])
    return {}


def untag_log_group(context: Context, request: Shape) -> Shape:
    """Remove tags of a log group by their keys."""
    _remove(context, group_key(context, request["logGroupName"]), request["tags"])
    return {}


def list_tags_log_group(context: Context, request: Shape) -> Shape:
    """Return the tags of a log group."""
    return {"tags": archive(context).groups.get(group_key(context, request["logGroupName"])).tags}


def tag_resource(context: Context, request: Shape) -> Shape:
    """Add tags to a log group, replacing those of the same keys."""
    _add(context, _resource(context, "TagResource", request), request["tags"])
    return {}


def untag_resource(context: Context, request: Shape) -> Shape:
    """Remove tags of a log group by their keys."""
    _remove(context, _resource(context, "UntagResource", request), request["tagKeys"])
    return {}


def list_tags_for_resource(context: Context, request: Shape) -> Shape:
    """Return the tags of a log group."""
    return {"tags": archive(context).groups.get(_resource(context, "ListTagsForResource", request)).tags}


def _resource(context: Context, operation: str, request: Shape) -> GroupKey:
    arn = parse_arn(request["resourceArn"])
    kind = "" if arn is None else arn.resource.partition(":")[0]
    if arn is not None and arn.service == "logs" and kind != "log-group":
        raise OperationNotImplemented(
            f"CloudWatch Logs {operation}: tags of a {kind} are not implemented by gatewright."
        )
    return group_of_arn(context, request["resourceArn"])


def _add(context: Context, key: GroupKey, tags: Mapping[str, str]) -> None:
    if context.caller.called_via is None and any(map(_is_of_aws, tags)):
        raise invalid_parameter("Tag keys that begin with aws: are reserved.")

    def changed(group: LogGroup) -> LogGroup:
        merged = group.tags | dict(tags)
        if sum(not _is_of_aws(name) for name in merged) > _MOST:
            raise too_many_tags(key.name)
        return replace(group, tags=merged)

    archive(context).groups.change(key, changed)


def _is_of_aws(name: str) -> bool:
    return name.lower().startswith("aws:")


def _remove(context: Context, key: GroupKey, names: Iterable[str]) -> None:
    removed = frozenset(names)
    archive(context).groups.change(
        key,
        lambda group: replace(group, tags={name: text for name, text in group.tags.items() if name not in removed}),
    )


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "TagLogGroup": tag_log_group,
        "UntagLogGroup": untag_log_group,
        "ListTagsLogGroup": list_tags_log_group,
        "TagResource": tag_resource,
        "UntagResource": untag_resource,
        "ListTagsForResource": list_tags_for_resource,
    }
)
