"""Resource types of CloudWatch Logs."""

from gatewright.stacks.resource_types.contract import family
from gatewright.stacks.resource_types.logs.destination import DESTINATION
from gatewright.stacks.resource_types.logs.filters import METRIC_FILTER, SUBSCRIPTION_FILTER
from gatewright.stacks.resource_types.logs.log_group import LOG_GROUP
from gatewright.stacks.resource_types.logs.log_stream import LOG_STREAM
from gatewright.stacks.resource_types.logs.query_definition import QUERY_DEFINITION
from gatewright.stacks.resource_types.logs.resource_policy import RESOURCE_POLICY

TYPES = family(
    DESTINATION,
    LOG_GROUP,
    LOG_STREAM,
    METRIC_FILTER,
    QUERY_DEFINITION,
    RESOURCE_POLICY,
    SUBSCRIPTION_FILTER,
)
