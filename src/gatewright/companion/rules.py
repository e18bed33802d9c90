"""Rules of EventBridge: what matches reaches their targets.

Sources: "Event bus targets", "AWS service event metadata" (Amazon EventBridge User Guide).
"""

import logging
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


def apply(deliveries: Deliveries) -> None:
    """Let the node have the deliveries of rules; targets that neither it nor moto has are written to the log."""
    from moto.events.models import Rule

    send_elsewhere = Rule.send_to_targets

    def send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
        # moto takes a rule without a pattern for one that matches everything; such a rule has a schedule.
        if self.state != "ENABLED" or not self.event_pattern.get_pattern():
            return
        if not self.event_pattern.matches_event(original_event):
            return
        targets = list(self.targets)
        event = shown(original_event)
        others = [target for target in targets if not deliveries.to_target(target, event)]
        if not others:
            return
        self.targets = others
        try:
            send_elsewhere(self, original_event, transform_input)
        except NotImplementedError:
            logger.warning("rule %s: nothing is delivered to %s", self.name, [each["Arn"] for each in others])
        finally:
            self.targets = targets

    Rule.send_to_targets = send_to_targets  # type: ignore[method-assign]
