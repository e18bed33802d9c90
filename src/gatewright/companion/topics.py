"""Subscriptions of functions to topics of SNS.

Source: "Invoking Lambda functions with Amazon SNS notifications" (AWS Lambda Developer Guide): the event. Its
signature is nobody's: a function that verifies it will refuse it.
"""

import uuid
from datetime import UTC, datetime
from typing import Any, Final

from gatewright.companion.deliveries import Deliveries

_UNSIGNED: Final = "UNSIGNED"


def notification(
    subscription_arn: str,
    topic_arn: str,
    message: str,
    message_id: str,
    subject: str | None,
    attributes: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return the event of a notification."""
    now = datetime.now(UTC)
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription_arn,
                "Sns": {
                    "Type": "Notification",
                    "MessageId": message_id,
                    "TopicArn": topic_arn,
                    "Subject": subject,
                    "Message": message,
                    "Timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
                    "SignatureVersion": "1",
                    "Signature": _UNSIGNED,
                    "SigningCertUrl": "",
                    "SigningCertURL": "",
                    "UnsubscribeUrl": "",
                    "UnsubscribeURL": "",
                    "MessageAttributes": {
                        name: {"Type": value["Type"], "Value": _text(value["Value"])}
                        for name, value in (attributes or {}).items()
                    },
                },
            }
        ]
    }


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def apply(deliveries: Deliveries) -> None:
    """Let moto deliver to the node's functions."""
    from moto.sns.models import Subscription

    publish_elsewhere = Subscription.publish

    def publish(
        self: Any,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        if self.protocol != "lambda":
            publish_elsewhere(self, message, message_id, subject, message_attributes, **options)
            return
        matcher = self._filter_policy_matcher
        if matcher is not None and not matcher.matches(message_attributes, message):
            return
        if options.get("message_structure") == "json":
            message = self._parse_message_structure(message, self.protocol)
        identifier = message_id or str(uuid.uuid4())
        event = notification(self.arn, self.topic_arn, message, identifier, subject, message_attributes)
        deliveries.to_function(self.endpoint, event)

    Subscription.publish = publish  # type: ignore[method-assign, assignment]
