"""Regular expressions that strangers write, in a dialect of their own, searched within a bounded time.

Models and JSON paths bring patterns, requests bring the texts. A backtracking engine takes exponential time on some
pairs of them; `regex` can be told when to give up, which the standard library cannot. Why not another engine:
docs/decisions/0013-json-schema.md

    PatternError   a pattern that is not one
    PatternTimeout a search that took too long
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import regex

SEARCH_SECONDS = 0.05
ALL_SEARCHES_SECONDS = 0.2
PATTERN_LENGTH = 10_000
# The engine unrolls counted repeats: `((a{1000}){1000}){1000}` would take all memory there is.
EXPANDED_LENGTH = 100_000
QUICK_STEPS = 1_000_000
_LONGEST_COUNT = 20

# "15.10.2.12 CharacterClassEscape" of ECMA 262: digits and words are ASCII, white space is Unicode's.
_ECMA_SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_ECMA_KEPT = frozenset("dDwWbBnrtfv0123456789xu")
_COUNT = regex.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_ESCAPE = regex.compile(r"\\.", regex.DOTALL)
_BACK_REFERENCE = regex.compile(r"\\(?:[1-9]|k)")
_REPEATED_GROUP = regex.compile(r"\)[*+{]")
_QUANTIFIER = regex.compile(r"(?<!\()[*+?{]\??")
_QUANTIFIED = regex.compile(r"(?<!\\)[*+?}]\Z")
_CLASS = regex.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", regex.DOTALL)
# Patterns whose brackets can be told without knowing all of the engine's grammar: no classes within classes, no
# intersections of classes, no comments.
_PLAIN = regex.compile(r"(?:\\.|[^\[\\]|\[\^?\]?(?:\\.|&(?!&)|[^\[\]\\&])*+\])*+", regex.DOTALL)
_COMMENTS = regex.compile(r"\(\?#|\(\?[A-Za-z]*x.*#", regex.DOTALL)


class PatternError(ValueError):
    """A pattern that is malformed in its dialect."""


class PatternTimeout(Exception):
    """A search that did not end in time."""


class SearchTime:
    """How long all searches of one validation, or of one reading of a path, may still take together."""

    __slots__ = ("_seconds", "left")

    def __init__(self, seconds: float = ALL_SEARCHES_SECONDS) -> None:
        self._seconds = self.left = seconds

    def refill(self) -> None:
        """Begin anew."""
        self.left = self._seconds


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    text: str
    quick_length: int
    """Texts up to this length cannot take long: setting the timer costs eight times the search."""
    _search: Callable[..., object]
    _fullmatch: Callable[..., object]

    def is_found(self, text: str, left: SearchTime | None = None) -> bool:
        """Tell whether the pattern matches anywhere in a text. Raises `PatternTimeout`."""
        return self._run(self._search, text, left or SearchTime())

    def searcher(self, left: SearchTime) -> Callable[[str], bool]:
        """Return a search: whether the pattern matches anywhere in a text. Raises `PatternTimeout`."""
        quick_length, search, is_found = self.quick_length, self._search, self.is_found

        def finds(text: str) -> bool:
            if len(text) <= quick_length:
                return search(text) is not None
            return is_found(text, left)

        return finds

    def is_match(self, text: str, left: SearchTime | None = None) -> bool:
        """Tell whether the pattern matches a whole text. Raises `PatternTimeout`."""
        return self._run(self._fullmatch, text, left or SearchTime())

    def _run(self, search: Callable[..., object], text: str, left: SearchTime) -> bool:
        if len(text) <= self.quick_length:
            return search(text) is not None
        began = time.perf_counter()
        try:
            # No time at all would be no limit.
            return search(text, timeout=max(min(SEARCH_SECONDS, left.left), 0.001)) is not None
        except TimeoutError as error:
            raise PatternTimeout(f"{self.text!r} took longer than {SEARCH_SECONDS} seconds") from error
        finally:
            left.left -= time.perf_counter() - began
            if left.left <= 0:
                raise PatternTimeout(f"searches took longer than they may together, the last for {self.text!r}")


def compile_ecma(text: str) -> Pattern:
    """Compile a pattern of ECMA 262, third edition, as JSON Schema has them. Raises `PatternError`."""
    return compile_translated(text, _translate_ecma(text), regex.V0 | regex.ASCII)


def check_ecma(text: str) -> None:
    """Raise `PatternError` for what is no pattern. Nothing is searched with it: no repeat is written out."""
    compile_translated(text, _COUNT.sub(_once, _translate_ecma(text)), regex.V0 | regex.ASCII)


def _once(count: "regex.Match[str]") -> str:
    if len(count[0]) > _LONGEST_COUNT or (count[3] and int(count[1]) > int(count[3])):
        return count[0]
    return "{1}"


def compile_translated(text: str, translated: str, flags: int) -> Pattern:
    """Compile what `text` is in the dialect of `regex`. Raises `PatternError`."""
    if len(text) > PATTERN_LENGTH:
        raise PatternError(f"the pattern is longer than {PATTERN_LENGTH} characters")
    if expanded_length(translated) > EXPANDED_LENGTH:
        raise PatternError(f"{text!r} repeats too much")
    try:
        # The package would keep hundreds of them, of megabytes each.
        compiled = regex.compile(translated, flags, cache_pattern=False)
    except (regex.error, OverflowError, RecursionError) as error:
        raise PatternError(f"{text!r}: {error}") from error
    return Pattern(text, _quick_length(translated), compiled.search, compiled.fullmatch)


def _quick_length(translated: str) -> int:
    if not _is_plain(translated):
        return 0
    plain = _CLASS.sub("a", _ESCAPE.sub("a", translated))
    if _REPEATED_GROUP.search(plain) or _BACK_REFERENCE.search(translated):
        return 0
    # Each quantifier tries each length, and the search each beginning.
    power = len(_QUANTIFIER.findall(plain)) + (0 if plain.startswith("^") and "|" not in plain else 1)
    return int(QUICK_STEPS ** (1 / power)) if power else PATTERN_LENGTH


def _translate_ecma(text: str) -> str:
    parts: list[str] = []
    position, in_class = 0, False
    while position < len(text):
        character = text[position]
        if character == "\\":
            piece, position = _translate_escape(text, position, in_class)
            parts.append(piece)
            continue
        if in_class:
            in_class = character != "]"
            # `[` within a class means itself, and nothing else is special there.
            parts.append("\\[" if character == "[" else character)
        elif character == "[":
            piece, position, in_class = _open_class(text, position)
            parts.append(piece)
            continue
        else:
            parts.append(_translate_outside(text, position))
        position += 1
    return "".join(parts)


def expanded_length(text: str) -> int:
    """Return how long a pattern is with its counted repeats written out: that is what the engine makes of them.

    Where a bracket may be hidden, it is the most that the repeats could make of it, were they all within each other.
    """
    if not _is_plain(text):
        return len(text) * math.prod(max(_times(count), 1) for count in _COUNT.finditer(text))
    lengths, last, position = [0], 1, 0
    while position < len(text):
        count = _COUNT.match(text, position)
        step = 1
        if count is not None:
            times = max(_times(count), 1)
            lengths[-1] += last * (times - 1)
            last, step = last * times, len(count[0])
        elif text[position] == "(":
            lengths.append(0)
        elif text[position] == ")" and len(lengths) > 1:
            last = lengths.pop() + 1
            lengths[-1] += last
        else:
            a_class = _CLASS.match(text, position)
            step = len(a_class[0]) if a_class else 2 if text[position] == "\\" else 1
            last = 1
            lengths[-1] += 1
        position += step
    return sum(lengths)


def _times(count: "regex.Match[str]") -> int:
    return max(int(count[1][:9]), int((count[3] or "0")[:9]))


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and _COMMENTS.search(text) is None


def _open_class(text: str, position: int) -> tuple[str, int, bool]:
    # `[]` matches nothing and `[^]` everything.
    if text.startswith("[]", position):
        return "(?!)", position + 2, False
    if text.startswith("[^]", position):
        return r"[\s\S]", position + 3, False
    return ("[^", position + 2, True) if text.startswith("[^", position) else ("[", position + 1, True)


def _translate_outside(text: str, position: int) -> str:
    character = text[position]
    if character == "$":
        # Here `$` would also match before a line feed at the end.
        return r"\Z"
    if character == ".":
        return r"[^\n\r\u2028\u2029]"
    if text.startswith("(?", position) and text[position + 2 : position + 3] not in (":", "=", "!"):
        raise PatternError(f"{text!r}: no such group")
    if character == "+" and _QUANTIFIED.search(text, 0, position):
        raise PatternError(f"{text!r}: nothing to repeat")
    if character == "{" and _COUNT.match(text, position) is None:
        return r"\{"
    return character


def _translate_escape(text: str, position: int, in_class: bool) -> tuple[str, int]:
    escaped = text[position + 1 : position + 2]
    if not escaped:
        raise PatternError(f"{text!r}: ends with a backslash")
    if escaped == "s":
        return (_ECMA_SPACE if in_class else f"[{_ECMA_SPACE}]"), position + 2
    if escaped == "S":
        return (r"\S" if in_class else f"[^{_ECMA_SPACE}]"), position + 2
    if escaped == "c" and text[position + 2 : position + 3].isalpha():
        return f"\\x{ord(text[position + 2]) % 32:02x}", position + 3
    if escaped == "0":
        return r"\x00", position + 2
    if escaped in _ECMA_KEPT and _is_complete(text, position, escaped):
        return "\\" + escaped, position + 2
    return regex.escape(escaped), position + 2


def _is_complete(text: str, position: int, escaped: str) -> bool:
    digits = {"x": 2, "u": 4}.get(escaped, 0)
    following = text[position + 2 : position + 2 + digits]
    return len(following) == digits and all(digit in "0123456789abcdefABCDEF" for digit in following)
