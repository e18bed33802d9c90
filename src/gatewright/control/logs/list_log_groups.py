"""ListLogGroups: log groups by patterns of their names, by class and by tags.

Source: "API Reference" (CloudWatch Logs). Log groups here have neither data sources nor field indexes, so that filters
of those find none, and no account is linked to another one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs.names import archive, group_arn
from gatewright.languages.event_patterns import matches_parts
from gatewright.observe.log_archive import LogGroup

_PAGE: Final = 50
_READ: Final = 500


def list_log_groups(context: Context, request: Shape) -> Shape:
    """List the log groups that all filters take, by their names."""
    caller = context.caller
    accounts = request.get("accountIdentifiers")
    if (accounts and caller.account_id not in accounts) or request.get("dataSources") or request.get("fieldIndexNames"):
        return {"logGroups": []}
    # The model allows nothing in it that would take long.
    pattern = re.compile(request.get("logGroupNamePattern") or "")
    filters = request.get("logGroupTags") or ()

    def fetch(after: str, limit: int) -> list[tuple[str, LogGroup]]:
        taken: list[tuple[str, LogGroup]] = []
        while len(taken) < limit:
            read = archive(context).groups.by_name(
                caller.account_id,
                caller.region,
                log_class=request.get("logGroupClass"),
                after=after,
                limit=_READ,
            )
            taken += [
                (group.key.name, group)
                for group in read
                if pattern.search(group.key.name) and all(_is_tagged(group, each) for each in filters)
            ]
            if len(read) < _READ:
                break
            after = read[-1].key.name
        return taken[:limit]

    groups, token = page(
        fetch,
        request.get("nextToken"),
        request.get("limit") or _PAGE,
        listing="ListLogGroups",
        error_code="InvalidParameterException",
        error_message="The specified nextToken is invalid.",
    )
    return {
        "logGroups": [
            {
                "logGroupName": group.key.name,
                "logGroupArn": group_arn(context, group.key),
                "logGroupClass": group.log_class,
            }
            for group in groups
        ],
        "nextToken": token,
    }


def _is_tagged(group: LogGroup, wanted: Shape) -> bool:
    value = group.tags.get(wanted["key"])
    if value is None:
        return False
    values: Sequence[str] = wanted.get("values") or ()
    return not values or any(_is_value(value, each) for each in values)


def _is_value(value: str, wanted: str) -> bool:
    """Compare a tag's value; `*` stands for any text, a `!` at the beginning for all that is not what follows."""
    if wanted.startswith("!"):
        return not _is_value(value, wanted[1:])
    return matches_parts(value, wanted.split("*"))


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType({"ListLogGroups": list_log_groups})
