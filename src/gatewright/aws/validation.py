"""The constraints of a model, with the messages of AWS's own framework.

    2 validation errors detected: Value 'x y' at 'functionName' failed to satisfy constraint: Member must satisfy
    regular expression pattern: …; Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater
    than or equal to 1

Names are the model's with their first letter in lower case, members of a list are `tags.1.member.key`, and what breaks
inside a list or map of scalars is reported once for the whole list. Values of `sensitive` shapes are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any

from gatewright.aws.operation import Operation
from gatewright.aws.patterns import compile_pattern
from gatewright.aws.protocols.text_values import FLOATS, INTEGER_BITS
from gatewright.aws.shapes import Member, Shape

_TEXT = frozenset({"string", "character"})
_LENGTHS = frozenset({"string", "character", "blob", "list", "map"})
_MOST_VIOLATIONS = 100
_PATTERN = "Member must satisfy regular expression pattern:"
_VALUE_AT = "Value at"
NO_MESSAGES: Mapping[str, str] = MappingProxyType({})
_LONGEST_SHOWN = 16 * 1024
_LONGEST_MATCHED = 1 << 20
"""Longer text is not matched against patterns: its length is wrong already, or nothing bounds what matching costs."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint that a value breaks."""

    shape: str
    """The name of the shape in the model."""
    path: str
    """The member that breaks it: `tags.1.member.key`."""
    constraint: str
    """What must be, in AWS's words."""
    shown: str = ""
    """The value as messages show it; empty where they do not."""

    @property
    def text(self) -> str:
        """Return AWS's sentence for it."""
        return _sentence(f"Value {self.shown} at" if self.shown else _VALUE_AT, self)


def violations(operation: Operation, values: Mapping[str, Any], body_prefix: str = "") -> list[Violation]:
    """Return one violation for each constraint that an input breaks.

    `body_prefix` precedes the names of members in the body (API Gateway: `createRestApiInput.`).
    """
    if operation.input is None:
        return []
    return list(islice(_structure(operation.input.shape, values, "", body_prefix), _MOST_VIOLATIONS))


def message(
    found: Sequence[Violation],
    own_messages: Mapping[str, str] = NO_MESSAGES,
    pattern_messages: Mapping[str, str] = NO_MESSAGES,
    *,
    hides_values: bool = False,
) -> str:
    """Return the text of the error for one or more violations.

    `own_messages` are those of services that do not use AWS's common words, by the name of the shape;
    `pattern_messages` are for broken patterns only, with `{member}`. `hides_values` leaves out all values.
    """
    for violation in found:
        if violation.shape in own_messages:
            return own_messages[violation.shape]
        if violation.shape in pattern_messages and violation.constraint.startswith(_PATTERN):
            return pattern_messages[violation.shape].format(member=violation.path.rpartition(".")[2])
    plural = "s" if len(found) > 1 else ""
    sentences = [_sentence(_VALUE_AT, violation) if hides_values else violation.text for violation in found]
    return f"{len(found)} validation error{plural} detected: {'; '.join(sentences)}"


def _sentence(value_at: str, violation: Violation) -> str:
    return f"{value_at} '{violation.path}' failed to satisfy constraint: {violation.constraint}"


def _structure(shape: Shape, values: Mapping[str, Any], path: str, body_prefix: str = "") -> Iterator[Violation]:
    members = shape.members.items()
    # Recorded of API Gateway: what is wrong in the body comes before what is wrong in the path.
    for name, member in sorted(members, key=_is_outside_body) if body_prefix else members:
        value = values.get(name)
        prefix = body_prefix if member.location is None and body_prefix else path
        if value is None:
            if name in shape.required:
                yield _violation(member.shape, "null", prefix + _lower_first(name), "Member must not be null")
            continue
        yield from _member(member, value, prefix + _lower_first(name))


def _member(member: Member, value: Any, path: str) -> Iterator[Violation]:
    shape = member.shape
    kind = shape.type
    broken = _broken(shape, value)
    if broken:
        shown = _shown(value, is_hidden=member.is_sensitive)
        for constraint in broken:
            yield _violation(shape, shown, path, constraint)
    if kind == "structure":
        if not shape.is_document and not shape.is_event_stream:
            yield from _structure(shape, value, path + ".")
    elif kind == "list":
        yield from _list(member, value, path)
    elif kind == "map":
        yield from _map(member, value, path)


def _list(member: Member, items: list[Any], path: str) -> Iterator[Violation]:
    item = member.item
    if _is_scalar(item):
        if any(_is_item_broken(member.shape, item.shape, each) for each in items):
            shown = _shown(items, is_hidden=member.is_sensitive or item.is_sensitive)
            rules = ", ".join(_rules(member.shape, item.shape))
            yield _violation(item.shape, shown, path, f"Member must satisfy constraint: [{rules}]")
        return
    for index, each in enumerate(items, 1):
        place = f"{path}.{index}.member"
        if each is None:
            yield _violation(item.shape, "null", place, "Member must not be null")
        else:
            yield from _member(item, each, place)


