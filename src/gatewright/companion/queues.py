"""Attributes of queues in the form that SQS gives them back in.

Source: "get-queue-attributes" (AWS CLI Command Reference), whose output has the redrive policy that
"set-queue-attributes" gave, without spaces and with its count as a number. Terraform takes any other form for a change.
"""

import json
from typing import Any


def compact(document: str) -> str:
    """Return a JSON document without spaces, with the members of objects in order."""
    return json.dumps(json.loads(document), separators=(",", ":"), sort_keys=True)


def apply() -> None:
    """Let moto's queues have that form."""
    from moto.sqs.models import Queue

    attributes_of = Queue.__dict__["attributes"].fget

    def attributes(queue: Any) -> dict[str, Any]:
        made: dict[str, Any] = attributes_of(queue)
        # moto has the attribute as None where there is no policy.
        if made.get("RedrivePolicy"):
            made["RedrivePolicy"] = compact(made["RedrivePolicy"])
        return made

    Queue.attributes = property(attributes)  # type: ignore[method-assign, assignment]
