"""Patterns of policy elements: wildcards and policy variables, compiled once when a policy is parsed.

A pattern is segments between asterisks; a segment is chunks between question marks; a chunk is literal text and
variables. Matching is greedy over the segments, so that its time is bounded by pattern length times value length
whatever a hostile policy says (a regular expression with many asterisks would not be).

Sources: "IAM policy elements: Variables and tags", "IAM JSON policy elements: Resource" (IAM User Guide).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.base.errors import GatewrightError

ContextKeys = Mapping[str, tuple[str, ...]]
"""The condition keys of a request: names in lower case, each with its values."""


class PolicyError(GatewrightError):
    """A policy document that is malformed; its text says what and where."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A policy variable such as `${aws:username}`, perhaps with a default: `${aws:PrincipalTag/team, 'none'}`."""

    key: str
    default: str | None


_Chunk = tuple[str | Variable, ...]
_Literal = tuple[str, ...]

# `${*}`, `${?}` and `${$}` are the characters themselves.
_ESCAPES = frozenset("*?$")
_TOKEN = re.compile(r"\$\{(?P<variable>[^}]*)\}|(?P<wildcard>[*?])")
# Version 2008-10-17 knows no variables: there "${" is text, and an asterisk inside the braces is a wildcard.
_TOKEN_WITHOUT_VARIABLES = re.compile(r"(?P<variable>(?!))|(?P<wildcard>[*?])")
_VARIABLE = re.compile(r"\s*(?P<key>[^,\s'${]+)\s*(?:,\s*'(?P<default>[^']*)'\s*)?")
_ARN_PART = re.compile(r"(?:\$\{[^}]*\}|[^:])*")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern. `segments` is None where variables must be resolved first."""

    text: str
    ignore_case: bool
    segments: tuple[_Literal, ...] | None
    template: tuple[tuple[_Chunk, ...], ...]

    def matches(self, value: str, context: ContextKeys) -> bool:
        """Tell whether the whole of `value` matches. A variable without a value matches nothing."""
        segments = self.segments
        if segments is None:
            segments = self._resolve(context)
            if segments is None:
                return False
        return _match_segments(segments, value.lower() if self.ignore_case else value)

    def _resolve(self, context: ContextKeys) -> tuple[_Literal, ...] | None:
        segments = []
        for segment in self.template:
            chunks = []
            for chunk in segment:
                text = _resolve_chunk(chunk, context)
                if text is None:
                    return None
                chunks.append(text.lower() if self.ignore_case else text)
            segments.append(tuple(chunks))
        return tuple(segments)


def compile_pattern(
    text: str, *, has_variables: bool, has_wildcards: bool = True, ignore_case: bool = False
) -> Pattern:
    """Compile a pattern. Raises `PolicyError` for a malformed variable."""
    segments: list[list[list[str | Variable]]] = [[[]]]
    position = 0
    for token in (_TOKEN if has_variables else _TOKEN_WITHOUT_VARIABLES).finditer(text):
        if token["wildcard"] is not None and not has_wildcards:
            continue
        segments[-1][-1].append(text[position : token.start()])
        position = token.end()
        if token["wildcard"] == "*":
            segments.append([[]])
        elif token["wildcard"] == "?":
            segments[-1].append([])
        else:
            segments[-1][-1].append(_parse_variable(token["variable"]))
    segments[-1][-1].append(text[position:])
    template = tuple(tuple(_join(chunk) for chunk in segment) for segment in segments)
    return Pattern(text, ignore_case, _literal(template, ignore_case), template)


def compile_arn_pattern(text: str, *, has_variables: bool) -> tuple[Pattern, ...]:
    """Compile the pattern of an ARN operator: one pattern for each of the six components.

    A text with fewer components, its last one ending in an asterisk (`*`, `arn:aws:sns:*`), covers the rest too.
    """
    parts: list[str] = []
    position = 0
    while len(parts) < 5:
        match = _ARN_PART.match(text, position)
        end = match.end() if match else position
        if end >= len(text):
            break
        parts.append(text[position:end])
        position = end + 1
    parts.append(text[position:])
    return tuple(compile_pattern(part, has_variables=has_variables) for part in parts)


def match_arn(patterns: tuple[Pattern, ...], value: str, context: ContextKeys) -> bool:
    """Match an ARN component by component; a wildcard does not reach over a colon, save in the last component."""
    if value.count(":") < 5:
        return False
    if len(patterns) < 6 and not patterns[-1].text.endswith("*"):
        return False
    parts = value.split(":", len(patterns) - 1)
    return all(pattern.matches(part, context) for pattern, part in zip(patterns, parts, strict=True))


def _parse_variable(text: str) -> str | Variable:
    if text in _ESCAPES:
        return text
    match = _VARIABLE.fullmatch(text)
    if match is None:
        raise PolicyError(f"Invalid policy variable: ${{{text}}}")
    return Variable(match["key"].lower(), match["default"])


def _join(chunk: list[str | Variable]) -> _Chunk:
    """Join neighbouring texts, so that a chunk without variables is one text."""
    joined: list[str | Variable] = []
    for part in chunk:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


def _literal(template: tuple[tuple[_Chunk, ...], ...], ignore_case: bool) -> tuple[_Literal, ...] | None:
    segments: list[_Literal] = []
    for segment in template:
        texts = []
        for chunk in segment:
            if len(chunk) != 1 or not isinstance(chunk[0], str):
                return None
            texts.append(chunk[0].lower() if ignore_case else chunk[0])
        segments.append(tuple(texts))
    return tuple(segments)


def _resolve_chunk(chunk: _Chunk, context: ContextKeys) -> str | None:
    texts = []
    for part in chunk:
        if isinstance(part, str):
            texts.append(part)
            continue
        values = context.get(part.key, ())
        # Only keys with a single value can stand in a variable.
        value = values[0] if len(values) == 1 else part.default
        if value is None:
            return None
        texts.append(value)
    return "".join(texts)


def _match_segments(segments: tuple[_Literal, ...], value: str) -> bool:
    first, last = segments[0], segments[-1]
    if len(segments) == 1:
        # Most patterns have no wildcard: one chunk, the value itself.
        if len(first) == 1:
            return value == first[0]
        return len(value) == _length(first) and _matches_at(first, value, 0)
    position, end = _length(first), len(value) - _length(last)
    if position > end or not _matches_at(first, value, 0) or not _matches_at(last, value, end):
        return False
    for segment in segments[1:-1]:
        found = _find(segment, value, position, end)
        if found < 0:
            return False
        position = found + _length(segment)
    return True


def _length(segment: _Literal) -> int:
    return sum(map(len, segment)) + len(segment) - 1


def _matches_at(segment: _Literal, value: str, position: int) -> bool:
    for chunk in segment:
        if not value.startswith(chunk, position):
            return False
        position += len(chunk) + 1
    return True


def _find(segment: _Literal, value: str, start: int, end: int) -> int:
    """Return the first place in `value[start:end]` where a segment matches, or -1."""
    if len(segment) == 1:
        return value.find(segment[0], start, end)
    for position in range(start, end - _length(segment) + 1):
        if _matches_at(segment, value, position):
            return position
    return -1
