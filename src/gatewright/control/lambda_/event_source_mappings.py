"""Event source mappings: what Lambda reads events from for a function. Of sources, SQS queues are built.

Source: CreateEventSourceMapping and its like in the "API reference", "Using Lambda with Amazon SQS", "Configuring
scaling behavior for SQS event source mappings" and "Control which events Lambda sends to your function" (AWS Lambda
Developer Guide); answers and errors as localstack recorded them (tests/aws/services/lambda_/event_source_mapping).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gatewright.aws.pagination import page
from gatewright.base.arn import Arn, parse_arn
from gatewright.base.clock import utc
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import conflict, invalid_parameter, not_found
from gatewright.control.lambda_.names import (
    EVENT_SOURCE_MAPPING,
    EVENT_SOURCE_MAPPING_TAGS,
    SERVICE,
    FunctionTarget,
    find_function,
    require_function,
    resolve_function,
)
from gatewright.control.lambda_.tag_sets import checked_tags
from gatewright.languages.event_patterns import PatternInvalid, compile_pattern
from gatewright.store.types import Document, Key, Reader, Writer

_LARGEST_PAGE = 100
_MOST_FILTERS = 10
_LARGEST_UNBATCHED = 10
"""Messages of one ReceiveMessage: to batch more takes a window in which to wait for them."""
_FIFO = ".fifo"
_FOR_STREAMS = (
    "ParallelizationFactor",
    "DestinationConfig",
    "MaximumRecordAgeInSeconds",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "TumblingWindowInSeconds",
)
_FOR_OTHERS = (
    "Topics",
    "Queues",
    "SelfManagedEventSource",
    "SourceAccessConfigurations",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
)
_NOT_BUILT = ("KMSKeyArn", "MetricsConfig", "LoggingConfig", "ProvisionedPollerConfig")
_COPIED = ("BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes")


def create_event_source_mapping(context: Context, request: Shape) -> Shape:
    """Begin to read a queue for a function."""
    target = resolve_function(context, "CreateEventSourceMapping", request["FunctionName"])
    source = _source(request)
    tags = checked_tags(context.caller, request.get("Tags") or {})
    identifier = str(context.ids.uuid())
    caller = context.caller
    document: Document = {
        "UUID": identifier,
        "BatchSize": _LARGEST_UNBATCHED,
        "MaximumBatchingWindowInSeconds": 0,
        "EventSourceArn": str(source),
        "FunctionArn": target.qualified_arn,
        "LastModified": utc(context.clock.now()).isoformat(),
        "State": "Disabled" if request.get("Enabled") is False else "Enabled",
        "StateTransitionReason": "USER_INITIATED",
        "FunctionResponseTypes": [],
        "EventSourceMappingArn": f"arn:{caller.partition}:lambda:{caller.region}:{caller.account_id}:"
        f"event-source-mapping:{identifier}",
    }
    _apply(document, source, request)
    with context.store.read() as reader:
        function = _require_function(context, reader, target)
    _check_queue(context, source, function)
    with context.store.write() as writer:
        _require_function(context, writer, target)
        _refuse_second(context, writer, document)
        writer.put(_key(context, identifier), document)
        if tags:
            writer.put(context.key(SERVICE, EVENT_SOURCE_MAPPING_TAGS, identifier), {"Tags": tags})
    return {**document, "State": "Creating" if document["State"] == "Enabled" else "Disabled"}


def get_event_source_mapping(context: Context, request: Shape) -> Shape:
    """Return a mapping."""
    with context.store.read() as reader:
        return require_event_source_mapping(context, reader, request["UUID"])


def list_event_source_mappings(context: Context, request: Shape) -> Shape:
    """List the mappings, all or those of a function and of a source, whether or not these exist."""
    name, source = request.get("FunctionName"), request.get("EventSourceArn")
    target = resolve_function(context, "ListEventSourceMappings", name) if name else None
    caller = context.caller
    with context.store.read() as reader:

        def matching(after: str, limit: int) -> list[tuple[str, Document]]:
            found = reader.list(caller.account_id, caller.region, SERVICE, EVENT_SOURCE_MAPPING, after=after)
            return [each for each in found if _is_of(each[1], target, source)][:limit]

        mappings, marker = page(
            matching,
            request.get("Marker"),
            min(request.get("MaxItems") or _LARGEST_PAGE, _LARGEST_PAGE),
            listing=f"ListEventSourceMappings/{name or ''}/{source or ''}",
        )
    return {"EventSourceMappings": mappings, "NextMarker": marker}


def update_event_source_mapping(context: Context, request: Shape) -> Shape:
    """Change a mapping; what is under way ends as it began."""
    identifier = request["UUID"]
    with context.store.read() as reader:
        before = require_event_source_mapping(context, reader, identifier)
    source = _source(before)
    target = resolve_function(context, "UpdateEventSourceMapping", request.get("FunctionName") or before["FunctionArn"])
    with context.store.read() as reader:
        function = require_function(context, reader, target)
    _check_queue(context, source, function)
    with context.store.write() as writer:
        document = require_event_source_mapping(context, writer, identifier)
        document["FunctionArn"] = target.qualified_arn
        _apply(document, source, request)
        if request.get("Enabled") is not None:
            document["State"] = "Enabled" if request["Enabled"] else "Disabled"
        document["LastModified"] = utc(context.clock.now()).isoformat()
        writer.put(_key(context, identifier), document)
    return {**document, "State": _transition(before["State"], document["State"])}


def delete_event_source_mapping(context: Context, request: Shape) -> Shape:
    """Read the source no more; messages that a function has are its own to finish."""
    identifier = request["UUID"]
    with context.store.write() as writer:
        document = require_event_source_mapping(context, writer, identifier)
        writer.delete(_key(context, identifier))
        writer.delete(context.key(SERVICE, EVENT_SOURCE_MAPPING_TAGS, identifier))
    return {**document, "State": "Deleting"}


def require_event_source_mapping(context: Context, reader: Reader, identifier: str) -> Document:
    """Return a mapping. Raises ResourceNotFoundException."""
    document = reader.get(_key(context, identifier))
    if document is None:
        raise not_found("The resource you requested does not exist.")
    return document


def _key(context: Context, identifier: str) -> Key:
    return context.key(SERVICE, EVENT_SOURCE_MAPPING, identifier)


def _require_function(context: Context, reader: Reader, target: FunctionTarget) -> Document:
    """Return the function of a new mapping. Raises InvalidParameterValueException, where others say not found."""
    function = find_function(context, reader, target)
    if function is None:
        raise invalid_parameter("Function does not exist")
    return function


def _transition(before: str, after: str) -> str:
    if before == after:
        return "Updating"
    return "Enabling" if after == "Enabled" else "Disabling"


def _is_of(document: Document, target: FunctionTarget | None, source: str | None) -> bool:
    if source is not None and document["EventSourceArn"] != source:
        return False
    return target is None or document["FunctionArn"] == target.qualified_arn


def _source(request: Shape) -> Arn:
    """Return the queue that is read. Raises for what is none."""
    given = next((name for name in _FOR_OTHERS if request.get(name)), None)
    if given is not None:
        raise _not_built(f"{given} of an event source mapping")
    text = request.get("EventSourceArn")
    if not text:
        raise invalid_parameter("Unrecognized event source.")
    source = parse_arn(text)
    if source is None:
        raise invalid_parameter(f"Unrecognized event source, must be kinesis, dynamodb stream or sqs. {text}")
    if source.service != "sqs":
        raise _not_built(f"an event source mapping of {source.service}")
    return source


def _apply(document: Document, source: Arn, request: Shape) -> None:
    """Take what the request says into a mapping. Raises AwsError for what SQS queues do not have."""
    if request.get("StartingPosition") or request.get("StartingPositionTimestamp"):
        raise invalid_parameter("StartingPosition is not valid for SQS event sources.")
    given = next((name for name in _FOR_STREAMS if request.get(name)), None)
    if given is not None:
        raise invalid_parameter(f"{given} is not available for SQS event sources.")
    given = next((name for name in _NOT_BUILT if request.get(name)), None)
    if given is not None:
        raise _not_built(f"{given} of an event source mapping")
    document |= {name: request[name] for name in _COPIED if request.get(name) is not None}
    _check_batch(document, source)
    if "ScalingConfig" in request:
        maximum = (request["ScalingConfig"] or {}).get("MaximumConcurrency")
        document.pop("ScalingConfig", None)
        if maximum is not None:
            document["ScalingConfig"] = {"MaximumConcurrency": maximum}
    if "FilterCriteria" in request:
        filters = (request["FilterCriteria"] or {}).get("Filters") or []
        document.pop("FilterCriteria", None)
        if filters:
            document["FilterCriteria"] = {"Filters": _checked_filters(filters)}


def _check_batch(document: Document, source: Arn) -> None:
    size, window = document["BatchSize"], document["MaximumBatchingWindowInSeconds"]
    if source.resource.endswith(_FIFO):
        if window:
            raise invalid_parameter("Batching window is not supported for FIFO queues.")
        if size > _LARGEST_UNBATCHED:
            raise invalid_parameter(f"Maximum batch size for FIFO queues is {_LARGEST_UNBATCHED}.")
    elif size > _LARGEST_UNBATCHED and not window:
        raise invalid_parameter(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
        )


def _checked_filters(filters: list[Mapping[str, Any]]) -> list[Document]:
    if len(filters) > _MOST_FILTERS:
        raise invalid_parameter(f"Filter list size cannot exceed {_MOST_FILTERS}.")
    for each in filters:
        try:
            compile_pattern(each.get("Pattern") or "")
        except PatternInvalid as error:
            raise invalid_parameter("Invalid filter pattern definition.") from error
    return [{"Pattern": each["Pattern"]} for each in filters]


def _check_queue(context: Context, source: Arn, function: Document) -> None:
    """Look at the queue as Lambda does with its first ReceiveMessage."""
    try:
        attributes = context.node.queue_attributes(source)
    except OperationNotImplemented:
        raise
    except AwsError as error:
        raise invalid_parameter(
            f"Error occurred while ReceiveMessage. SQS Error Code: {error.code}. SQS Error Message: {error.message}"
        ) from error
    visibility = int(attributes.get("VisibilityTimeout", 30))
    if visibility < function["Timeout"]:
        raise invalid_parameter(
            f"Queue visibility timeout: {visibility} seconds is less than Function timeout: "
            f"{function['Timeout']} seconds"
        )


def _refuse_second(context: Context, writer: Writer, document: Document) -> None:
    caller = context.caller
    for _, other in writer.list(caller.account_id, caller.region, SERVICE, EVENT_SOURCE_MAPPING):
        if all(other[name] == document[name] for name in ("EventSourceArn", "FunctionArn")):
            name = document["FunctionArn"].split(":function:", 1)[1]
            raise conflict(
                f'An event source mapping with SQS arn (" {document["EventSourceArn"]} ") and function (" {name} ") '
                f"already exists. Please update or delete the existing mapping with UUID {other['UUID']}"
            )


def _not_built(what: str) -> OperationNotImplemented:
    return OperationNotImplemented(f"Lambda: {what} is not implemented by gatewright.")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateEventSourceMapping": create_event_source_mapping,
        "GetEventSourceMapping": get_event_source_mapping,
        "ListEventSourceMappings": list_event_source_mappings,
        "UpdateEventSourceMapping": update_event_source_mapping,
        "DeleteEventSourceMapping": delete_event_source_mapping,
    }
)
