"""YAML as CloudFormation reads it: no aliases, no merges, no tags but those of the functions, a key stands once.

As with OpenAPI documents (decision 0015), only the events of PyYAML are used: nothing has grown before it is refused.
The content that AWS::Include brings may have aliases and merges; what they multiply is counted.

Sources: AWS CloudFormation User Guide, "CloudFormation template format"; the message about aliases:
github.com/seeebiii/aws-cloudformation-templates, issue 1, which also has aliases work in included files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import yaml

from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.json_text import DEEPEST, duplicate_key, too_deep
from gatewright.stacks.template.scalars import read_plain
from gatewright.stacks.template.types import Json, JsonObject

MOST_NODES = 500_000
"""Values of a document, with those behind an alias counted each time that it is used."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_STANDARD_TAGS = frozenset(_STANDARD + name for name in ("str", "int", "float", "bool", "null", "map", "seq"))
SHORT_FORMS: Mapping[str, str] = MappingProxyType(
    {"Ref": "Ref", "Condition": "Condition"}
    | {
        name: f"Fn::{name}"
        for name in (
            "And",
            "Base64",
            "Cidr",
            "Contains",
            "EachMemberEquals",
            "EachMemberIn",
            "Equals",
            "FindInMap",
            "GetAtt",
            "GetAZs",
            "GetStackOutput",
            "If",
            "ImportValue",
            "Join",
            "Length",
            "Not",
            "Or",
            "RefAll",
            "Select",
            "Split",
            "Sub",
            "ToJsonString",
            "Transform",
            "ValueOf",
            "ValueOfAll",
        )
    }
)
"""The tag without its `!`, and the key of the long form."""


@dataclass(slots=True)
class _Node:
    value: Json
    size: int = 1
    depth: int = 0


@dataclass(slots=True)
class _Open:
    """An object or list whose end has not come yet."""

    value: JsonObject | list[Json]
    anchor: str | None
    function: str | None
    size: int = 1
    depth: int = 0
    key: str | None = None
    merged: list[JsonObject] = field(default_factory=list)


def read_yaml(text: str, *, aliases: bool = False) -> Json:
    """Return the one document of a text, in long form. Raises TemplateError."""
    builder = _Builder(aliases)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise TemplateError(_not_well_formed(error)) from None
    return builder.root.value if builder.root else None


def _not_well_formed(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return f"Template format error: YAML not well-formed.{place}"


class _Builder:
    """Puts the values of a document together as their events come."""

    def __init__(self, aliases: bool) -> None:
        self.root: _Node | None = None
        self._aliases = aliases
        self._anchors: dict[str, _Node] = {}
        self._opened: list[_Open] = []

    def take(self, event: yaml.Event) -> None:
        """Take the next event. Raises TemplateError."""
        match event:
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._open(event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                closed = self._opened.pop()
                self._add(_closed(closed), closed.anchor)
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event.anchor)
            case yaml.AliasEvent():
                self._add(self._alias(event.anchor or ""), None)
            case yaml.DocumentStartEvent() if self.root is not None:
                raise TemplateError("Template format error: YAML not well-formed. (more than one document)")

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self._opened) >= DEEPEST:
            raise TemplateError(too_deep())
        value: JsonObject | list[Json] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._opened.append(_Open(value, event.anchor, _function(event.tag)))

    def _scalar(self, event: yaml.ScalarEvent) -> _Node:
        text: str = event.value
        if self._opened and isinstance(self._opened[-1].value, dict) and self._opened[-1].key is None:
            return _Node(text)
        function = _function(event.tag)
        if function:
            # A number behind a short form is the text of an argument: `!GetAtt 1.10`, `!Base64 007`.
            return _Node(_long_form(function, text), 2, 1)
        is_plain = event.implicit[0] or (event.tag and event.tag != "!" and event.tag != _STANDARD + "str")
        return _Node(read_plain(text) if is_plain else text)

    def _alias(self, anchor: str) -> _Node:
        if not self._aliases:
            raise TemplateError("Template error: YAML aliases are not allowed in CloudFormation templates.")
        if anchor not in self._anchors:
            raise TemplateError("Template format error: YAML not well-formed. (an alias without an anchor before it)")
        return self._anchors[anchor]

    def _add(self, node: _Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if len(self._opened) + node.depth > DEEPEST:
            raise TemplateError(too_deep())
        if self._opened:
            self._put(self._opened[-1], node)
        else:
            self.root = node

    def _put(self, parent: _Open, node: _Node) -> None:
        parent.size += node.size
        parent.depth = max(parent.depth, node.depth)
        if parent.size > MOST_NODES:
            raise TemplateError(f"Template format error: the template has more than {MOST_NODES} values.")
        if isinstance(parent.value, list):
            parent.value.append(node.value)
        elif parent.key is None:
            if not isinstance(node.value, str):
                raise TemplateError("Template format error: YAML not well-formed. (a key that is not a scalar)")
            parent.key = node.value
        else:
            key, parent.key = parent.key, None
            self._put_member(parent, parent.value, key, node.value)

    def _put_member(self, parent: _Open, members: JsonObject, key: str, value: Json) -> None:
        if self._aliases and key == "<<" and isinstance(value, dict | list):
            sources = [value] if isinstance(value, dict) else value
            parent.merged += [source for source in sources if isinstance(source, dict)]
        elif key in members:
            raise TemplateError(duplicate_key(key))
        else:
            members[key] = value


def _function(tag: str | None) -> str | None:
    if tag is None or tag == "!" or tag in _STANDARD_TAGS:
        return None
    name = tag.removeprefix("!")
    if name not in SHORT_FORMS:
        shown = "!!" + tag.removeprefix(_STANDARD) if tag.startswith(_STANDARD) else tag
        raise TemplateError(f"Template format error: YAML tag {shown} is not supported in CloudFormation templates.")
    return SHORT_FORMS[name]


def _closed(closed: _Open) -> _Node:
    value = closed.value
    if isinstance(value, dict):
        for source in closed.merged:
            value.update({key: item for key, item in source.items() if key not in value})
    if closed.function:
        return _Node(_long_form(closed.function, value), closed.size + 1, closed.depth + 2)
    return _Node(value, closed.size, closed.depth + 1)


def _long_form(function: str, argument: Json) -> JsonObject:
    if function == "Fn::GetAtt" and isinstance(argument, str):
        return {function: split_attribute(argument)}
    return {function: argument}


def split_attribute(text: str) -> list[str]:
    """Return the arguments of Fn::GetAtt that `Resource.Attribute.Part` stands for."""
    return text.split(".", 1)