def _map(member: Member, entries: Mapping[str, Any], path: str) -> Iterator[Violation]:
    key, value = member.key, member.value
    if any(_broken(key.shape, each) for each in entries):
        shown = _shown(entries, is_hidden=member.is_sensitive or key.is_sensitive)
        yield _violation(
            key.shape, shown, path, f"Map keys must satisfy constraint: [{', '.join(_own_rules(key.shape))}]"
        )
    if _is_scalar(value):
        if any(_is_item_broken(member.shape, value.shape, each) for each in entries.values()):
            shown = _shown(entries, is_hidden=member.is_sensitive or value.is_sensitive)
            rules = ", ".join(_rules(member.shape, value.shape))
            yield _violation(value.shape, shown, path, f"Map value must satisfy constraint: [{rules}]")
        return
    for name, each in entries.items():
        place = f"{path}.{name}.member"
        if each is None:
            yield _violation(value.shape, "null", place, "Member must not be null")
        else:
            yield from _member(value, each, place)


def _broken(shape: Shape, value: Any) -> list[str]:
    """Return the constraints that a value itself breaks, what is inside it aside."""
    broken = []
    if shape.enum and value not in shape.enum:
        broken.append(_enum_rule(shape))
    if shape.minimum is not None or shape.maximum is not None:
        measure = len(value) if shape.type in _LENGTHS else value
        if shape.maximum is not None and measure > shape.maximum:
            broken.append(_maximum_rule(shape))
        if shape.minimum is not None and measure < shape.minimum:
            broken.append(_minimum_rule(shape))
    if shape.pattern is not None and shape.type in _TEXT and not _is_match(shape.pattern, value):
        broken.append(_pattern_rule(shape))
    return broken


def _is_item_broken(holder: Shape, shape: Shape, value: Any) -> bool:
    return not holder.is_sparse if value is None else bool(_broken(shape, value))


def _rules(holder: Shape, shape: Shape) -> list[str]:
    """Return all constraints of what a list or map holds, which is how AWS words one broken item; null comes last."""
    return _own_rules(shape) if holder.is_sparse else [*_own_rules(shape), "Member must not be null"]


def _own_rules(shape: Shape) -> list[str]:
    rules = [_enum_rule(shape)] if shape.enum else []
    if shape.maximum is not None:
        rules.append(_maximum_rule(shape))
    if shape.minimum is not None:
        rules.append(_minimum_rule(shape))
    if shape.pattern is not None:
        rules.append(_pattern_rule(shape))
    return rules


def _enum_rule(shape: Shape) -> str:
    return f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"


def _maximum_rule(shape: Shape) -> str:
    return f"Member must have {_measure(shape)} less than or equal to {_number(shape, shape.maximum)}"


def _minimum_rule(shape: Shape) -> str:
    return f"Member must have {_measure(shape)} greater than or equal to {_number(shape, shape.minimum)}"


def _pattern_rule(shape: Shape) -> str:
    return f"{_PATTERN} {shape.pattern}"


def _measure(shape: Shape) -> str:
    return "length" if shape.type in _LENGTHS else "value"


def _number(shape: Shape, bound: float | None) -> str:
    return str(float(bound)) if shape.type in FLOATS and bound is not None else str(bound)


def _violation(shape: Shape, shown: str, path: str, constraint: str) -> Violation:
    return Violation(shape.name, path, constraint, shown)


def _shown(value: Any, *, is_hidden: bool) -> str:
    return "" if is_hidden else f"'{_text(value)[:_LONGEST_SHOWN]}'"


def _text(value: Any) -> str:
    """Return a value as Java prints it, which is how AWS's messages show it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    return str(value)


def _is_scalar(member: Member) -> bool:
    return member.type in _TEXT or member.type in INTEGER_BITS or member.type in FLOATS


def _is_outside_body(named: tuple[str, Member]) -> bool:
    return named[1].location is not None


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def _is_match(pattern: str, text: str) -> bool:
    if len(text) > _LONGEST_MATCHED:
        return True
    compiled = compile_pattern(pattern)
    return compiled is None or compiled.fullmatch(text) is not None


def prepare(operation: Operation) -> None:
    """Compile the patterns of an input, so that no request waits for it."""
    remaining = [] if operation.input is None else [operation.input.shape]
    seen: set[str] = set()
    while remaining:
        shape = remaining.pop()
        if shape.name not in seen:
            seen.add(shape.name)
            if shape.pattern is not None:
                compile_pattern(shape.pattern)
            remaining += [member.shape for member in shape.members.values()]
