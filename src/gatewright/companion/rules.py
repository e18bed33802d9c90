"""Rules of EventBridge whose targets are functions or state machines, and their inputs.

Source: "Amazon EventBridge input transformation", "Event bus targets" (Amazon EventBridge User Guide). A target gets
the event, or its constant `Input`, what `InputPath` selects, or what `InputTransformer` makes.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gatewright.companion.deliveries import Deliveries
from gatewright.companion.state_machines import is_state_machine

logger = logging.getLogger(__name__)

_PLACE = re.compile(r"<([A-Za-z0-9_.\-]+)>")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['([^']+)'\]")
_FUNCTION = ":function:"


def is_function(arn: str) -> bool:
    """Tell whether a target is a function."""
    return arn.split(":", 3)[2:3] == ["lambda"] and _FUNCTION in arn


def is_ours(target: Mapping[str, Any]) -> bool:
    """Tell whether a target is one that `deliver` serves; moto has some others."""
    return is_function(target["Arn"]) or is_state_machine(target["Arn"])


def deliver(deliveries: Deliveries, target: Mapping[str, Any], event: dict[str, Any]) -> None:
    """Give one of our targets its input of an event."""
    send = deliveries.to_function if is_function(target["Arn"]) else deliveries.to_state_machine
    send(target["Arn"], input_of(target, event))


def input_of(target: Mapping[str, Any], event: dict[str, Any]) -> Any:
    """Return what a target gets of an event."""
    if target.get("Input") is not None:
        return json.loads(target["Input"])
    if target.get("InputPath"):
        return select(event, target["InputPath"])
    transformer = target.get("InputTransformer")
    if transformer:
        return _transform(event, transformer)
    return event


def select(event: Any, path: str) -> Any:
    """Return what a JSON path (`$.detail.a[0]`) selects; None for nothing."""
    value = event
    for step in _STEP.finditer(path.removeprefix("$")):
        name, index, quoted = step.groups()
        try:
            value = value[int(index)] if index is not None else value[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _transform(event: dict[str, Any], transformer: Mapping[str, Any]) -> Any:
    paths = transformer.get("InputPathsMap") or {}
    template = transformer["InputTemplate"]
    own = {"aws.events.event": event, "aws.events.event.json": event}

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        value = own[name] if name in own else select(event, paths[name]) if name in paths else None
        # Within a quoted text a value is text, elsewhere it is JSON.
        is_quoted = template[: match.start()].count('"') % 2 == 1
        if is_quoted:
            return (
                (value if isinstance(value, str) else json.dumps(value)).replace('"', '\\"')
                if value is not None
                else ""
            )
        return json.dumps(value) if value is not None else ""

    filled = _PLACE.sub(fill, template)
    try:
        return json.loads(filled)
    except ValueError:
        return filled


def shown(event: dict[str, Any]) -> dict[str, Any]:
    """Return moto's event as EventBridge writes it: its time is a text, and moto's own members are gone."""
    written = dict(event)
    if isinstance(written.get("time"), int | float):
        written["time"] = f"{datetime.fromtimestamp(written['time'], UTC):%Y-%m-%dT%H:%M:%SZ}"
    written.pop("ingestion-time", None)
    return written


def apply(deliveries: Deliveries) -> None:
    """Let moto deliver to functions and state machines; targets that it does not have are written to the log."""
    from moto.events.models import Rule

    send_elsewhere = Rule.send_to_targets

    def send_to_targets(self: Any, original_event: Any, transform_input: bool = True) -> None:
        # moto takes a rule without a pattern for one that matches everything; such a rule has a schedule.
        if self.state != "ENABLED" or not self.event_pattern.get_pattern():
            return
        if not self.event_pattern.matches_event(original_event):
            return
        targets = list(self.targets)
        for target in targets:
            if is_ours(target):
                deliver(deliveries, target, shown(original_event))
        others = [target for target in targets if not is_ours(target)]
        if not others:
            return
        self.targets = others
        try:
            send_elsewhere(self, original_event, transform_input)
        except NotImplementedError:
            logger.warning("rule %s: moto does not deliver to all of %s", self.name, [each["Arn"] for each in others])
        finally:
            self.targets = targets

    Rule.send_to_targets = send_to_targets  # type: ignore[method-assign]
