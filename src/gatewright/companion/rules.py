"""Rules of EventBridge: what matches reaches their targets.

Sources: "Event bus targets", "AWS service event metadata" (Amazon EventBridge User Guide).
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from gatewright.companion.deliveries import Deliveries

logger = logging.getLogger(__name__)

_MEMBERS: Final = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
"""Of an event, in the order in which it is written."""


def shown(event: dict[str, Any]) -> dict[str, Any]:
    """Return moto's event as EventBridge writes it: its time is a text, and moto's own members are gone."""
    written = {name: event[name] for name in (*_MEMBERS, *event) if name in event and name != "ingestion-time"}
    if isinstance(written.get("time"), int | float):
        written["time"] = f"{datetime.fromtimestamp(written['time'], UTC):%Y-%m-%dT%H:%M:%SZ}"
    return written


def send(
    deliveries: Deliveries,
    elsewhere: Callable[[Any, Any, bool], None],
    rule: Any,
    original_event: Any,
    transform_input: bool,
) -> None:
    """Bring an event to the targets of a rule of moto that it matches; `elsewhere` is moto's own way, of a whole rule.

    moto takes a rule without a pattern for one that matches everything; such a rule has a schedule.
    """
    if rule.state != "ENABLED" or not rule.event_pattern.get_pattern():
        return
    if not rule.event_pattern.matches_event(original_event):
        return
    event = shown(original_event)
    others = [target for target in list(rule.targets) if not deliveries.to_target(target, event)]
    for target in others:
        try:
            elsewhere(_with_targets(rule, [target]), original_event, transform_input)
        except NotImplementedError:
            logger.warning("rule %s: nothing is delivered to %s", rule.name, target["Arn"])


def _with_targets(rule: Any, targets: list[dict[str, Any]]) -> Any:
    """Return a rule of moto with other targets, for the moment: the rule itself serves other threads.

    Neither its constructor nor `copy` makes it, as moto keeps what they make for as long as it lives.
    """
    made = object.__new__(type(rule))
    vars(made).update(vars(rule), targets=targets)
    return made


def apply(deliveries: Deliveries) -> None:
    """Let the node have the deliveries of rules; targets that neither it nor moto has are written to the log."""
    from moto.events.models import Rule

    send_elsewhere = Rule.send_to_targets

    def send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
        send(deliveries, send_elsewhere, self, original_event, transform_input)

    Rule.send_to_targets = send_to_targets  # type: ignore[method-assign]
