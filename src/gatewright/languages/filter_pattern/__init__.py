"""The filter-pattern language of CloudWatch Logs: which log events a pattern matches, and what it extracts of them.

Source: "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail" (CloudWatch
Logs User Guide); where the guide is silent, what others recorded of TestMetricFilter and FilterLogEvents
(radkawar/stackd, testdata/aws/logs/filters.json, September 2026).

    terms             ERROR -ARGUMENTS, "exact phrase", ?one ?other, %regex%     `terms`
    JSON              { $.a.b = "x*" && $.c[0] > 1 || $.d NOT EXISTS }           `json_events`
    space-delimited   [ip, user, ..., status = 4*, bytes > 1000]                 `fields`

Patterns and messages are strangers' both: a pattern is short, has at most two regular expressions, and all of their
searches have a time together (`languages.patterns`); everything else takes a time in proportion to the message.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.languages.filter_pattern.errors import FilterGrammarError, FilterPatternError
from gatewright.languages.filter_pattern.fields import compile_fields
from gatewright.languages.filter_pattern.json_events import compile_json
from gatewright.languages.filter_pattern.terms import compile_terms
from gatewright.languages.patterns import SearchTime

__all__ = ["Filter", "FilterGrammarError", "FilterPatternError", "compile_filter"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Filter:
    """A compiled pattern. Not safe to use from several threads: its searches share one time."""

    __slots__ = ("_extract",)

    def __init__(self, extract: Callable[[str], Mapping[str, str] | None]) -> None:
        self._extract = extract

    def extract(self, message: str) -> Mapping[str, str] | None:
        """Return the values that the pattern extracts of a message, `$name` by `$name`; None when it does not match.

        Only patterns for space-delimited events extract anything. Raises `PatternTimeout`.
        """
        return self._extract(message)

    def is_match(self, message: str) -> bool:
        """Tell whether the pattern matches a message. Raises `PatternTimeout`."""
        return self._extract(message) is not None


def compile_filter(text: str, search_seconds: float = 1.0) -> Filter:
    """Compile a pattern; `search_seconds` is what its regular expressions may take together.

    Raises `FilterPatternError`.
    """
    left = SearchTime(search_seconds)
    stripped = text.strip()
    if stripped.startswith("["):
        return Filter(compile_fields(_inside(stripped, "]"), left))
    if stripped.startswith("{"):
        return _telling(compile_json(_inside(stripped, "}"), left))
    return _telling(compile_terms(stripped, left))


def _telling(is_match: Callable[[str], bool]) -> Filter:
    return Filter(lambda message: _NOTHING if is_match(message) else None)


def _inside(text: str, closing: str) -> str:
    if len(text) < 2 or not text.endswith(closing):
        raise FilterGrammarError(text)
    return text[1:-1]
