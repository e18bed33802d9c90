"""The AWS services that routes of HTTP APIs call without a function in between.

Source: "Integration subtype reference" (API Gateway Developer Guide). The parameters are those of the operation, each
with whether the integration must map it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Subtype:
    """One integration subtype."""

    service: str
    """As integration URIs and botocore name it."""
    operation: str
    required: frozenset[str]
    optional: frozenset[str]

    @property
    def parameters(self) -> frozenset[str]:
        """Return the names that may be mapped. `Region` is where the service is called."""
        return self.required | self.optional | {"Region"}


def _subtype(service: str, operation: str, required: str, optional: str = "") -> Subtype:
    return Subtype(service, operation, frozenset(required.split()), frozenset(optional.split()))


SUBTYPES: Final[Mapping[str, Subtype]] = MappingProxyType(
    {
        "EventBridge-PutEvents": _subtype(
            "events", "PutEvents", "Detail DetailType Source", "Time EventBusName Resources TraceHeader"
        ),
        "SQS-SendMessage": _subtype(
            "sqs",
            "SendMessage",
            "QueueUrl MessageBody",
            "DelaySeconds MessageAttributes MessageDeduplicationId MessageGroupId MessageSystemAttributes",
        ),
        "SQS-ReceiveMessage": _subtype(
            "sqs",
            "ReceiveMessage",
            "QueueUrl",
            "AttributeNames MaxNumberOfMessages MessageAttributeNames ReceiveRequestAttemptId VisibilityTimeout "
            "WaitTimeSeconds",
        ),
        "SQS-DeleteMessage": _subtype("sqs", "DeleteMessage", "ReceiptHandle QueueUrl"),
        "SQS-PurgeQueue": _subtype("sqs", "PurgeQueue", "QueueUrl"),
        "AppConfig-GetConfiguration": _subtype(
            "appconfig",
            "GetConfiguration",
            "Application Environment Configuration ClientId",
            "ClientConfigurationVersion",
        ),
        "Kinesis-PutRecord": _subtype(
            "kinesis", "PutRecord", "StreamName Data PartitionKey", "SequenceNumberForOrdering ExplicitHashKey"
        ),
        "StepFunctions-StartExecution": _subtype("states", "StartExecution", "StateMachineArn", "Name Input"),
        "StepFunctions-StartSyncExecution": _subtype(
            "states", "StartSyncExecution", "StateMachineArn", "Name Input TraceHeader"
        ),
        "StepFunctions-StopExecution": _subtype("states", "StopExecution", "ExecutionArn", "Cause Error"),
    }
)
