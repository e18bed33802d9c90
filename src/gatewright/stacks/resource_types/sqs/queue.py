"""`AWS::SQS::Queue`. Ref is the URL.

Source: AWS::SQS::Queue (AWS CloudFormation User Guide); defaults of SetQueueAttributes (Amazon SQS API Reference).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import picked, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present

_LONGEST_NAME: Final = 80
_FIFO: Final = ".fifo"
_ABSENT: Final = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")

_DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "ContentBasedDeduplication": False,
        "DeduplicationScope": "queue",
        "DelaySeconds": 0,
        "FifoThroughputLimit": "perQueue",
        "KmsDataKeyReusePeriodSeconds": 300,
        "KmsMasterKeyId": "",
        "MaximumMessageSize": 1_048_576,
        "MessageRetentionPeriod": 345_600,
        "ReceiveMessageWaitTimeSeconds": 0,
        "RedriveAllowPolicy": "",
        "RedrivePolicy": "",
        "SqsManagedSseEnabled": True,
        "VisibilityTimeout": 30,
    }
)
_FIFO_ATTRIBUTE: Final = "FifoQueue"


def create(call: Call, properties: Properties) -> Resource:
    """Create the queue; a repeated CreateQueue with the same attributes answers with the same queue."""
    is_fifo = properties.get(_FIFO_ATTRIBUTE, False)
    name = properties.get("QueueName") or call.physical_name(_LONGEST_NAME, suffix=_FIFO if is_fifo else "")
    attributes = _attributes(picked(properties, _DEFAULTS))
    if is_fifo:
        attributes[_FIFO_ATTRIBUTE] = "true"
    parameters: dict[str, Any] = {"QueueName": name, "Attributes": attributes}
    if tags := given_tags(call, properties.get("Tags")):
        parameters["tags"] = tags
    url = call.services.call("sqs", "CreateQueue", parameters)["QueueUrl"]
    return _resource(call, url)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set the attributes that differ, and the tags."""
    url = there.physical_id
    changes = with_defaults(picked(old, _DEFAULTS), picked(new, _DEFAULTS), _DEFAULTS)
    if changes:
        call.services.call("sqs", "SetQueueAttributes", {"QueueUrl": url, "Attributes": _attributes(changes)})
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("sqs", "TagQueue", {"QueueUrl": url, "Tags": tags}),
        lambda keys: call.services.call("sqs", "UntagQueue", {"QueueUrl": url, "TagKeys": keys}),
    )
    return _resource(call, url)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the queue with its messages."""
    with absence_is_done(*_ABSENT):
        call.services.call("sqs", "DeleteQueue", {"QueueUrl": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return the attributes as the queue has them."""
    request = {"QueueUrl": there.physical_id, "AttributeNames": ["All"]}
    output = if_present(call, "sqs", "GetQueueAttributes", request)
    if output is None:
        return None
    return {name: value for name, value in output["Attributes"].items() if name in _DEFAULTS}


def _attributes(values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as SQS has them, all text."""
    return {name: value if isinstance(value, str) else json_text(value) for name, value in values.items()}


def _resource(call: Call, url: str) -> Resource:
    name = url.rpartition("/")[2]
    return Resource(url, {"Arn": call.arn("sqs", name), "QueueName": name, "QueueUrl": url})


TYPE: Final = ResourceType("AWS::SQS::Queue", create, update, delete, read)
