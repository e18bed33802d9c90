"""`AWS::Lambda::EventSourceMapping`. Ref is its UUID.

Sources: AWS::Lambda::EventSourceMapping (AWS CloudFormation User Guide); CreateEventSourceMapping ("API reference").
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.lambda_.function import set_tags
from gatewright.stacks.resource_types.members import renamed, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import is_own, tags_of

NAME: Final = "AWS::Lambda::EventSourceMapping"
_POLL_SECONDS: Final = 0.5
_CHANGING: Final = frozenset({"Creating", "Enabling", "Disabling", "Updating", "Deleting"})
# Property → parameter of CreateEventSourceMapping and UpdateEventSourceMapping.
_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: name
        for name in (
            "AmazonManagedKafkaEventSourceConfig",
            "BatchSize",
            "BisectBatchOnFunctionError",
            "DestinationConfig",
            "DocumentDBEventSourceConfig",
            "Enabled",
            "FilterCriteria",
            "FunctionName",
            "FunctionResponseTypes",
            "LoggingConfig",
            "MaximumBatchingWindowInSeconds",
            "MaximumRecordAgeInSeconds",
            "MaximumRetryAttempts",
            "MetricsConfig",
            "ParallelizationFactor",
            "ProvisionedPollerConfig",
            "ScalingConfig",
            "SelfManagedKafkaEventSourceConfig",
            "SourceAccessConfigurations",
            "TumblingWindowInSeconds",
        )
    }
    | {"KmsKeyArn": "KMSKeyArn"}
)
_ONLY_AT_CREATION: Final[Mapping[str, str]] = MappingProxyType(
    {name: name for name in ("EventSourceArn", "Queues", "SelfManagedEventSource", "StartingPosition", "Topics")}
)
_DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "DocumentDBEventSourceConfig": {},
        "Enabled": True,
        "FilterCriteria": {},
        "FunctionResponseTypes": [],
        "KMSKeyArn": "",
        "LoggingConfig": {},
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "MetricsConfig": {"Metrics": []},
        "ParallelizationFactor": 1,
        "ProvisionedPollerConfig": {},
        "ScalingConfig": {},
        "SourceAccessConfigurations": [],
        "TumblingWindowInSeconds": 0,
    }
)
_BATCH_OF_QUEUES: Final = 10
_BATCH_OF_OTHERS: Final = 100


def create(call: Call, properties: Properties) -> Resource:
    """Create the mapping, and wait until it reads."""
    tags = tags_of(call, NAME, properties)
    parameters = renamed(properties, {**_SETTINGS, **_ONLY_AT_CREATION})
    if "StartingPositionTimestamp" in properties:
        parameters["StartingPositionTimestamp"] = datetime.fromtimestamp(properties["StartingPositionTimestamp"], UTC)
    mapping = _earlier(call, properties) if call.is_repeated else None
    if mapping is None:
        mapping = call.services.call(
            "lambda", "CreateEventSourceMapping", {**parameters, **({"Tags": tags} if tags else {})}
        )
    call.keep_id(mapping["UUID"])
    _settled(call, mapping)
    return _resource(call, mapping)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the settings of the mapping, and wait until they hold."""
    is_queue = ":sqs:" in new.get("EventSourceArn", "")
    defaults = {**_DEFAULTS, "BatchSize": _BATCH_OF_QUEUES if is_queue else _BATCH_OF_OTHERS}
    changes = with_defaults(renamed(old, _SETTINGS), renamed(new, _SETTINGS), defaults)
    if changes:
        mapping = call.services.call("lambda", "UpdateEventSourceMapping", {"UUID": there.physical_id, **changes})
        _settled(call, mapping)
    set_tags(call, there.attributes["EventSourceMappingArn"], tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the mapping, and wait until it reads no more."""
    target = {"UUID": there.physical_id}
    with absence_is_done():
        call.services.call("lambda", "DeleteEventSourceMapping", target)
        while True:
            call.services.call("lambda", "GetEventSourceMapping", target)
            call.wait(_POLL_SECONDS)


def _earlier(call: Call, properties: Properties) -> dict[str, Any] | None:
    """Return the mapping that an attempt before this one made."""
    filters = renamed(properties, {"EventSourceArn": "EventSourceArn", "FunctionName": "FunctionName"})
    mappings = call.services.call("lambda", "ListEventSourceMappings", filters)["EventSourceMappings"]
    for mapping in mappings:
        tags = call.services.call("lambda", "ListTags", {"Resource": _arn(call, mapping)}).get("Tags", {})
        if is_own(call, tags):
            found: dict[str, Any] = mapping
            return found
    return None


def _settled(call: Call, mapping: Mapping[str, Any]) -> None:
    """Wait until a mapping is as it is to be; most are when they are asked for again."""
    target = {"UUID": mapping["UUID"]}
    if mapping.get("State") in _CHANGING:
        while call.services.call("lambda", "GetEventSourceMapping", target).get("State") in _CHANGING:
            call.wait(_POLL_SECONDS)


def _arn(call: Call, mapping: Mapping[str, Any]) -> str:
    arn: str = mapping.get("EventSourceMappingArn") or call.arn("lambda", f"event-source-mapping:{mapping['UUID']}")
    return arn


def _resource(call: Call, mapping: Mapping[str, Any]) -> Resource:
    return Resource(mapping["UUID"], {"Id": mapping["UUID"], "EventSourceMappingArn": _arn(call, mapping)})


EVENT_SOURCE_MAPPING: Final = ResourceType(NAME, create, update, delete)
