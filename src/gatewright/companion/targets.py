"""What receives the events of EventBridge, by the ARN of a target: the call that brings it an event.

Sources: "Event bus targets in Amazon EventBridge" (Amazon EventBridge User Guide): state machines are started
asynchronously, streams get a record by `PartitionKeyPath` (else the event's id), FIFO queues a message in a group, log
groups the event or the `timestamp` and `message` that a transformer makes; Target in the "API Reference" of EventBridge
Scheduler, whose targets have `EventBridgeParameters` and `PartitionKey`.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.arn import Arn, parse_arn
from gatewright.companion.inputs import select, text_of

_LOG_GROUP: Final = "log-group:"
_KINDS: Final = MappingProxyType(
    {"sqs": "", "sns": "", "kinesis": "", "states": "stateMachine:", "events": "event-bus/", "logs": _LOG_GROUP}
)
"""With what the resource of a target begins, by its service."""


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """An operation of a service, with botocore's names."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


def is_built(arn: str) -> bool:
    """Tell whether there are calls for targets of a kind. Functions are none of these: they are invoked."""
    parsed = parse_arn(arn)
    kind = None if parsed is None else _KINDS.get(parsed.service)
    return parsed is not None and kind is not None and parsed.resource.startswith(kind)


def calls_for(target: Mapping[str, Any], event: dict[str, Any], now_ms: int) -> tuple[ServiceCall, ...]:
    """Return the calls that bring an event to a target, in their order; none for a kind of target that is not built.

    `now_ms` is the time in milliseconds. Raises what Python does for a target that lacks a part, or has one of another
    type: nobody checks them before.
    """
    arn = parse_arn(target["Arn"])
    if arn is None or not is_built(target["Arn"]):
        return ()
    if arn.service == "logs":
        return _to_log_group(arn, text_of(target, event), now_ms)
    return (_BUILT[arn.service](arn, target, event),)


def _to_queue(arn: Arn, target: Mapping[str, Any], event: dict[str, Any]) -> ServiceCall:
    parameters = {
        "QueueUrl": f"https://sqs.{arn.region}.amazonaws.com/{arn.account}/{arn.resource}",
        "MessageBody": text_of(target, event),
    }
    if group := (target.get("SqsParameters") or {}).get("MessageGroupId"):
        parameters["MessageGroupId"] = group
    return ServiceCall("sqs", "SendMessage", parameters)


def _to_topic(arn: Arn, target: Mapping[str, Any], event: dict[str, Any]) -> ServiceCall:
    return ServiceCall("sns", "Publish", {"TopicArn": target["Arn"], "Message": text_of(target, event)})


def _to_state_machine(arn: Arn, target: Mapping[str, Any], event: dict[str, Any]) -> ServiceCall:
    parameters = {"stateMachineArn": target["Arn"], "input": text_of(target, event)}
    return ServiceCall("stepfunctions", "StartExecution", parameters)


def _to_stream(arn: Arn, target: Mapping[str, Any], event: dict[str, Any]) -> ServiceCall:
    of_stream = target.get("KinesisParameters") or {}
    path = of_stream.get("PartitionKeyPath")
    key = select(event, path) if path else of_stream.get("PartitionKey", event.get("id"))
    parameters = {
        "StreamName": arn.resource.removeprefix("stream/"),
        "Data": text_of(target, event).encode(),
        "PartitionKey": key if isinstance(key, str) else json.dumps(key),
    }
    return ServiceCall("kinesis", "PutRecord", parameters)


def _to_bus(arn: Arn, target: Mapping[str, Any], event: dict[str, Any]) -> ServiceCall:
    made = target.get("EventBridgeParameters")
    entry = {"EventBusName": target["Arn"]}
    if made:  # of the scheduler, which makes an event of its own
        entry |= {"Source": made["Source"], "DetailType": made["DetailType"], "Detail": target.get("Input") or "{}"}
    else:
        entry |= {
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Detail": json.dumps(event["detail"]),
            "Resources": event.get("resources") or [],
        }
    return ServiceCall("events", "PutEvents", {"Entries": [entry]})


def _to_log_group(arn: Arn, text: str, now_ms: int) -> tuple[ServiceCall, ...]:
    group = {
        "logGroupName": arn.resource.removeprefix(_LOG_GROUP).removesuffix(":*"),
        "logStreamName": str(uuid.uuid4()),
    }
    made = _parsed(text)
    timestamp, message = now_ms, text
    if isinstance(made, dict) and made.keys() == {"timestamp", "message"}:
        given = made["timestamp"]
        timestamp = given if isinstance(given, int) else now_ms
        message = made["message"] if isinstance(made["message"], str) else json.dumps(made["message"])
    put = {**group, "logEvents": [{"timestamp": timestamp, "message": message}]}
    return (ServiceCall("logs", "CreateLogStream", group), ServiceCall("logs", "PutLogEvents", put))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


_BUILT: Final[Mapping[str, Callable[[Arn, Mapping[str, Any], dict[str, Any]], ServiceCall]]] = MappingProxyType(
    {
        "sqs": _to_queue,
        "sns": _to_topic,
        "states": _to_state_machine,
        "kinesis": _to_stream,
        "events": _to_bus,
    }
)
