"""Attributes of queues as SQS keeps them and gives them back.

Sources: "get-queue-attributes" (AWS CLI Command Reference), whose output has the redrive policy that
"set-queue-attributes" gave, without spaces and with its count as a number: Terraform takes any other form for a change;
"SetQueueAttributes" (Amazon SQS API Reference) for the attribute `RedriveAllowPolicy`, which moto lacks.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from gatewright.companion import message_groups

_POLICY: Final = "Policy"
_REDRIVE: Final = "RedrivePolicy"
_REDRIVE_ALLOW: Final = "RedriveAllowPolicy"


def compact(document: str) -> str:
    """Return a JSON document without spaces, with the members of objects in order."""
    return json.dumps(json.loads(document), separators=(",", ":"), sort_keys=True)


def given_back(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return moto's attributes in the form of SQS: policies that are empty are not there."""
    made = dict(attributes)
    for name in (_POLICY, _REDRIVE, _REDRIVE_ALLOW):
        if not made.get(name):
            made.pop(name, None)
        elif name != _POLICY:
            made[name] = compact(made[name])
    return made


def apply() -> None:
    """Let moto's queues have those attributes, keep their policy when others are set, and keep the order of groups."""
    from moto.sqs.models import Queue

    attributes_of = Queue.__dict__["attributes"].fget
    set_attributes = Queue.__dict__["_set_attributes"]

    def attributes(queue: Any) -> dict[str, Any]:
        return given_back(attributes_of(queue))

    def set_named(queue: Any, named: Mapping[str, Any], now: float | None = None) -> None:
        set_attributes(queue, {_POLICY: getattr(queue, "policy", None), **named}, now)

    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, _REDRIVE_ALLOW]
    Queue.redrive_allow_policy = None  # type: ignore[attr-defined]
    Queue.attributes = property(attributes)  # type: ignore[method-assign, assignment]
    Queue._set_attributes = set_named  # type: ignore[method-assign, assignment] # noqa: SLF001 — the only way in
    message_groups.apply()
