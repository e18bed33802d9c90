"""Amazon CloudWatch Logs: log groups, streams and events. What functions write is there, too.

Groups and events are in the archive (`observe.log_archive`), not in the store: nothing is compiled from them.
Operations that are in no table answer 501 by their absence; `docs/differences.md` lists them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs import (
    list_log_groups,
    log_groups,
    log_streams,
    metric_filters,
    put_log_events,
    read_log_events,
    tags,
)
from gatewright.control.logs.errors import translated

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        name: translated(operation)
        for table in (
            log_groups.OPERATIONS,
            list_log_groups.OPERATIONS,
            log_streams.OPERATIONS,
            put_log_events.OPERATIONS,
            read_log_events.OPERATIONS,
            tags.OPERATIONS,
            metric_filters.OPERATIONS,
        )
        for name, operation in table.items()
    }
)
