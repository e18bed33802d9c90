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


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """An operation of a service, with botocore's names."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


def calls_for(target: Mapping[str, Any], event: dict[str, Any], now_ms: int) -> tuple[ServiceCall, ...] | None:
    """Return the calls that bring an event to a target, in their order; None for a kind of target that is not built.

    Functions are none of these: they are invoked (`deliveries`). `now_ms` is the time in milliseconds.
    """
    arn = parse_arn(target["Arn"])
    if arn is None:
        return None
    if arn.service == "logs" and arn.resource.startswith(_LOG_GROUP):
        return _to_log_group(arn, text_of(target, event), now_ms)
    build = _BUILT.get(arn.service)
    call = build(arn, target, event) if build is not None else None
    return None if call is None else (call,)


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


def _to_state_machine(arn: Arn, target: Mapping[str, Any], event: dict[str, Any]) -> ServiceCall | None:
    if not arn.resource.startswith("stateMachine:"):
        return None
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


def _to_bus(arn: Arn, target: Mapping[str, Any], event: dict[str, Any]) -> ServiceCall | None:
    if not arn.resource.startswith("event-bus/"):
        return None
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


_BUILT: Final[Mapping[str, Callable[[Arn, Mapping[str, Any], dict[str, Any]], ServiceCall | None]]] = MappingProxyType(
    {
        "sqs": _to_queue,
        "sns": _to_topic,
        "states": _to_state_machine,
        "kinesis": _to_stream,
        "events": _to_bus,
    }
)
