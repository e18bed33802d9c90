"""The dead-letter queue of a function: a standard SQS queue or SNS topic.

Source: "Adding a dead-letter queue" in "Capturing records of Lambda asynchronous invocations" (AWS Lambda Developer
Guide). Whether the target exists is seen when an event is sent to it.
"""

from collections.abc import Mapping

from gatewright.base.arn import parse_arn
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.store.types import Document

_SERVICES = frozenset({"sqs", "sns"})


def set_dead_letter_config(document: Document, config: Mapping[str, str]) -> None:
    """Change a configuration's DeadLetterConfig; an empty target removes it, and one without a target says nothing."""
    target = config.get("TargetArn")
    if target is None:
        return
    if not target:
        document.pop("DeadLetterConfig", None)
        return
    arn = parse_arn(target)
    if arn is None or arn.service not in _SERVICES or ":" in arn.resource or arn.resource.endswith(".fifo"):
        raise invalid_parameter(
            f"The provided dead letter target {target} is invalid. "
            "It must be the ARN of a standard Amazon SQS queue or a standard Amazon SNS topic."
        )
    document["DeadLetterConfig"] = {"TargetArn": target}
