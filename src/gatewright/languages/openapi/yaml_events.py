"""YAML, read from the parser's events into plain Python.

We build the document ourselves, since a document comes from anybody: libyaml hands events out one by one, so that
neither depth nor aliases nor repeated keys can do harm before they are seen. Scalars are what the parser of AWS's
importer makes of them, which follows YAML 1.2: `on`, `yes` and dates are text, and so are the numbers that are keys.

Sources: YAML 1.2.2, section 10.3 (core schema); "Merge Key Language-Independent Type for YAML" (`<<`).
"""

import re
from dataclasses import dataclass, field

import yaml

from gatewright.languages.openapi.types import Json

DEEPEST = 100
"""Levels of objects and arrays in each other."""
MOST_NODES = 1_000_000
"""Values of a document, with those behind an alias counted each time that it is used."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}|0o[0-7]{1,400}|0x[0-9a-fA-F]{1,400}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MERGE = "<<"


class YamlError(ValueError):
    """Text that is no YAML, or more of it than we read."""


@dataclass(slots=True)
class _Node:
    """A value and how many values it consists of."""

    value: Json
    size: int = 1


@dataclass(slots=True)
class _Open:
    """An object or array whose end has not come yet."""

    value: dict[str, Json] | list[Json]
    anchor: str | None
    size: int = 1
    key: str | None = None
    merged: list[dict[str, Json]] = field(default_factory=list)


def read_yaml(text: str) -> Json:
    """Return the one document of a text. Raises YamlError."""
    try:
        builder = _Builder()
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise YamlError(str(error)) from None
    except RecursionError:
        raise YamlError("nested too deep") from None
    if builder.root is None:
        raise YamlError("no document")
    return builder.root.value


class _Builder:
    """Puts the values of a document together as their events come."""

    def __init__(self) -> None:
        self.root: _Node | None = None
        self._anchors: dict[str, _Node] = {}
        self._opened: list[_Open] = []

    def take(self, event: yaml.Event) -> None:
        """Take the next event. Raises YamlError."""
        match event:
            case yaml.MappingStartEvent():
                self._open({}, event.anchor)
            case yaml.SequenceStartEvent():
                self._open([], event.anchor)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                closed = self._opened.pop()
                self._add(_closed(closed), closed.anchor)
            case yaml.ScalarEvent():
                self._add(_Node(event.value if self._is_at_key() else _scalar(event)), event.anchor)
            case yaml.AliasEvent():
                if event.anchor not in self._anchors:
                    raise YamlError(f"alias {event.anchor} has no anchor before it")
                self._add(self._anchors[event.anchor], None)
            case yaml.DocumentStartEvent() if self.root is not None:
                raise YamlError("more than one document")

    def _is_at_key(self) -> bool:
        return bool(self._opened) and isinstance(self._opened[-1].value, dict) and self._opened[-1].key is None

    def _open(self, value: dict[str, Json] | list[Json], anchor: str | None) -> None:
        if len(self._opened) >= DEEPEST:
            raise YamlError("nested too deep")
        self._opened.append(_Open(value, anchor))

    def _add(self, node: _Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if self._opened:
            _put(self._opened[-1], node)
        else:
            self.root = node


def _put(parent: _Open, node: _Node) -> None:
    parent.size += node.size
    if parent.size > MOST_NODES:
        raise YamlError("too many values")
    if isinstance(parent.value, list):
        parent.value.append(node.value)
    elif parent.key is None:
        if not isinstance(node.value, str):
            raise YamlError("a key that is no scalar")
        parent.key = node.value
    else:
        _put_member(parent, parent.value, parent.key, node.value)
        parent.key = None


def _put_member(parent: _Open, members: dict[str, Json], key: str, value: Json) -> None:
    if key == _MERGE and isinstance(value, dict | list):
        sources = [value] if isinstance(value, dict) else value
        parent.merged += [source for source in sources if isinstance(source, dict)]
        return
    if key in members:
        raise YamlError(f"the key {key} stands there twice")
    members[key] = value


def _closed(closed: _Open) -> _Node:
    if isinstance(closed.value, dict):
        for source in closed.merged:
            closed.value.update({key: value for key, value in source.items() if key not in closed.value})
    return _Node(closed.value, closed.size)


def _scalar(event: yaml.ScalarEvent) -> Json:
    text: str = event.value
    if not event.implicit[0]:
        # A quoted scalar, or one with a tag: `!!str 1`.
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in {"0x", "0o"} else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
