"""`AWS::SQS::QueuePolicy` and `AWS::SQS::QueueInlinePolicy`: the policy of queues, which are named by their URLs.

Source: AWS::SQS::QueuePolicy and AWS::SQS::QueueInlinePolicy (AWS CloudFormation User Guide).
"""

from collections.abc import Iterable
from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.outcomes import absence_is_done

_ABSENT: Final = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def create(call: Call, properties: Properties) -> Resource:
    """Set the policy of each queue."""
    _set(call, properties["Queues"], json_text(properties["PolicyDocument"]))
    name = call.physical_name()
    return Resource(name, {"Id": name})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set it again; queues that are not named any more lose theirs."""
    _remove(call, [url for url in old["Queues"] if url not in new["Queues"]])
    _set(call, new["Queues"], json_text(new["PolicyDocument"]))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Take the policy away from each queue that is still there."""
    _remove(call, properties["Queues"])


def create_inline(call: Call, properties: Properties) -> Resource:
    """Set the policy of the queue, whose URL is the physical id."""
    _set(call, [properties["Queue"]], json_text(properties["PolicyDocument"]))
    return Resource(properties["Queue"])


def update_inline(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set it again."""
    return create_inline(call, new)


def delete_inline(call: Call, there: Resource, properties: Properties) -> None:
    """Take it away."""
    _remove(call, [there.physical_id])


def _set(call: Call, urls: Iterable[str], policy: str) -> None:
    for url in urls:
        call.services.call("sqs", "SetQueueAttributes", {"QueueUrl": url, "Attributes": {"Policy": policy}})


def _remove(call: Call, urls: Iterable[str]) -> None:
    for url in urls:
        with absence_is_done(*_ABSENT):
            _set(call, [url], "")


QUEUE_POLICY: Final = ResourceType("AWS::SQS::QueuePolicy", create, update, delete)
QUEUE_INLINE_POLICY: Final = ResourceType("AWS::SQS::QueueInlinePolicy", create_inline, update_inline, delete_inline)
