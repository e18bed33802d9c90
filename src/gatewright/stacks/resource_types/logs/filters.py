"""`AWS::Logs::SubscriptionFilter` and `AWS::Logs::MetricFilter`. Ref is the name of the filter.

Source: the pages of these types (AWS CloudFormation User Guide). PutSubscriptionFilter and PutMetricFilter put a filter
in the place of one with the same name.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_NAME: Final = 512
_SUBSCRIPTION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ApplyOnTransformedLogs": "applyOnTransformedLogs",
        "DestinationArn": "destinationArn",
        "Distribution": "distribution",
        "EmitSystemFields": "emitSystemFields",
        "FieldSelectionCriteria": "fieldSelectionCriteria",
        "FilterPattern": "filterPattern",
        "LogGroupName": "logGroupName",
        "RoleArn": "roleArn",
    }
)
_METRIC: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ApplyOnTransformedLogs": "applyOnTransformedLogs",
        "EmitSystemFieldDimensions": "emitSystemFieldDimensions",
        "FieldSelectionCriteria": "fieldSelectionCriteria",
        "FilterPattern": "filterPattern",
        "LogGroupName": "logGroupName",
    }
)
_TRANSFORMATION: Final[Mapping[str, str]] = MappingProxyType(
    {
        "DefaultValue": "defaultValue",
        "MetricName": "metricName",
        "MetricNamespace": "metricNamespace",
        "MetricValue": "metricValue",
        "Unit": "unit",
    }
)


def _subscription(properties: Properties) -> dict[str, Any]:
    return renamed(properties, _SUBSCRIPTION)


def _metric(properties: Properties) -> dict[str, Any]:
    transformations = []
    for one in properties["MetricTransformations"]:
        transformation = renamed(one, _TRANSFORMATION)
        if "Dimensions" in one:
            transformation["dimensions"] = {pair["Key"]: pair["Value"] for pair in one["Dimensions"]}
        transformations.append(transformation)
    return {**renamed(properties, _METRIC), "metricTransformations": transformations}


def _filter_type(noun: str, parameters: Callable[[Properties], dict[str, Any]]) -> ResourceType:
    """Return the resource type of a kind of filters; `noun` is in the names of their operations."""

    def put(call: Call, name: str, properties: Properties) -> None:
        call.services.call("logs", f"Put{noun}", {"filterName": name, **parameters(properties)})

    def create(call: Call, properties: Properties) -> Resource:
        name = properties.get("FilterName") or call.physical_name(_LONGEST_NAME)
        put(call, name, properties)
        return Resource(name)

    def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
        put(call, there.physical_id, new)
        return there

    def delete(call: Call, there: Resource, properties: Properties) -> None:
        target = {"logGroupName": properties["LogGroupName"], "filterName": there.physical_id}
        with absence_is_done():
            call.services.call("logs", f"Delete{noun}", target)

    return ResourceType(f"AWS::Logs::{noun}", create, update, delete)


SUBSCRIPTION_FILTER: Final = _filter_type("SubscriptionFilter", _subscription)
METRIC_FILTER: Final = _filter_type("MetricFilter", _metric)
