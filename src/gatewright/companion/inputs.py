"""What targets of EventBridge get: the event, a constant, a part of it, or what a transformer makes.

Source: "Amazon EventBridge input transformation" (Amazon EventBridge User Guide).
"""

import json
import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"<([A-Za-z0-9_.\-]+)>")
_QUOTE = re.compile(r'(?<!\\)(?:\\\\)*"')
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\['([^']+)'\]")


def input_of(target: Mapping[str, Any], event: dict[str, Any]) -> Any:
    """Return what a target gets of an event, as JSON has it; what is none is a text."""
    text = text_of(target, event)
    try:
        return json.loads(text)
    except ValueError:
        return text


def text_of(target: Mapping[str, Any], event: dict[str, Any]) -> str:
    """Return the text that a target gets of an event."""
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath"):
        return _json(select(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if transformer:
        return _transform(event, transformer)
    return _json(event)


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


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _transform(event: dict[str, Any], transformer: Mapping[str, Any]) -> str:
    paths = transformer.get("InputPathsMap") or {}
    template = transformer["InputTemplate"]
    own = {"aws.events.event": event, "aws.events.event.json": event}

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        value = own[name] if name in own else select(event, paths[name]) if name in paths else None
        # Within a quoted text a value is text, elsewhere it is JSON.
        is_quoted = len(_QUOTE.findall(template, 0, match.start())) % 2 == 1
        if value is None:
            return ""
        if not is_quoted:
            return json.dumps(value)
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return json.dumps(text, ensure_ascii=False)[1:-1]

    return _PLACE.sub(fill, template)
